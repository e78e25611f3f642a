"""The last who could answer logs out while callers wait: they go on at once, and nobody waits for an empty office."""

from __future__ import annotations

from gateway.core.facts.calls import AgentOffered, QueueLeft, StageEntered, StepEntered
from tests.core.factory import STRANGER, busy_office, command, queue_rig, site, talking, team


def alone(**of_queue):
    """A rig whose office has no overflow, both of it in a talk."""
    rig = queue_rig(to="office", **of_queue)
    rig.load(team(site(flows=rig.board._ex.site.flows), "office", overflow_team=""))
    return rig


def hang_up_all(rig, *agents):
    for seat in rig.board.view().agents:
        if seat.agent in agents and seat.call:
            rig.hang_up(seat.call)
            rig.end(rig.dialled(seat.agent).leg)


def test_a_logout_after_the_talk_lets_the_waiting_go_on():
    rig = alone(no_agents="nobody")
    busy_office(rig)
    call = rig.call()
    for agent in ("jan", "ewa"):
        command(rig, agent, "logout")  # both take effect when the call is over
    assert rig.where(call) == "queued"
    hang_up_all(rig, "jan")
    assert rig.where(call) == "queued"  # ewa may yet come back
    hang_up_all(rig, "ewa")
    rig.pass_time(10)  # her after-call work
    assert [fact.outcome for fact in rig.of(QueueLeft, call)] == ["overflowed"]
    assert rig.of(StepEntered, call)[-1].step == "nobody"


def test_without_an_exit_for_it_it_is_as_when_nobody_answers():
    rig = alone()
    command(rig, "ewa", "logout")
    talking(rig, STRANGER, agent="jan")
    call = rig.call()
    command(rig, "jan", "logout")
    hang_up_all(rig, "jan")
    assert rig.of(StepEntered, call)[-1].step == "sorry"
    assert rig.where(call) == "flow"


def test_a_pause_empties_nothing():
    rig = alone(no_agents="nobody")
    command(rig, "ewa", "logout")
    command(rig, "jan", "pause")
    call = rig.call()
    assert rig.where(call) == "queued"
    command(rig, "jan", "unpause")
    assert [fact.agent for fact in rig.of(AgentOffered, call)] == ["jan"]


def test_a_paused_one_who_logs_out_was_the_last():
    rig = alone(no_agents="nobody")
    command(rig, "ewa", "logout")
    command(rig, "jan", "pause")
    first, second = rig.call(), rig.call()
    command(rig, "jan", "logout")
    assert [fact.call for fact in rig.of(QueueLeft)] == [first, second]
    assert {rig.of(StepEntered, call)[-1].step for call in (first, second)} == {"nobody"}


def test_the_overflow_team_is_rung_at_once_when_there_is_one():
    rig = queue_rig(to="office")
    command(rig, "ewa", "logout")
    command(rig, "jan", "pause")
    call = rig.call()
    command(rig, "jan", "logout")
    assert [(f.stage, f.reason) for f in rig.of(StageEntered, call)][-1] == ("overflow", "team_exhausted")
    assert rig.of(AgentOffered, call)[0].agent in {"ola", "piotr"}
