"""A talk with more than two: the agent asks somebody first, takes him into the talk, gives him the caller."""

from __future__ import annotations

import pytest

from gateway.core.actions import (
    Bridge,
    HangUp,
    Hear,
    Play,
    StartRecording,
    StopPlay,
    StopRecording,
    Unbridge,
    Unhear,
)
from gateway.core.events import AgentCommanded, LegMediaChanged
from gateway.core.facts.calls import CallHeld, CallResumed, TalkEnded, WrapUpEnded
from gateway.core.facts.desk import ConsentGiven
from gateway.core.facts.talk import CodeRefused, Conferenced, Consulted, TransferAsked, TransferDone
from tests.core.factory import MUSIC, Rig

from .rig import bridged, done, failed, over, relayed, rung


def consulted(rig: Rig) -> list[tuple[str, str, str, float]]:
    return [(fact.agent, fact.by, fact.outcome, round(fact.talk_s)) for fact in rig.of(Consulted)]


def asking(*, answered: bool = True) -> tuple[Rig, str, str, str]:
    """Anna has put Kowalski on hold and asks Jan."""
    rig, call, anna = bridged()
    rig.pass_time(10)
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    if answered:
        rig.pass_time(3)
        rig.pick_up(jan)
    return rig, call, anna, jan


def test_consulting_first_and_handing_over_by_hanging_up():
    rig, call, anna, jan = asking(answered=False)
    assert Unbridge(leg=call, other=anna) in rig.actions
    assert HangUp(leg=anna) not in rig.actions
    music = next(action for action in rig.actions if isinstance(action, Play))
    assert (music.leg, music.clips[0].key, music.loop) == (call, MUSIC, True)
    rig.pick_up(jan)
    assert Bridge(leg=anna, other=jan) in rig.new
    assert rig.state("jan") == "talking"
    assert rig.where(call) == "bridged"
    rig.pass_time(20)
    rig.hang_up(anna)
    assert Bridge(leg=call, other=jan) in rig.new
    assert [(fact.agent, fact.by) for fact in rig.of(TalkEnded)] == [("anna", "transfer")]
    assert consulted(rig) == [("jan", "anna", "transferred", 20)]
    assert done(rig) == [("agent", "jan", "jan")]
    rig.pass_time(30)
    record = over(rig, call, jan)
    ((a, anna_s, held_s), (b, jan_s, none_s)) = record.segments
    assert (a, b, round(jan_s), none_s) == ("anna", "jan", 30, 0.0)
    assert round(held_s) == 20
    assert record.offered == (("anna", "answered"), ("jan", "answered"))


def test_back_to_the_caller():
    rig, call, anna, jan = asking()
    rig.pass_time(5)
    rig.press(anna, "*4")
    orders = [action for action in rig.actions if isinstance(action, Bridge | HangUp)]
    assert orders[-2:] == [HangUp(leg=jan), Bridge(leg=call, other=anna)]
    assert consulted(rig) == [("jan", "anna", "back", 5)]
    assert rig.state("jan") == "idle"
    assert [fact.agent for fact in rig.of(WrapUpEnded)] == []
    rig.end(jan)
    rig.pass_time(5)
    record = over(rig, call, anna)
    assert record.offered == (("anna", "answered"), ("jan", "consulted"))
    assert [agent for agent, _, _ in record.segments] == ["anna"]
    assert [fact.by for fact in rig.of(CallHeld)] == [fact.by for fact in rig.of(CallResumed)] == ["agent"]


def test_back_while_the_other_phone_still_rings():
    rig, call, anna, jan = asking(answered=False)
    rig.press(anna, "*4")
    assert HangUp(leg=jan) in rig.actions
    assert consulted(rig) == [("jan", "anna", "back", 0)]
    rig.end(jan, code=487)
    over(rig, call, anna)


def test_whoever_is_asked_does_not_answer():
    rig, call, anna, jan = asking(answered=False)
    rig.hang_up(jan, 486)
    assert failed(rig) == [("busy", "stays")]
    assert Bridge(leg=call, other=anna) in rig.new
    over(rig, call, anna)


def test_whoever_is_asked_hangs_up_first():
    rig, call, anna, jan = asking()
    rig.hang_up(jan)
    assert Bridge(leg=call, other=anna) in rig.new
    assert consulted(rig)[0][:3] == ("jan", "anna", "left")
    assert failed(rig) == []
    over(rig, call, anna)


def test_the_agent_hangs_up_while_the_other_phone_rings_and_it_goes_on_blind():
    rig, call, anna, jan = asking(answered=False)
    rig.hang_up(anna)
    assert rig.where(call) == "transferring"
    rig.pick_up(jan)
    assert rig.where(call) == "bridged"
    assert [(fact.how, fact.answered_by) for fact in rig.of(TransferDone)] == [("blind", "jan")]
    over(rig, call, jan)


@pytest.mark.parametrize("moment", ["rings", "talks", "conference"])
def test_the_caller_hangs_up_meanwhile(moment):
    rig, call, anna, jan = asking(answered=moment != "rings")
    if moment == "conference":
        rig.press(anna, "*5")
    rig.hang_up(call)
    assert HangUp(leg=anna) in rig.actions
    assert HangUp(leg=jan) in rig.actions
    assert failed(rig) == [("gone", "gone")]
    assert [row[2] for row in consulted(rig)] == ([] if moment == "rings" else ["gone"])
    for leg in (anna, jan):
        rig.end(leg)
    assert {rig.state("anna"), rig.state("jan")} == {"idle"}
    assert all(how for _, how in rig.record(call).offered)


