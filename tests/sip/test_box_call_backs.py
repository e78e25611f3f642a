"""Call-backs over real SIP: the agent's phone rings first, then the client's through the trunk, and both are heard; a
client who does not answer is called again."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.core.facts.call_back import CallBackHeld, CallBackMissed, CallBackTried
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
LOUD = 1000
NUMBER = "+48220000201"
CLIENT = f'"Flower" <sip:{NUMBER}@127.0.0.1>'
FLOW = """
flow: main
language: en
start: human
steps:
  human: {queue: by_client, team: office, gave_up: ask}
  ask:
    callback: by_client
    team: office
    say: "We call you back at {call_back_number}. One is yes."
    another: "Which number?"
    then: bye
  bye: {hang_up: "Bye."}
"""


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def settings(provider: Phone, rules: str) -> str:
    return (
        f"trunks: {{provider: {{host: '127.0.0.1:{provider.port}', number: '22 000 01 00'}}}}\n"
        f"dial: ['+4822*']\ncall_backs: {rules}\n"
    )


def asks(box: Box) -> None:
    """A client calls while nobody is there, asks to be called back, and hangs up."""
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        caller.rtp.press("1")
        wait_until(lambda: of(box, CallBackRequested), 20, "nobody has asked for a call-back")
        caller.wait_for("BYE", 20)
        box.ended(1)
    finally:
        caller.close()


def test_the_agent_then_the_client_are_rung_and_hear_each_other(tmp_path) -> None:
    anna, provider = Phone("anna"), Phone("provider", mode="ring")
    try:
        more = settings(provider, "{retry_after: 1 min}")
        with Box(tmp_path, agents={"anna": anna.uri}, flow=FLOW, more=more) as box:
            box.command("anna", "logout")
            asks(box)
            assert of(box, CallBackHeld)[-1].reason == "nobody"
            assert not provider.received
            box.command("anna", "login")
            first = anna.wait_for("INVITE", 20)
            assert "Flower" in first.get("From")
            invite = provider.wait_for("INVITE", 40)
            assert invite.start == f"INVITE sip:{NUMBER}@127.0.0.1:{provider.port} SIP/2.0"
            assert "+48220000100@" in invite.get("From")
            assert "X-Gateway" not in "".join(invite.lines)
            assert not any("Flower" in line for line in invite.lines)
            provider.respond(provider.incoming, 200, "OK", sdp=True)
            wait_until(lambda: np.abs(provider.rtp.hear(0.2)).max() > LOUD, 20, "the client hears nobody")
            provider.rtp.press("1")
            wait_until(lambda: box.agent("anna") == "talking", 20, "no talk")
            wait_until(lambda: of(box, CallBackClosed), 10, "nobody has noted that the client was reached")
            (closed,) = of(box, CallBackClosed)
            assert (closed.result, closed.who) == ("reached", "anna")
            anna.rtp.say(sine(700, -10, 1), loop=True)
            provider.rtp.say(sine(1500, -16, 1), loop=True)
            assert provider.rtp.level(700) == pytest.approx(-10, abs=1)
            assert anna.rtp.level(1500) == pytest.approx(-16, abs=1)
            anna.bye()
            provider.wait_for("BYE", 20)
            record = box.ended(2)[-1]
            assert (record.direction, record.outcome, record.called) == ("out", "answered", NUMBER)
            wait_until(lambda: box.agent("anna") == "idle", 15)
            wait_until(lambda: not box.status()["board"]["lines"][0]["legs"], 15)
            figures = box.status()["figures"]["office"]
            assert (figures["offered"], figures["called_back"], figures["handled"]) == (1, 1, 1)
    finally:
        for phone in (anna, provider):
            phone.close()


@pytest.mark.long  # the shortest pause between two tries is a minute
def test_a_client_who_does_not_answer_is_called_again(tmp_path) -> None:
    anna, provider = Phone("anna"), Phone("provider", mode="ring")
    rules = "{retry_after: 1 min, ring: 5s, press_1: no}"
    try:
        with Box(tmp_path, agents={"anna": anna.uri}, flow=FLOW, more=settings(provider, rules)) as box:
            box.command("anna", "logout")
            asks(box)
            box.command("anna", "login")
            provider.wait_for("INVITE", 40)
            provider.wait_for("CANCEL", 40)
            wait_until(lambda: of(box, CallBackMissed), 20, "nobody knows that it was missed")
            (missed,) = of(box, CallBackMissed)
            assert (missed.why, missed.attempt) == ("no_answer", 1)
            anna.wait_for("BYE", 30)
            wait_until(lambda: box.agent("anna") == "idle", 15)
            provider.received.clear()
            anna.received.clear()
            for phone in (anna, provider):
                phone.incoming, phone.remote_tag = None, ""
            provider.mode = "answer"
            provider.wait_for("INVITE", 120)
            wait_until(lambda: box.agent("anna") == "talking", 40, "no talk")
            provider.bye()
            assert [record.outcome for record in box.ended(3)[1:]] == ["not_reached", "answered"]
            assert [fact.attempt for fact in of(box, CallBackTried)] == [1, 2]
    finally:
        for phone in (anna, provider):
            phone.close()


def test_a_client_who_is_rung_when_the_gateway_is_killed_is_not_dialled_twice(tmp_path) -> None:
    anna, provider = Phone("anna"), Phone("provider", mode="ring")
    try:
        more = settings(provider, "{retry_after: 10 min}")
        with Box(tmp_path, agents={"anna": anna.uri}, flow=FLOW, more=more) as box:
            box.command("anna", "logout")
            asks(box)
            box.command("anna", "login")
            provider.wait_for("INVITE", 40)
            wait_until(lambda: of(box, CallBackTried), 20, "nobody has noted that the client is dialled")
            box.kill()
            box.start()
            provider.wait_for("CANCEL", 30)
            wait_until(lambda: of(box, CallBackMissed), 20, "nobody knows what became of it")
            (missed,) = of(box, CallBackMissed)
            assert missed.why == "restart"
            assert missed.next_at - of(box, CallBackTried)[0].at == pytest.approx(600, abs=0.01)
            anna.wait_for("BYE", 30)
            wait_until(lambda: box.agent("anna") == "idle", 30)
            wait_until(lambda: not box.status()["board"]["lines"][0]["legs"], 30)
            assert box.ended(2)[-1].outcome == "not_reached"
            assert box.status()["desk"]["call_backs_by_state"] == {"held": 1}
            assert len([message for message in provider.received if message.method == "INVITE"]) == 1
    finally:
        for phone in (anna, provider):
            phone.close()
