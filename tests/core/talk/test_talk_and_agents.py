"""Bridged calls: hold, keys, ends; and what an agent's state does meanwhile."""

from __future__ import annotations

import pytest

from gateway.core.actions import HangUp, Play, SendKeys, StopPlay
from gateway.core.agents.agents import Roster
from gateway.core.agents.seat import AGENT_TABLE
from gateway.core.board.turn import Turn
from gateway.core.events import ActionFailed, AgentCommanded, KeyPressed, LegEnded, LegMediaChanged
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import CallHeld, CallResumed, LegMeasured, QueueLeft, TalkEnded, WrapUpEnded
from gateway.core.facts.media import MediaStats
from gateway.core.flow.model import Queue
from gateway.errors import TransitionError
from tests.core.factory import KOWALSKI, MUSIC, STRANGER, Rig, flow, site


def bridged(caller: str = KOWALSKI, agent: str = "anna") -> tuple[Rig, str, str]:
    rig = Rig(site(flows={"reception": flow(Queue(name="human", to="by_client", team="office"))}))
    call = rig.call(caller)
    leg = rig.dialled(agent).leg
    rig.pick_up(leg)
    return rig, call, leg


def hold(rig: Rig, leg: str, held: bool = True) -> None:
    rig.tell(LegMediaChanged(leg=leg, codec="PCMA", held=held))


def changes(rig: Rig, agent: str) -> list[tuple[str, str]]:
    return [(fact.state, fact.reason) for fact in rig.of(AgentChanged) if fact.agent == agent]


@pytest.mark.parametrize("side", ["caller", "agent"])
def test_hold_and_resume(side):
    rig, call, leg = bridged()
    holder, other = (call, leg) if side == "caller" else (leg, call)
    hold(rig, holder)
    (music,) = rig.new
    assert isinstance(music, Play)
    assert (music.leg, music.loop, music.clips[0].key) == (other, True, MUSIC)
    hold(rig, holder)
    assert rig.new == []
    rig.pass_time(12)
    hold(rig, holder, held=False)
    assert rig.new == [StopPlay(leg=other)]
    assert [fact.by for fact in rig.of(CallHeld)] == [side]
    assert [(fact.by, fact.held_s) for fact in rig.of(CallResumed)] == [(side, 12.0)]
    rig.pass_time(8)
    rig.hang_up(call)
    assert [(f.talk_s, f.hold_s, f.by) for f in rig.of(TalkEnded)] == [(20.0, 12.0, "caller")]


def test_hold_of_both_sides_counts_once():
    rig, call, leg = bridged()
    hold(rig, call)
    rig.pass_time(2)
    hold(rig, leg)
    rig.pass_time(3)
    hold(rig, call, held=False)
    rig.pass_time(5)
    rig.hang_up(leg)
    assert [(f.talk_s, f.hold_s, f.by) for f in rig.of(TalkEnded)] == [(10.0, 10.0, "agent")]
    assert [(f.by, f.held_s) for f in rig.of(CallResumed)] == [("caller", 5.0)]


def test_caller_who_holds_while_waiting_holds_the_agent_too():
    rig = Rig(site(flows={"reception": flow(Queue(name="human", to="by_client", team="office"))}))
    call = rig.call(KOWALSKI)
    hold(rig, call)
    assert rig.of(CallHeld) == []
    rig.pick_up(rig.dialled().leg)
    assert [fact.by for fact in rig.of(CallHeld)] == ["caller"]


def test_keys_during_a_talk_go_to_the_other_side_once():
    rig, call, leg = bridged()
    rig.tell(KeyPressed(leg=call, key="5", source="info"))
    assert rig.new == [SendKeys(leg=leg, keys="5")]
    rig.tell(KeyPressed(leg=call, key="5", source="rfc4733"))
    assert rig.new == []
    rig.tell(KeyPressed(leg=leg, key="#", source="rfc4733", relayed=True))
    assert rig.new == []
    rig.tell(KeyPressed(leg=leg, key="*", source="inband"))  # is heard by itself
    assert rig.new == []
    rig.tell(KeyPressed(leg=leg, key="1", source="rfc4733"))
    assert rig.new == [SendKeys(leg=call, keys="1")]