def test_three_way_and_then_each_of_them_leaves():
    rig, call, anna, jan = asking()
    rig.actions.clear()
    rig.press(anna, "*5")
    orders = [action for action in rig.actions if isinstance(action, Bridge | Unbridge | Hear)]
    assert orders == [
        Unbridge(leg=anna, other=jan),
        Bridge(leg=call, other=anna),
        Hear(leg=call, other=jan),
        Hear(leg=jan, other=call),
        Hear(leg=anna, other=jan),
        Hear(leg=jan, other=anna),
    ]
    assert StopPlay(leg=call) in rig.actions
    assert [(fact.agent, fact.other) for fact in rig.of(Conferenced)] == [("anna", "jan")]
    rig.press(anna, "*5")
    assert [fact.reason for fact in rig.of(CodeRefused)] == ["nobody_consulted"]
    rig.pass_time(60)
    rig.actions.clear()
    rig.hang_up(anna)
    assert [action for action in rig.actions if isinstance(action, Bridge | Unhear)] == [
        Bridge(leg=call, other=jan),
        Unhear(leg=call, other=jan),
        Unhear(leg=jan, other=call),
    ]
    assert [row[2] for row in consulted(rig)] == ["transferred"]
    assert [agent for agent, _, _ in over(rig, call, jan).segments] == ["anna", "jan"]


def test_the_third_leaves_the_conference_and_the_talk_goes_on():
    rig, call, anna, jan = asking()
    rig.press(anna, "*5")
    rig.actions.clear()
    rig.hang_up(jan)
    assert not [action for action in rig.actions if isinstance(action, Bridge | Unbridge)]
    assert [row[2] for row in consulted(rig)] == ["left"]
    over(rig, call, anna)


def test_the_agent_sends_the_third_away_from_the_conference():
    rig, call, anna, jan = asking()
    rig.press(anna, "*5*4")
    assert HangUp(leg=jan) in rig.actions
    assert [row[2] for row in consulted(rig)] == ["back"]
    rig.end(jan)
    over(rig, call, anna)


def test_keys_go_to_whom_the_agent_talks_with():
    rig, call, anna, jan = asking()
    rig.press(anna, "7")
    assert relayed(rig) == [(jan, "7")]
    rig.press(call, "1")
    assert relayed(rig) == [(jan, "7")]
    rig.press(anna, "*58")
    assert relayed(rig)[1:] == [(call, "8")]
    over(rig, call, anna, jan)


def test_asking_needs_a_free_leg():
    rig, call, anna = bridged(legs_max=2)
    rig.press(anna, "*311#")
    assert failed(rig) == [("no_leg", "stays")]
    assert rig.of(TransferAsked) == []
    over(rig, call, anna)


def test_one_of_a_team_is_asked_and_none_when_all_are_busy():
    rig, call, anna = bridged()
    rig.press(anna, "*330#")
    ola = rung(rig, "ola")
    rig.pick_up(ola)
    rig.hang_up(anna)
    assert done(rig) == [("team", "sales", "ola")]
    over(rig, call, ola)
    rig, call, anna = bridged()
    for agent in ("ola", "piotr"):
        rig.tell(AgentCommanded(agent=agent, command="pause"))
    rig.press(anna, "*330#")
    assert failed(rig) == [("busy", "stays")]


def test_a_second_transfer_has_to_wait_and_codes_that_can_do_nothing_say_so():
    rig, call, anna, jan = asking()
    rig.press(anna, "*213#*7")
    assert failed(rig) == [("not_now", "stays")]
    assert [(fact.code, fact.reason) for fact in rig.of(CodeRefused)] == [("*7", "busy_with_transfer")]
    rig.press(anna, "*4")
    rig.end(jan)
    rig.press(anna, "*4*5")
    assert [fact.reason for fact in rig.of(CodeRefused)][1:] == ["nobody_consulted"] * 2
    over(rig, call, anna)


def test_a_caller_who_holds_is_not_lost_of_sight():
    rig, call, anna, jan = asking()
    rig.tell(LegMediaChanged(leg=call, codec="PCMA", held=True))
    assert len(rig.of(CallHeld)) == 1
    rig.press(anna, "*4")
    assert [fact.by for fact in rig.of(CallHeld)] == ["agent", "caller"]
    assert any(isinstance(action, Play) and action.leg == anna for action in rig.new)
    rig.end(jan)
    over(rig, call, anna)


def test_what_is_said_while_somebody_is_asked_is_not_recorded():
    rig, call, anna = bridged()
    board = rig.board._ex.calls[call]
    board.story.apply(ConsentGiven(at=rig.now, call=call, step="ask"))
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    assert not [action for action in rig.actions if isinstance(action, StartRecording)]
    rig.press(anna, "*4")
    (started,) = (action for action in rig.actions if isinstance(action, StartRecording))
    assert (started.leg, started.other) == (call, anna)
    rig.end(jan)
    rig.press(anna, "*311#")
    assert [action for action in rig.actions if isinstance(action, StopRecording)]
