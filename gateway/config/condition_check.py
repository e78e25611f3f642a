"""Judges one comparison of an `if:`: names that do not exist, values that a variable never has, things that cannot be
compared. Only what can be known when the site is loaded is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.expressions import TWO
from gateway.config.fields import shown
from gateway.core.flow.expr import ordered
from gateway.core.flow.model import WELL_KNOWN
from gateway.core.hours.moment import DATE, TIME, WEEKDAY, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.config.problems import Place, Problems
    from gateway.config.variables import Variables
    from gateway.core.flow.expr import OrderKind
    from gateway.core.flow.model import Comparison

_ORDER = {"<", "<=", ">", ">="}
_EXAMPLES: dict[OrderKind, str] = {
    "number": "a number such as 100 or 12.50",
    "date": "a date such as 2026-12-24",
    "time": "a time such as 17:30",
}
_NUMBERS = {"length", "days_since"}
_KINDS: dict[str, tuple[OrderKind, ...]] = {
    "number": ("number",),
    "ordinal": ("number",),
    "money": ("number",),
    "duration": ("number",),
    "minute": ("number",),
    "digits": ("number",),
    "phone": ("number",),
    "date": ("date",),
    "time": ("time",),
}


def judge(
    comparison: Comparison,
    place: Place,
    variables: Variables,
    possible: Mapping[str, tuple[str, ...] | None],
    problems: Problems,
) -> None:
    """Note what is wrong. `possible` are the values of well-known variables, None where they are not known."""
    known = variables.names()
    for name in (comparison.variable, *([comparison.other] if comparison.other else [])):
        if name not in known:
            problems.add(place, f"there is no variable '{shown(name)}'", wrong=name, among=known)
            return
    if not _whole(comparison, place, problems):
        return
    if comparison.op in _ORDER:
        _order(comparison, place, variables, problems)
        return
    values = _possible(comparison, variables, possible)
    for value in comparison.values:
        if values is not None and value not in values:
            problems.add(
                place,
                f"'{comparison.variable}' is never '{shown(value)}'",
                expected=", ".join(values),
                wrong=value,
                among=values,
            )
        elif not _fits(comparison, value):
            what = f"{comparison.function}(...)" if comparison.function else comparison.variable
            expected = _EXAMPLES["number" if comparison.function else "date" if what == DATE else "time"]
            problems.add(place, f"'{what}' is never '{shown(value)}'", expected=expected)


def _whole(comparison: Comparison, place: Place, problems: Problems) -> bool:
    """Whether a function is used as it can be."""
    function, op = comparison.function, comparison.op
    if function in _NUMBERS and op == "known":
        problems.add(place, f"'{function}' is a number", expected=f"a comparison such as {function}(...) > 3")
        return False
    if function in TWO and op != "known":
        problems.add(place, f"'{function}' is yes or no and not compared with anything", hint="let it stand alone")
        return False
    if function == "starts_with" and comparison.variable in {"caller", "called"} and comparison.argument[:1] != "+":
        problems.add(
            place,
            f"'{comparison.variable}' never starts with '{shown(comparison.argument)}'",
            expected='the number from its country on, such as "+4822"',
        )
        return False
    return True


def _fits(comparison: Comparison, value: str) -> bool:
    """Whether a value of `==`, `!=` or `in` is written as the left side is."""
    size = ordered(value)
    if comparison.function in _NUMBERS:
        return size is not None and size.kind == "number" and value == str(int(size.size))
    if comparison.function:
        return comparison.function != "digits" or (value.isascii() and value.isdigit())
    if comparison.variable == DATE:
        return size is not None and size.kind == "date"
    if comparison.variable == TIME:
        return size is not None and size.kind == "time" and len(value) == len("00:00")
    return True


def _possible(
    comparison: Comparison, variables: Variables, possible: Mapping[str, tuple[str, ...] | None]
) -> tuple[str, ...] | None:
    """All values that a variable can have; None when nobody knows."""
    name = comparison.variable
    if comparison.function:
        return None
    if name == WEEKDAY:
        return WEEKDAYS
    if name in WELL_KNOWN and possible.get(name):
        return possible[name]
    if name in variables.answers:
        return None if variables.set_values.get(name) else variables.answers[name].one_of or None
    if name in variables.collected or (name in WELL_KNOWN and name not in variables.set_values):
        return None
    return tuple(sorted(variables.set_values.get(name, ()))) or None


def _order(comparison: Comparison, place: Place, variables: Variables, problems: Problems) -> None:
    """Whether the two sides can be one before the other."""
    left = _kinds(comparison, variables)
    name = f"{comparison.function}(...)" if comparison.function else comparison.variable
    if left == ():
        problems.add(
            place,
            f"'{name}' is never a number, a date or a time: '{comparison.op}' cannot compare it",
            expected="==, != or in",
        )
        return
    expected = ", or ".join(_EXAMPLES[kind] for kind in left or _EXAMPLES)
    if comparison.other:
        right = _plain_kinds(comparison.other, variables)
        if left is not None and right is not None and not set(left) & set(right):
            problems.add(place, f"'{name}' and '{comparison.other}' are never of one kind", expected=expected)
        return
    value = comparison.values[0]
    size = ordered(value)
    if size is None or (left is not None and size.kind not in left):
        what = "no number, date or time" if size is None else f"a {size.kind}"
        also = "" if size is None else f", and '{name}' never is one"
        problems.add(place, f"'{shown(value)}' is {what}{also}", expected=expected)


def _kinds(comparison: Comparison, variables: Variables) -> tuple[OrderKind, ...] | None:
    if comparison.function:
        return ("number",)
    return _plain_kinds(comparison.variable, variables)


def _plain_kinds(name: str, variables: Variables) -> tuple[OrderKind, ...] | None:
    """As what the values of a variable can be compared; None when nobody knows, nothing when they cannot."""
    if name in {DATE, TIME}:
        return ("date",) if name == DATE else ("time",)
    if name in variables.mixed:
        return None
    found: set[OrderKind] = set()
    if name in variables.collected or name in {"caller", "called", "client.id"}:
        found.add("number")
    words: set[str] = set(variables.set_values.get(name, ()))
    if name in variables.answers:
        answer = variables.answers[name]
        if answer.one_of:
            words |= set(answer.one_of)
        elif answer.kind not in _KINDS:
            return None
        else:
            found |= set(_KINDS[answer.kind])
    found |= {size.kind for size in map(ordered, words) if size is not None}
    return tuple(kind for kind in _EXAMPLES if kind in found)
