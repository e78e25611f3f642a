"""Before the talk over real SIP and RTP: a mobile accepts by key or is a voicemail box, the agent hears who calls, the
caller who has answered, two phones answer at once, the screen-pop is there while the phone still rings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.config.load import load_site
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged, QueueLeft, WrapUpEnded
from gateway.core.facts.joining import AcceptanceAsked, AcceptanceEnded, AnswerKnown, AnswerRemembered
from gateway.live.inventory import sounds_of
from gateway.live.recognise import Heard, Recogniser
from tests.edge.broker import Mosquitto, Subscriber
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
STRANGER = '"Stranger" <sip:+48220000299@127.0.0.1>'
TEAM = "ring_manager: 60s\n    ring_each: 60s\n    max_wait: 5 min\n    whisper: yes\n    say_name: yes"
PRESS = "To take it, press one. To refuse it, press two."


def ear_of(box: Box) -> Recogniser:
    return Recogniser(sounds_of(load_site(box.folder), box.state / "clips"))


def heard(phone: Phone, ear: Recogniser) -> list[str]:
    """The clips that this phone has heard, in words, without the music."""
    recording = np.concatenate(phone.rtp.heard) if phone.rtp.heard else np.zeros(0, np.int16)
    return [one.words[0] for one in ear.listen(recording) if isinstance(one, Heard) and not one.music]


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def has(said: list[str], *words: str) -> bool:
    """Whether these clips were heard in this order, one right behind the other."""
    return any(tuple(said[at : at + len(words)]) == words for at in range(len(said)))


def hear_each_other(caller: Phone, other: Phone) -> None:
    caller.rtp.say(sine(700, -10, 1), loop=True)
    other.rtp.say(sine(1500, -16, 1), loop=True)
    assert other.rtp.level(700) == pytest.approx(-10, abs=1)
    assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)


def test_a_key_accepts_then_the_whisper_and_the_name_then_both_talk(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    try:
        with Box(
            tmp_path, agents={"anna": anna.uri}, team=TEAM, who={"anna": "accept: key, accept_within: 30s"}
        ) as box:
            ear = ear_of(box)
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            wait_until(lambda: of(box, AcceptanceAsked), 20, "nobody was asked")
            wait_until(lambda: has(heard(anna, ear), "A call from", "Flower Shop", PRESS), 20, f"{heard(anna, ear)}")
            assert box.agent("anna") == "ringing"
            assert not of(box, CallBridged)
            anna.rtp.press("1")
            wait_until(lambda: box.agent("anna") == "talking", 30, f"no talk: {heard(anna, ear)}")
            assert has(heard(anna, ear), "It is", "Flower Shop")
            assert has(heard(caller, ear), "Connecting you to", "Anna")
            hear_each_other(caller, anna)
            caller.bye()
            anna.wait_for("BYE", 20)
            (record,) = box.ended(1)
            assert (record.outcome, record.answered_by) == ("answered", "anna")
            (bridged,) = of(box, CallBridged)
            assert 0 < bridged.whisper_s < bridged.wait_s
            assert [fact.how for fact in of(box, AcceptanceEnded)] == ["accepted"]
    finally:
        for phone in (anna, caller):
            phone.close()


def test_a_voicemail_box_never_has_the_caller(tmp_path: Path) -> None:
    """It picks up and speaks; nobody presses, so the next agent is rung, and the caller hears nothing of it."""
    anna, ewa, caller = Phone("anna"), Phone("ewa"), Phone("caller")
    try:
        agents = {"anna": anna.uri, "ewa": ewa.uri}
        with Box(tmp_path, agents=agents, team=TEAM, who={"anna": "accept: key, accept_within: 4s"}) as box:
            ear = ear_of(box)
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            wait_until(lambda: of(box, AcceptanceAsked), 20)
            anna.rtp.say(sine(1500, -10, 1), loop=True)
            anna.wait_for("BYE", 30)
            wait_until(lambda: box.agent("ewa") == "talking", 30, "the next agent was not rung")
            assert caller.rtp.level(1500) < -40
            assert has(heard(ewa, ear), "It is", "Flower Shop")
            assert has(heard(caller, ear), "Connecting you to", "Ewa")
            wait_until(lambda: of(box, CallBridged), 10)
            (declined,) = of(box, AgentDeclined)
            assert (declined.agent, declined.why) == ("anna", "no_answer")
            hear_each_other(caller, ewa)
            caller.bye()
            (record,) = box.ended(1)
            assert record.offered == (("anna", "no_answer"), ("ewa", "answered"))
    finally:
        for phone in (anna, ewa, caller):
            phone.close()


def test_of_two_answers_at_once_one_has_the_call_and_the_other_a_bye(tmp_path: Path) -> None:
    anna, ewa, caller = Phone("anna", mode="ring"), Phone("ewa", mode="ring"), Phone("caller")
    team = "ring_each: 60s\n    max_wait: 5 min\n    strategy: ring_all"
    flow = "flow: main\nlanguage: en\nstart: office\nsteps:\n  office: {queue: office, gave_up: hang_up}\n"
    try:
        agents = {"anna": anna.uri, "ewa": ewa.uri}
        with Box(tmp_path, agents=agents, team=team, flow=flow, wrap_up="0s") as box:
            assert caller.call(box.uri("100"), from_=STRANGER).code == 200
            for phone in (anna, ewa):
                phone.wait_for("INVITE", 20)
            anna.pick_up()
            ewa.pick_up()
            wait_until(lambda: of(box, CallBridged), 20, "no talk")
            winner = of(box, CallBridged)[0].agent
            loser = {"anna": ewa, "ewa": anna}[winner]
            loser.wait(lambda message: message.method in {"BYE", "CANCEL"}, 20)
            other = "ewa" if winner == "anna" else "anna"
            wait_until(lambda: box.agent(other) == "idle", 20)
            assert [(fact.agent, fact.why) for fact in of(box, AgentDeclined)] == [(other, "elsewhere")]
            hear_each_other(caller, {"anna": anna, "ewa": ewa}[winner])
            caller.bye()
            (record,) = box.ended(1)
            assert record.answered_by == winner
            assert len(of(box, CallBridged)) == 1
            assert {fact.agent for fact in of(box, WrapUpEnded)} <= {winner}
    finally:
        for phone in (anna, ewa, caller):
            phone.close()


def test_the_caller_goes_while_the_agent_is_asked(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    try:
        who = {"anna": "accept: key, accept_within: 30s"}
        with Box(tmp_path, agents={"anna": anna.uri}, team=TEAM, who=who, wrap_up="30s") as box:
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            wait_until(lambda: of(box, AcceptanceAsked), 20)
            caller.bye()
            anna.wait_for("BYE", 20)
            (record,) = box.ended(1)
            assert record.outcome == "abandoned"
            wait_until(lambda: box.agent("anna") == "idle", 20, "no after-call work comes of it")
            assert [fact.outcome for fact in of(box, QueueLeft)] == ["abandoned"]
            wait_until(lambda: box.status()["board"]["lines"][0]["legs"] == 0, 20, "a leg is left")
    finally:
        for phone in (anna, caller):
            phone.close()


def test_a_restart_while_the_agent_is_asked(tmp_path: Path) -> None:
    """kill -9 of the control process: the caller is adopted with place and clock, the agent's leg is let go."""
    anna, caller = Phone("anna"), Phone("caller")
    box = Box(tmp_path, agents={"anna": anna.uri}, team=TEAM, who={"anna": "accept: key, accept_within: 30s"})
    try:
        with box:
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            wait_until(lambda: of(box, AcceptanceAsked), 20)
            box.kill()
            box.start()
            anna.wait_for("BYE", 30)
            anna.incoming, anna.remote_tag = None, ""
            wait_until(lambda: len(of(box, AcceptanceAsked)) == 2, 30, "the agent was not rung again")
            anna.rtp.press("1")
            wait_until(lambda: box.agent("anna") == "talking", 30)
            hear_each_other(caller, anna)
            caller.bye()
            (record,) = box.ended(1)
            assert (record.outcome, record.adopted) == ("answered", True)
            assert [fact.agent for fact in of(box, AgentOffered)] == ["anna", "anna"]
    finally:
        for phone in (anna, caller):
            phone.close()


