"""What the strategies ask of the past: who answered how much today, when last, and whose turn it was.

A fold over facts, so that after a restart the journal gives the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway.core.facts.calls import AgentOffered, CallBridged
from gateway.core.hours.calendar import wall, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.core.facts.all import AnyFact
    from gateway.core.flow.queue_order import Strategy
    from gateway.core.site.site import Site


_ANSWERED = ("CallBridged", 10_000)
_OFFERED = ("AgentOffered", 2_000)
_WANTS: dict[Strategy, tuple[str, int]] = {
    "fewest_calls": _ANSWERED,
    "weighted": _ANSWERED,
    "least_recent": _ANSWERED,
    "round_robin": _OFFERED,
}


def wanted(site: Site) -> tuple[tuple[str, int], ...]:
    """(kind of fact, how many of the last) that the strategies of a site need to know after a restart: more than an
    office answers in a day."""
    strategies = {team.order.strategy for team in site.teams.values()}
    return tuple(dict.fromkeys(_WANTS[strategy] for strategy in sorted(strategies) if strategy in _WANTS))


class Tallies:
    """One switchboard's. Times are Unix seconds; a day is the site's, from midnight to midnight."""

    __slots__ = ("_answered", "_day", "_turns", "last_at")

    def __init__(self) -> None:
        self._answered: dict[str, int] = {}
        """Agent -> calls answered in `_day`."""
        self._day = (0.0, 0.0)
        self.last_at: dict[str, float] = {}
        """When an agent answered last; missing: nobody knows of any call."""
        self._turns: dict[str, str] = {}
        """Team -> whom round_robin chose last."""

    def apply(self, site: Site, fact: AnyFact) -> None:
        """One fact more; any but an answer and a choice by turns changes nothing."""
        if isinstance(fact, CallBridged):
            if self.last_at.get(fact.agent, 0.0) < fact.at:
                self.last_at[fact.agent] = fact.at
            self._come_to(site, fact.at)
            if self._day[0] <= fact.at:
                self._answered[fact.agent] = self._answered.get(fact.agent, 0) + 1
        elif isinstance(fact, AgentOffered) and fact.why == "round_robin":
            self.turn_taken(fact.team, fact.agent)

    def recover(self, site: Site, facts: Iterable[AnyFact]) -> None:
        """What the journal tells, in any order, some of it twice."""
        told = {fact for fact in facts if isinstance(fact, CallBridged | AgentOffered)}
        for fact in sorted(told, key=lambda fact: fact.at):
            self.apply(site, fact)

    def answered_today(self, site: Site, now: float) -> Mapping[str, int]:
        """Calls that agents have answered since midnight; who has none may be missing."""
        self._come_to(site, now)
        return self._answered

    def turn_taken(self, team: str, agent: str) -> None:
        """The agent was chosen for the team by round_robin."""
        self._turns[team] = agent

    def turn_of(self, team: str) -> str:
        """Whom round_robin chose last for the team; "" at first."""
        return self._turns.get(team, "")

    def _come_to(self, site: Site, at: float) -> None:
        """The day that `at` lies in, unless it lies before the one that is counted."""
        if at < self._day[1]:
            return
        midnight = datetime.combine(wall(site, at).date(), datetime.min.time(), zone_of(site))
        self._day = (midnight.timestamp(), (midnight + timedelta(days=1)).timestamp())
        self._answered.clear()
