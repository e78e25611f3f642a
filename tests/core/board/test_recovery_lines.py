"""Two lines after a restart: what the agents do on the one that has not told yet is not known, so nobody rings them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Dial, Refuse
from gateway.core.agents.awaited import ENDS_S, RECOVER_S
from gateway.core.events import AgentsRecovered, CallOffered, CallsRecovered
from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.calls import AgentOffered, CallBridged, CallEnded, StageEntered
from gateway.core.facts.flow import RingEnded
from gateway.core.facts.talk import TransferFailed
from gateway.core.flow.model import HangUpStep, Queue, Ring
from gateway.core.site.features import DEFAULT_CODES, Features
from gateway.core.switchboard import Switchboard
from tests.core.factory import KOWALSKI, STRANGER, Rig, command, flow, prompt, site

from .test_recovery import caller, phone

RINGS = "101"


def two_lines() -> Rig:
    """Callers come straight to a queue: a client to his manager, others to the office; or a step rings Jan."""
    queue = Queue(name="human", to="by_client", team="office", gave_up="sorry")
    sorry = HangUpStep(name="sorry", prompt=prompt("Później."))
    rings = flow(
        Ring(name="jan", target="agent", to="jan", ring_s=9, busy="sorry", no_answer="sorry"), sorry, id="rings"
    )
    of = site(flows={"reception": flow(queue, sorry), "rings": rings})
    rig = Rig(replace(of, numbers={**of.numbers, RINGS: "rings"}))
    rig.line_up("B")
    return rig


def on_b(rig: Rig, agent: str, who: str = STRANGER, *, talks: bool = True) -> tuple[str, str]:
    """A caller on line B for whom this agent's phone rings, or who talks with him: (caller's leg, agent's leg)."""
    call = rig.call(who, line="B")
    leg = rig.dialled(agent).leg
    rig.ring(leg)
    if talks:
        rig.pick_up(leg)
    return call, leg


def shown(call: str, leg: str, agent: str) -> tuple:
    return caller(call, bridged_with=leg), phone(leg, call, agent, bridged_with=call)


def restarted(rig: Rig, of=None, *, seconds: float = 3.0) -> Rig:
    """A new control process with the journal; no line has greeted."""
    calls: dict[str, list] = {}
    for fact in rig.facts:
        if fact.call:
            calls.setdefault(fact.call, []).append(fact)
    ended = {fact.call for fact in rig.of(CallEnded)}
    last = {fact.agent: fact for fact in rig.of(AgentChanged)}
    rig.board = Switchboard(of or rig.board._ex.site)
    rig.now += seconds
    rig.actions.clear()
    put_off = (fact for fact in rig.of(AgentTold) if fact.how == "later")
    rig.tell(AgentsRecovered(facts=(*sorted(last.values(), key=lambda fact: fact.at), *put_off)))
    told = tuple(tuple(facts) for call, facts in calls.items() if call not in ended)
    rig.tell(CallsRecovered(calls=told, lines=("A", "B")))
    return rig


def dials(rig: Rig) -> list[tuple[str, str]]:
    """Whom the last event, or stretch of time, rang, and for whom."""
    return [(action.agent, action.call) for action in rig.new if isinstance(action, Dial)]


def seat(rig: Rig, agent: str):
    return next(seen for seen in rig.board.view().agents if seen.agent == agent)


@pytest.mark.parametrize("talks", [True, False])
def test_who_may_be_in_a_call_on_the_other_line_is_not_rung(talks):
    rig = two_lines()
    on_b(rig, "anna", KOWALSKI, talks=talks)
    restarted(rig)
    rig.line_up("A")
    call = rig.call(KOWALSKI, line="A")
    assert dials(rig) == [("jan", call)]
    assert [fact.reason for fact in rig.of(StageEntered, call)] == ["manager_busy"]
    assert (seat(rig, "anna").state, seat(rig, "anna").free) == ("idle", False)