def test_the_screen_pop_is_there_while_the_phone_rings(tmp_path: Path) -> None:
    anna, caller = Phone("anna", mode="ring"), Phone("caller")
    broker = Mosquitto(tmp_path / "broker").start()
    screen = Subscriber(broker, "gateway/test/agent/anna/pop", tmp_path)
    try:
        with Box(tmp_path, agents={"anna": anna.uri}, team=TEAM, mqtt_port=broker.port) as box:
            wait_until(lambda: (box.status().get("broker") or {}).get("connected"), 20, "no broker")
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            invite = anna.wait_for("INVITE", 20)
            wait_until(screen.messages, 20, "no screen-pop")
            (pop,) = screen.messages()
            told = pop.data
            assert not pop.retained
            assert invite.get("X-Gateway-Call") == told["call"]
            assert (told["agent"], told["number"], told["client"]) == ("anna", "+48220000201", "1001")
            assert (told["client_name"], told["matter"], told["case"]) == ("Flower Shop", None, None)
            assert box.agent("anna") == "ringing"
            caller.bye()
            box.ended(1)
    finally:
        screen.stop()
        broker.stop()
        for phone in (anna, caller):
            phone.close()


def test_what_was_keyed_is_known_after_a_kill(tmp_path: Path) -> None:
    """A second call, after kill -9 of the control process: the question is not asked, the agent's phone is shown it."""
    anna, first, second = Phone("anna", mode="ring"), Phone("first"), Phone("second")
    flow = (
        "flow: main\nlanguage: en\nstart: which\nhuman: none\nsteps:\n"
        '  which: {collect: order, say: "Which order?", digits: 4, remember: yes, known: skip, then: office,\n'
        "    no_input: office, no_match: office}\n"
        "  office: {queue: office, gave_up: hang_up}\n"
    )
    box = Box(tmp_path, agents={"anna": anna.uri}, flow=flow, team="ring_each: 60s\n    max_wait: 5 min")
    try:
        with box:
            assert first.call(box.uri("100"), from_=STRANGER).code == 200
            first.rtp.press("1234")
            wait_until(lambda: of(box, AnswerRemembered), 20, "nothing was remembered")
            first.bye()
            box.ended(1)
            box.kill()
            box.start()
            anna.received.clear()
            anna.incoming, anna.remote_tag = None, ""
            assert second.call(box.uri("100"), from_=STRANGER).code == 200
            assert anna.wait_for("INVITE", 20).get("X-Gateway-Keyed") == "order=1234"
            wait_until(lambda: of(box, AnswerKnown), 10)
            (known,) = of(box, AnswerKnown)
            assert (known.how, known.source, known.value) == ("skipped", "memory", "1234")
            second.bye()
            box.ended(2)
    finally:
        for phone in (anna, first, second):
            phone.close()
