"""The table: what the assigned manager is doing, times what the caller does. Every cell is written out.

A cell is the way of one call as its facts tell it: stages with their reason, whoever was rung with how that ended, and
how the wait ended. A new column is one more entry of CALLERS and one more line in every row of
`situations.TABLE`.

The client's manager is anna, who is in no team; jan and ewa are the office, ola and piotr the overflow. Ola is anna's
deputy. Whoever is rung and is not anna answers, unless the caller is to be gone by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from msgspec.structs import replace

from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged, QueueEntered, QueueLeft, StageEntered
from gateway.core.facts.owner import ManagerAbsent
from gateway.core.kpi.kpi import Kpi
from gateway.core.site.owners import Absence

from .factory import KOWALSKI, START, STRANGER, Rig, command, queue_rig, talking
from .situations import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.actions import Dial
    from gateway.core.site.site import Site

FREE_AGAIN_S = 40.0


def nothing(_rig: Rig) -> None:
    """Anna is at her desk."""


def answers(rig: Rig, leg: str) -> None:
    rig.ring(leg)
    rig.pass_time(3)
    rig.pick_up(leg)


def rings_out(rig: Rig, leg: str) -> None:
    rig.ring(leg)
    rig.pass_time(20)
    rig.end(leg)


def ends_with(code: int) -> Callable[[Rig, str], None]:
    def end(rig: Rig, leg: str) -> None:
        rig.ring(leg)
        rig.pass_time(3)
        rig.hang_up(leg, code=code)

    return end


def says_nothing(rig: Rig, leg: str) -> None:
    rig.pass_time(2.5)
    rig.end(leg)


def talks(rig: Rig) -> None:
    talking(rig, KOWALSKI, agent="anna")


def rings_for_another(rig: Rig) -> None:
    rig.call(KOWALSKI)
    rig.ring(rig.dialled("anna").leg)


def after_work(rig: Rig) -> None:
    talks(rig)
    rig.hang_up(rig.dialled("anna").leg)


def talk_over(rig: Rig) -> None:
    """The talk that anna was in ends, once."""
    if rig.now >= START + FREE_AGAIN_S and rig.state("anna") == "talking":
        rig.hang_up(rig.dialled("anna").leg)


def away(deputy: str) -> Callable[[Site], Site]:
    def of(site: Site) -> Site:
        absence = Absence(since=START - 3600, until=START + 86400, deputy=deputy)
        anna = replace(site.agents["anna"], absences=(absence,))
        return replace(site, agents={**site.agents, "anna": anna})

    return of


def works_after(site: Site) -> Site:
    return replace(site, agents={**site.agents, "anna": replace(site.agents["anna"], wrap_up_s=3600.0)})


class Manager(NamedTuple):
    """What anna is doing when the call comes, what her phone does when it is rung, what happens later, and what her
    deputy's phone does."""

    before: Callable[[Rig], None] = nothing
    rung: Callable[[Rig, str], None] = answers
    later: Callable[[Rig], None] = nothing
    site: Callable[[Site], Site] = lambda site: site
    deputy: Callable[[Rig, str], None] = answers


MANAGERS = {
    "free": Manager(),
    "does not answer": Manager(rung=rings_out),
    "refuses": Manager(rung=ends_with(603)),
    "phone is busy": Manager(rung=ends_with(486)),
    "phone unreachable": Manager(rung=says_nothing),
    "phone gone mid-ring": Manager(rung=ends_with(408)),
    "busy": Manager(before=talks),
    "busy, free again later": Manager(before=talks, later=talk_over),
    "ringing for another": Manager(before=rings_for_another),
    "after-call work": Manager(before=after_work, site=works_after),
    "paused": Manager(before=lambda rig: command(rig, "anna", "pause")),
    "off": Manager(before=lambda rig: command(rig, "anna", "logout")),
    "absent, with a deputy": Manager(site=away("ola")),
    "absent, deputy paused": Manager(site=away("ola"), before=lambda rig: command(rig, "ola", "pause")),
    "absent, deputy silent": Manager(site=away("ola"), deputy=rings_out),
    "absent, deputy refuses": Manager(site=away("ola"), deputy=ends_with(603)),
    "absent, no deputy": Manager(site=away("")),
}


