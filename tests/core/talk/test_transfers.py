"""An agent hands the caller on, by code and by REFER: who is rung, who talks from when on; nobody is ever lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Bridge, Dial, HangUp, KeepKeys, Play, SendKeys, Unbridge
from gateway.core.events import AgentCommanded, KeyPressed
from gateway.core.facts.calls import CallBridged, QueueEntered, QueueLeft, TalkEnded, WrapUpEnded
from gateway.core.facts.talk import CodeRefused, TransferAsked
from gateway.core.flow.model import Queue, Say
from gateway.core.site.features import NEXT_KEY_S, Features
from tests.core.factory import MAIN, MUSIC, Rig, flow, prompt, site, words

from .rig import FEATURES, bridged, bridged_with_ewa, done, failed, over, relayed, rung


def ring_up(rig: Rig, agent: str) -> None:
    """Another caller's phone rings at this agent's."""
    rig.board._ex.roster.offer(agent, leg="elsewhere", call="other")


def test_blind_by_code_to_an_agent_who_answers():
    rig, call, anna = bridged()
    assert KeepKeys(leg=anna) in rig.actions
    rig.pass_time(30)
    rig.press(anna, "*211#")
    assert relayed(rig) == []
    assert HangUp(leg=anna) in rig.actions
    assert Unbridge(leg=call, other=anna) in rig.actions
    assert rig.where(call) == "transferring"
    assert [(fact.agent, fact.by) for fact in rig.of(TalkEnded)] == [("anna", "transfer")]
    assert [(fact.how, fact.via, fact.target, fact.to) for fact in rig.of(TransferAsked)] == [
        ("blind", "code", "agent", "jan")
    ]
    music = next(action for action in reversed(rig.actions) if isinstance(action, Play))
    assert (music.leg, music.clips[0].key, music.loop) == (call, MUSIC, True)
    jan = rung(rig, "jan")
    rig.hang_up(anna)
    rig.pass_time(5)
    rig.pick_up(jan)
    assert Bridge(leg=call, other=jan) in rig.new
    assert rig.where(call) == "bridged"
    assert done(rig) == [("agent", "jan", "jan")]
    bridge = rig.of(CallBridged)[-1]
    assert (bridge.agent, bridge.after, bridge.team) == ("jan", "transfer", "office")
    rig.pass_time(60)
    record = over(rig, call, jan)
    assert [(agent, round(talk_s)) for agent, talk_s, _ in record.segments] == [("anna", 31), ("jan", 60)]
    assert (record.answered_by, record.outcome, record.wait_s) == ("jan", "answered", 0.0)
    assert record.manager == "anna"
    assert round(record.talk_s) == 91
    assert len(rig.of(QueueEntered)) == 1
    assert [(fact.agent, round(fact.talk_s)) for fact in rig.of(WrapUpEnded)] == [("anna", 31), ("jan", 60)]


def test_the_target_of_a_blind_transfer_does_not_answer_and_the_agent_is_rung_again():
    rig, call, anna = bridged()
    rig.press(anna, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(anna)
    rig.pass_time(FEATURES.ring_s)
    assert HangUp(leg=jan) in rig.new
    rig.hang_up(jan, 487)
    back = rung(rig, "anna")
    assert back != anna
    rig.pick_up(back)
    assert rig.where(call) == "bridged"
    assert failed(rig) == [("no_answer", "rings_back")]
    assert done(rig) == []
    assert [agent for agent, _, _ in over(rig, call, back).segments] == ["anna", "anna"]


def test_an_agent_who_has_not_hung_up_yet_is_rung_when_his_phone_is_free():
    rig, call, anna = bridged()
    rig.press(anna, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(jan, 486)
    assert rig.dialled("anna").leg == anna
    rig.pass_time(2)
    rig.hang_up(anna)
    rig.pass_time(1)
    rig.pick_up(rung(rig, "anna"))
    assert failed(rig) == [("busy", "rings_back")]
    over(rig, call, rig.dialled("anna").leg)


def test_an_agent_in_after_call_work_is_rung_again_all_the_same():
    rig, call, ewa = bridged_with_ewa()
    rig.press(ewa, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(ewa)
    assert rig.state("ewa") == "wrap_up"
    rig.hang_up(jan, 603)
    assert rig.state("ewa") == "ringing"
    rig.pick_up(rung(rig, "ewa"))
    assert [fact.agent for fact in rig.of(WrapUpEnded)] == ["ewa"]
    over(rig, call, rig.dialled("ewa").leg)


def test_neither_target_nor_agent_answers_and_the_team_has_the_caller():
    rig, call, ewa = bridged_with_ewa()
    rig.press(ewa, "*213#")
    ola = rung(rig, "ola")
    rig.hang_up(ewa)
    rig.hang_up(ola, 404)
    back = rung(rig, "ewa")
    rig.hang_up(back, 603)
    assert failed(rig) == [("unreachable", "rings_back"), ("refused", "team")]
    assert rig.where(call) == "queued"
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    assert rig.where(call) == "bridged"
    assert rig.of(QueueEntered)[-1].team == "office"
    over(rig, call, jan)


def test_an_agent_who_has_logged_out_meanwhile_is_not_rung_again():
    rig, call, ewa = bridged_with_ewa()
    rig.tell(AgentCommanded(agent="ewa", command="logout"))
    rig.press(ewa, "*213#")
    ola = rung(rig, "ola")
    rig.hang_up(ewa)
    rig.pass_time(11)
    rig.hang_up(ola, 404)
    assert failed(rig) == [("unreachable", "rings_back"), ("off", "team")]
    rig.pick_up(rung(rig, "jan"))
    rig.tell(AgentCommanded(agent="ewa", command="login"))
    over(rig, call, rig.dialled("jan").leg)


def test_nobody_at_all_is_left_and_the_office_says_goodbye():
    rig, call, anna = bridged()
    for agent in ("jan", "ewa", "ola", "piotr", "anna"):
        rig.tell(AgentCommanded(agent=agent, command="logout" if agent != "jan" else "login"))
    rig.press(anna, "*211#")
    rig.tell(AgentCommanded(agent="jan", command="logout"))
    rig.hang_up(anna)
    rig.hang_up(rung(rig, "jan"), 480)
    assert failed(rig)[-1] == ("off", "goodbye")
    assert rig.where(call) == "flow"
    rig.heard(call)
    assert HangUp(leg=call) in rig.new
    rig.hang_up(call)
    assert rig.record(call).outcome == "overflowed"
    assert len(rig.of(QueueEntered)) == len(rig.of(QueueLeft)) == 2


@pytest.mark.parametrize("moment", ["rings", "recalled", "waits", "queued"])
def test_the_caller_hangs_up_at_any_moment_of_a_blind_transfer(moment):
    rig, call, anna = bridged()
    rig.press(anna, "*220#" if moment == "queued" else "*211#")
    legs = [anna]
    if moment == "queued":
        legs.append(rung(rig, "jan"))
    else:
        legs.append(rung(rig, "jan"))
    if moment == "waits":
        rig.hang_up(legs[1], 486)
    if moment == "recalled":
        rig.hang_up(anna)
        rig.hang_up(legs[1], 486)
        legs.append(rung(rig, "anna"))
    over(rig, call, *legs[0 if moment in {"rings", "waits", "queued"} else 2 :])
    assert failed(rig)[-1] == ("gone", "gone")
    assert done(rig) == []


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("*299#", "unknown_target"),
        ("*2#", "unknown_target"),
        ("*210#", "self"),
        ("*2112#", "emergency"),
        ("*2004930123456#", "not_allowed"),
        ("*20048700123456#", "not_allowed"),
        ("*212#", "paused"),
        ("*213#", "off"),
        ("*214#", "busy"),
        ("*230#", "off"),
        ("*3100#", "consult_first"),
    ],
)
def test_what_is_not_possible_is_refused_with_its_reason_and_the_talk_goes_on(keys, reason):
    rig, call, anna = bridged()
    rig.tell(AgentCommanded(agent="ewa", command="pause"))
    rig.tell(AgentCommanded(agent="ola", command="logout"))
    if reason == "busy":
        ring_up(rig, "piotr")
    if keys == "*230#":
        rig.tell(AgentCommanded(agent="piotr", command="logout"))
    rig.actions.clear()
    rig.press(anna, keys)
    assert failed(rig) == [(reason, "stays")]
    assert rig.where(call) == "bridged"
    assert rig.of(TransferAsked) == []
    assert not [action for action in rig.actions if isinstance(action, Dial | SendKeys | HangUp)]


def test_to_a_team_the_caller_enters_its_queue_as_a_contact_of_its_own():
    rig, call, anna = bridged()
    rig.press(anna, "*230#")
    assert rig.where(call) == "queued"
    assert [fact.team for fact in rig.of(QueueEntered)] == ["office", "sales"]
    ola = rung(rig, "ola")
    rig.hang_up(anna)
    rig.pass_time(5)
    rig.pick_up(ola)
    assert done(rig) == [("team", "sales", "ola")]
    assert [(fact.team, fact.outcome) for fact in rig.of(QueueLeft)] == [("office", "answered"), ("sales", "answered")]
    over(rig, call, ola)


def test_a_team_that_does_not_answer_gives_the_caller_back_to_the_agent():
    rig, call, anna = bridged()
    rig.press(anna, "*230#")
    rig.hang_up(anna)
    while rig.where(call) == "queued":  # nobody picks up; the phones tell that they ring
        for action in rig.new:
            if isinstance(action, Dial):
                rig.ring(action.leg)
            elif isinstance(action, HangUp):
                rig.end(action.leg, code=487)
        rig.pass_time(0.5)
    assert failed(rig) == [("queue_gave_up", "rings_back")]
    rig.pick_up(rung(rig, "anna"))
    assert rig.where(call) == "bridged"
    over(rig, call, rig.dialled("anna").leg)


def test_to_a_flow_by_its_number():
    again = flow(Say(name="hours", prompt=prompt("Pracujemy do szesnastej."), then=""), id="hours")
    human = flow(Queue(name="human", to="by_client", team="office"))
    rig, call, anna = bridged(flows={"reception": human, "hours": again}, numbers={MAIN: "reception", "300": "hours"})
    rig.press(anna, "*2300#")
    assert rig.where(call) == "flow"
    assert done(rig) == [("flow", "hours", "")]
    assert words(rig.new[-1]) == "Pracujemy do szesnastej." or any(
        words(action) == "Pracujemy do szesnastej." for action in rig.actions
    )
    assert HangUp(leg=anna) in rig.actions
    over(rig, call, anna)


def test_to_a_number_outside_that_dial_lists():
    rig, call, anna = bridged()
    rig.press(anna, "*2601222333#")
    dial = rig.dialled("+48601222333")
    assert (dial.uri, dial.trunk, dial.headers) == ("+48601222333", "provider", ())
    rig.ring(dial.leg)
    rig.pick_up(dial.leg)
    assert done(rig) == [("number", "+48601222333", "+48601222333")]
    over(rig, call, anna, dial.leg)


def test_codes_are_the_agents_alone_and_what_is_no_code_is_passed_on():
    rig, call, anna = bridged()
    rig.press(call, "*211#")
    assert relayed(rig) == [(anna, key) for key in "*211#"]
    rig.actions.clear()
    rig.press(anna, "*91")
    assert relayed(rig) == [(call, "*9"), (call, "1")]
    rig.actions.clear()
    rig.press(anna, "*")
    assert relayed(rig) == []
    rig.pass_time(NEXT_KEY_S)
    assert relayed(rig) == [(call, "*")]
    rig.actions.clear()
    rig.press(anna, "*2*9")
    assert relayed(rig) == [(call, "*2"), (call, "*9")]
    rig.actions.clear()
    rig.press(anna, "*211")
    rig.pass_time(NEXT_KEY_S)
    assert [(fact.code, fact.reason) for fact in rig.of(CodeRefused)] == [("*2", "unfinished")]
    assert relayed(rig) == []
    rig.press(anna, "*9", source="inband")  # the caller has heard it
    assert relayed(rig) == []
    over(rig, call, anna)


def test_a_key_that_came_several_ways_is_one_key_of_the_code():
    rig, call, anna = bridged()
    for key in "*211#":
        rig.tell(KeyPressed(leg=anna, key=key, source="rfc4733"))
        rig.now += 0.05
        rig.tell(KeyPressed(leg=anna, key=key, source="inband", relayed=True))
        rig.now += 0.2
    assert rig.dialled("jan")
    over(rig, call, anna, rig.dialled("jan").leg)


def test_without_features_every_key_is_the_callers():
    rig, call, anna = bridged(Features())
    rig.press(anna, "*211#")
    assert relayed(rig) == [(call, key) for key in "*211#"]
    assert not [action for action in rig.actions if isinstance(action, KeepKeys)]
    over(rig, call, anna)


def test_a_line_that_stays_full_gives_the_caller_back():
    rig, call, anna = bridged(legs_max=2)
    rig.press(anna, "*211#")
    rig.pass_time(FEATURES.ring_s + 1)
    assert failed(rig)[0] == ("no_leg", "rings_back")
    rig.hang_up(anna)
    rig.pass_time(1)
    rig.pick_up(rung(rig, "anna"))
    over(rig, call, rig.dialled("anna").leg)


def test_in_a_trial_only_its_own_people_are_targets():
    rig, call, anna = bridged()
    rig.board._ex.calls[call].draft = True
    rig.press(anna, "*211#")
    rig.press(anna, "*2601222333#")
    rig.press(anna, "*220#")
    assert failed(rig) == [("draft", "stays")] * 3


def test_a_mobile_takes_a_transferred_call_by_key_and_a_voicemail_box_does_not():
    of = site(features=FEATURES)
    agents = {**of.agents, "jan": replace(of.agents["jan"], accept="key", accept_within_s=5.0)}
    rig, call, anna = bridged(agents=agents)
    rig.press(anna, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(anna)
    rig.pick_up(jan)  # by whatever
    assert rig.where(call) == "transferring"
    rig.pass_time(6)
    assert failed(rig) == [("no_answer", "rings_back")]
    rig.end(jan)
    rig.pick_up(rung(rig, "anna"))
    rig.press(rig.dialled("anna").leg, "*211#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.press(jan, "1")
    assert done(rig) == [("agent", "jan", "jan")]
    assert rig.bridged[call] == jan
    over(rig, call, rig.dialled("anna").leg, jan)


def test_who_is_asked_by_code_accepts_by_key_too():
    of = site(features=FEATURES)
    agents = {**of.agents, "jan": replace(of.agents["jan"], accept="key", accept_within_s=5.0)}
    rig, call, anna = bridged(agents=agents)
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    assert anna not in rig.bridged
    rig.press(jan, "1")
    assert rig.bridged[anna] == jan
    over(rig, call, anna, jan)
