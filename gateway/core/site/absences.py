"""Who is rung in the place of an agent who is away.

An absence is something planned, which the office writes down beforehand (`absences.csv`). Logging out and pausing are
no absences: then the team is rung, as ever. A deputy who is away as well has a deputy in turn, once; after that nobody
is looked for any more.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.site.owners import Absence
    from gateway.core.site.site import Site

DEPUTIES_MAX = 2
"""The deputy, and the deputy's deputy."""


class StandIn(NamedTuple):
    """Who is rung for somebody who is away until `until` (Unix seconds); `person` empty: nobody."""

    person: str
    until: float


def absence_at(site: Site, agent: str, at: float) -> Absence | None:
    """The absence in which an agent is at a moment; None: there is none, or no such agent."""
    known = site.agents.get(agent)
    if known is None or not known.absences:
        return None
    index = bisect_right(known.absences, at, key=lambda absence: absence.since) - 1
    return known.absences[index] if index >= 0 and at < known.absences[index].until else None


def stand_in(site: Site, agent: str, at: float) -> StandIn | None:
    """Who is rung in the agent's place; None: nobody need be, the agent is not away."""
    absence = absence_at(site, agent, at)
    if absence is None:
        return None
    person = absence.deputy
    for _ in range(DEPUTIES_MAX):
        if not person or person == agent:
            break
        further = absence_at(site, person, at)
        if further is None:
            return StandIn(person, absence.until)
        person = further.deputy
    return StandIn("", absence.until)


def next_change(site: Site, after: float) -> float | None:
    """When somebody goes away or comes back next, in Unix seconds; None: not in what is written down."""
    return min((moment for moment in _moments(site) if moment > after), default=None)


def _moments(site: Site) -> Iterable[float]:
    for agent in site.agents.values():
        for absence in agent.absences:
            yield absence.since
            yield absence.until
