"""Who is rung, in which order, and what a caller keeps."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp, Play
from gateway.core.facts.calls import AgentDeclined, CallBridged, QueueEntered, QueueLeft, StepEntered
from gateway.core.flow.model import Queue
from tests.core.factory import (
    KOWALSKI,
    NOWAK,
    STRANGER,
    Rig,
    busy_office,
    command,
    flow,
    offers,
    queue_rig,
    site,
    stages,
    talking,
    words,
)


def test_stranger_goes_to_the_team():
    rig = queue_rig()
    rig.call(STRANGER)
    assert stages(rig) == [("team", "office", "no_manager")]
    dial = rig.dialled()
    assert (dial.agent, dial.display_name, dial.from_user) == ("jan", STRANGER, STRANGER)
    assert [name for name, _ in dial.headers] == ["X-Gateway-Call", "X-Gateway-Wait"]


def test_withheld_number_is_named_in_the_callers_language():
    rig = queue_rig()
    rig.call("", withheld=True)
    assert (rig.dialled().display_name, rig.dialled().from_user) == ("numer zastrzeżony", "")


def test_a_named_team_has_no_manager_stage():
    rig = queue_rig(to="sales")
    rig.call(KOWALSKI)
    assert stages(rig) == [("team", "sales", "no_manager")]


def test_agent_behind_a_trunk():
    rig = queue_rig(to="sales")
    rig.call(STRANGER)
    rig.end(rig.dialled().leg, code=486, by="far")
    assert (rig.dialled().agent, rig.dialled().uri, rig.dialled().trunk) == ("piotr", "501777888", "provider")


def prepare_busy(rig: Rig) -> None:
    talking(rig)


def prepare_wrap_up(rig: Rig) -> None:
    call, _ = talking(rig)
    rig.hang_up(call)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (prepare_busy, "manager_busy"),
        (prepare_wrap_up, "manager_busy"),
        (lambda rig: rig.call(KOWALSKI), "manager_busy"),
        (lambda rig: command(rig, "anna", "pause"), "manager_paused"),
        (lambda rig: command(rig, "anna", "logout"), "manager_off"),
    ],
)
def test_manager_who_cannot_be_rung_passes_the_call_on_at_once(prepare, reason):
    rig = queue_rig()
    prepare(rig)
    rig.pass_time(1)
    call = rig.call(KOWALSKI)
    assert stages(rig, call) == [("team", "office", reason)]
    assert offers(rig, call) == ["jan"]


@pytest.mark.parametrize(
    ("code", "why"),
    [(486, "busy"), (600, "busy"), (603, "refused"), (403, "refused"), (480, "refused"), (408, "unreachable"),
     (404, "unreachable"), (500, "unreachable"), (503, "unreachable"), (302, "unreachable")],
)  # fmt: skip
def test_final_answer_of_the_managers_phone(code, why):
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    rig.ring(rig.dialled().leg)
    rig.pass_time(1)
    rig.hang_up(rig.dialled().leg, code=code)
    assert [(f.agent, f.why, f.code, f.rang_s) for f in rig.of(AgentDeclined)] == [("anna", why, code, 1.0)]
    assert stages(rig, call)[-1] == ("team", "office", f"manager_{why}")
    assert offers(rig, call) == ["anna", "jan"]


def test_silent_phone_is_unreachable_after_two_seconds():
    rig = queue_rig()
    rig.call(KOWALSKI)
    first = rig.dialled().leg
    rig.pass_time(1.9)
    assert rig.new == []
    rig.pass_time(0.2)
    assert rig.new[0] == HangUp(leg=first)
    assert stages(rig)[-1] == ("team", "office", "manager_unreachable")


def test_provisional_answer_keeps_the_phone_ringing():
    rig = queue_rig()
    rig.call(KOWALSKI)
    rig.ring(rig.dialled().leg, 100)
    rig.pass_time(19.9)
    assert offers(rig) == ["anna"]
    rig.pass_time(0.2)
    assert offers(rig) == ["anna", "jan"]


def test_team_is_rung_one_after_another_longest_idle_first():
    rig = queue_rig()
    talk_call, _ = talking(rig, STRANGER, agent="jan")
    rig.hang_up(talk_call)
    rig.pass_time(1)
    rig.end(rig.dialled("jan").leg)
    call = rig.call(STRANGER)
    assert offers(rig, call) == ["ewa"]
    rig.ring(rig.dialled().leg)
    rig.pass_time(20)
    assert offers(rig, call) == ["ewa", "jan"]


def test_agent_who_declined_is_tried_again_after_all_others_and_a_pause():
    rig = queue_rig()
    call = rig.call(STRANGER)
    for _ in range(2):
        rig.hang_up(rig.dialled().leg, code=603)
        rig.pass_time(1)
    assert offers(rig, call) == ["jan", "ewa"]
    rig.pass_time(7.9)
    assert offers(rig, call) == ["jan", "ewa"]
    rig.pass_time(0.2)
    assert offers(rig, call) == ["jan", "ewa", "jan"]
    rig.hang_up(rig.dialled().leg, code=603)
    rig.pass_time(1.0)
    assert offers(rig, call)[3:] == ["ewa"]


def test_freed_agent_takes_the_longest_waiting():
    rig = queue_rig()
    one, leg_one = talking(rig, STRANGER, agent="jan")
    talking(rig, STRANGER, agent="ewa")
    waiting = []
    for _ in range(3):
        rig.pass_time(1)
        waiting.append(rig.call(STRANGER))
    assert [f.position for f in rig.of(QueueEntered)] == [1, 1, 1, 2, 3]
    rig.hang_up(one)
    rig.end(leg_one)
    assert offers(rig, waiting[0]) == ["jan"]
    assert offers(rig, waiting[1]) == []
    view = rig.board.view()
    assert next(queue.calls for queue in view.queues if queue.team == "office") == tuple(waiting)


def test_agent_is_not_rung_while_the_old_leg_is_up():
    rig = queue_rig()
    one, leg = talking(rig, STRANGER, agent="jan")
    talking(rig, STRANGER, agent="ewa")
    call = rig.call(STRANGER)
    rig.hang_up(one)
    assert rig.state("jan") == "idle"
    assert offers(rig, call) == []
    rig.end(leg)
    assert offers(rig, call) == ["jan"]


def test_wrap_up_keeps_the_agent_busy():
    rig = queue_rig()
    talking(rig, STRANGER, agent="jan")
    two, leg = talking(rig, STRANGER, agent="ewa")
    call = rig.call(STRANGER)
    rig.hang_up(two)
    rig.end(leg)
    assert rig.state("ewa") == "wrap_up"
    rig.pass_time(9.9)
    assert offers(rig, call) == []
    rig.pass_time(0.2)
    assert offers(rig, call) == ["ewa"]


def test_manager_who_gets_free_takes_his_own_client_who_waits_for_the_team():
    rig = queue_rig()
    first, leg = talking(rig, KOWALSKI)
    talking(rig, STRANGER, agent="jan")
    talking(rig, STRANGER, agent="ewa")
    call = rig.call(KOWALSKI)
    rig.pass_time(5)
    rig.hang_up(first)
    rig.end(leg)
    assert offers(rig, call) == ["anna"]
    rig.pick_up(rig.dialled("anna").leg)
    bridged = rig.of(CallBridged, call)[0]
    assert (bridged.stage, bridged.wait_s) == ("manager", 5.0)


def test_manager_who_did_not_answer_is_not_rung_again_for_this_call():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    rig.hang_up(rig.dialled("anna").leg, code=603)
    rig.hang_up(rig.dialled("jan").leg, code=603)
    rig.hang_up(rig.dialled("ewa").leg, code=603)
    rig.pass_time(60)
    assert offers(rig, call).count("anna") == 1


def test_manager_who_declined_does_not_come_back_to_this_call_by_getting_free():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    rig.hang_up(rig.dialled("anna").leg, code=603)
    for agent in ("jan", "ewa"):
        command(rig, agent, "pause")
        rig.hang_up(rig.dialled().leg, code=603)
    rig.pass_time(30)
    command(rig, "anna", "pause")
    command(rig, "anna", "unpause")
    assert offers(rig, call) == ["anna", "jan", "ewa"]


def test_phone_that_was_rung_for_nothing_goes_behind_the_others():
    rig = queue_rig()
    call = rig.call(STRANGER)
    rig.hang_up(rig.dialled("jan").leg, code=603)
    rig.hang_up(call)
    rig.end(rig.dialled("ewa").leg, code=487)
    rig.call(STRANGER)
    assert offers(rig) == ["jan", "ewa", "ewa"]


def test_own_client_and_team_callers_are_ordered_by_wait():
    """Ola is Nowak's manager and a member of sales: whoever waits longer gets her."""
    rig = queue_rig(to="sales")
    one, leg = talking(rig, STRANGER, agent="ola")
    two, other = talking(rig, STRANGER, agent="piotr")
    first = rig.call(STRANGER)
    rig.pass_time(1)
    by_client = replace(site(), flows={"reception": flow(Queue(name="human", to="by_client", team="office"))})
    rig.load(replace(by_client, version="v2"))
    second = rig.call(NOWAK)
    rig.hang_up(one)
    rig.end(leg)
    assert (offers(rig, first), offers(rig, second)) == (["ola"], [])
    rig.hang_up(two)
    rig.end(other)
    assert offers(rig, second) == ["piotr"]


