"""The exits of every step of a flow, and a flow with one of them changed.

An exit is named as people see it: then, choice "1", rule 2, no_input, no_match, gave_up, no_agents. What the exits of
a kind of step are stands here once; the scripts' coverage and the mutants are made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import msgspec
from msgspec.structs import replace

from gateway.config.flow_parts import HANG_UP
from gateway.core.flow_model import (
    AnyStep,
    Branch,
    Collect,
    EchoTest,
    Flow,
    Goto,
    HangUpStep,
    Menu,
    Queue,
    Say,
    SetValues,
    ToneTest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

GOODBYE = "(goodbye)"
"""Shown for an exit without a step: the site's goodbye, then the end."""


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
            case "rules":
                return f"rule {int(self.index) + 1}"
            case _:
                return self.option

    def __str__(self) -> str:
        target = f"flow {self.to_flow}" if self.to_flow else self.to or GOODBYE
        return f"{self.step}, {self.exit} -> {target}"


def edges_of(flow: Flow) -> tuple[Edge, ...]:
    """All exits, in the order of the file."""
    return tuple(
        Edge(flow=flow.id, step=step.name, option=option, index=index, to=to, to_flow=to_flow)
        for step in flow.steps.values()
        for option, index, to, to_flow in _exits(step)
    )


def _exits(step: AnyStep) -> Iterator[tuple[str, str, str, str]]:
    """(option, index, step, flow) of each exit."""
    match step:
        case Say() | SetValues() | EchoTest() | ToneTest():
            yield "then", "", step.then, ""
        case Goto():
            yield "then", "", step.then, step.flow
        case Menu():
            for key, chosen in step.choices.items():
                yield "choices", key, chosen.then, ""
            yield "no_input", "", step.no_input.then, ""
            yield "no_match", "", step.no_match.then, ""
        case Collect():
            yield "then", "", step.then, ""
            yield "no_input", "", step.no_input.then, ""
            yield "no_match", "", step.no_match.then, ""
        case Branch():
            for number, rule in enumerate(step.rules):
                yield "rules", str(number), rule.exit.then, ""
        case Queue():
            yield "gave_up", "", step.gave_up, ""
            yield "no_agents", "", step.no_agents or step.gave_up, ""
        case HangUpStep():
            pass
        case _:
            assert_never(step)


def rewired(flow: Flow, edge: Edge, to: str) -> Flow:
    """`flow` with this exit leading to step `to` (empty: goodbye)."""
    return _with(flow, _rewired(flow.steps[edge.step], edge, to))


def removed(flow: Flow, edge: Edge) -> Flow:
    """`flow` without this exit: a choice or a rule is not there any more, any other exit leads to the goodbye."""
    step = flow.steps[edge.step]
    if isinstance(step, Menu) and edge.option == "choices":
        return _with(flow, replace(step, choices={k: v for k, v in step.choices.items() if k != edge.index}))
    if isinstance(step, Branch):
        return _with(flow, replace(step, rules=tuple(r for n, r in enumerate(step.rules) if str(n) != edge.index)))
    return rewired(flow, edge, "")


def _rewired(step: AnyStep, edge: Edge, to: str) -> AnyStep:
    match step:
        case Menu() if edge.option == "choices":
            return replace(step, choices={**step.choices, edge.index: replace(step.choices[edge.index], then=to)})
        case Branch():
            rules = list(step.rules)
            number = int(edge.index)
            rules[number] = replace(rules[number], exit=replace(rules[number].exit, then=to))
            return replace(step, rules=tuple(rules))
        case Menu() | Collect() if edge.option in {"no_input", "no_match"}:
            return replace(step, **{edge.option: replace(getattr(step, edge.option), then=to)})
        case Goto():
            return replace(step, then=to, flow="")
        case Queue():
            # An empty no_agents follows gave_up: written out, each can be changed without the other. To the core it
            # is never the goodbye by itself; the step `hang_up`, which every flow has, says the same.
            both = {"gave_up": step.gave_up, "no_agents": step.no_agents or step.gave_up, edge.option: to}
            both["no_agents"] = both["no_agents"] or HANG_UP
            return replace(step, **both)
        case _:
            return replace(step, then=to)


def _with(flow: Flow, step: AnyStep) -> Flow:
    return replace(flow, steps={**flow.steps, step.name: step})
