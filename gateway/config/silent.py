"""Finds steps that lead round in a circle in no time: nothing is heard, asked or waited for, and the call never ends.
Through all flows of a site: into a flow that is gone to, into one that is called, and back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, shown
from gateway.core.exits import exits_of
from gateway.core.flow_model import Flow, Return, Subflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.config.flow_heads import Heads
    from gateway.config.problems import Problems
    from gateway.core.flow_model import AnyStep

Node = tuple[str, str]
"""Flow and step."""


def silent_circles(heads: Heads, flows: Mapping[str, Flow], problems: Problems) -> None:
    """Note one circle for each flow that has some."""
    left = _on_circles(_ways(flows))
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


def _ways(flows: Mapping[str, Flow]) -> dict[Node, list[Node]]:
    """Where a call can come from each step that takes no time, in no time."""
    back = _silent_returns(flows)
    return {
        (flow.id, step.name): _after(flow, step, flows, back)
        for flow in flows.values()
        for step in flow.steps.values()
        if _takes_no_time(step)
    }


def _takes_no_time(step: AnyStep) -> bool:
    return not step.WAITS or isinstance(step, Subflow)


def _after(flow: Flow, step: AnyStep, flows: Mapping[str, Flow], back: Mapping[str, set[str]]) -> list[Node]:
    """Where a call comes from a step in no time; `back` are the returns that each flow comes to in no time."""
    if isinstance(step, Subflow):
        there = flows.get(step.flow)
        if there is None:
            return []
        exits = [(flow.id, step.returns[name].then) for name in sorted(back[there.id]) if name in step.returns]
        return [(there.id, there.start), *exits]
    targets = []
    for edge in exits_of(flow.id, step):
        if edge.to_flow in flows:
            targets.append((edge.to_flow, flows[edge.to_flow].start))
        elif edge.to:
            targets.append((flow.id, edge.to))
    return targets


def _silent_returns(flows: Mapping[str, Flow]) -> dict[str, set[str]]:
    """For each flow the returns to which a call can come without hearing anything."""
    back: dict[str, set[str]] = {name: set() for name in flows}
    count = -1
    while count != (count := sum(len(names) for names in back.values())):
        for flow in flows.values():
            todo, seen = [flow.start], set[str]()
            while todo:
                step = flow.steps.get(todo.pop())
                if step is None or step.name in seen or not _takes_no_time(step):
                    continue
                seen.add(step.name)
                if isinstance(step, Return):
                    back[flow.id].add(step.outcome)
                todo += [name for there, name in _after(flow, step, flows, back) if there == flow.id]
    return back


def _on_circles(ways: Mapping[Node, list[Node]]) -> dict[Node, list[Node]]:
    """The steps that lie on a circle or lead to one: steps all of whose ways end are taken away again and again."""
    after = {node: [target for target in targets if target in ways] for node, targets in ways.items()}
    before: dict[Node, list[Node]] = {node: [] for node in after}
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
