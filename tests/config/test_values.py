"""Lengths of time, ranges, shares: as people write them, and nothing else."""

from __future__ import annotations

import pytest

from gateway.config import values


@pytest.mark.parametrize(
    ("text", "length_s"),
    [
        ("20s", 20), ("20 s", 20), ("2 min", 120), ("1 h", 3600), ("1 h 30 min", 5400), ("1,5 min", 90),
        ("500 ms", 0.5),
        ("10 sek", 10), ("2 minutes", 120), ("1H", 3600), ("0s", 0),
        ("20", None), ("", None), ("s", None), ("-5s", None), ("5 parsec", None), ("5s!", None), ("1e3s", None),
    ],
)  # fmt: skip
def test_seconds(text, length_s):
    assert values.seconds(text) == length_s


@pytest.mark.parametrize(
    ("text", "pair"),
    [("4..6", (4, 6)), ("6", (6, 6)), (" 4 .. 6 ", (4, 6)), ("4...6", (4, 6)), ("6..4", None), ("a", None), ("", None)],
)
def test_span(text, pair):
    assert values.span(text) == pair


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("80% in 20s", (0.8, 20)), ("99,5 % in 1 min", (0.995, 60)), ("100% in 5s", (1, 5)),
        ("0% in 5s", None), ("101% in 5s", None), ("80/20", None), ("80% in", None),
    ],
)  # fmt: skip
def test_service_level(text, level):
    assert values.service_level(text) == level


def test_yes_no_and_numbers():
    assert [values.yes_no(t) for t in ("yes", "Tak", "TRUE", "no", "nie", "off", "maybe", "")] == [
        True, True, True, False, False, False, None, None,
    ]  # fmt: skip
    assert [values.decimal(t) for t in ("1004", "-10", "0,5", "nan", "inf", "x")] == [1004, -10, 0.5, None, None, None]
    assert [values.whole(t) for t in ("12", " 7 ", "-1", "1.5", "", "٣")] == [12, 7, None, None, None, None]
