"""Circles that a call can go round for ever without anybody doing anything: a caller who has dropped the receiver, or
another machine, would hold a line until the end of days."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateway.config.checks.graph import Node, place_of
from gateway.config.fields import shown
from gateway.config.silent import ways
from gateway.core.flow.base import Question
from gateway.core.flow.exits import exits_of
from gateway.core.flow.model import Loop, Queue, Ring, Voicemail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gateway.config.checks.graph import Graph
    from gateway.config.problems import Problems
    from gateway.core.flow.exits import Edge
    from gateway.core.flow.model import AnyStep, Flow


def check(flows: Iterable[Flow], graph: Graph, problems: Problems, *, patient: Collection[str] = ()) -> None:
    """Note one step of each circle that begins in one of `flows`. `patient`: teams for which callers wait also when
    nobody is logged in."""
    told: set[Node] = set()
    sound = {flow.id for flow in flows}
    leads = ways(graph.flows, partial(_alone, patient))
    after = {node: [Node(*to) for to in leads.get(node, ())] for node in graph.nodes()}
    for circle in _circles(after):
        if told & circle.keys() or not any(graph.step(node).WAITS for node in circle):
            continue  # a circle that takes no time has a message of its own
        told |= circle.keys()
        first = next(iter(circle))
        if all(node.flow in sound for node in circle):  # else a mistake that is told already may have made it
            step = graph.step(first)
            problems.add(
                place_of(step),
                f"from '{shown(step.name)}' a call can go round for ever without a key being pressed",
                hint="lead the way for callers who press nothing out of the circle, or count the rounds with `loop`",
            )


def _alone(patient: Collection[str], flow: Flow, step: AnyStep) -> Iterable[Edge] | None:
    """The exits that a call takes although nobody does anything."""
    edges = exits_of(flow.id, step)
    if isinstance(step, Queue):  # at night nobody is logged in, and nobody has to wait; by day nobody may answer
        empties = not patient if step.to == "by_client" else step.to not in patient
        options = {"no_agents", "full", "waited"} if empties else {"no_agents", "full", "waited", "gave_up"}
        return [edge for edge in edges if edge.option in options]
    if isinstance(step, Ring):
        return [edge for edge in edges if edge.option == "unreachable"]
    if isinstance(step, Voicemail):  # nobody speaks
        return [edge for edge in edges if edge.option in {"too_short", "failed"}]
    if step.HUMAN:
        return None
    if isinstance(step, Question):
        return [edge for edge in edges if edge.option == "no_input"]
    if isinstance(step, Loop):
        return [edge for edge in edges if edge.option != "each"]
    return edges


def _circles(after: dict[Node, list[Node]]) -> Iterable[dict[Node, None]]:
    """The strongly connected parts with a circle in them (Tarjan 1972, without recursion), steps in file order."""
    order = {node: number for number, node in enumerate(after)}
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    for root, first in after.items():
        if root in index:
            continue
        work = [(root, iter(first))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, ways = work[-1]
            to = next(ways, None)
            if to is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while True:
                        part.append(stack.pop())
                        on_stack.discard(part[-1])
                        if part[-1] == node:
                            break
                    if len(part) > 1 or node in after[node]:
                        yield dict.fromkeys(sorted(part, key=order.__getitem__))
            elif to not in index:
                index[to] = low[to] = len(index)
                stack.append(to)
                on_stack.add(to)
                work.append((to, iter(after[to])))
            elif to in on_stack:
                low[node] = min(low[node], index[to])
