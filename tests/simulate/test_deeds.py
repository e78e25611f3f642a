"""`--keys` and `keys:` as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.legs.keys import KEYS
from gateway.simulate.deeds import DeedsError, GiveUp, Nothing, Press, Wait, in_words, parse_deeds

deed = st.one_of(
    st.text(sorted(KEYS), min_size=1, max_size=8).map(Press),
    st.floats(0.5, 3600).map(lambda seconds: Wait(round(seconds, 1))),
    st.just(Nothing()),
    st.just(GiveUp()),
)


def test_the_example_of_the_manual():
    assert parse_deeds("1,wait 3s,123#") == (Press("1"), Wait(3.0), Press("123#"))
    assert parse_deeds(" nothing , Hang  up ") == (Nothing(), GiveUp())
    assert parse_deeds("wait 1 min 30s, *") == (Wait(90.0), Press("*"))
    assert parse_deeds("  ") == ()


@given(st.lists(deed, max_size=12).map(tuple))
def test_what_is_written_is_read(deeds):
    assert parse_deeds(in_words(deeds)) == deeds


@pytest.mark.parametrize(
    ("text", "at", "width", "message"),
    [
        ("1,wat 3s", 2, 6, "'wat 3s' is nothing that a caller can press or do"),
        ("1, 12E#", 3, 4, "'12E#' is nothing that a caller can press or do"),
        ("1,,2", 2, 1, "there is nothing between two commas"),
        ("1,", 2, 1, "there is nothing between two commas"),
        ("wait", 0, 4, "'wait' does not say how long"),
        ("1, wait 3", 3, 6, "'wait 3' does not say how long"),
        ("wait 2 h", 0, 8, "'wait 2 h' does not say how long"),
        ("1 2", 0, 3, "'1 2' is nothing that a caller can press or do"),
        ("1," * 1001, 0, 1, "more than 2000 characters"),
    ],
)
def test_mistakes_are_told_with_their_place(text, at, width, message):
    with pytest.raises(DeedsError) as caught:
        parse_deeds(text)
    assert (caught.value.at, caught.value.width, str(caught.value)) == (at, width, message)
    assert caught.value.expected


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["1", ",", "wait", " ", "3s", "hang", "up", "#", "nothing"])).map("".join)
)
def test_any_text_is_deeds_or_a_mistake(text):
    try:
        assert parse_deeds(text) == parse_deeds(in_words(parse_deeds(text)))
    except DeedsError as error:
        assert 0 <= error.at <= len(text)
        assert error.width >= 1
