"""The grammar of `if:`, judged by what the core makes of the conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.expressions import parse
from gateway.config.problems import Place, Problems
from gateway.config.source import Scalar
from gateway.core.expr import holds

CALL = {"client.known": "yes", "area": "invoices", "language": "pl", "x1": "a b"}


def read(text):
    problems = Problems()
    scalar = Scalar(text, Place("f.yaml", 3, 9, len(text)))
    return parse(scalar, problems, lambda _comparison, _place: None), problems.sorted()


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("client.known", True),
        ("not client.known", False),
        ("area == invoices", True),
        ("area != invoices", False),
        ("area in (orders, invoices)", True),
        ("not area in (orders)", True),
        ("x1 == 'a b'", True),
        ('x1 == "a b" and client.known', True),
        ("area==invoices and(language==pl)", True),
        ("missing or area == orders or language == pl", True),
        # "and" binds closer than "or", "not" closest
        ("client.known or area == orders and language == en", True),
        ("(client.known or area == orders) and language == en", False),
        ("not area == orders and client.known", True),
        ("not (area == invoices and client.known)", False),
        ("not not client.known", True),
        ('area == "or"', False),
    ],
)
def test_conditions_mean_what_they_say(text, true):
    condition, problems = read(text)
    assert problems == ()
    assert holds(condition, CALL) is true


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("area = invoices", 14), ("area == ", 9), ("== x", 9), ("area in invoices", 14), ("area in (a", 17),
        ("(area", 9), ("area)", 13), ("area area", 14), ("a.b.c", 9), ("and", 9), ("1area", 9), ("area == and", 17),
        ("", 9), ("a or", 9), ("a ; b", 11), ("x" * 501, 9), ("(" * 30 + "a" + ")" * 30, 9), ("not " * 30 + "a", 9),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_a_problem_at_its_place(text, column):
    condition, problems = read(text)
    assert condition is None
    assert [(p.line, p.column) for p in problems] == [(3, column)]


@given(st.text(alphabet=st.sampled_from("ab.=!()',\" notrdi0"), max_size=40) | st.text(max_size=40))
def test_any_text_gives_a_condition_or_a_problem(text):
    condition, problems = read(text)
    assert (condition is None) == bool(problems)
