"""What a starting box tells its switchboard of the past, before any line can: events, in the order in which the
switchboard has to hear them. The calls come last, because they lean on everything before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.events import (
    AgentsRecovered,
    CallsRecovered,
    HoursRecovered,
    MemoryRecovered,
    OwnersRecovered,
    QueueRecovered,
)
from gateway.core.events_desk import DeskRecovered
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.steps.memory import KEPT_S
from gateway.edge import recall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.site.site import Site
    from gateway.core.switchboard import BoardEvent
    from gateway.edge.store import Journal


def events_of(journal: Journal, site: Site, lines: tuple[str, ...], now: float) -> Iterator[BoardEvent]:
    """`lines`: the names of those that may still have calls of before. Raises StoreError."""
    overridden = (fact for fact in journal.last_of("HoursOverridden") if isinstance(fact, HoursOverridden))
    yield DeskRecovered(facts=recall.of_desk(journal))
    yield HoursRecovered(overrides=tuple(overridden))
    yield AgentsRecovered(facts=recall.of_agents(journal, site, now))
    remembered = journal.of_kinds((AnswerRemembered.__name__,), since=now - KEPT_S)
    yield MemoryRecovered(facts=remembered)
    yield OwnersRecovered(facts=recall.of_owners(journal, site, now))
    yield QueueRecovered(facts=recall.of_queues(journal, now))
    yield recall.watch(journal, site, now)
    yield CallsRecovered(calls=journal.open_calls(), lines=lines)
