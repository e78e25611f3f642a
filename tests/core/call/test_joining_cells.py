"""Every moment between an agent's 200 OK and the talk, and everything that can happen in it: nobody is left over."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp
from gateway.core.events import (
    AgentCommanded,
    CallsRecovered,
    LegMediaChanged,
    LegSnapshot,
    LineDown,
    LineUp,
    PlayEnded,
)
from gateway.core.facts.calls import CallBridged, CallHeld, QueueEntered, QueueLeft, TalkEnded, WrapUpEnded
from gateway.core.facts.flow import RingEnded
from tests.core.factory import KOWALSKI, Rig, offers, team

from .rig import MANAGER, QUEUE, declined, end_of, joining_site, picked_up, rig_of, told

STEPS = {"queue": QUEUE, "ring": MANAGER}
MOMENTS = ["asked", "whisper", "name over", "whisper over"]


def at(moment: str, step: str, **more: object) -> tuple[Rig, str, str]:
    """An office in which a call has come so far; (rig, caller's leg, agent's leg)."""
    rig = rig_of(STEPS[step], by_key=("anna",) if moment == "asked" else (), **more)
    call, leg = picked_up(rig)
    if moment == "name over":
        end_of(rig, call)
    elif moment == "whisper over":
        end_of(rig, leg)
    assert not rig.of(CallBridged)
    assert rig.state("anna") == "ringing"
    return rig, call, leg


def all_over(rig: Rig) -> None:
    """Nobody is left in anything."""
    rig.pass_time(400)
    view = rig.board.view()
    assert not view.calls
    assert {seat.state for seat in view.agents} == {"idle"}
    assert all(seat.free for seat in view.agents)
    assert rig.board.next_deadline() is None
    assert len(rig.of(QueueEntered)) == len(rig.of(QueueLeft))
    assert len(rig.of(CallBridged)) == len(rig.of(TalkEnded))


cells = pytest.mark.parametrize("step", STEPS)
moments = pytest.mark.parametrize("moment", MOMENTS)


@cells
@moments
def test_the_caller_hangs_up(moment, step):
    rig, call, leg = at(moment, step)
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.actions
    rig.end(leg)
    assert declined(rig) == [("anna", "cancelled")]
    assert rig.state("anna") == "idle"
    assert not rig.of(WrapUpEnded)
    if step == "queue":
        assert [fact.outcome for fact in rig.of(QueueLeft)] == ["abandoned"]
    else:
        assert [fact.outcome for fact in rig.of(RingEnded)] == ["abandoned"]
    all_over(rig)


@cells
@moments
def test_the_agent_hangs_up(moment, step):
    """He has refused: the caller keeps his place and the next one is sought, or the step goes on."""
    rig, call, leg = at(moment, step)
    entered = rig.of(QueueEntered)
    rig.hang_up(leg)
    assert declined(rig) == [("anna", "refused")]
    assert rig.state("anna") == "idle"
    if step == "queue":
        assert offers(rig) == ["anna", "jan"]
        assert rig.of(QueueEntered) == entered
        assert told(rig, call) == "♪"
        jan = rig.dialled("jan").leg
        rig.pick_up(jan)
        end_of(rig, jan)
        end_of(rig, call)
        assert rig.of(CallBridged)[-1].agent == "jan"
        rig.hang_up(call)
        rig.end(jan)
    else:
        assert [(fact.outcome, fact.reason) for fact in rig.of(RingEnded)] == [("busy", "refused")]
        assert told(rig, call) == "Zajęte."
        rig.hang_up(call)
    all_over(rig)


@cells
@moments
def test_the_line_is_lost(moment, step):
    rig, call, _ = at(moment, step)
    rig.tell(LineDown(line="A", reason="killed"))
    assert rig.record(call).outcome == "lost"
    all_over(rig)


@cells
@moments
def test_the_agents_leg_is_lost(moment, step):
    rig, call, leg = at(moment, step)
    rig.end(leg, by="line", code=500)
    assert declined(rig) == [("anna", "unreachable")]
    assert rig.state("anna") == "idle"
    rig.hang_up(call)
    for dialled in [action.leg for action in rig.actions if type(action) is HangUp]:
        rig.end(dialled)
    all_over(rig)


@cells
@moments
def test_the_program_is_started_anew(moment, step):
    """The caller is adopted and begins again with place and clock kept; the agent's leg is let go."""
    rig, call, leg = at(moment, step)
    facts, now = rig.facts, rig.now + 5
    anew = Rig(joining_site(STEPS[step]), up=False)
    anew.now = now
    anew.tell(CallsRecovered(calls=(tuple(fact for fact in facts if fact.call == call),)))
    caller = LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=KOWALSKI, called="100")
    agent = LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent="anna")
    anew.tell(LineUp(line="A", boot="b1", legs_max=64, callers_max=32, codecs=(), listening=(), legs=(caller, agent)))
    assert HangUp(leg=leg) in anew.actions
    assert ("anna", "cancelled") in declined(anew)
    assert not anew.of(QueueEntered)  # offered once
    anew.end(leg)
    assert anew.state("anna") in {"idle", "ringing"}
    anew.hang_up(call)
    for dialled in [action.leg for action in anew.actions if type(action) is HangUp and action.leg != leg]:
        anew.end(dialled)
    anew.pass_time(400)
    assert not anew.board.view().calls
    assert {seat.state for seat in anew.board.view().agents} == {"idle"}
    assert len(anew.of(QueueLeft)) == (1 if step == "queue" else 0)


