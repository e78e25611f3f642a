"""What agents can be told, when it takes effect, and what outlives the program."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.agents import commands as agent_commands
from gateway.core.events import AgentCommanded, AgentsRecovered, LegSnapshot
from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.calls import WrapUpEnded
from tests.core.factory import KOWALSKI, STRANGER, Rig, queue_rig, site, talking


def tell(rig: Rig, agent: str, command: str, reason: str = "") -> None:
    rig.tell(AgentCommanded(agent=agent, command=command, reason=reason, by="cli"))


def seat(rig: Rig, agent: str):
    return next(seen for seen in rig.board.view().agents if seen.agent == agent)


def restarted(old: Rig, after_s: float = 0.0) -> Rig:
    """A new program that is told what the journal tells: the last AgentChanged of each, then what they were told."""
    rig = Rig(old.board._ex.site, up=False)
    rig.now = old.now + after_s
    last = {fact.agent: fact for fact in old.of(AgentChanged)}
    at = {agent: old.facts.index(fact) for agent, fact in last.items()}
    told = [fact for fact in old.of(AgentTold) if old.facts.index(fact) > at.get(fact.agent, -1)]
    calls = [f for f in old.facts if f.call and any(f.call == changed.reason for changed in last.values())]
    rig.tell(AgentsRecovered(facts=(*calls, *sorted(last.values(), key=lambda fact: fact.at), *told)))
    return rig


def in_wrap_up() -> Rig:
    rig = queue_rig(to="office")
    tell(rig, "jan", "logout")
    call, leg = talking(rig, STRANGER, agent="ewa")
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(leg)
    assert rig.state("ewa") == "wrap_up"
    return rig


def test_ready_ends_after_call_work_early():
    rig = in_wrap_up()
    rig.pass_time(3)
    tell(rig, "ewa", "ready")
    assert rig.state("ewa") == "idle"
    (ended,) = rig.of(WrapUpEnded)
    assert round(ended.wrap_up_s, 3) == 3
    assert rig.of(AgentTold)[-1].how == "now"
    rig.pass_time(60)
    assert len(rig.of(WrapUpEnded)) == 1  # its deadline is gone


def test_ready_lets_the_next_caller_have_the_agent():
    rig = in_wrap_up()
    rig.call(STRANGER)
    assert rig.state("ewa") == "wrap_up"
    tell(rig, "ewa", "ready")
    assert rig.state("ewa") == "ringing"


@pytest.mark.parametrize("command", ["login", "pause", "logout"])
def test_ready_changes_nothing_elsewhere(command):
    rig = Rig()
    tell(rig, "jan", command)
    state = rig.state("jan")
    tell(rig, "jan", "ready")
    assert rig.state("jan") == state


def test_after_a_pause_that_waited_ready_pauses():
    rig = in_wrap_up()
    tell(rig, "ewa", "pause", "lunch")
    assert seat(rig, "ewa").then == "pause"
    tell(rig, "ewa", "ready")
    assert (rig.state("ewa"), seat(rig, "ewa").reason) == ("paused", "lunch")


def test_the_reason_of_a_pause_can_be_changed():
    rig = Rig()
    tell(rig, "jan", "pause", "lunch")
    tell(rig, "jan", "pause", "training")
    assert [fact.reason for fact in rig.of(AgentChanged)] == ["lunch", "training"]
    tell(rig, "jan", "pause")
    assert seat(rig, "jan").reason == "training"


def test_a_command_of_somebody_unknown_does_nothing():
    rig = Rig()
    tell(rig, "nobody", "ready")
    assert not rig.of(AgentTold)


def test_what_changes_nothing_is_no_fact():
    rig = Rig()
    before = len(rig.facts)
    for command in ("login", "unpause", "ready"):
        tell(rig, "jan", command)
    assert len(rig.facts) == before


@pytest.mark.parametrize(("command", "state"), [("pause", "paused"), ("logout", "off")])
def test_what_was_asked_for_during_a_talk_outlives_the_program_and_the_talk(command, state):
    old = queue_rig()
    call, leg = talking(old, KOWALSKI)
    tell(old, "anna", command, "lunch")
    assert old.of(AgentTold)[-1].how == "later"
    rig = restarted(old)
    assert rig.state("anna") == state  # nobody knows of the talk as yet
    legs = (
        LegSnapshot(leg=call, call=call, direction="in", state="answered", called="100", bridged_with=leg),
        LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent="anna", bridged_with=call),
    )
    rig.line_up("A", legs=legs)
    assert (rig.state("anna"), seat(rig, "anna").then) == ("talking", command)
    again = restarted(rig)
    again.line_up("A", legs=legs)
    again.hang_up(call)
    again.end(leg)
    assert (again.state("anna"), seat(again, "anna").reason) == (state, "lunch")


def test_what_was_asked_for_during_a_talk_holds_when_the_talk_is_over_meanwhile():
    old = queue_rig()
    talking(old, KOWALSKI)
    tell(old, "anna", "pause", "lunch")
    rig = restarted(old)
    rig.line_up("A")
    assert (rig.state("anna"), seat(rig, "anna").reason) == ("paused", "lunch")
    assert [fact.state for fact in rig.of(AgentChanged) if fact.agent == "anna"] == ["paused"]


def test_what_was_called_off_during_a_talk_stays_called_off():
    old = queue_rig()
    talking(old, KOWALSKI)
    tell(old, "anna", "pause")
    tell(old, "anna", "unpause")
    rig = restarted(old)
    assert rig.state("anna") == "idle"


def test_a_pause_that_waits_for_after_call_work_outlives_the_program():
    old = in_wrap_up()
    tell(old, "ewa", "pause", "lunch")
    rig = restarted(old, 2)
    assert (rig.state("ewa"), seat(rig, "ewa").then) == ("wrap_up", "pause")
    rig.pass_time(9)
    assert (rig.state("ewa"), seat(rig, "ewa").reason) == ("paused", "lunch")
    late = restarted(old, 60)
    assert late.state("ewa") == "paused"


def test_a_pause_that_was_asked_for_while_talking_waits_through_after_call_work_and_a_restart():
    old = queue_rig(to="office")
    tell(old, "jan", "logout")
    call, leg = talking(old, STRANGER, agent="ewa")
    tell(old, "ewa", "pause", "lunch")
    old.hang_up(call)
    old.end(leg)
    assert old.of(AgentChanged)[-1].then == "pause"
    rig = restarted(old)
    assert (rig.state("ewa"), seat(rig, "ewa").then) == ("wrap_up", "pause")


OFFICE = replace(site(), pause_reasons=("lunch", "training"))


@pytest.mark.parametrize(
    ("event", "place", "remedy"),
    [
        (AgentCommanded(agent="ana", command="pause"), "agent", "did you mean anna?"),
        (AgentCommanded(agent="x", command="pause"), "agent", "it has anna, ewa, jan, ola, piotr"),
        (AgentCommanded(agent="jan", command="pause", reason="lunhc"), "reason", "did you mean lunch?"),
        (AgentCommanded(agent="jan", command="pause", reason="zzz"), "reason", "the reasons are lunch, training"),
        (AgentCommanded(agent="jan", command="login", reason="a\nb"), "reason", "up to 60 characters in one line"),
        (AgentCommanded(agent="jan", command="login", reason="a" * 61), "reason", "up to 60 characters in one line"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_the_nearest_name(event, place, remedy):
    refusal = agent_commands.problem(OFFICE, event)
    assert refusal is not None
    assert (refusal.place, refusal.remedy) == (place, remedy)
    assert str(refusal).endswith(remedy)


@pytest.mark.parametrize(
    "event",
    [
        AgentCommanded(agent="jan", command="pause", reason="lunch"),
        AgentCommanded(agent="jan", command="pause"),
        AgentCommanded(agent="jan", command="logout", reason="home"),
    ],
)
def test_what_can_be_asked_for(event):
    assert agent_commands.problem(OFFICE, event) is None


def test_without_a_list_any_reason_will_do():
    assert agent_commands.problem(site(), AgentCommanded(agent="jan", command="pause", reason="dentist")) is None
