"""What watches over the calls: it sees every fact of a turn after it happened, and may add some of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

from gateway.core.alarms import alarms, intervals, usual
from gateway.core.alarms import people as people_alarm
from gateway.core.desk import cases, desk, escalation, tasks
from gateway.core.facts.base import SideFact
from gateway.core.facts.calls import CallBridged, CallEnded
from gateway.core.facts.desk import DeskFact
from gateway.core.legs import trunk_legs
from gateway.core.quality import quality
from gateway.core.talk import supervision

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.events_watch import WatchRecovered
    from gateway.core.facts.all import AnyFact

OF_DESK = (DeskFact, SideFact, CallBridged, CallEnded)
"""Of what happens in an ordinary call the desk, the cases and the tasks hear no more than that."""


def follow(ex: Exchange, fact: AnyFact) -> None:
    """One fact of this turn."""
    if isinstance(fact, OF_DESK):
        ex.desk.apply(fact)
        desk.follow(ex, fact)
        if isinstance(fact, CallEnded):
            trunk_legs.call_over(ex, fact)
    usual.follow(ex, fact)
    alarms.follow(ex, fact)
    intervals.follow(ex, fact)
    people_alarm.follow(ex, fact)
    supervision.follow(ex, fact)


def recovered(ex: Exchange, event: WatchRecovered) -> None:
    """After a start: abandons of today, contacts and alarms of before."""
    for fact in event.facts:
        ex.desk.tasks.apply(fact)
    supervision.recovered(ex, event.facts)
    usual.recovered(ex, event.facts)
    alarms.recovered(ex, event.facts)
    intervals.recovered(ex)
    people_alarm.recovered(ex, event.talks)


def loaded(ex: Exchange) -> None:
    """A new version of the site: other people, calendars and limits."""
    escalation.resume(ex)
    quality.loaded(ex)
    usual.look_at_people(ex)
    alarms.begin(ex)
    people_alarm.begin(ex)


def due(ex: Exchange, kind: Literal["case", "escalate", "task", "alarm", "quality"], name: str) -> None:
    """A deadline of these has come."""
    match kind:
        case "case":
            return cases.due(ex, name)
        case "escalate":
            return escalation.due(ex, name)
        case "task":
            return tasks.due(ex, name)
        case "alarm" if name == people_alarm.TIMER:
            return people_alarm.due(ex)
        case "alarm" if name.startswith(intervals.TIMER):
            return intervals.due(ex, name)
        case "alarm":
            return alarms.due(ex, name)
        case "quality":
            return quality.due(ex)
    assert_never(kind)
