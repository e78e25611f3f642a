"""The grammar of `if:`, judged by what the core makes of the conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.expressions import parse
from gateway.config.problems import Place, Problems
from gateway.config.source import Scalar
from gateway.core.flow.expr import holds, names_in, ordered
from gateway.core.flow.model import AllOf, Comparison

CALL = {
    "client.known": "yes",
    "area": "invoices",
    "language": "pl",
    "x1": "a b",
    "caller": "+48221234567",
    "typed": "0123",
    "balance": "12.50 PLN",
    "euros": "12.50 EUR",
    "due": "2026-11-20",
    "code": "AB-12 3",
    "now.date": "2026-11-23",
    "now.time": "09:05",
    "now.weekday": "monday",
}


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
        # numbers, amounts, dates, times: two of one kind, else it does not hold
        ("typed > 122", True),
        ("typed >= 123 and typed <= 123.0 and not typed < 123 and not typed > 123", True),
        ("typed == 123", False),  # == compares what was typed
        ("balance > 12", True),
        ("balance < '12,51'", True),
        ('balance == "12.50 PLN"', True),
        ("balance <= {euros} or balance >= {euros}", False),
        ("due < {now.date}", True),
        ("due < 2026-11-20", False),
        ("now.date >= 2026-11-23 and now.time < 17:30 and now.time > 9:04", True),
        ("now.weekday in (saturday, sunday)", False),
        ("due < 12 or due > 12 or now.time < 2026-12-24", False),
        ("area < 12 or area >= 12", False),
        ("missing < 12 or missing >= 12 or typed < {missing}", False),
        ("not missing < 12", True),
        ("typed != {area} and area == {area} and missing == {nothing}", True),
        # functions
        ("length(typed) == 4 and length(missing) == 0 and length(typed)<5", True),
        ("digits(code) == 123", True),
        ("digits(area)", False),
        ("digits(caller) == 48221234567", True),
        ('starts_with(caller, "+4822")', True),
        ("starts_with(caller, +4822) and not starts_with(missing, +48)", True),
        ("ends_with(caller, 567) and not ends_with(caller, 568)", True),
        ("days_since(due) == 3 and days_since(due) >= 3", True),
        ("days_since(area) < 1 or days_since(missing) >= 0", False),
        ("not(area == orders)and(length(typed)in(3, 4))", True),
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
        ("area < ", 9), ("area < < 2", 16), ("area => 2", 14), ("area < {", 16), ("area == {a b}", 17),
        ("{area} == area", 9), ("area in {area}", 14), ("length()", 16), ("length(area", 15), ("lenght(area)", 9),
        ("length(area, 3)", 20), ("starts_with(caller)", 9), ("starts_with(caller, and)", 29),
        ("length(digits(area))", 16), ("balance < 12,51", 21), ("area (x)", 9), ("length(area) area", 22),
        ("12 > area", 9),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_a_problem_at_its_place(text, column):
    condition, problems = read(text)
    assert condition is None
    assert [(p.line, p.column) for p in problems] == [(3, column)]


PIECES = st.lists(
    st.sampled_from(
        ["area", "typed", "now.date", "missing", "and", "or", "not", "in", "==", "!=", "<", "<=", ">", ">=", "(", ")",
         ",", "{area}", "{", "}", "12", "12.5", "2026-12-24", "9:05", "'a b'", '"', "length(", "digits(",
         "starts_with(", "days_since(", "x(", "=", "!"]
    ),
    max_size=14,
)  # fmt: skip
ODD = ["12", "-1", "١٢", "9" * 400, "1e999", "nan", "2026-02-30", "0000-00-00", "24:00"]
VALUES = st.dictionaries(
    st.sampled_from(["area", "typed", "now.date", "now.time"]), st.text(max_size=12) | st.sampled_from(ODD)
)


@given(st.text(alphabet=st.sampled_from("ab.=!()',\" notrdi0<>{}"), max_size=40) | st.text(max_size=40))
def test_any_text_gives_a_condition_or_a_problem(text):
    condition, problems = read(text)
    assert (condition is None) == bool(problems)


@given(PIECES, VALUES)
def test_whatever_is_a_condition_holds_or_does_not(pieces, values):
    condition, problems = read(" ".join(pieces))
    assert (condition is None) == bool(problems)
    if condition is not None:
        assert holds(condition, values) in {True, False}
        assert all(isinstance(name, str) for name in names_in(condition))


@given(VALUES, st.sampled_from(["area", "typed"]), st.sampled_from(["12", "2026-12-24", "9:05", "x"]))
def test_of_less_same_and_more_one_holds_at_most(values, name, other):
    ways = [
        holds(Comparison(variable=name, op="<", values=(other,)), values),
        holds(Comparison(variable=name, op=">", values=(other,)), values),
        holds(AllOf(parts=tuple(Comparison(variable=name, op=op, values=(other,)) for op in ("<=", ">="))), values),
    ]
    assert sum(ways) <= 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("12", "number"), ("-12", "number"), ("0123", "number"), ("12.50", "number"), ("12,50 PLN", "number"),
        (" 12 ", "number"), ("2026-12-24", "date"), ("2024-02-29", "date"), ("9:05", "time"), ("23:59", "time"),
    ],
)  # fmt: skip
def test_what_can_be_put_in_order(value, kind):
    assert ordered(value).kind == kind


@pytest.mark.parametrize(
    "value",
    ["", "x", "12 zł", "12-24", "2026-02-30", "24:00", "9:60", "1e9", "١٢", "1_000", "1" * 16, "12.", "0x1", "inf"],
)
def test_what_cannot(value):
    assert ordered(value) is None
