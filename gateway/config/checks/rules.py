"""Rules of a branch that can never be the first to hold, because the rules above them hold whenever they do."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, assert_never

from gateway.config.checks.graph import place_of
from gateway.core.flow import expr
from gateway.core.flow.base import AllOf, AnyOf, Comparison, Not
from gateway.core.flow.model import Branch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.config.problems import Problems
    from gateway.core.flow.base import Condition
    from gateway.core.flow.model import Flow

TRIED_MAX = 20_000
"""More combinations of values than that are not tried, and nothing is said."""
_OTHER = "\0other"
_PLAIN = {"known", "==", "!=", "in"}


def check(flow: Flow, problems: Problems) -> None:
    """Note the rules of each branch that are never taken."""
    for step in flow.steps.values():
        if isinstance(step, Branch):
            for number in _dead([rule.condition for rule in step.rules]):
                problems.add(
                    place_of(step),
                    f"rule {number + 1} of '{step.name}' is never taken: whenever it holds, a rule above it does"
                    if step.rules[number].condition is not None
                    else f"the last rule of '{step.name}' is never taken: one above it always holds",
                    hint="delete it, or move it up",
                )


def _dead(conditions: list[Condition | None]) -> list[int]:
    """The rules that no values make the first to hold. Every combination of the values that the conditions name, of
    any other value and of none is tried; what a comparison of numbers or a function says is taken as free to be
    either, so that nothing is called dead that is not."""
    domains: dict[str, list[str]] = {}
    free: dict[Comparison, None] = {}
    for atom in itertools.chain.from_iterable(_atoms(condition) for condition in conditions):
        if atom.op in _PLAIN and not atom.function and not atom.other:
            known = domains.setdefault(atom.variable, ["", _OTHER])
            known.extend(value for value in atom.values if value not in known)
        else:
            free[atom] = None
    if math.prod(len(values) for values in domains.values()) * 2 ** len(free) > TRIED_MAX:
        return []
    alive: set[int] = set()
    for chosen in itertools.product(*domains.values()):
        values = dict(zip(domains, chosen, strict=True))
        for truths in itertools.product((True, False), repeat=len(free)):
            said = dict(zip(free, truths, strict=True))
            first = next((n for n, condition in enumerate(conditions) if _holds(condition, values, said)), None)
            if first is not None:
                alive.add(first)
    return [number for number in range(len(conditions)) if number not in alive]


def _atoms(condition: Condition | None) -> Iterator[Comparison]:
    match condition:
        case None:
            return
        case Comparison():
            yield condition
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from _atoms(part)
        case Not():
            yield from _atoms(condition.part)
        case _:
            assert_never(condition)


def _holds(condition: Condition | None, values: Mapping[str, str], said: Mapping[Comparison, bool]) -> bool:
    match condition:
        case Comparison():
            return said[condition] if condition in said else expr.holds(condition, values)
        case AllOf():
            return all(_holds(part, values, said) for part in condition.parts)
        case AnyOf():
            return any(_holds(part, values, said) for part in condition.parts)
        case Not():
            return not _holds(condition.part, values, said)
        case None:
            return True
    assert_never(condition)