def test_the_talk_goes_on_and_nobody_else_gets_its_agent():
    rig = two_lines()
    old, leg = on_b(rig, "anna", KOWALSKI)
    began = rig.now
    restarted(rig)
    rig.line_up("A")
    rig.call(KOWALSKI, line="A")
    rig.line_up("B", legs=shown(old, leg, "anna"))
    assert dials(rig) == []
    assert (seat(rig, "anna").state, seat(rig, "anna").since) == ("talking", began)
    assert len(rig.of(CallBridged, old)) == 1
    assert [fact.state for fact in rig.of(AgentChanged) if fact.agent == "anna"] == ["ringing", "talking"]
    rig.hang_up(old)
    rig.end(leg)
    assert seat(rig, "anna").free


def test_who_is_free_when_the_line_has_told_takes_the_first_who_waits():
    rig = two_lines()
    old, _ = on_b(rig, "jan")
    on_b(rig, "ewa")
    restarted(rig)
    rig.line_up("A")
    waits = rig.call(STRANGER, line="A")
    assert (dials(rig), rig.where(waits)) == ([], "queued")
    told = len(rig.of(AgentChanged))
    rig.line_up("B")
    assert dials(rig) == [("jan", waits)]
    news = [(fact.agent, fact.state) for fact in rig.of(AgentChanged)[told:]]
    assert sorted(news) == [("ewa", "idle"), ("jan", "idle"), ("jan", "ringing")]
    assert rig.record(old).outcome == "lost"


def test_a_line_that_does_not_come_back_is_not_awaited_for_ever():
    rig = two_lines()
    for agent in ("jan", "ewa"):
        on_b(rig, agent)
    restarted(rig)
    rig.line_up("A")
    waits = rig.call(STRANGER, line="A")
    rig.pass_time(RECOVER_S - 1)
    assert not rig.of(AgentOffered, waits)
    rig.pass_time(2)
    assert [fact.agent for fact in rig.of(AgentOffered, waits)] == ["jan"]
    assert {seen.agent for seen in rig.board.view().agents if seen.free} == {"anna", "ewa", "ola", "piotr"}


def test_steps_that_ring_find_him_busy():
    rig = two_lines()
    on_b(rig, "jan")
    restarted(rig)
    rig.line_up("A")
    call = rig.call(called=RINGS, line="A")
    assert dials(rig) == []
    assert [fact.outcome for fact in rig.of(RingEnded, call)] == ["busy"]


def test_a_transfer_to_him_is_refused_as_busy():
    rig = two_lines()
    on_b(rig, "jan")
    of = replace(rig.board._ex.site, features=Features(codes=DEFAULT_CODES, extensions={"11": "jan"}))
    restarted(rig, of)
    rig.line_up("A")
    call = rig.call(KOWALSKI, line="A")
    mine = rig.dialled("anna").leg
    rig.pick_up(mine)
    rig.press(mine, "*211#")
    assert [(fact.to, fact.reason) for fact in rig.of(TransferFailed, call)] == [("jan", "busy")]
    assert [fact.agent for fact in rig.of(AgentOffered, call)] == ["anna"]


@pytest.mark.parametrize("seconds", [3.0, ENDS_S + 1])
def test_a_phone_that_may_still_be_ending_is_not_rung(seconds):
    """The call is over in the journal; the network had not let go of the agent's leg, which may be a minute at most."""
    rig = two_lines()
    old, leg = on_b(rig, "anna", KOWALSKI)
    rig.hang_up(old)
    assert rig.state("anna") == "idle"
    restarted(rig, seconds=seconds)
    rig.line_up("A")
    rig.call(KOWALSKI, line="A")
    assert [agent for agent, _ in dials(rig)] == (["jan"] if seconds == 3.0 else ["anna"])
    if seconds == 3.0:
        rig.line_up("B", legs=(phone(leg, old, "anna", "ending"),))
        assert not seat(rig, "anna").free
        rig.end(leg)
        assert seat(rig, "anna").free


