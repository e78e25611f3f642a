"""The score form: named questions, what may be answered, and what the answers make.

yes_no   yes is the whole weight, no is nothing; a critical one that is answered with no makes the score 0
1-5      1 is nothing, 5 the whole weight, evenly between
note     a text, which scores nothing and may be left out

score = 100 x sum(weight x answer from 0 to 1) / sum(weight) over the questions that were answered, to one decimal. A
question with `may_skip` that does not fit the talk is answered with "-" and stands in neither sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["yes_no", "1-5", "note"]

SKIPPED = "-"
NOTE_MAX = 2000
_YES = frozenset({"yes", "y", "tak", "t"})
_NO = frozenset({"no", "n", "nie"})
_GRADES = ("1", "2", "3", "4", "5")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `ask`: language -> how people read it."""

    name: str
    ask: dict[str, str]
    answer: Kind = "yes_no"
    weight: int = 1
    critical: bool = False
    may_skip: bool = False

    def asked(self, language: str) -> str:
        """In that language, else in the first there is."""
        return self.ask.get(language) or next(iter(self.ask.values()), self.name)


class QualityRules(msgspec.Struct, frozen=True, kw_only=True):
    """`quality:` of gateway.yaml."""

    per_agent_week: int = 3
    """How many recorded talks of each agent are drawn of a week."""
    reviewer: str = ""
    """The agent who scores where the team has no leader, and the leader's own talks."""
    due_s: float = 7 * 86_400.0
    """After the draw."""
    form: tuple[Question, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a filled form makes. `answers` as they are kept: yes, no, 1 to 5, "-" or the note, by question."""

    score: float
    answers: dict[str, str]
    critical: tuple[str, ...] = ()
    """Critical questions that were answered with no."""


class FormError(ValueError):
    """A form that cannot be taken. `problems`: question -> what is wrong with its answer ("" for the form as a whole);
    `str()` is a sentence for people."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{name}: {text}" if name else text for name, text in problems.items()))


def allowed(question: Question) -> str:
    """What may be answered, in words."""
    match question.answer:
        case "yes_no":
            words = "yes or no"
        case "1-5":
            words = "1 to 5"
        case "note":
            return f"a text of at most {NOTE_MAX} characters, or nothing"
        case _:
            assert_never(question.answer)
    return f"{words}, or {SKIPPED} when it does not fit the talk" if question.may_skip else words


def read_answer(question: Question, text: str) -> str | None:
    """The answer as it is kept; None when it is none to this question."""
    text = " ".join(text.split())
    word = text.lower()
    match question.answer:
        case "note":
            return text if len(text) <= NOTE_MAX and text.isprintable() else None
        case _ if word == SKIPPED:
            return SKIPPED if question.may_skip else None
        case "yes_no":
            return "yes" if word in _YES else "no" if word in _NO else None
        case "1-5":
            return word if word in _GRADES else None
    assert_never(question.answer)


def filled(form: Iterable[Question], answers: Mapping[str, str]) -> Result:
    """The score of these answers. Raises FormError with everything that is wrong: an answer that is none, a question
    without an answer, a name that no question has, nothing answered that scores."""
    form = tuple(form)
    names = [question.name for question in form]
    problems = {
        name: f"the form has no such question; its questions are {', '.join(names)}"
        for name in answers
        if name not in names
    }
    kept: dict[str, str] = {}
    for question in form:
        text = answers.get(question.name)
        if text is None:
            if question.answer != "note":
                problems[question.name] = f"no answer; expected is {allowed(question)}"
            continue
        answer = read_answer(question, text)
        if answer is None:
            problems[question.name] = f"'{_short(text)}' is no answer; expected is {allowed(question)}"
        elif answer:
            kept[question.name] = answer
    if problems:
        raise FormError(problems)
    scored = [(q.weight, _share(kept[q.name])) for q in form if q.answer != "note" and kept[q.name] != SKIPPED]
    whole = sum(weight for weight, _ in scored)
    if not whole:
        raise FormError({"": "every question that scores was skipped: answer at least one"})
    critical = tuple(q.name for q in form if q.critical and kept[q.name] == "no")
    score = 0.0 if critical else round(100 * sum(weight * share for weight, share in scored) / whole, 1)
    return Result(score=score, answers=kept, critical=critical)


def _share(answer: str) -> float:
    """0 to 1, of an answer that scores."""
    return float(answer == "yes") if answer in {"yes", "no"} else (int(answer) - 1) / 4


def _short(text: str, limit: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
