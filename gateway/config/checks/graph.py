"""Every step of every flow and where a call can go from it, over the borders of the flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.config.problems import Place
from gateway.core.flow.exits import Edge, exits_of
from gateway.core.flow.model import AnyStep, Goto, Return, Subflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.core.flow.model import Flow


class Node(NamedTuple):
    """A step by its flow and name."""

    flow: str
    step: str


class Lead(NamedTuple):
    """From one step to another, by `edge`; None for the way into a flow that is called, and back out of it."""

    to: Node
    edge: Edge | None


class Graph:
    """All steps of a site's flows. `begin` are the flows that numbers lead to; a flow that nothing leads to counts as
    one of them, it may be wanted tomorrow."""

    def __init__(self, flows: Mapping[str, Flow], begin: Iterable[str]) -> None:
        self.flows = flows
        self._calls: dict[str, list[tuple[str, Subflow]]] = {}
        entered = set()
        for flow in flows.values():
            for step in flow.steps.values():
                if isinstance(step, Subflow):
                    self._calls.setdefault(step.flow, []).append((flow.id, step))
                    entered.add(step.flow)
                elif isinstance(step, Goto) and step.flow and step.flow != flow.id:
                    entered.add(step.flow)
        named = set(begin)
        self.begin = tuple(name for name in flows if name in named or name not in entered)

    def step(self, node: Node) -> AnyStep:
        """The step of a node."""
        return self.flows[node.flow].steps[node.step]

    def nodes(self) -> Iterator[Node]:
        """All of them."""
        for flow in self.flows.values():
            for step in flow.steps:
                yield Node(flow.id, step)

    def start(self, flow: str) -> Node | None:
        """Where a flow begins."""
        known = self.flows.get(flow)
        return Node(flow, known.start) if known is not None and known.start in known.steps else None

    def leads(self, node: Node) -> Iterator[Lead]:
        """Where a call can go from a step. A called flow lies between the calling step and its exits."""
        step = self.step(node)
        if isinstance(step, Subflow):
            inside = self.start(step.flow)
            if inside is not None:
                yield Lead(inside, None)
        elif isinstance(step, Return):
            for flow, call in self._calls.get(node.flow, ()):
                for edge in exits_of(flow, call):
                    if edge.index == step.outcome and edge.to in self.flows[flow].steps:
                        yield Lead(Node(flow, edge.to), edge)
        else:
            for edge in exits_of(node.flow, step):
                to = self.start(edge.to_flow) if edge.to_flow else Node(node.flow, edge.to)
                if to is not None and to.step in self.flows[to.flow].steps:
                    yield Lead(to, edge)


def place_of(step: AnyStep) -> Place:
    """Where a step begins in its file."""
    file, line, column = step.place.rsplit(":", 2)
    return Place(file, int(line), int(column), len(step.name))