class Caller(NamedTuple):
    """Whether the office is on other calls, until when the caller waits, and what he does then. `until` gets the phone
    that rings for him, None when none does."""

    office_busy: bool
    until: Callable[[Rig, str, Dial | None], bool]
    deed: Callable[[Rig, str], object] = Rig.hang_up


def stage_of(rig: Rig, call: str) -> str:
    return rig.of(StageEntered, call)[-1].stage


CALLERS = {
    "waits": Caller(False, lambda _rig, _call, _dial: False),
    "waits, office busy": Caller(True, lambda _rig, _call, _dial: False),
    "hangs up at once": Caller(False, lambda _rig, _call, _dial: True),
    "hangs up while the team rings": Caller(
        False, lambda rig, call, dial: dial is not None and stage_of(rig, call) == "team"
    ),
    "hangs up while all are busy": Caller(True, lambda rig, call, dial: dial is None and stage_of(rig, call) == "team"),
    "hangs up while the overflow rings": Caller(
        True, lambda rig, call, dial: dial is not None and stage_of(rig, call) == "overflow"
    ),
}


def told(rig: Rig, call: str) -> str:
    """The way of a call in one line."""
    words = []
    for fact in rig.facts:
        match fact:
            case _ if fact.call != call:
                pass
            case ManagerAbsent():
                words.append(f"({fact.manager} away)")
            case StageEntered():
                words.append(f"{fact.stage}:{fact.reason}")
            case AgentDeclined():
                words.append(f"{fact.agent}={fact.why}")
            case CallBridged():
                words.append(f"{fact.agent}=answered")
            case QueueLeft():
                words.append(f"-> {fact.outcome}")
    return " ".join(words)


def play(manager: Manager, caller: Caller) -> tuple[Rig, str]:
    """One cell, on a rig of its own."""
    rig = queue_rig()
    of = manager.site(rig.board._ex.site)
    rig.load(replace(of, teams={**of.teams, "office": replace(of.teams["office"], max_wait_s=120.0)}))
    if caller.office_busy:
        for agent in ("jan", "ewa"):
            talking(rig, STRANGER, agent=agent)
    manager.before(rig)
    call = rig.call(KOWALSKI)
    seen: set[str] = set()
    while rig.where(call) == "queued":
        dials = {fact.leg: rig.dialled(fact.agent) for fact in rig.of(AgentOffered, call) if fact.leg not in seen}
        dial = next(iter(dials.values()), None)
        if caller.until(rig, call, dial):
            caller.deed(rig, call)
            break
        if dial is None:
            rig.pass_time(1)
            manager.later(rig)
        else:
            seen.add(dial.leg)
            stands_in = manager.deputy if dial.agent == "ola" and stage_of(rig, call) == "manager" else answers
            (manager.rung if dial.agent == "anna" else stands_in)(rig, dial.leg)
    return rig, call


@pytest.mark.parametrize(("manager", "caller"), [(m, c) for m in MANAGERS for c in CALLERS])
def test_cell(manager: str, caller: str) -> None:
    rig, call = play(MANAGERS[manager], CALLERS[caller])
    assert told(rig, call) == TABLE[manager][caller]
    assert [len(rig.of(kind, call)) for kind in (QueueEntered, QueueLeft)] == [1, 1]
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    assert set(kpi.conservation().values()) == {0}
    hung = {leg.agent for leg in rig.board._ex.legs.values() if leg.call is not None and leg.call.id == call}
    for seat in rig.board.view().agents:  # nobody is left ringing for a caller who waits no more
        assert (seat.state, seat.call) != ("ringing", call)
        assert seat.call != call or seat.agent in hung


def test_the_table_is_whole() -> None:
    assert TABLE.keys() == MANAGERS.keys()
    assert all(row.keys() == CALLERS.keys() for row in TABLE.values())


@pytest.mark.parametrize("manager", MANAGERS)
def test_the_owner_is_kept_whoever_answers(manager: str) -> None:
    rig, call = play(MANAGERS[manager], CALLERS["waits"])
    (entered,) = rig.of(QueueEntered, call)
    assert entered.manager == "anna"
    rig.hang_up(call)
    assert rig.record(call).manager == "anna"
