"""How many different agents have talked with each client in the last 30 days: a fold over facts.

Who was bridged with the client has talked with him, and so has the third of a talk of three; whoever was only asked
while the client heard music, or listened, has not. Calls that the box made count like those that it took. A talk at a
number outside is nobody's here, and trials of drafts count nowhere. A client is whom the call was identified as, by
whatever number he calls; talks before that in the same call are his. Callers who are no clients are not counted.

A talk counts for exactly 30 x 24 hours from when it began; a client without one is forgotten.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.calls import CallBridged, CallEnded, CallStarted, ClientIdentified
from gateway.core.facts.talk import Conferenced
from gateway.core.kpi.kpi import OFFICE, Key
from gateway.core.numbers import is_outside

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.callers import Caller, Callers

SPAN_S = 30 * 86_400.0
TALKS: tuple[type[AnyFact], ...] = (CallStarted, ClientIdentified, CallBridged, Conferenced)
TALK_KINDS = tuple(kind.__name__ for kind in TALKS)
"""The facts that it and its callers have to see."""
HEARD: frozenset[type[AnyFact]] = frozenset({*TALKS, CallEnded})
"""Those that mean anything to it: a call that has ended is forgotten sooner."""


class Spread(NamedTuple):
    """Of some clients: people for each in the mean and at most (None without clients), and how many clients."""

    mean: float | None
    most: int | None
    clients: int


class _Client:
    """One who has talked with somebody lately. `talks`: agent -> when the last talk with him began."""

    __slots__ = ("manager", "talks", "team")

    def __init__(self, team: str, manager: str) -> None:
        self.team, self.manager = team, manager
        self.talks: dict[str, float] = {}


class People:
    """Feed it the facts in the journal's order, after `callers` has seen them."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._clients: dict[str, _Client] = {}
        self._ends: list[tuple[float, str, str]] = []
        """For each client and agent one: not before then the talk is 30 days old."""
        self._sizes: dict[Key, dict[int, int]] = {}
        """Whose clients -> number of people -> how many clients have so many."""

    def __len__(self) -> int:
        return len(self._clients)

    def apply(self, fact: AnyFact) -> str:
        """One fact more, of any kind; the client who has one agent more by it, or ""."""
        if isinstance(fact, CallBridged):
            return self._talked(fact.call, fact.agent, fact.at)
        if isinstance(fact, Conferenced):
            return self._talked(fact.call, fact.other, fact.at)
        if isinstance(fact, ClientIdentified):
            caller, more = self._callers.at(fact.call, fact.at), ""
            for agent, at in caller.spoke:
                more = self._add(caller, agent, at) or more
            caller.spoke = ()
            return more
        return ""

    def advance(self, now: float) -> tuple[str, ...]:
        """Let time pass; the clients who have fewer people by it."""
        fewer: dict[str, None] = {}
        while self._ends and self._ends[0][0] <= now:
            _, name, agent = heapq.heappop(self._ends)
            client = self._clients[name]
            ends = client.talks[agent] + SPAN_S
            if ends > now:
                heapq.heappush(self._ends, (ends, name, agent))
                continue
            self._count(client, -1)
            del client.talks[agent]
            self._count(client, 1)
            fewer[name] = None
            if not client.talks:
                del self._clients[name]
        return tuple(fewer)

    def next_change(self) -> float | None:
        """When a number may fall by time alone, in Unix seconds: call `advance` then."""
        return self._ends[0][0] if self._ends else None

    def of(self, client: str) -> int:
        """With how many people he has talked."""
        known = self._clients.get(client)
        return len(known.talks) if known is not None else 0

    def team_of(self, client: str) -> str:
        """His team, as it was told with his last talk."""
        known = self._clients.get(client)
        return known.team if known is not None else ""

    def above(self, limit: int) -> tuple[str, ...]:
        """Clients who have talked with more people than that."""
        return tuple(name for name, client in self._clients.items() if len(client.talks) > limit)

    def whose(self) -> tuple[Key, ...]:
        """Everybody whose clients have talked with somebody."""
        return tuple(self._sizes)

    def spread(self, key: Key) -> Spread:
        """Of all clients, of those of a team, or of a manager."""
        sizes = self._sizes.get(key)
        if not sizes:
            return Spread(None, None, 0)
        clients = sum(sizes.values())
        return Spread(sum(size * count for size, count in sizes.items()) / clients, max(sizes), clients)

    def _talked(self, call: str, agent: str, at: float) -> str:
        caller = self._callers.at(call, at)
        if caller.draft or is_outside(agent):
            return ""
        if caller.client:
            return self._add(caller, agent, at)
        caller.spoke = (*caller.spoke, (agent, at))
        return ""

    def _add(self, caller: Caller, agent: str, at: float) -> str:
        if caller.draft:
            return ""
        client = self._clients.get(caller.client)
        if client is None:
            client = self._clients[caller.client] = _Client(caller.team, caller.manager)
        self._count(client, -1)
        client.team, client.manager = caller.team, caller.manager
        is_new = agent not in client.talks
        client.talks[agent] = max(at, client.talks.get(agent, at))
        self._count(client, 1)
        if is_new:
            heapq.heappush(self._ends, (at + SPAN_S, caller.client, agent))
        return caller.client if is_new else ""

    def _count(self, client: _Client, change: int) -> None:
        size = len(client.talks)
        if not size:
            return
        for key in (OFFICE, Key("team", client.team), Key("manager", client.manager)):
            if key.name or key == OFFICE:
                sizes = self._sizes.setdefault(key, {})
                sizes[size] = sizes.get(size, 0) + change
                if not sizes[size]:
                    del sizes[size]