@pytest.mark.parametrize("seconds", [3.0, ENDS_S + 1])
def test_nor_is_one_who_comes_back_to_the_site_meanwhile(seconds):
    rig = two_lines()
    whole = rig.board._ex.site
    old, leg = on_b(rig, "anna", KOWALSKI)
    rig.hang_up(old)
    without = {name: agent for name, agent in whole.agents.items() if name != "anna"}
    restarted(rig, replace(whole, version="v2", agents=without), seconds=seconds)
    rig.line_up("A")
    rig.load(replace(whole, version="v3"))
    assert seat(rig, "anna").free == (seconds > ENDS_S)
    rig.call(KOWALSKI, line="A")
    assert [agent for agent, _ in dials(rig)] == (["jan"] if seconds == 3.0 else ["anna"])
    if seconds == 3.0:
        rig.line_up("B", legs=(phone(leg, old, "anna", "ending"),))
        assert not seat(rig, "anna").free
        rig.end(leg)
        assert seat(rig, "anna").free


def test_nobody_gets_his_telephone_under_another_name():
    rig = two_lines()
    on_b(rig, "anna", KOWALSKI)
    restarted(rig)
    rig.line_up("A")
    first = rig.board._ex.site
    people = {name: agent for name, agent in first.agents.items() if name != "anna"}
    people["eve"] = replace(first.agents["anna"], id="eve")
    clients = {name: replace(client, manager="eve") for name, client in first.clients.items()}
    rig.load(replace(first, version="v2", agents=people, clients=clients))
    assert not seat(rig, "eve").free
    call = rig.call(KOWALSKI, line="A")
    assert dials(rig) == [("jan", call)]
    rig.line_up("B")
    assert seat(rig, "eve").free
    assert "anna" not in {seen.agent for seen in rig.board.view().agents}


def test_when_all_lines_have_told_it_is_as_ever():
    rig = two_lines()
    call, _ = on_b(rig, "anna", KOWALSKI)
    restarted(rig)
    rig.line_up("A")
    rig.line_up("B")
    assert rig.of(CallEnded, call)
    again = rig.call(KOWALSKI, line="A")
    assert dials(rig) == [("anna", again)]


@pytest.mark.parametrize("talks", [True, False])
def test_a_pause_and_its_end_meanwhile_make_nobody_free(talks):
    rig = two_lines()
    old, leg = on_b(rig, "anna", KOWALSKI)
    restarted(rig)
    rig.line_up("A")
    command(rig, "anna", "pause")
    command(rig, "anna", "unpause")
    rig.call(KOWALSKI, line="A")
    assert [agent for agent, _ in dials(rig)] == ["jan"]
    rig.line_up("B", legs=shown(old, leg, "anna") if talks else ())
    told = [fact.state for fact in rig.of(AgentChanged) if fact.agent == "anna"]
    assert told == ["ringing", "talking", "paused", "idle", *(["talking"] if talks else [])]
    assert rig.state("anna") == told[-1]


def test_his_call_for_a_parked_caller_is_refused_meanwhile():
    rig = two_lines()
    on_b(rig, "anna", KOWALSKI)
    of = replace(rig.board._ex.site, features=Features(codes=DEFAULT_CODES))
    restarted(rig, of)
    rig.line_up("A")
    call = rig.call(STRANGER, line="A")
    mine = rig.dialled("jan").leg
    rig.pick_up(mine)
    rig.press(mine, "*7")
    assert rig.where(call) == "parked"
    rig.tell(CallOffered(line="A", leg="A-9", caller="anna", called="*71", source="127.0.0.1:5081"))
    assert rig.new == [Refuse(leg="A-9", code=480, reason="the agent may be in a call")]


def test_a_pause_that_waited_for_the_end_of_the_talk_waits_again():
    rig = two_lines()
    old, leg = on_b(rig, "anna", KOWALSKI)
    command(rig, "anna", "pause")
    restarted(rig)
    rig.line_up("A")
    rig.line_up("B", legs=shown(old, leg, "anna"))
    assert (seat(rig, "anna").state, seat(rig, "anna").then) == ("talking", "pause")
    last = [fact for fact in rig.of(AgentChanged) if fact.agent == "anna"][-1]
    assert (last.state, last.then) == ("talking", "pause")
    rig.hang_up(old)
    rig.end(leg)
    assert rig.state("anna") == "paused"
