"""What comes after the team: teams and numbers outside, one after the other."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Dial, HangUp
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged, QueueLeft, StageEntered, StepEntered
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.core.queue.owners import Owners
from gateway.core.site.owners import OverflowStage
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, busy_office, command, offers, queue_rig, stages, team

NUMBER, OTHER = "+48600000301", "+48600000302"
TEST_NUMBER = "9999"
SALES = OverflowStage(team="sales", for_s=60.0)
MOBILE = OverflowStage(number=NUMBER, trunk="provider", for_s=30.0)
LAST = OverflowStage(number=OTHER, trunk="provider", for_s=20.0)


def rig_of(*overflow: OverflowStage, max_wait_s: float = 100.0, **of_queue) -> Rig:
    rig = queue_rig(**of_queue)
    of = rig.board._ex.site
    rig.load(team(of, "office", overflow=overflow, overflow_team="", max_wait_s=max_wait_s))
    return rig


def nobody_answers(rig: Rig, *, until: float) -> None:
    """Every phone that is dialled rings, none is picked up."""
    rung: set[str] = set()
    while rig.now < until:
        for action in rig.actions:
            if isinstance(action, Dial) and action.leg not in rung:
                rung.add(action.leg)
                rig.ring(action.leg)
        before = len(rig.actions)
        rig.pass_time(1)
        for action in rig.actions[before:]:
            if isinstance(action, HangUp):
                rig.end(action.leg)


def way(rig: Rig, call: str) -> list[tuple[str, str]]:
    """(number or team, reason) of each stage of the overflow."""
    return [(f.number or f.team, f.reason) for f in rig.of(StageEntered, call) if f.stage == "overflow"]


def test_stage_by_stage_each_for_its_time_then_back_to_the_flow():
    rig = rig_of(SALES, MOBILE, LAST)
    began = rig.now
    busy_office(rig)
    call = rig.call(KOWALSKI)
    nobody_answers(rig, until=began + 300)
    assert way(rig, call) == [("sales", "max_wait"), (NUMBER, "overflow_wait"), (OTHER, "number_no_answer")]
    entered = [fact.at - began for fact in rig.of(StageEntered, call) if fact.stage == "overflow"]
    assert [round(at) for at in entered] == [100, 160, 190]
    assert round(rig.of(QueueLeft, call)[0].wait_s) == 210
    assert [fact.outcome for fact in rig.of(QueueLeft, call)] == ["overflowed"]
    assert rig.of(StepEntered, call)[-1].step == "sorry"


def test_a_number_outside_is_dialled_through_its_trunk_and_learns_nothing_of_the_client():
    rig = rig_of(MOBILE)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    dial = rig.dialled()
    assert (dial.uri, dial.agent, dial.trunk) == (NUMBER, NUMBER, "provider")
    assert (dial.headers, dial.display_name, dial.from_user) == ((), "", "")
    (offer,) = rig.of(AgentOffered, call)
    assert (offer.stage, offer.team) == ("overflow", "office")


def test_who_answers_at_the_number_talks_and_the_contact_is_answered():
    rig = rig_of(MOBILE)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.pass_time(7)
    rig.pick_up(leg)
    (bridged,) = rig.of(CallBridged, call)
    assert (bridged.agent, bridged.stage, bridged.team, bridged.wait_s) == (NUMBER, "overflow", "office", 7.0)
    rig.pass_time(60)
    rig.hang_up(leg)
    rig.end(call)
    record = rig.record(call)
    assert (record.outcome, record.answered_by, record.manager) == ("answered", NUMBER, "anna")
    kpi, owners = Kpi(rig.board._ex.site), Owners()
    for fact in rig.facts:
        kpi.apply(fact)
        owners.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.answered, figures.owner_answer_share) == (1, 1, 0.0)
    assert set(kpi.conservation().values()) == {0}
    assert (kpi.agents(), owners.spoke) == ((), {})


@pytest.mark.parametrize(("code", "why"), [(486, "busy"), (603, "refused"), (404, "unreachable"), (503, "unreachable")])
def test_a_number_that_cannot_be_had_lets_the_next_stage_begin_at_once(code, why):
    rig = rig_of(MOBILE, SALES)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    rig.hang_up(rig.dialled().leg, code=code)
    assert [fact.why for fact in rig.of(AgentDeclined, call)] == [why]
    assert way(rig, call) == [(NUMBER, "team_exhausted"), ("sales", f"number_{why}")]
    assert offers(rig, call)[-1] in {"ola", "piotr"}


def test_a_stage_with_nobody_in_it_is_passed_over():
    rig = rig_of(SALES, MOBILE)
    for agent in ("jan", "ewa", "anna", "ola", "piotr"):
        command(rig, agent, "logout")
    call = rig.call(STRANGER)
    assert way(rig, call) == [(NUMBER, "team_exhausted")]
    rig.hang_up(rig.dialled().leg, code=486)
    assert rig.of(StepEntered, call)[-1].step == "sorry"


def test_when_the_overflow_team_goes_home_the_next_stage_begins():
    rig = rig_of(SALES, MOBILE)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    for agent in ("ola", "piotr"):
        command(rig, agent, "pause")
    call = rig.call(STRANGER)
    for agent in ("ola", "piotr"):
        command(rig, agent, "logout")
    assert way(rig, call) == [("sales", "team_exhausted"), (NUMBER, "overflow_exhausted")]


def test_the_callers_hang_up_lets_go_of_the_number():
    rig = rig_of(MOBILE)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(STRANGER)
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.actions
    assert [(f.agent, f.why) for f in rig.of(AgentDeclined, call)] == [(NUMBER, "cancelled")]
    assert [f.outcome for f in rig.of(QueueLeft, call)] == ["abandoned"]


def test_while_the_number_rings_a_colleague_who_gets_free_is_not_rung_beside_it_but_after():
    rig = rig_of(MOBILE, SALES)
    busy_office(rig)
    command(rig, "anna", "logout")
    call = rig.call(STRANGER)
    rig.pass_time(100)
    assert offers(rig, call) == [NUMBER]
    number = rig.dialled().leg
    rig.ring(number)
    rig.hang_up(rig.dialled("jan").leg)
    assert offers(rig, call) == [NUMBER]
    rig.hang_up(number, code=486)
    assert way(rig, call)[-1] == ("sales", "number_busy")
    assert offers(rig, call)[1] in {"ola", "piotr", "jan"}


def test_on_a_full_line_the_number_waits_for_a_leg_within_its_time():
    rig = queue_rig()
    of = team(rig.board._ex.site, "office", overflow=(MOBILE,), overflow_team="")
    rig = Rig(of, legs_max=2)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    other = rig.call(STRANGER)
    rig.hang_up(rig.dialled().leg, code=486)  # he hears that we are sorry; his leg is one of the two
    first = rig.call(STRANGER)
    assert (offers(rig, first), rig.where(first)) == ([], "queued")
    rig.pass_time(6)
    assert offers(rig, first) == []
    rig.hang_up(other)
    assert offers(rig, first) == [NUMBER]


def test_a_line_that_stays_full_ends_the_stage_of_the_number():
    rig = queue_rig()
    rig = Rig(team(rig.board._ex.site, "office", overflow=(MOBILE,), overflow_team=""), legs_max=1)
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(STRANGER)
    rig.pass_time(29)
    assert rig.where(call) == "queued"
    rig.pass_time(2)
    assert (offers(rig, call), rig.of(StepEntered, call)[-1].step) == ([], "sorry")


def test_a_trial_rings_no_number():
    rig = rig_of(MOBILE)
    of = replace(rig.board._ex.site, draft=Draft(number=TEST_NUMBER, rings=("jan",)))
    rig.load(of)
    rig.draft(replace(of, version="d"), MAIN)
    command(rig, "jan", "logout")
    call = rig.call(STRANGER, called=TEST_NUMBER)
    assert (offers(rig, call), rig.where(call)) == ([], "flow")


def test_the_old_overflow_to_is_a_list_of_one():
    rig = queue_rig()
    for agent in ("jan", "ewa", "anna"):
        command(rig, agent, "logout")
    call = rig.call(STRANGER)
    assert stages(rig, call)[-1] == ("overflow", "sales", "team_exhausted")
    nobody_answers(rig, until=rig.now + 120)
    assert rig.of(StepEntered, call)[-1].step == "sorry"
