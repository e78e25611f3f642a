"""The alarm many_people: a client has talked with more different agents in 30 days than `alarms: people:` allows.

Raised once for a client, at the talk with one agent too many; cleared when talks have become 30 days old, a new version
allows more, or has the client no more. Who counts, `kpi.people` tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from gateway.core.kpi.people import HEARD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact

TIMER = "people"
"""Name of the deadline at which a talk is 30 days old, among those of alarms."""


def follow(ex: Exchange, fact: AnyFact) -> None:
    """One fact of this turn. Where no site asks for it, nothing is kept."""
    if type(fact) not in HEARD or not ex.site.alarms.people_max:
        return
    alarms = ex.alarms
    alarms.callers.apply(fact)
    for client in alarms.people.advance(fact.at):
        _look(ex, client)
    client = alarms.people.apply(fact)
    if client:
        _look(ex, client)


def recovered(ex: Exchange, talks: Iterable[AnyFact]) -> None:
    """After a start: the talks of 30 days. What was raised still is."""
    for fact in talks:
        ex.alarms.callers.apply(fact)
        ex.alarms.people.apply(fact)
    begin(ex)


def begin(ex: Exchange) -> None:
    """Look at everybody anew: at the start, and with a new version of the site."""
    people, limit = ex.alarms.people, ex.site.alarms.people_max
    people.advance(ex.turn.now)
    raised = [name.subject for name in ex.alarms.raised if name.alarm == "many_people"]
    for client in dict.fromkeys((*raised, *(people.above(limit) if limit else ()))):
        _look(ex, client)
    _wait(ex)


def due(ex: Exchange) -> None:
    """A talk may be 30 days old."""
    for client in ex.alarms.people.advance(ex.turn.now):
        _look(ex, client)
    _wait(ex)


def _look(ex: Exchange, client: str) -> None:
    people, limit, now = ex.alarms.people, ex.site.alarms.people_max, ex.turn.now
    raised, count = ex.alarms.of_client(client), people.of(client)
    if limit and count > limit and client in ex.site.clients:
        if raised is None:
            fact = AlarmRaised(
                at=now,
                alarm="many_people",
                team=people.team_of(client),
                subject=client,
                value=float(count),
                threshold=float(limit),
                since=now,
            )
            ex.alarms.apply(fact)
            ex.turn.note(fact)
            _wait(ex)
    elif raised is not None:
        lasted_s = now - raised.since
        over = AlarmCleared(
            at=now, alarm="many_people", team=raised.team, subject=client, since=raised.since, lasted_s=lasted_s
        )
        ex.alarms.apply(over)
        ex.turn.note(over)


def _wait(ex: Exchange) -> None:
    """While anybody has had too many, be told when a number may fall."""
    at = ex.alarms.people.next_change()
    if at is None or not any(name.alarm == "many_people" for name in ex.alarms.raised):
        ex.turn.cancel("alarm", TIMER)
    else:
        ex.turn.after(at - ex.turn.now, "alarm", TIMER)
