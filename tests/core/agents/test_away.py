"""Absences begin and end by the clock: who is away is logged out, and nobody who came in in spite of it is."""

from __future__ import annotations

from gateway.core.agents.away import ABSENT
from gateway.core.events import AgentsRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.flow import RingEnded
from gateway.core.facts.owner import ManagerAbsent
from gateway.core.flow.model import HangUpStep, Ring
from tests.core.factory import (
    KOWALSKI,
    START,
    STRANGER,
    Rig,
    command,
    flow,
    offers,
    prompt,
    queue_rig,
    site,
    stages,
    talking,
    words,
)
from tests.core.queue.test_owners import away, rig_of


def reasons(rig: Rig, agent: str) -> list[tuple[str, str]]:
    return [(fact.state, fact.reason) for fact in rig.of(AgentChanged) if fact.agent == agent]


def test_who_is_away_is_rung_in_no_team_and_comes_back_by_the_clock():
    rig = rig_of(lambda of: away(away(of, "jan", since=START + 60, until=START + 120), "ewa", since=START + 60))
    rig.pass_time(59)
    assert rig.state("jan") == "idle"
    rig.pass_time(2)
    call = rig.call(STRANGER)
    assert stages(rig, call) == [("team", "office", "no_manager"), ("overflow", "sales", "team_exhausted")]
    assert reasons(rig, "jan") == reasons(rig, "ewa") == [("off", ABSENT)]
    rig.hang_up(rig.dialled().leg, code=486)
    rig.hang_up(rig.dialled().leg, code=486)
    rig.pass_time(START + 120 - rig.now)
    assert reasons(rig, "jan")[1:2] == [("idle", "")]
    assert offers(rig, call)[-1] == "jan"


def test_whoever_logged_out_himself_stays_so_and_who_logs_in_meanwhile_is_rung_in_his_team():
    rig = queue_rig()
    command(rig, "jan", "logout")
    of = rig.board._ex.site
    rig.load(away(away(of, "jan", until=START + 60), "ewa", until=START + 60))
    command(rig, "ewa", "login")
    assert offers(rig, rig.call(STRANGER)) == ["ewa"]
    rig.pass_time(61)
    assert [rig.state(agent) for agent in ("jan", "ewa")] == ["off", "idle"]


def test_who_talks_when_it_begins_finishes_the_call():
    rig = rig_of(lambda of: away(of, "jan", since=START + 60))
    call, leg = talking(rig, STRANGER, agent="jan")
    rig.pass_time(120)
    assert rig.state("jan") == "talking"
    rig.hang_up(call)
    rig.end(leg)
    assert reasons(rig, "jan")[-1] == ("off", ABSENT)


def test_an_absence_that_began_or_ended_while_the_box_was_off():
    of = away(away(site(), "jan"), "ewa", since=START - 7200, until=START - 60)
    rig = Rig(of, up=False)
    was = (
        AgentChanged(at=START - 7200, agent="ewa", state="off", reason=ABSENT),
        AgentChanged(at=START - 600, agent="ola", state="paused", reason="lunch"),
    )
    rig.tell(AgentsRecovered(facts=was))
    rig.line_up("A")
    assert [rig.state(agent) for agent in ("jan", "ewa", "ola")] == ["off", "idle", "paused"]


def test_after_a_restart_whoever_came_in_in_spite_of_it_is_left_there():
    rig = Rig(away(site(), "jan"), up=False)
    rig.tell(AgentsRecovered(facts=(AgentChanged(at=START - 60, agent="jan", state="idle"),)))
    rig.line_up("A")
    assert (rig.state("jan"), reasons(rig, "jan")) == ("idle", [])


# The step that rings the manager


def ring_rig(change) -> Rig:
    """A rig whose flow rings the client's manager without a queue."""
    ring = Ring(name="manager", target="manager", ring_s=20, prompt=prompt("Łączę z {manager}"), busy="sorry")
    rig = Rig(site(flows={"reception": flow(ring, HangUpStep(name="sorry", prompt=prompt("Później.")))}))
    rig.load(change(rig.board._ex.site))
    return rig


def test_the_step_ring_rings_the_deputy_and_names_him():
    rig = ring_rig(lambda of: away(of, "anna", "ola"))
    call = rig.call(KOWALSKI)
    assert offers(rig, call) == ["ola"]
    assert any(words(action) == "Łączę z Ola Kot" for action in rig.actions)
    rig.ring(rig.dialled().leg)
    rig.pick_up(rig.dialled().leg)
    rig.hang_up(call)
    assert (rig.record(call).answered_by, rig.record(call).manager) == ("ola", "anna")
    assert [(fact.manager, fact.deputy) for fact in rig.of(ManagerAbsent, call)] == [("anna", "ola")]


def test_the_step_ring_says_why_there_is_nobody():
    rig = ring_rig(lambda of: away(of, "anna"))
    call = rig.call(KOWALSKI)
    assert [(fact.outcome, fact.reason, fact.to) for fact in rig.of(RingEnded, call)] == [
        ("unreachable", "absent", "anna")
    ]
