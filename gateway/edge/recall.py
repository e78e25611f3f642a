"""What a starting box has to know of the past, read from the journal within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.agents.awaited import ENDS_S
from gateway.core.agents.pins import LOCKED_S
from gateway.core.desk.tasks import ABANDONS_S
from gateway.core.events_watch import BACK_S, CONTACTS_MAX, WatchRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.call_back import CALL_BACK_KINDS, is_of_call_back
from gateway.core.facts.desk import DESK_KINDS, is_of_desk
from gateway.core.facts.quality import QUALITY_KINDS, is_of_quality
from gateway.core.facts.usual import HOUR_KINDS
from gateway.core.facts.watch import ALARM_KINDS, SUPERVISION_KINDS
from gateway.core.kpi.callers import LONGEST_CALL_S
from gateway.core.kpi.people import SPAN_S, TALK_KINDS
from gateway.core.queue import tallies
from gateway.core.queue.owners import SPOKE_MAX

HANDLED_MAX = 1000
QUEUES_S = 3600.0
"""Longer than any place is kept after its caller has gone (`redial.KEPT_S`)."""
OF_QUEUES = frozenset({"QueueEntered", "PlaceRegained", "QueueLeft", "CallEnded"})
PAGE = 1000

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.call_back import AnyCallBackFact
    from gateway.core.facts.desk import AnyDeskFact
    from gateway.core.facts.quality import AnyQualityFact
    from gateway.core.site.site import Site
    from gateway.edge.store import JournalReader


def of_desk(journal: JournalReader) -> tuple[AnyDeskFact | AnyCallBackFact | AnyQualityFact, ...]:
    """What `DeskRecovered` carries: everything that callers left, and what became of it. Raises StoreError."""
    facts = journal.of_kinds((*DESK_KINDS, *CALL_BACK_KINDS, *QUALITY_KINDS))
    return tuple(fact for fact in facts if is_of_desk(fact) or is_of_call_back(fact) or is_of_quality(fact))


def of_owners(journal: JournalReader, site: Site, now: float) -> tuple[AnyFact, ...]:
    """What `OwnersRecovered` carries: every manager that was assigned, and, when a team of the site asks who spoke with
    a caller last, the calls in which that can be (at most SPOKE_MAX of them). Raises StoreError."""
    back_s = max((team.last_spoke_s for team in site.teams.values()), default=0.0)
    rows = journal.calls(since=now - back_s, limit=SPOKE_MAX) if back_s else ()
    calls = (fact for row in rows if (fact := row.fact()) is not None)
    return (*journal.of_kinds(("ManagerAssigned",)), *calls)


def of_watch(journal: JournalReader, now: float) -> tuple[AnyFact, ...]:
    """What `WatchRecovered` carries beside the talks. Raises StoreError."""
    contacts = journal.of_kinds(("QueueEntered", "QueueLeft"), now - BACK_S)[-CONTACTS_MAX:]
    ended = journal.of_kinds(("CallEnded",), now - ABANDONS_S)
    heard = journal.of_kinds(SUPERVISION_KINDS, now - ABANDONS_S)
    hours = journal.of_kinds(HOUR_KINDS, now - BACK_S)
    return (*contacts, *ended, *heard, *hours, *journal.of_kinds(ALARM_KINDS))


def of_talks(journal: JournalReader, site: Site, now: float) -> tuple[AnyFact, ...]:
    """Who talked with whom, as far as an alarm asks for it. Raises StoreError."""
    if not site.alarms.people_max:
        return ()
    after = journal.first_seq_since(now - SPAN_S - LONGEST_CALL_S) - 1
    rows = journal.rows_of(TALK_KINDS, after=after)
    return tuple(fact for row in rows if (fact := row.fact()) is not None)


def watch(journal: JournalReader, site: Site, now: float) -> WatchRecovered:
    """The event by which watching over the office goes on. Raises StoreError."""
    return WatchRecovered(facts=of_watch(journal, now), talks=of_talks(journal, site, now))


def of_agents(journal: JournalReader, site: Site, now: float) -> tuple[AnyFact, ...]:
    """What `AgentsRecovered` carries: of those who are not in the site, what was a moment ago, because a leg of theirs
    may still be there when they are put back. Raises StoreError."""
    lately = {
        fact.agent: fact
        for fact in journal.of_kinds(("AgentChanged",), now - ENDS_S)
        if isinstance(fact, AgentChanged) and fact.agent not in site.agents
    }
    locked = journal.of_kinds(("PinLocked",), now - LOCKED_S)
    return (*of_order(journal, site), *journal.last_of_agents(site.agents), *lately.values(), *locked)


def of_order(journal: JournalReader, site: Site) -> tuple[AnyFact, ...]:
    """What the strategies of the teams ask of the past."""
    return tuple(fact for kind, limit in tallies.wanted(site) for fact in journal.last_of(kind, limit))


def of_queues(journal: JournalReader, now: float) -> tuple[AnyFact, ...]:
    """What `QueueRecovered` carries: the last handling times, and who came to a queue or left one lately. Raises
    StoreError."""
    found = list(journal.last_of("WrapUpEnded", HANDLED_MAX))
    after = journal.first_seq_since(now - QUEUES_S) - 1
    while rows := journal.read_from(after, PAGE):
        found += [fact for row in rows if row.kind in OF_QUEUES and (fact := row.fact()) is not None]
        after = rows[-1].seq
    return tuple(found)
