"""Whether a condition of a flow holds for the values that a call carries. Comparisons, and, or, not; nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from gateway.core.flow_model import AllOf, AnyOf, Comparison, Not

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.flow_model import Condition


def holds(condition: Condition | None, values: Mapping[str, str]) -> bool:
    """True when `condition` holds; None ("otherwise") always does. A variable without a value is known to be nothing:
    it equals only the empty text, and differs from everything else."""
    match condition:
        case None:
            return True
        case Comparison():
            return _compare(condition, values.get(condition.variable, ""))
        case AllOf():
            return all(holds(part, values) for part in condition.parts)
        case AnyOf():
            return any(holds(part, values) for part in condition.parts)
        case Not():
            return not holds(condition.part, values)
    assert_never(condition)


def _compare(comparison: Comparison, value: str) -> bool:
    match comparison.op:
        case "known":
            return value != ""
        case "==":
            return value in comparison.values[:1]
        case "!=":
            return value not in comparison.values[:1]
        case "in":
            return value in comparison.values
    assert_never(comparison.op)
