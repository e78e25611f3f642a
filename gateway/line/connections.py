"""What should hear what: one table of wanted connections, from which the bridge's edges are made again whenever a port
comes, goes or moves.

A hold, a resume or a re-INVITE gives a leg another conference slot and takes its old edges away without a word, so an
edge is never taken for made because it was made once: `port(end, slot)` makes all edges of that end anew. Connecting
two ports that are connected already does nothing in the library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

End = tuple[Literal["far", "tap"], str]
"""The far end of a leg (its RTP stream), or the tap of a leg, by leg id."""


class Connections:
    """Edges are one-way: (source, sink). One that is wanted both as half of a pair and by itself goes when neither
    wants it any more."""

    def __init__(self, connect: Callable[[int, int], object], disconnect: Callable[[int, int], object]) -> None:
        self._connect, self._disconnect = connect, disconnect
        self._pairs: set[tuple[End, End]] = set()
        self._single: set[tuple[End, End]] = set()
        self._slots: dict[End, int] = {}
        self._made: set[tuple[End, End]] = set()

    def want_both_ways(self, one: End, other: End) -> None:
        """Let two ends hear each other from now on, however often their ports change."""
        for edge in ((one, other), (other, one)):
            self._pairs.add(edge)
            self._make(edge)

    def unwant_both_ways(self, one: End, other: End) -> None:
        for edge in ((one, other), (other, one)):
            self._pairs.discard(edge)
            self._drop(edge)

    def want_one_way(self, source: End, sink: End) -> None:
        """Let `sink` hear `source` from now on."""
        self._single.add((source, sink))
        self._make((source, sink))

    def unwant_one_way(self, source: End, sink: End) -> None:
        self._single.discard((source, sink))
        self._drop((source, sink))

    def port(self, end: End, slot: int) -> None:
        """Note that the end has (again) a port in the bridge: all its edges are made anew."""
        self.no_port(end)
        self._slots[end] = slot
        for edge in self._pairs | self._single:
            if end in edge:
                self._make(edge)

    def no_port(self, end: End) -> None:
        """The port is gone from the bridge, and its edges with it; they stay wanted."""
        self._slots.pop(end, None)
        self._made = {edge for edge in self._made if end not in edge}

    def forget(self, end: End) -> None:
        """Drop an end that is gone for good."""
        self.no_port(end)
        self._pairs = {edge for edge in self._pairs if end not in edge}
        self._single = {edge for edge in self._single if end not in edge}

    @property
    def made(self) -> frozenset[tuple[End, End]]:
        return frozenset(self._made)

    def _make(self, edge: tuple[End, End]) -> None:
        source, sink = self._slots.get(edge[0]), self._slots.get(edge[1])
        if source is None or sink is None or edge in self._made:
            return
        self._connect(source, sink)
        self._made.add(edge)

    def _drop(self, edge: tuple[End, End]) -> None:
        if edge in self._made and edge not in self._pairs and edge not in self._single:
            self._made.discard(edge)
            self._disconnect(self._slots[edge[0]], self._slots[edge[1]])
