"""How agents spend their time: a fold over AgentChanged, beside the figures of contacts (`kpi.py`).

Time is cut where an interval or a day of the site begins, and belongs to the state in which it was spent. A state that
lasts is counted up to the moment that is asked for, so an agent who was logged in last evening and changed nothing
since is logged in all of today. Time in which the gateway did not run is nobody's: from GatewayStopped, or from the
last fact before a GatewayStarted, up to that GatewayStarted.

On contact is who talks or does after-call work; idle who could take a call, the seconds in which the phone rings among
them. occupancy = on contact / (on contact + idle); cph = handled / (hours logged in - hours paused). A team's figures
are the sums of its members', whichever team their calls came by; so somebody in two teams counts in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.core.kpi.figures import utc_day
from gateway.core.kpi.kpi import INTERVAL_S
from gateway.core.numbers import is_outside
from gateway.core.site import drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.kpi import Period

HOUR_S = 3600.0
MINUTE_S = 60.0
"""How often figures that move by time alone are published."""
_KEPT_S: dict[Period, float] = {"interval": 2 * 86_400.0, "day": 40 * 86_400.0}
_KEPT: dict[Period, int] = {"interval": 2 * 96, "day": 40}
_LONGEST_DAY_S = 26 * HOUR_S
"""Longer than any day and shorter than two, clocks set or not: from midnight it leads into the next day."""
_CONTACT = frozenset({"talking", "wrap_up"})
_IDLE = frozenset({"idle", "ringing"})


class AgentTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one agent, or of several together. Seconds."""

    start: float
    """Of the period, in Unix seconds."""
    logged_in_s: float
    paused_s: float
    contact_s: float
    """Talking, hold and after-call work."""
    idle_s: float
    occupancy: float | None
    """contact_s / (contact_s + idle_s), 0 to 1; None of nobody."""
    cph: float | None
    """handled / (hours logged in - hours paused)."""
    handled: int
    """Contacts of which the after-call work ended in the period."""
    pauses: dict[str, float]
    """Reason -> seconds; a pause without a reason is "" in it."""


class _Now(NamedTuple):
    """What an agent is, and since when that is not booked yet."""

    state: str
    reason: str
    since: float


class _Spent:
    """One period of one agent."""

    __slots__ = ("handled", "pauses", "states")

    def __init__(self) -> None:
        self.states: dict[str, float] = {}
        self.pauses: dict[str, float] = {}
        self.handled = 0

    def add(self, state: str, reason: str, seconds: float) -> None:
        self.states[state] = self.states.get(state, 0.0) + seconds
        if state == "paused":
            self.pauses[reason] = self.pauses.get(reason, 0.0) + seconds

    def take(self, other: _Spent) -> None:
        for state, seconds in other.states.items():
            self.states[state] = self.states.get(state, 0.0) + seconds
        for reason, seconds in other.pauses.items():
            self.pauses[reason] = self.pauses.get(reason, 0.0) + seconds
        self.handled += other.handled

    def times(self, start: float) -> AgentTimes:
        contact_s = sum(self.states.get(state, 0.0) for state in _CONTACT)
        idle_s = sum(self.states.get(state, 0.0) for state in _IDLE)
        paused_s = self.states.get("paused", 0.0)
        working_s = contact_s + idle_s
        return AgentTimes(
            start=start,
            logged_in_s=working_s + paused_s,
            paused_s=paused_s,
            contact_s=contact_s,
            idle_s=idle_s,
            occupancy=contact_s / working_s if working_s > 0 else None,
            cph=self.handled / (working_s / HOUR_S) if working_s > 0 else None,
            handled=self.handled,
            pauses=dict(sorted(self.pauses.items())),
        )


class AgentKpi:
    """Feed it every fact in the journal's order. `day_start` tells when the day of a moment began."""

    def __init__(self, *, day_start: Callable[[float], float] = utc_day) -> None:
        self._day_start = day_start
        self._now: dict[str, _Now] = {}
        self._spent: dict[str, dict[Period, dict[float, _Spent]]] = {}
        self._runs = True
        self._last = 0.0

    def carry_in(self, facts: Iterable[AnyFact], at: float) -> None:
        """The last AgentChanged of each agent before `at`, where the fold begins in the middle of a journal."""
        for fact in facts:
            if isinstance(fact, AgentChanged):
                self._now[fact.agent] = _Now(fact.state, fact.reason, at)
        self._last = at

    def apply(self, fact: AnyFact) -> None:
        """One fact more."""
        if isinstance(fact, AgentChanged):
            self._book(fact.agent, fact.at)
            self._now[fact.agent] = _Now(fact.state, fact.reason if fact.state == "paused" else "", fact.at)
        elif isinstance(fact, WrapUpEnded):
            if not fact.team.startswith(drafts.TEAM) and not is_outside(fact.agent):
                for period in _KEPT:
                    self._period(fact.agent, period, self._start(period, fact.at)).handled += 1
        elif isinstance(fact, GatewayStopped):
            self._book_all(fact.at)
            self._runs = False
        elif isinstance(fact, GatewayStarted):
            if self._runs:
                self._book_all(self._last)
            self._now = {agent: now._replace(since=fact.at) for agent, now in self._now.items()}
            self._runs = True
        self._last = max(fact.at, self._last)

    def agents(self) -> tuple[str, ...]:
        """Everybody there are figures for."""
        return tuple(dict.fromkeys((*self._spent, *self._now)))

    def moves(self) -> bool:
        """Whether anybody's figures grow by time alone."""
        return self._runs and any(now.state != "off" for now in self._now.values())

    def of(self, agents: Iterable[str], period: Period = "day", *, at: float) -> AgentTimes:
        """The figures of these agents together, of the period that holds `at`, up to `at`."""
        start = self._start(period, at)
        end = min(self._next(period, start), at)
        total = _Spent()
        for agent in agents:
            kept = self._spent.get(agent, {}).get(period, {}).get(start)
            if kept is not None:
                total.take(kept)
            now = self._now.get(agent)
            if now is not None and self._runs and end > (since := max(now.since, start)):
                total.add(now.state, now.reason, end - since)
        return total.times(start)

    def _book_all(self, until: float) -> None:
        for agent in self._now:
            self._book(agent, until)

    def _book(self, agent: str, until: float) -> None:
        """The time in the present state is over, or booked so far."""
        now = self._now.get(agent)
        if now is None or not self._runs or until <= now.since:
            return
        for period in _KEPT:
            for start, seconds in self._parts(period, max(now.since, until - _KEPT_S[period]), until):
                self._period(agent, period, start).add(now.state, now.reason, seconds)
        self._now[agent] = now._replace(since=until)

    def _parts(self, period: Period, since: float, until: float) -> Iterator[tuple[float, float]]:
        """(start of the period, seconds in it)."""
        while since < until:
            start = self._start(period, since)
            end = min(self._next(period, start), until)
            yield start, end - since
            since = end

    def _period(self, agent: str, period: Period, start: float) -> _Spent:
        spent = self._spent.setdefault(agent, {kind: {} for kind in _KEPT})[period]
        found = spent.get(start)
        if found is None:
            found = spent[start] = _Spent()
            while len(spent) > _KEPT[period]:
                del spent[next(iter(spent))]
        return found

    def _start(self, period: Period, at: float) -> float:
        return at - at % INTERVAL_S if period == "interval" else self._day_start(at)

    def _next(self, period: Period, start: float) -> float:
        return start + INTERVAL_S if period == "interval" else self._day_start(start + _LONGEST_DAY_S)