@cells
@moments
@pytest.mark.parametrize("who", ["caller", "agent"])
def test_somebody_holds(moment, step, who):
    """Nothing comes of it before the talk, which begins held."""
    rig, call, leg = at(moment, step)
    held = call if who == "caller" else leg
    rig.tell(LegMediaChanged(leg=held, codec="PCMA", held=True))
    assert not rig.of(CallHeld)
    if moment == "asked":
        rig.press(leg, "1")
    for each in (call, leg):
        rig.tell(PlayEnded(leg=each, play=rig.playing(each), how="end"))
    assert [fact.by for fact in rig.of(CallHeld)] == [who]
    rig.hang_up(call)
    rig.end(leg)
    all_over(rig)


@cells
@moments
def test_the_caller_presses_keys(moment, step):
    rig, call, leg = at(moment, step)
    rig.press(call, "1290*#")
    assert rig.where(call) in {"queued", "flow"}
    rig.hang_up(call)
    rig.end(leg)
    all_over(rig)


@cells
@moments
@pytest.mark.parametrize("command", ["logout", "pause"])
def test_the_agent_goes_away(moment, step, command):
    """It takes effect when the call is over."""
    rig, call, leg = at(moment, step)
    rig.tell(AgentCommanded(agent="anna", command=command))
    assert rig.state("anna") == "ringing"
    if moment == "asked":
        rig.press(leg, "1")
    for each in (call, leg):
        rig.tell(PlayEnded(leg=each, play=rig.playing(each), how="end"))
    assert rig.state("anna") == "talking"
    rig.hang_up(call)
    rig.end(leg)
    assert rig.state("anna") == {"logout": "off", "pause": "paused"}[command]


@cells
@moments
def test_the_site_has_the_agent_no_more(moment, step):
    rig, call, leg = at(moment, step)
    of = joining_site(STEPS[step])
    clients = {name: replace(client, manager="jan") for name, client in of.clients.items()}
    agents = {name: agent for name, agent in of.agents.items() if name != "anna"}
    rig.load(replace(of, version="v2", agents=agents, clients=clients))
    if moment == "asked":
        rig.press(leg, "1")
    for each in (call, leg):
        rig.tell(PlayEnded(leg=each, play=rig.playing(each), how="end"))
    assert rig.of(CallBridged)
    rig.hang_up(call)
    rig.end(leg)
    rig.pass_time(400)
    assert not rig.board.view().calls
    assert "anna" not in [seat.agent for seat in rig.board.view().agents]


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_the_longest_wait_is_over_in_that_moment(moment):
    """Whoever has an agent is not given up; if nothing comes of it, the stage is over at once."""
    for comes in (True, False):
        rig = Rig(team(joining_site(), "office", max_wait_s=2.5, overflow_team=""))
        call, leg = picked_up(rig)
        if moment != "whisper":
            end_of(rig, call if moment == "name over" else leg)
        rig.pass_time(1)
        assert rig.where(call) == "queued"
        if comes:
            for each in (call, leg):
                rig.tell(PlayEnded(leg=each, play=rig.playing(each), how="end"))
            assert rig.where(call) == "bridged"
        else:
            rig.hang_up(leg)
            assert [fact.outcome for fact in rig.of(QueueLeft)] == ["overflowed"]


def test_the_line_tells_again_of_the_legs_that_it_has():
    rig, call, leg = at("whisper", "queue")
    snapshots = tuple(
        LegSnapshot(leg=each, call=call, direction="in" if each == call else "out", state="answered")
        for each in (call, leg)
    )
    rig.line_up("A", legs=snapshots)
    end_of(rig, leg)
    end_of(rig, call)
    assert rig.where(call) == "bridged"
