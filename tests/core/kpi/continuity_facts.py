"""Facts of clients who call again and of cases that go from hand to hand, for the figures of continuity."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gateway.core.facts.calls import CallBridged, CallEnded, CallRecord, CallStarted, ClientIdentified, QueueEntered
from gateway.core.facts.desk import CaseAsked, CaseClosed, CaseOpened, CaseReopened
from tests.core.factory import site

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR, DAY = 3600.0, 86_400.0
PLACE = site()
KNOWN = {"1001": ("anna", "office"), "2002": ("ola", "sales")}
"""Client -> manager and team, as in the factory's site."""
_numbers = count(1)


def at(text: str) -> float:
    """ "11-16T09:00" of 2026 on the office's clock."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WARSAW).timestamp()


def day_start(moment: float) -> float:
    here = datetime.fromtimestamp(moment, WARSAW)
    return here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def started(when: float, call: str, number: str, *, draft: bool = False, out: bool = False) -> CallStarted:
    direction = "out" if out else "in"
    return CallStarted(
        at=when, call=call, line="A", caller=number, called="100", draft=draft, direction=direction, withheld=not number
    )


def identified(when: float, call: str, client: str) -> ClientIdentified:
    manager, team = KNOWN[client]
    return ClientIdentified(at=when, call=call, client=client, how="caller_id", manager=manager, team=team)


def queued(when: float, call: str, area: str = "", *, team: str = "office", manager: str = "") -> QueueEntered:
    return QueueEntered(at=when, call=call, team=team, manager=manager, area=area, position=1)


def bridged(when: float, call: str, agent: str, *, after: str = "") -> CallBridged:
    return CallBridged(
        at=when, call=call, agent=agent, leg=f"{call}/{agent}", stage="team", team="office", wait_s=0.0, after=after
    )


def ended(when: float, call: str) -> CallEnded:
    return CallEnded(at=when, call=call, record=CallRecord(call=call))


def opened(when: float, case: str, call: str, *, area: str = "", client: str = "1001", draft: bool = False):
    return CaseOpened(
        at=when, call=call, case=case, kind="question", whose="agent", to="anna", client=client, area=area, draft=draft
    )


def asked(when: float, case: str, call: str) -> CaseAsked:
    return CaseAsked(at=when, call=call, step="status", case=case, open=True)


def closed(when: float, case: str) -> CaseClosed:
    return CaseClosed(at=when, case=case, resolution_s=0.0)


def reopened(when: float, case: str) -> CaseReopened:
    return CaseReopened(at=when, case=case)


def visit(  # noqa: PLR0913
    when: str | float,
    client: str = "1001",
    area: str = "invoices",
    *agents: str,
    number: str = "+48221234567",
    case: str = "",
    draft: bool = False,
    out: bool = False,
    team: str = "office",
    manager: str = "anna",
) -> list[AnyFact]:
    """A call that comes to a queue and is answered by these people, each handing it on to the next; abandoned without
    any. `case`: the caller keys its number first."""
    moment, call = at(when) if isinstance(when, str) else when, f"call-{next(_numbers)}"
    facts: list[AnyFact] = [started(moment, call, number, draft=draft, out=out)]
    if client:
        facts.append(identified(moment, call, client))
    if case:
        facts.append(asked(moment + 5, case, call))
    facts.append(queued(moment + 10, call, area, team=team, manager=manager if client else ""))
    for n, agent in enumerate(agents):
        facts.append(bridged(moment + 20 + 60 * n, call, agent, after="transfer" if n else ""))
    return [*facts, ended(moment + 20 + 60 * max(1, len(agents)), call)]
