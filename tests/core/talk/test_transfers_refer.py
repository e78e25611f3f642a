"""Transfers that an agent's phone asks for by itself (REFER): what it is told, and who has the caller."""

from __future__ import annotations

import pytest

from gateway.core.actions import Bridge, Dial, HangUp, StopPlay
from gateway.core.events import ActionFailed, AgentCommanded, LegMediaChanged
from gateway.core.facts.calls import TalkEnded
from gateway.core.site.features import Features
from tests.core.wired import Wired

from .rig import bridged, done, failed, over, refer, rung, told


def test_by_refer_the_agent_keeps_the_caller_until_the_target_answers():
    rig, call, anna = bridged(Features())
    rig.tell(LegMediaChanged(leg=anna, codec="PCMA", held=True))
    refer(rig, anna, "sip:jan@127.0.0.1:5060")
    assert told(rig) == [100]
    jan = rung(rig, "jan")
    assert HangUp(leg=anna) not in rig.actions
    rig.pass_time(4)
    rig.pick_up(jan)
    assert told(rig) == [100, 200]
    assert [a for a in rig.new if isinstance(a, HangUp | Bridge)] == [
        HangUp(leg=anna),
        Bridge(leg=call, other=jan),
    ]
    assert [(f.talk_s, f.hold_s, f.by) for f in rig.of(TalkEnded)] == [(4.0, 4.0, "transfer")]
    assert done(rig) == [("agent", "jan", "jan")]
    over(rig, call, anna, jan)


def test_by_refer_the_target_does_not_answer_and_the_agent_still_has_the_caller():
    rig, call, anna = bridged(Features())
    rig.tell(LegMediaChanged(leg=anna, codec="PCMA", held=True))
    refer(rig, anna, "sip:jan@127.0.0.1:5060")
    jan = rung(rig, "jan")
    rig.hang_up(jan, 486)
    assert told(rig) == [100, 486]
    assert Bridge(leg=call, other=anna) in rig.new
    assert failed(rig) == [("busy", "stays")]
    rig.pass_time(3)
    rig.tell(LegMediaChanged(leg=anna, codec="PCMA", held=False))
    assert StopPlay(leg=call) in rig.new
    rig.pass_time(10)
    record = over(rig, call, anna)
    assert (record.talk_s, record.hold_s) == (13.0, 3.0)


def test_by_refer_the_phone_hangs_up_as_soon_as_it_is_told():
    rig, call, anna = bridged(Features())
    refer(rig, anna, "sip:11@127.0.0.1:5060;user=phone")
    assert failed(rig) == [("unknown_target", "stays")]
    assert told(rig) == [404]
    refer(rig, anna, "sip:office@127.0.0.1:5060")
    assert told(rig)[1:] == [200]
    over(rig, call, anna)


def test_by_refer_a_phone_that_has_hung_up_is_rung_again_when_the_target_refuses():
    rig, call, anna = bridged(Features())
    refer(rig, anna, "sip:jan@127.0.0.1:5082")
    jan = rung(rig, "jan")
    rig.pass_time(1)
    rig.hang_up(anna)
    assert rig.where(call) == "transferring"
    rig.hang_up(jan, 603)
    back = rung(rig, "anna")
    rig.pick_up(back)
    assert failed(rig) == [("refused", "rings_back")]
    over(rig, call, back)


def test_by_refer_of_a_phone_that_does_not_talk():
    rig, call, anna = bridged(Features())
    refer(rig, call, "sip:jan@127.0.0.1:5060")
    assert told(rig) == [603]
    rig, call, anna = bridged()
    rig.press(anna, "*311#")
    refer(rig, anna, "sip:ewa@127.0.0.1:5060")
    assert told(rig) == [491]
    over(rig, call, anna, rung(rig, "jan"))


@pytest.mark.parametrize("via", ["code", "refer"])
def test_a_full_line_takes_the_agents_own_leg_for_the_target(via):
    rig, call, anna = bridged(legs_max=2)
    if via == "code":
        rig.press(anna, "*211#")
    else:
        refer(rig, anna, "sip:jan@127.0.0.1:5060")
        assert told(rig) == [200]
    assert [dial.agent for dial in rig.actions if isinstance(dial, Dial)] == ["anna"]
    rig.hang_up(anna)
    rig.pass_time(1)
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    assert done(rig) == [("agent", "jan", "jan")]
    over(rig, call, jan)


def two_talks(**changes: object) -> tuple[Wired, str, str, str, str]:
    """Anna talks with Kowalski, and with Jan in a call that her phone has placed to the office's number."""
    rig, call, anna = bridged(Features(), **changes)
    second = rig.call("anna")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    return rig, call, anna, second, jan


def test_by_refer_with_replaces_the_caller_gets_whom_the_phone_has_called():
    rig, call, anna, second, jan = two_talks()
    rig.pass_time(10)
    refer(rig, anna, "sip:jan@127.0.0.1:5082", replaces=second)
    assert told(rig) == [200]
    assert rig.bridged == {call: jan, jan: call}
    assert HangUp(leg=anna) in rig.actions
    assert HangUp(leg=second) in rig.actions
    assert done(rig) == [("talk", "jan", "jan")]
    assert rig.state("jan") == "talking"
    rig.hang_up(anna)
    rig.end(second)
    rig.pass_time(20)
    rig.hang_up(call)
    rig.end(jan)
    assert [(agent, round(talk_s)) for agent, talk_s, _ in rig.record(call).segments] == [("anna", 10), ("jan", 20)]
    assert rig.record(second).ended_by == "agent"
    assert {rig.state(agent) for agent in ("anna", "jan")} == {"idle"}


@pytest.mark.parametrize("replaces", ["?", "A-b1-77"])
def test_by_refer_with_replaces_of_a_dialogue_that_is_not_ours(replaces):
    rig, call, anna = bridged(Features())
    refer(rig, anna, "sip:jan@pbx.example", replaces=replaces)
    assert told(rig) == [403]
    assert failed(rig) == [("other_line", "stays")]
    over(rig, call, anna)


def test_by_refer_with_replaces_of_a_call_that_nobody_has_answered():
    rig, call, anna = bridged(Features())
    second = rig.call("anna")
    jan = rung(rig, "jan")
    refer(rig, anna, "sip:jan@127.0.0.1:5082", replaces=second)
    assert told(rig) == [491]
    refer(rig, anna, "sip:jan@127.0.0.1:5082", replaces=call)
    assert told(rig) == [491, 491]
    rig.hang_up(second)
    over(rig, call, anna, jan)


def test_by_refer_with_replaces_of_somebody_who_is_about_to_leave():
    rig, call, anna, second, jan = two_talks()
    rig.tell(AgentCommanded(agent="jan", command="pause"))
    refer(rig, anna, "sip:jan@127.0.0.1:5082", replaces=second)
    assert failed(rig) == [("off", "stays")]
    assert rig.bridged[call] == anna


def test_somebody_who_hangs_up_as_he_is_asked_does_not_cost_the_caller():
    """The line cannot join a leg that is over by then; its end is told behind that."""
    rig, call, anna = bridged()
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.tell(ActionFailed(leg=anna, action="Bridge", code=481, reason="the leg is over"))
    assert rig.where(call) == "bridged"
    rig.hang_up(jan)
    assert rig.bridged[call] == anna
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.tell(ActionFailed(leg=anna, action="Bridge", code=500, reason="no"))
    assert HangUp(leg=jan) in rig.actions
    assert rig.bridged[call] == anna
    over(rig, call, anna, jan)
