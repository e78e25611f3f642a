"""The score form: what may be answered, what it makes, and every way in which it is filled wrongly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.site.quality_form import NOTE_MAX, FormError, Question, allowed, filled, read_answer

GREETING = Question(name="greeting", ask={"pl": "Czy się przedstawił?", "en": "Did he say his name?"})
CLEAR = Question(name="clear", ask={"pl": "Jasno?"}, answer="1-5", weight=3)
CONSENT = Question(name="consent", ask={"pl": "Zgoda?"}, weight=2, critical=True)
CASE = Question(name="case", ask={"pl": "Numer sprawy?"}, may_skip=True)
REMARK = Question(name="remark", ask={"pl": "Uwagi"}, answer="note")
FORM = (GREETING, CLEAR, CONSENT, CASE, REMARK)
BEST = {"greeting": "yes", "clear": "5", "consent": "yes", "case": "yes"}


@pytest.mark.parametrize(
    ("changes", "score"),
    [
        ({}, 100.0),
        ({"greeting": "no"}, 85.7),  # 6 of 7
        ({"clear": "1"}, 57.1),
        ({"clear": "3"}, 78.6),  # 1.5 + 4 of 7
        ({"case": "-"}, 100.0),
        ({"case": "-", "greeting": "no"}, 83.3),  # 5 of 6
        ({"consent": "no"}, 0.0),
        ({"greeting": "no", "clear": "1", "case": "no"}, 28.6),
        ({"greeting": "tak", "case": "NIE"}, 85.7),
    ],
)
def test_scores(changes, score):
    result = filled(FORM, BEST | changes)
    assert result.score == score
    assert result.critical == (("consent",) if changes.get("consent") == "no" else ())


def test_what_is_kept_of_the_answers():
    result = filled(FORM, BEST | {"greeting": " Tak ", "case": "-", "remark": " miły\n i  spokojny "})
    assert result.answers == {
        "greeting": "yes", "clear": "5", "consent": "yes", "case": "-", "remark": "miły i spokojny",
    }  # fmt: skip
    assert "remark" not in filled(FORM, BEST | {"remark": "  "}).answers


@pytest.mark.parametrize(
    ("changes", "name", "why"),
    [
        ({"clear": "0"}, "clear", "'0' is no answer; expected is 1 to 5"),
        ({"clear": "6"}, "clear", "1 to 5"),
        ({"clear": "-1"}, "clear", "1 to 5"),
        ({"clear": "5.0"}, "clear", "1 to 5"),
        ({"clear": "٣"}, "clear", "1 to 5"),
        ({"clear": "-"}, "clear", "1 to 5"),
        ({"greeting": "maybe"}, "greeting", "yes or no"),
        ({"greeting": ""}, "greeting", "yes or no"),
        ({"case": "x"}, "case", "yes or no, or - when it does not fit"),
        ({"remark": "x" * (NOTE_MAX + 1)}, "remark", "at most"),
        ({"polite": "yes"}, "polite", "no such question; its questions are greeting, clear"),
    ],
)
def test_wrong_answers_are_told_by_question(changes, name, why):
    with pytest.raises(FormError, match=name) as caught:
        filled(FORM, BEST | changes)
    assert list(caught.value.problems) == [name]
    assert why in caught.value.problems[name]
    assert len(str(caught.value)) < 300


def test_everything_wrong_is_told_at_once():
    with pytest.raises(FormError) as caught:
        filled(FORM, {"clear": "9", "x": "1"})
    assert set(caught.value.problems) == {"greeting", "clear", "consent", "case", "x"}


def test_a_form_of_which_all_was_skipped_has_no_score():
    with pytest.raises(FormError, match="skipped"):
        filled((CASE, REMARK), {"case": "-", "remark": "nothing fits"})


def test_the_language_of_a_question():
    assert GREETING.asked("en") == "Did he say his name?"
    assert GREETING.asked("") == GREETING.asked("de") == "Czy się przedstawił?"


questions = st.builds(
    Question,
    name=st.sampled_from("abcdef"),
    ask=st.just({"pl": "?"}),
    answer=st.sampled_from(["yes_no", "1-5", "note"]),
    weight=st.integers(0, 5),
    may_skip=st.booleans(),
)
forms = st.lists(questions, min_size=1, max_size=6, unique_by=lambda question: question.name)
texts = st.one_of(st.sampled_from(["yes", "no", "1", "2", "3", "4", "5", "-", "6", "", "tak"]), st.text(max_size=8))


@given(form=forms, answers=st.dictionaries(st.sampled_from("abcdefg"), texts))
def test_whatever_is_answered_there_is_a_score_or_a_reason(form, answers):
    """Against the formula in fractions; an answer counts if `read_answer` takes it."""
    read = {q.name: read_answer(q, answers[q.name]) for q in form if q.name in answers}
    sound = set(answers) <= {q.name for q in form} and all(value is not None for value in read.values())
    sound = sound and all(q.name in read for q in form if q.answer != "note")
    counted = [q for q in form if q.answer != "note" and read.get(q.name) not in {None, "-"} and q.weight]
    if not sound or not counted:
        with pytest.raises(FormError):
            filled(form, answers)
        return
    points = {"yes": Fraction(1), "no": Fraction(0)} | {str(n): Fraction(n - 1, 4) for n in range(1, 6)}
    whole = sum(q.weight for q in counted)
    expected = Fraction(100) * sum(q.weight * points[read[q.name]] for q in counted) / whole
    score = filled(form, answers).score
    assert 0 <= score <= 100
    assert abs(score - expected) <= Fraction(51, 1000)
    assert all(allowed(q) for q in form)
