"""The event by which watching over the office goes on after a start."""

from __future__ import annotations

from gateway.core.events import Event
from gateway.core.facts.all import AnyFact

BACK_S = 29 * 86_400.0
"""How far back contacts are wanted: the four weeks that tell what a quarter of an hour expects, and a day."""
CONTACTS_MAX = 50_000
"""No more facts of contacts than that are wanted, the latest: they are folded before the first call is taken."""


class WatchRecovered(Event, frozen=True, kw_only=True):
    """What the journal tells of alarms (all), of contacts (QueueEntered and QueueLeft, BACK_S), of what each hour was
    like (HourCounted, BACK_S), and of a day: calls that ended, and who heard whose talk. Comes once, after a start,
    when agents and hours are known again."""

    facts: tuple[AnyFact, ...] = ()
    talks: tuple[AnyFact, ...] = ()
    """Who talked with whom in the last 30 days (`kpi.people`); empty where no alarm asks."""
