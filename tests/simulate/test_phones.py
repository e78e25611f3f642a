"""How agents behave, as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.simulate.phones import Habit, Phone, PhonesError, parse_habit


def test_words():
    assert parse_habit(["answers after 8s"]) == Habit((Phone("answers", 8.0),))
    assert parse_habit(["answer after 2 min"]).at(3) == Phone("answers", 120.0)
    assert parse_habit(["Busy"]).at(0).manner == "busy"
    assert parse_habit(["talking for 30s"]).at_first == Phone("talking", 30.0)


def test_a_list_is_one_word_for_each_ringing_and_the_last_stays():
    habit = parse_habit(["silent", "busy", "answers"])
    assert [habit.at(ringing).manner for ringing in range(4)] == ["silent", "busy", "answers", "answers"]


def test_who_comes_back_answers_unless_something_else_is_said():
    assert parse_habit(["talking for 30s"]).at(0).manner == "answers"
    assert parse_habit(["talking for 30s", "refuses"]).at(0).manner == "refuses"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["asleep"], "'asleep' is nothing that an agent does"),
        (["answers after"], "'answers after' is nothing that an agent does"),
        (["answers after 8"], "'answers after 8' is nothing that an agent does"),
        (["silent", "off"], "'off' can only come first: it is so before the call"),
        ([], "nothing is said of what the agent does"),
    ],
)
def test_mistakes(words, message):
    with pytest.raises(PhonesError) as caught:
        parse_habit(words)
    assert str(caught.value) == message


@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_text_is_a_habit_or_a_mistake(words):
    try:
        assert parse_habit(words).at(0).seconds >= 0
    except PhonesError as error:
        assert str(error)