def test_agent_hangs_up():
    rig, call, leg = bridged()
    rig.pass_time(3)
    rig.hang_up(leg)
    assert rig.new == [HangUp(leg=call)]
    rig.hang_up(call)
    record = rig.record(call)
    assert (record.ended_by, record.outcome, record.talk_s) == ("agent", "answered", 3.0)
    assert changes(rig, "anna")[-1] == ("idle", "")


def test_line_loses_the_agents_leg():
    rig, call, leg = bridged()
    rig.end(leg, code=500, by="line")
    assert HangUp(leg=call) in rig.new
    rig.end(call)
    record = rig.record(call)
    assert (record.ended_by, record.outcome) == ("line", "lost")
    assert [f.outcome for f in rig.of(QueueLeft)] == ["answered"]
    assert [f.by for f in rig.of(TalkEnded)] == ["line"]


def test_bridge_that_fails_ends_both_legs():
    rig, call, leg = bridged()
    rig.tell(ActionFailed(leg=call, action="Bridge", code=500, reason="no slot"))
    assert set(rig.new) == {HangUp(leg=leg), HangUp(leg=call)}
    rig.end(leg)
    rig.end(call)
    assert (rig.record(call).outcome, rig.record(call).end_reason) == ("lost", "no slot")
    assert rig.state("anna") == "idle"


def test_leg_that_never_reports_its_end():
    rig, call, leg = bridged()
    rig.hang_up(leg)
    rig.pass_time(39)
    assert rig.where(call) == "ending"
    rig.pass_time(2)
    assert rig.where(call) == ""
    assert rig.record(call).ended_by == "agent"
    rig.pass_time(60)  # until the longest wait would be looked at
    assert rig.board.next_deadline() is None


def test_hang_up_of_a_leg_that_is_not_there_closes_the_books():
    rig, call, leg = bridged()
    rig.hang_up(leg)
    rig.tell(ActionFailed(leg=call, action="HangUp", code=500, reason="try later"))
    assert rig.where(call) == "ending"
    rig.tell(ActionFailed(leg=call, action="HangUp", code=481, reason="no such leg"))
    assert rig.record(call).ended_by == "agent"


def test_answer_that_was_given_already_is_no_fault():
    rig = Rig()
    call = rig.offer()
    rig.tell(ActionFailed(leg=call, action="Answer", code=491, reason="answered already"))
    assert rig.where(call) == "offered"
    rig.tell(ActionFailed(leg=call, action="Answer", code=500, reason="no media"))
    assert rig.new == [HangUp(leg=call)]


def test_answer_that_is_never_confirmed():
    rig = Rig()
    call = rig.offer()
    rig.pass_time(41)
    assert rig.new == [HangUp(leg=call)]
    rig.pass_time(41)
    assert (rig.record(call).outcome, rig.record(call).end_reason) == ("lost", "answer was not confirmed")


def test_network_figures_of_both_legs():
    rig, call, leg = bridged()
    caller = MediaStats(codec="PCMA", rx_packets=990, rx_lost=10, rx_jitter_ms=3.0, rtt_ms=40.0)
    agent = MediaStats(codec="G722", rx_packets=10)
    rig.hang_up(call, media=caller)
    rig.end(leg, media=agent)
    one, two = rig.of(LegMeasured)
    assert (one.role, one.agent, one.media, two.role, two.agent, two.mos) == (
        "caller", "", caller, "agent", "anna", None,
    )  # fmt: skip
    record = rig.record(call)
    assert (record.codec, record.loss_pct, record.jitter_ms, record.rtt_ms) == ("PCMA", 1.0, 3.0, 40.0)
    assert record.mos == one.mos
    assert 4.0 < record.mos < 4.4


def test_no_rtcp_is_null_and_not_zero():
    rig, call, _ = bridged()
    rig.hang_up(call, media=MediaStats(codec="PCMA"))
    record = rig.record(call)
    assert (record.loss_pct, record.jitter_ms, record.rtt_ms, record.mos) == (None, None, None, None)


