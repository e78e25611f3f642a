"""Facts of past weeks as an office's journal would have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gateway.core.facts.calls import (
    AgentOffered,
    CallBridged,
    CallEnded,
    CallRecord,
    CallStarted,
    QueueEntered,
    QueueLeft,
    WrapUpEnded,
)
from gateway.core.facts.lines import GatewayStarted
from gateway.edge.store import Journal
from gateway.load.profile import is_month_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.facts.all import AnyFact

ZONE = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)


def contact(number: int, at: float, *, team: str = "office", gives_up: bool = False, draft: bool = False) -> Iterator:
    """One call: answered after 6 s of ringing and handled in 200 + 40 s, or given up after 30 s."""
    call = f"c{number}"
    yield CallStarted(at=at, call=call, line="A", caller="", called="100", draft=draft)
    yield QueueEntered(at=at, call=call, team=team, position=1, threshold_s=30.0, short_abandon_s=5.0)
    yield AgentOffered(at=at, call=call, agent="jan", leg=f"{call}.1", stage="team", team=team)
    if gives_up:
        yield QueueLeft(at=at + 30, call=call, team=team, outcome="abandoned", wait_s=30.0)
    else:
        yield CallBridged(at=at + 6, call=call, agent="jan", leg=f"{call}.1", stage="team", team=team, wait_s=6.0)
        yield QueueLeft(at=at + 6, call=call, team=team, outcome="answered", wait_s=6.0)
        yield WrapUpEnded(at=at + 246, call=call, agent="jan", team=team, talk_s=200.0, hold_s=10.0, wrap_up_s=40.0)
    yield CallEnded(at=at + 246, call=call, record=CallRecord(call=call))


def weeks(count: int, calls: Callable[[datetime], int], **how: object) -> list[AnyFact]:
    """`count` weeks from a Monday's midnight: in every hour as many calls as `calls` says of it, evenly spread."""
    facts: list[AnyFact] = [GatewayStarted(at=MONDAY.timestamp(), call="", site="test", site_version="v1", version="1")]
    number = 0
    for hour in range(count * 168):
        begin = MONDAY + timedelta(hours=hour)
        for n in range(wanted := calls(begin)):
            number += 1
            facts += contact(number, begin.timestamp() + 3600.0 * n / wanted, **how)
    facts.append(
        GatewayStarted(at=MONDAY.timestamp() + count * 604_800.0, call="", site="test", site_version="v1", version="1")
    )
    return sorted(facts, key=lambda fact: fact.at)


def office_hours(at: datetime) -> int:
    """20 contacts an hour on working days from 8 to 16, 30 at a month's end."""
    if at.weekday() > 4 or not 8 <= at.hour < 16:
        return 0
    return 30 if is_month_end(at.date()) else 20


def write(facts: list[AnyFact], file: Path) -> Path:
    with Journal(file) as journal:
        journal.append(facts)
        journal.flush()
    return file
