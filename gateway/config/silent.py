"""Finds steps that lead round in a circle in no time: nothing is heard, asked or waited for, and the call never ends.
Through all flows of a site: into a flow that is gone to, into one that is called, and back from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, TypeVar

from gateway.config.fields import clean, shown
from gateway.core.flow.exits import Edge, exits_of
from gateway.core.flow.model import AnyStep, Flow, Return, Subflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.config.flow_heads import Heads
    from gateway.config.problems import Problems

K = TypeVar("K", bound=Hashable)
Node = tuple[str, str]
"""Flow and step."""
Exits = Callable[[Flow, AnyStep], Iterable[Edge] | None]
"""The exits of a step that count; None when a call stays there."""


def silent_circles(heads: Heads, flows: Mapping[str, Flow], problems: Problems) -> None:
    """Note one circle for each flow that has some."""
    left = on_circles(ways(flows, _silent))
    seen: set[Node] = set()
    told: set[str] = set()
    for begin in left:
        node, way = begin, dict[Node, None]()
        while node not in seen:
            seen.add(node)
            way[node] = None
            node = next(target for target in left[node] if target in left)
        flow, step = node
        if node in way and flow not in told:
            told.add(flow)
            steps = heads.flows[flow].steps
            keys = {clean(key): name for key, (name, _) in steps.items.items()} if steps else {}
            if step in keys:
                problems.add(
                    keys[step].place,
                    f"from step '{shown(step)}' a call can go round in a circle in which nothing is heard or asked",
                    hint="let the circle pass a step that says, asks or queues",
                )


def ways(flows: Mapping[str, Flow], exits: Exits) -> dict[Node, list[Node]]:
    """Where a call can come from each step by those exits that `exits` allows: within its flow, into a flow that is
    gone to, into one that is called, and past a called one by each return that can be reached in it by such exits.
    (Not from every return to every step that calls the flow: a call goes back to where it came from.)"""
    back = _returns(flows, exits)
    return {
        (flow.id, step.name): _after(flow, step, allowed, flows, back)
        for flow in flows.values()
        for step in flow.steps.values()
        if (allowed := exits(flow, step)) is not None
    }


def _silent(flow: Flow, step: AnyStep) -> Iterable[Edge] | None:
    return None if step.WAITS and not isinstance(step, Subflow) else exits_of(flow.id, step)


def _after(
    flow: Flow, step: AnyStep, exits: Iterable[Edge], flows: Mapping[str, Flow], back: Mapping[str, set[str]]
) -> list[Node]:
    """Where a call comes from a step; `back` are the returns that each flow can come to."""
    targets: list[Node] = []

    def starts(entered: Flow) -> None:
        if entered.start in entered.steps:  # else it has a mistake that is told elsewhere
            targets.append((entered.id, entered.start))

    there = flows.get(step.flow) if isinstance(step, Subflow) else None
    if there is not None:
        starts(there)
    for edge in exits:
        if isinstance(step, Subflow) and (there is None or edge.index not in back[there.id]):
            continue
        if edge.to_flow in flows:
            starts(flows[edge.to_flow])
        elif edge.to in flow.steps:
            targets.append((flow.id, edge.to))
    return targets


def _returns(flows: Mapping[str, Flow], exits: Exits) -> dict[str, set[str]]:
    """For each flow the returns to which a call can come by the exits that are allowed."""
    back: dict[str, set[str]] = {name: set() for name in flows}
    count = -1
    while count != (count := sum(len(names) for names in back.values())):
        for flow in flows.values():
            todo, seen = [flow.start], set[str]()
            while todo:
                step = flow.steps.get(todo.pop())
                allowed = exits(flow, step) if step is not None and step.name not in seen else None
                if step is None or allowed is None:
                    continue
                seen.add(step.name)
                if isinstance(step, Return):
                    back[flow.id].add(step.outcome)
                todo += [name for there, name in _after(flow, step, allowed, flows, back) if there == flow.id]
    return back


def on_circles(leads: Mapping[K, list[K]]) -> dict[K, list[K]]:
    """What lies on a circle or leads to one: whatever has only ways that end is taken away again and again."""
    after = {node: [target for target in targets if target in leads] for node, targets in leads.items()}
    before: dict[K, list[K]] = {node: [] for node in after}
    for node, targets in after.items():
        for target in targets:
            before[target].append(node)
    open_ways = {node: len(targets) for node, targets in after.items()}
    ended = [node for node, count in open_ways.items() if count == 0]
    while ended:
        for node in before[ended.pop()]:
            open_ways[node] -= 1
            if open_ways[node] == 0:
                ended.append(node)
    return {node: after[node] for node, count in open_ways.items() if count}