def test_overflow_team_then_gave_up():
    rig = queue_rig()
    busy_office(rig)
    call = rig.call(STRANGER)
    rig.pass_time(299)
    assert len(stages(rig, call)) == 1
    rig.pass_time(2)
    assert stages(rig, call)[-1] == ("overflow", "sales", "max_wait")
    assert offers(rig, call) == ["ola"]
    rig.hang_up(rig.dialled().leg, code=603)
    rig.hang_up(rig.dialled().leg, code=603)
    rig.pass_time(115)
    assert rig.of(QueueLeft, call) == []
    last = rig.dialled()
    rig.ring(last.leg)
    rig.pass_time(6)
    (left,) = rig.of(QueueLeft, call)
    assert (left.team, left.outcome, left.wait_s) == ("office", "overflowed", 420.0)
    assert HangUp(leg=last.leg) in rig.actions
    assert [f.step for f in rig.of(StepEntered, call)] == ["human", "sorry"]
    assert words(next(a for a in reversed(rig.actions) if isinstance(a, Play))) == "Później."
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).outcome == "overflowed"


def test_overflow_answers_and_the_contact_stays_the_teams():
    rig = queue_rig()
    busy_office(rig)
    call = rig.call(STRANGER)
    rig.pass_time(300)
    rig.pick_up(rig.dialled("ola").leg)
    (bridged,), (left,) = rig.of(CallBridged, call), rig.of(QueueLeft, call)
    assert (bridged.stage, bridged.team, bridged.wait_s) == ("overflow", "sales", 300.0)
    assert (left.team, left.outcome) == ("office", "answered")


