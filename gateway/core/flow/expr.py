"""Whether a condition of a flow holds for the values that a call carries: comparisons, a few functions, and, or, not.

Every value is a text. `==`, `!=` and `in` compare texts as they are; `<`, `<=`, `>` and `>=` compare two numbers, two
amounts of one currency, two dates or two times, and hold for nothing else. Nothing here raises, whatever the values.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

from gateway.core.flow.base import AllOf, AnyOf, Comparison, Not
from gateway.core.hours.moment import DATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.core.flow.base import Condition, Function

OrderKind = Literal["number", "date", "time"]
YES = "yes"
_NUMBER = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]([0-9]{1,6}))?(?: ([A-Z]{3}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class Ordered(NamedTuple):
    """A value that is before or after others of its kind; `currency` of an amount that names it."""

    kind: OrderKind
    size: Decimal
    currency: str = ""


def holds(condition: Condition | None, values: Mapping[str, str]) -> bool:
    """True when `condition` holds; None ("otherwise") always does. A variable without a value is known to be nothing:
    it equals only the empty text, differs from everything else, and is neither less nor more than anything."""
    match condition:
        case None:
            return True
        case Comparison():
            return _compare(condition, values)
        case AllOf():
            return all(holds(part, values) for part in condition.parts)
        case AnyOf():
            return any(holds(part, values) for part in condition.parts)
        case Not():
            return not holds(condition.part, values)
    assert_never(condition)


def names_in(condition: Condition | None) -> Iterator[str]:
    """The variables that a condition reads."""
    match condition:
        case None:
            return
        case Comparison():
            yield condition.variable
            if condition.other:
                yield condition.other
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from names_in(part)
        case Not():
            yield from names_in(condition.part)
        case _:
            assert_never(condition)


def ordered(value: str) -> Ordered | None:
    """`12`, `12.50`, `12,50 PLN`, `2026-12-24` or `17:30` as what can be compared; None for any other text."""
    value = value.strip()
    if found := _NUMBER.fullmatch(value):
        whole, part, currency = found.groups()
        return Ordered("number", Decimal(f"{whole}.{part or 0}"), currency or "")
    if _DATE.fullmatch(value):
        day = _day(value)
        return Ordered("date", Decimal(day.toordinal())) if day is not None else None
    if found := _TIME.fullmatch(value):
        return Ordered("time", Decimal(int(found[1]) * 60 + int(found[2])))
    return None


def _compare(comparison: Comparison, values: Mapping[str, str]) -> bool:
    value = values.get(comparison.variable, "")
    if comparison.function:
        value = applied(comparison.function, value, comparison.argument, values)
    others = (values.get(comparison.other, ""),) if comparison.other else comparison.values
    match comparison.op:
        case "known":
            return value != ""
        case "==":
            return value in others[:1]
        case "!=":
            return value not in others[:1]
        case "in":
            return value in others
        case "<" | "<=" | ">" | ">=":
            return _in_order(comparison.op, value, others[0] if others else "")
    assert_never(comparison.op)


def _in_order(op: Literal["<", "<=", ">", ">="], value: str, other: str) -> bool:
    left, right = ordered(value), ordered(other)
    if left is None or right is None or left.kind != right.kind:
        return False
    if left.currency and right.currency and left.currency != right.currency:
        return False
    match op:
        case "<":
            return left.size < right.size
        case "<=":
            return left.size <= right.size
        case ">":
            return left.size > right.size
        case ">=":
            return left.size >= right.size
    assert_never(op)


def applied(function: Function, value: str, argument: str, values: Mapping[str, str]) -> str:
    """What a function makes of a value; nothing where it has no answer."""
    match function:
        case "length":
            return str(len(value))
        case "digits":
            return "".join(character for character in value if character in "0123456789")
        case "starts_with":
            return YES if value and value.startswith(argument) else ""
        case "ends_with":
            return YES if value and value.endswith(argument) else ""
        case "days_since":
            today, day = _day(values.get(DATE, "")), _day(value)
            return str((today - day).days) if today is not None and day is not None else ""
    assert_never(function)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
