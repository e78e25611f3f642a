"""Ways through the graph from a flow's start to some steps, the shortest first, none through a step twice."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gateway.config.checks.graph import Graph, Lead, Node

Path = tuple["Lead", ...]
TAKEN_MAX = 50_000
"""Beginnings of ways that are looked at before the search gives up."""


class Paths:
    """Enumerates; `forbid` tells it which beginning no call can take, so that none comes with it again."""

    def __init__(self, graph: Graph, start: Node, ends: Collection[Node]) -> None:
        self._start, self._ends = start, ends
        self._after = {node: tuple(graph.leads(node)) for node in graph.nodes()}
        self._left = _distances(self._after, ends)
        self._forbidden: set[Path] = set()
        self.gave_up = False

    @property
    def any(self) -> bool:
        """Whether the graph leads there at all."""
        return self._start in self._left

    def forbid(self, beginning: Path) -> None:
        """No call can take this."""
        self._forbidden.add(beginning)

    def __iter__(self) -> Iterator[Path]:
        if not self.any:
            return
        order = itertools.count()
        ahead: list[tuple[int, int, Path, Node, frozenset[Node]]] = [
            (self._left[self._start], next(order), (), self._start, frozenset({self._start}))
        ]
        taken = 0
        while ahead:
            _, _, path, node, seen = heapq.heappop(ahead)
            if any(path[: len(beginning)] == beginning for beginning in self._forbidden if len(beginning) <= len(path)):
                continue
            taken += 1
            if taken > TAKEN_MAX:
                self.gave_up = True
                return
            if node in self._ends:
                yield path
            for lead in self._after[node]:
                if lead.to in self._left and lead.to not in seen:
                    longer = (*path, lead)
                    reckoned = len(longer) + self._left[lead.to]
                    heapq.heappush(ahead, (reckoned, next(order), longer, lead.to, seen | {lead.to}))


def _distances(after: dict[Node, tuple[Lead, ...]], ends: Collection[Node]) -> dict[Node, int]:
    """Steps from each node to the nearest end; those that lead to none are not in it."""
    before: dict[Node, list[Node]] = {}
    for node, leads in after.items():
        for lead in leads:
            before.setdefault(lead.to, []).append(node)
    left = dict.fromkeys(ends, 0)
    ahead = deque(ends)
    while ahead:
        node = ahead.popleft()
        for earlier in before.get(node, ()):
            if earlier not in left:
                left[earlier] = left[node] + 1
                ahead.append(earlier)
    return left
