"""Who waits, and in which order. One list for each team and each manager, sorted by the moment of entering and by
priority: a key that never changes.

A caller stands in every list from which an agent may take him, and only while no phone rings for him, unless all
phones are to ring.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from gateway.core.flow.queue_order import NOTHING, PRIORITY
from gateway.core.queue.owners import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Stage
    from gateway.core.flow.steps import Queue
    from gateway.core.legs.legs import Leg
    from gateway.core.queue.announcing import Telling
    from gateway.core.site.site import Client, Team

AGAIN_S = 10.0
"""An agent who declined a caller, or did not answer him, is not rung for him again before that."""


class Waiter:
    """One caller in the queue. `entered_at` and `entry` (his place) never change while he waits."""

    __slots__ = (
        "area", "blocked", "call", "declined", "entered_at", "entry", "first", "gave_up", "legs", "listed", "manager",
        "needs", "no_agents", "outside", "overflow", "prefers", "priority", "rung_team", "since", "stage", "step",
        "team", "telling", "wish",
    )  # fmt: skip

    def __init__(
        self,
        call: Call,
        team: Team,
        *,
        manager: str,
        area: str,
        entered_at: float,
        number: int,
        priority: int = PRIORITY,
    ) -> None:
        self.call = call
        self.team = team
        self.manager = manager
        self.area = area
        self.entered_at = entered_at
        """By when he is ordered."""
        self.since = entered_at
        """When the wait clock began: later than `entered_at` for one who has called again and got his place back."""
        self.priority = priority
        self.entry: Entry = (entered_at - (priority - PRIORITY) * team.order.ageing_s, number, self)
        """What the lists are sorted by: the numbers are all different, so that waiters are never compared. A level of
        priority is worth `ageing_s` of waiting, so whoever enters late enough comes behind, whatever his priority."""
        self.stage: Stage = "manager" if manager else "team"
        self.rung_team = team.id
        """Whose agents are rung now: the team, or the overflow team."""
        self.legs: dict[str, Leg] = {}
        """The legs that ring for him, by their id, in the order in which they were dialled."""
        self.declined: dict[str, float] = {}
        """Agent -> when that agent last declined this caller."""
        self.blocked = False
        """The line had no free leg."""
        self.first = NOBODY
        """Who is rung before the team, and why."""
        self.overflow = -1
        """The stage of the overflow that he is in (`overflow.stages_of`); -1: none yet."""
        self.outside = ""
        """The number that this stage has still to ring."""
        self.wish = NOTHING
        """What his matter asks of whoever serves him, and below what is left of it by now (`skills.py`)."""
        self.needs = NOTHING.needs
        self.prefers = NOTHING.prefers
        self.listed: tuple[str, ...] = ()
        self.gave_up = ""
        """Step to go to when nobody answers."""
        self.no_agents = ""
        """Step to go to when the last who could answer has logged out; empty: as gave_up."""
        self.step: Queue | None = None
        """The step that he waits in."""
        self.telling: Telling | None = None
        """What he is told while he waits (`announcing.py`); None: nothing."""

    @property
    def rings(self) -> bool:
        """Whether any phone rings for him."""
        return bool(self.legs)

    def lists(self) -> tuple[str, ...]:
        """The lists he belongs in. The manager stays open to him after the first stage, unless he declined: a
        manager who was busy and becomes free takes his own client."""
        keys: list[str] = []
        if self.stage != "manager":
            keys.append(team_list(self.team.id))
            if self.rung_team != self.team.id:
                keys.append(team_list(self.rung_team))
        if self.manager and self.manager not in self.declined:
            keys.append(manager_list(self.manager))
        return tuple(keys)


Entry = tuple[float, int, Waiter]


def priority_of(step: Queue, client: Client | None) -> int:
    """What the step says, else the client's row, else what any caller has."""
    if step.priority is not None:
        return step.priority
    return client.priority if client is not None and client.priority is not None else PRIORITY


def team_list(team: str) -> str:
    """Name of a team's list."""
    return f"team:{team}"


def manager_list(agent: str) -> str:
    """Name of the list of a manager's own clients."""
    return f"manager:{agent}"


class WaitingRoom:
    """Everybody who waits. Adding and removing cost O(log n) comparisons."""

    __slots__ = ("_count", "_lists", "_teams")

    def __init__(self) -> None:
        self._count = 0
        self._lists: dict[str, list[Entry]] = {}
        self._teams: dict[str, list[Entry]] = {}

    def enter(
        self, call: Call, team: Team, *, manager: str, area: str, entered_at: float, priority: int = PRIORITY
    ) -> Waiter:
        """A new caller; in no list yet. `entered_at` may lie in the past for a place that is kept."""
        self._count += 1
        waiter = Waiter(
            call,
            team,
            manager=manager,
            area=area,
            entered_at=entered_at,
            number=self._count,
            priority=priority,
        )
        bisect.insort(self._teams.setdefault(team.id, []), waiter.entry)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """He waits no more."""
        self.unlist(waiter)
        self._remove(self._teams[waiter.team.id], waiter)

    def position(self, waiter: Waiter) -> int:
        """1 for the first in order of those who wait for his team, rung for or not."""
        return bisect.bisect_left(self._teams[waiter.team.id], waiter.entry) + 1

    def waiting(self, team: str) -> tuple[Waiter, ...]:
        """All who wait for a team, in order."""
        return tuple(waiter for _, _, waiter in self._teams.get(team, ()))

    def length(self) -> int:
        """All who wait, for whatever team."""
        return sum(len(entries) for entries in self._teams.values())

    def list_(self, waiter: Waiter) -> None:
        """Let agents take him."""
        self.unlist(waiter)
        waiter.listed = waiter.lists()
        for key in waiter.listed:
            bisect.insort(self._lists.setdefault(key, []), waiter.entry)

    def unlist(self, waiter: Waiter) -> None:
        """Let no agent take him for now."""
        for key in waiter.listed:
            self._remove(self._lists[key], waiter)
        waiter.listed = ()

    def first(self, keys: Iterable[str], may: Callable[[Waiter], bool]) -> Waiter | None:
        """Of the callers in these lists who `may` be taken, the first in order."""
        best: Waiter | None = None
        for key in keys:
            for entry in self._lists.get(key, ()):
                waiter = entry[2]
                if best is not None and entry >= best.entry:
                    break
                if may(waiter):
                    best = waiter
                    break
        return best

    @staticmethod
    def _remove(entries: list[Entry], waiter: Waiter) -> None:
        index = bisect.bisect_left(entries, waiter.entry)
        if index < len(entries) and entries[index][2] is waiter:
            del entries[index]
