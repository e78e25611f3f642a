"""The exits of every step of a flow, and a flow with one of them changed.

An exit is named as people see it: then, choice "1", rule 2, no_input, no_match, gave_up, no_agents. Which fields of a
step lead somewhere its class says (`Step.EXITS`); the checker, the graph, the scripts' coverage and the mutants all
read them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from gateway.core.flow.base import Exit, Retry, Rule
from gateway.core.flow.model import AnyStep, Flow, Goto

if TYPE_CHECKING:
    from collections.abc import Iterator

GOODBYE = "(goodbye)"
"""Shown for an exit without a step: the site's goodbye, then the end."""
HANG_UP = "hang_up"
"""The step that every flow has without writing it: the site's goodbye, then the end."""


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One exit of one step. `option` is the step's field, `index` the key of a choice or the number of a rule (from
    0). `to` is a step, or a flow with `to_flow`; both empty: goodbye."""

    flow: str
    step: str
    option: str
    index: str = ""
    to: str
    to_flow: str = ""

    @property
    def exit(self) -> str:
        """The exit as people see it."""
        match self.option:
            case "choices":
                return f'choice "{self.index}"'
            case "keys":
                return f'key "{self.index}"'
            case "rules":
                return f"rule {int(self.index) + 1}"
            case "returns":
                return self.index
            case _:
                return f"{self.option} {self.index}".rstrip()

    def __str__(self) -> str:
        target = f"flow {self.to_flow}" if self.to_flow else self.to or GOODBYE
        return f"{self.step}, {self.exit} -> {target}"


def edges_of(flow: Flow) -> tuple[Edge, ...]:
    """All exits, in the order of the file."""
    return tuple(edge for step in flow.steps.values() for edge in exits_of(flow.id, step))


def exits_of(flow: str, step: AnyStep) -> Iterator[Edge]:
    """The exits of one step of the flow with the id `flow`."""
    to_flow = step.flow if isinstance(step, Goto) else ""
    for option in step.EXITS:
        value = getattr(step, option)
        if not value and option in step.OPTIONAL:
            continue
        for index, to in _targets(value):
            target = to or _stand_in(step, option)
            lead = to_flow if option == "then" and not target else ""
            yield Edge(flow=flow, step=step.name, option=option, index=index, to=target, to_flow=lead)


def _targets(value: Any) -> Iterator[tuple[str, str]]:
    """(index, step) of what one field holds."""
    match value:
        case str():
            yield "", value
        case Retry() | Exit():
            yield "", value.then
        case dict():
            for index, inner in value.items():
                yield str(index), inner.then if isinstance(inner, Exit) else inner
        case tuple():
            for number, inner in enumerate(value):
                yield str(number), inner.exit.then if isinstance(inner, Rule) else inner.then


def _stand_in(step: AnyStep, option: str) -> str:
    other = step.ELSE.get(option, "")
    return getattr(step, other) if other else ""


def rewired(flow: Flow, edge: Edge, to: str) -> Flow:
    """`flow` with this exit leading to step `to` (empty: goodbye)."""
    step = flow.steps[edge.step]
    changes: dict[str, Any] = {edge.option: _led(getattr(step, edge.option), edge.index, to)}
    if edge.to_flow:
        changes["flow"] = ""
    for option, other in step.ELSE.items():
        # An empty exit follows its stand-in: written out, each can be changed without the other. It is never the
        # goodbye by itself; the step `hang_up`, which every flow has, says the same.
        if edge.option in {option, other}:
            changes[option] = changes.get(option, getattr(step, option)) or (getattr(step, other) or HANG_UP)
            if edge.option == option and not to:
                changes[option] = HANG_UP
    return _with(flow, replace(step, **changes))


def removed(flow: Flow, edge: Edge) -> Flow:
    """`flow` without this exit: a choice or a rule is not there any more, any other exit leads to the goodbye."""
    step = flow.steps[edge.step]
    value = getattr(step, edge.option)
    if isinstance(value, dict):
        return _with(flow, replace(step, **{edge.option: {k: v for k, v in value.items() if str(k) != edge.index}}))
    if isinstance(value, tuple):
        return _with(
            flow, replace(step, **{edge.option: tuple(v for n, v in enumerate(value) if str(n) != edge.index)})
        )
    return rewired(flow, edge, "")


def _led(value: Any, index: str, to: str) -> Any:
    """What a field holds, with the exit at `index` leading to `to`."""
    match value:
        case Retry() | Exit():
            return replace(value, then=to)
        case dict():
            return {k: _led(v, "", to) if str(k) == index else v for k, v in value.items()}
        case tuple():
            return tuple(_led(v, "", to) if str(n) == index else v for n, v in enumerate(value))
        case Rule():
            return replace(value, exit=replace(value.exit, then=to))
        case _:
            return to


def _with(flow: Flow, step: AnyStep) -> Flow:
    return replace(flow, steps={**flow.steps, step.name: step})