def test_first_team_may_still_answer_during_the_overflow():
    rig = queue_rig()
    one, leg = talking(rig, STRANGER, agent="jan")
    talking(rig, STRANGER, agent="ewa")
    for agent in ("ola", "piotr"):
        command(rig, agent, "pause")
    call = rig.call(STRANGER)
    rig.pass_time(301)
    rig.hang_up(one)
    rig.end(leg)
    assert offers(rig, call) == ["jan"]


def test_phone_that_rings_when_the_overflow_begins_goes_on_ringing():
    rig = queue_rig()
    one, leg = talking(rig, STRANGER, agent="jan")
    talking(rig, STRANGER, agent="ewa")
    call = rig.call(STRANGER)
    rig.pass_time(295)
    rig.hang_up(one)
    rig.end(leg)
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(10)
    assert stages(rig, call)[-1][0] == "overflow"
    assert offers(rig, call) == ["jan"]
    rig.pick_up(rig.dialled("jan").leg)
    assert rig.where(call) == "bridged"


@pytest.mark.parametrize(("no_agents", "step"), [("nobody", "nobody"), ("", "sorry")])
def test_nobody_logged_in(no_agents, step):
    rig = queue_rig(no_agents=no_agents)
    for agent in ("anna", "jan", "ewa", "ola", "piotr"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    assert [f.step for f in rig.of(StepEntered, call)] == ["human", step]
    assert [(f.outcome, f.wait_s) for f in rig.of(QueueLeft, call)] == [("overflowed", 0.0)]
    assert len(rig.of(QueueEntered, call)) == 1


def test_empty_team_passes_on_to_the_overflow_at_once():
    rig = queue_rig()
    for agent in ("jan", "ewa"):
        command(rig, agent, "logout")
    call = rig.call(STRANGER)
    assert stages(rig, call) == [("team", "office", "no_manager"), ("overflow", "sales", "team_exhausted")]
    assert offers(rig, call) == ["ola"]


def test_only_the_manager_is_there_and_refuses():
    rig = queue_rig()
    for agent in ("jan", "ewa", "ola", "piotr"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    rig.hang_up(rig.dialled("anna").leg, code=603)
    assert [f.outcome for f in rig.of(QueueLeft, call)] == ["overflowed"]


def test_only_the_manager_is_there_and_talks():
    rig = queue_rig()
    for agent in ("jan", "ewa", "ola", "piotr"):
        command(rig, agent, "logout")
    first, leg = talking(rig)
    call = rig.call(KOWALSKI)
    assert rig.where(call) == "queued"
    rig.hang_up(first)
    rig.end(leg)
    assert offers(rig, call) == ["anna"]


def test_login_serves_who_waits():
    rig = queue_rig()
    for agent in ("jan", "ewa"):
        command(rig, agent, "pause")
    call = rig.call(STRANGER)
    assert rig.where(call) == "queued"
    command(rig, "ewa", "unpause")
    assert offers(rig, call) == ["ewa"]