# States of an agent


def test_wrap_up_with_its_parts():
    rig, call, leg = bridged(STRANGER, "jan")
    two = rig.call(STRANGER)
    second = rig.dialled("ewa").leg
    rig.pick_up(second)
    rig.pass_time(30)
    hold(rig, two)
    rig.pass_time(5)
    rig.hang_up(two)
    rig.end(second)
    assert changes(rig, "ewa")[-1] == ("wrap_up", two)
    assert rig.of(WrapUpEnded) == []
    rig.pass_time(10)
    (done,) = rig.of(WrapUpEnded)
    assert (done.call, done.agent, done.team, done.talk_s, done.hold_s, done.wrap_up_s) == (
        two, "ewa", "office", 35.0, 5.0, 10.0,
    )  # fmt: skip
    assert changes(rig, "ewa")[-1] == ("idle", "")
    rig.hang_up(call)
    assert rig.of(WrapUpEnded)[-1].wrap_up_s == 0.0


@pytest.mark.parametrize(("command", "state"), [("pause", "paused"), ("logout", "off")])
def test_command_during_a_talk_waits_for_its_end(command, state):
    rig, call, leg = bridged()
    rig.tell(AgentCommanded(agent="anna", command=command, reason="lunch"))
    seat = rig.board.view().agents[0]
    assert (seat.state, seat.then) == ("talking", "pause" if command == "pause" else "logout")
    rig.hang_up(call)
    rig.end(leg)
    assert changes(rig, "anna")[-1] == (state, "lunch")
    assert not rig.board.view().agents[0].free


def test_command_that_waits_can_be_taken_back():
    rig, call, leg = bridged()
    rig.tell(AgentCommanded(agent="anna", command="pause"))
    rig.tell(AgentCommanded(agent="anna", command="unpause"))
    rig.hang_up(call)
    assert rig.state("anna") == "idle"


def test_pause_while_ringing_lets_it_ring():
    rig = Rig(site(flows={"reception": flow(Queue(name="human", to="by_client", team="office"))}))
    rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.tell(AgentCommanded(agent="anna", command="pause", reason="tea"))
    rig.hang_up(leg, code=603)
    assert changes(rig, "anna") == [("ringing", rig.board.view().calls[0].call), ("paused", "tea")]


def test_commands_that_change_nothing_leave_no_fact():
    rig = Rig()
    before = len(rig.facts)
    for agent, command in (("anna", "login"), ("anna", "unpause"), ("nobody", "login")):
        rig.tell(AgentCommanded(agent=agent, command=command))
    assert len(rig.facts) == before
    rig.tell(AgentCommanded(agent="anna", command="logout"))
    rig.tell(AgentCommanded(agent="anna", command="pause"))
    assert changes(rig, "anna") == [("off", "")]


def test_reservation_is_one():
    roster = Roster(site(), Turn())
    roster.offer("anna", leg="l1", call="c1")
    with pytest.raises(TransitionError):
        roster.offer("anna", leg="l2", call="c2")
    assert (roster.seats["anna"].leg, roster.seats["anna"].call) == ("l1", "c1")
    roster.leg_gone("another leg")
    assert roster.seats["anna"].leg == "l1"


def test_every_state_leads_back_to_idle():
    states = {state for state, _ in AGENT_TABLE}
    for start in states:
        seen, todo = set(), [start]
        while todo:
            here = todo.pop()
            seen.add(here)
            todo += [to for (at, _), to in AGENT_TABLE.items() if at == here and to not in seen]
        assert "idle" in seen
        assert seen <= states


def test_late_reports_about_a_talk_change_nothing():
    rig, call, leg = bridged()
    facts = len(rig.facts)
    rig.pick_up(leg)
    rig.pick_up(call)
    rig.ring(leg)
    rig.tell(LegEnded(leg=f"{call}.99", code=200, reason="", by="far"))
    assert (rig.new, len(rig.facts)) == ([], facts)
