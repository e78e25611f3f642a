"""A parked caller waits at a slot until an agent takes him back, or whoever parked him is rung."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import (
    Answer,
    Bridge,
    Dial,
    HangUp,
    Play,
    Refuse,
    SendKeys,
    Unbridge,
)
from gateway.core.events import AgentCommanded, CallOffered, LegAnswered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import CallBridged, CallTurnedAway, TalkEnded
from gateway.core.facts.talk import CodeRefused, Parked, Unparked
from gateway.core.site.features import SLOTS
from tests.core.factory import STRANGER, Rig, prompt, words

from .rig import FEATURES, bridged, failed, over, rung

SAID = replace(FEATURES, said={f"parked_{slot}": prompt(f"Zaparkowano {slot}.") for slot in SLOTS})


def parked() -> tuple[Rig, str, str]:
    rig, call, anna = bridged(SAID)
    rig.pass_time(10)
    rig.press(anna, "*7")
    return rig, call, anna


def test_parking_tells_the_slot_and_frees_the_agent():
    rig, call, anna = parked()
    assert rig.where(call) == "parked"
    assert [(fact.agent, fact.slot) for fact in rig.of(Parked)] == [("anna", "1")]
    assert [(fact.agent, fact.by) for fact in rig.of(TalkEnded)] == [("anna", "transfer")]
    assert Unbridge(leg=call, other=anna) in rig.actions
    said = [action for action in rig.actions if isinstance(action, Play)]
    assert [(play.leg, words(play)) for play in said if play.leg == anna] == [(anna, "Zaparkowano 1.")]
    assert said[-2].leg == call or said[-1].leg == call
    assert HangUp(leg=anna) not in rig.actions
    rig.pass_time(10)
    assert HangUp(leg=anna) in rig.actions
    rig.end(anna)
    assert rig.state("anna") == "idle"


def back_from_park(rig: Rig, caller: str = "jan", source: str = "127.0.0.1:5082", slot: str = "1", line: str = "A"):
    leg = f"{line}-b1-park{rig.now}"
    rig.tell(CallOffered(line=line, leg=leg, caller=caller, called=f"*7{slot}", source=source))
    return leg


def test_another_agent_takes_the_parked_caller_from_his_phone():
    rig, call, anna = parked()
    rig.hang_up(anna)
    rig.pass_time(30)
    leg = back_from_park(rig)
    assert Answer(leg=leg) in rig.new
    assert rig.state("jan") == "ringing"
    rig.tell(LegAnswered(leg=leg))
    assert Bridge(leg=call, other=leg) in rig.new
    assert rig.state("jan") == "talking"
    assert [(f.slot, f.how, f.agent, round(f.parked_s)) for f in rig.of(Unparked)] == [("1", "taken", "jan", 30)]
    bridge = rig.of(CallBridged)[-1]
    assert (bridge.agent, bridge.after) == ("jan", "transfer")
    rig.pass_time(20)
    rig.press(leg, "*7")  # and parks him again
    assert rig.where(call) == "parked"
    over(rig, call, leg)
    assert [fact.how for fact in rig.of(Unparked)] == ["taken", "gone"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"slot": "2"}, 404),
        ({"caller": "mallory", "source": "127.0.0.9:5082"}, 404),
        ({"caller": "jan", "source": "10.0.0.1:5082"}, 404),
        ({"line": "B"}, 480),
    ],
)
def test_nobody_else_gets_a_parked_caller(call, code):
    rig, parked_call, anna = parked()
    rig.hang_up(anna)
    if "line" in call:
        rig.line_up("B", boot="b1")
    leg = back_from_park(rig, **call)
    assert [(action.leg, action.code) for action in rig.new if isinstance(action, Refuse)] == [(leg, code)]
    assert [fact.code for fact in rig.of(CallTurnedAway)] == [code]
    assert rig.where(parked_call) == "parked"


def test_a_wrong_slot_leaves_after_call_work_as_it_is():
    """Ended by it, he would be idle, and nobody would ring him for a caller who waits."""
    rig, call, anna = bridged(SAID)
    rig.board.load(replace(rig.board._ex.site, agents=_with_wrap_up(rig)), now=rig.now)
    rig.hang_up(anna)
    assert rig.state("anna") == "wrap_up"
    leg = back_from_park(rig, caller="anna", source=_address(rig, "anna"))
    assert [(action.leg, action.code) for action in rig.new if isinstance(action, Refuse)] == [(leg, 404)]
    assert rig.state("anna") == "wrap_up"


def _with_wrap_up(rig: Rig) -> dict:
    agents = rig.board._ex.site.agents
    return {**agents, "anna": replace(agents["anna"], wrap_up_s=60.0)}


def _address(rig: Rig, agent: str) -> str:
    return rig.board._ex.site.agents[agent].uri.rpartition("@")[2]


def test_nobody_takes_the_parked_caller_and_who_parked_him_is_rung():
    rig, call, anna = parked()
    rig.hang_up(anna)
    rig.pass_time(SAID.park_s)
    back = rung(rig, "anna")
    assert [fact.how for fact in rig.of(Unparked)] == ["waited"]
    assert rig.where(call) == "transferring"
    rig.pick_up(back)
    assert rig.where(call) == "bridged"
    over(rig, call, back)


def test_neither_does_he_answer_and_the_team_has_the_parked_caller():
    rig, call, anna = parked()
    rig.hang_up(anna)
    rig.tell(AgentCommanded(agent="anna", command="logout"))
    rig.pass_time(SAID.park_s)
    assert failed(rig) == [("off", "team")]
    assert rig.where(call) == "queued"
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.tell(AgentCommanded(agent="anna", command="login"))
    over(rig, call, jan)


def test_the_caller_hangs_up_while_he_is_parked_or_taken_back():
    rig, call, anna = parked()
    over(rig, call, anna)
    assert [fact.how for fact in rig.of(Unparked)] == ["gone"]
    rig, call, anna = parked()
    rig.hang_up(anna)
    leg = back_from_park(rig)
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.actions
    rig.end(leg)
    assert rig.state("jan") == "idle"
    assert rig.of(AgentChanged)[-1].state == "idle"


def test_the_agent_who_takes_him_back_hangs_up_before_he_is_through():
    rig, call, anna = parked()
    rig.hang_up(anna)
    leg = back_from_park(rig)
    rig.hang_up(leg, 487)
    assert rig.where(call) == "parked"
    assert rig.state("jan") == "idle"
    again = back_from_park(rig, "anna", "127.0.0.1:5081")
    rig.tell(LegAnswered(leg=again))
    over(rig, call, again)


def test_every_slot_is_taken():
    rig, call, anna = bridged(SAID)
    rig.board._ex.parked.update(dict.fromkeys(map(str, SLOTS), rig.board._ex.calls[call]))
    rig.press(anna, "*7")
    assert [fact.reason for fact in rig.of(CodeRefused)] == ["no_slot"]
    assert rig.where(call) == "bridged"


def test_a_stranger_who_dials_the_code_is_a_caller_like_any_other():
    rig, _, _ = parked()
    rig.tell(
        CallOffered(line="A", leg="A-b1-77", caller=STRANGER, called="*71", source="192.0.2.9:5060", trunk="provider")
    )
    assert [action.code for action in rig.new if isinstance(action, Refuse)] == [404]
    assert not [action for action in rig.new if isinstance(action, Dial | SendKeys)]
