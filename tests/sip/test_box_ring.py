"""ring and transfer over real SIP: the agent who has a pause, then the number outside through the trunk, both heard."""

from __future__ import annotations

import pytest

from gateway.core.facts.calls import StepEntered
from gateway.core.facts.flow import RingEnded
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
OUTSIDE = "+48220000299"
FLOW = f"""
flow: main
language: en
start: call_anna
steps:
  call_anna: {{ring: anna, for: 20s, say: "One moment.", busy: outside, served: over}}
  outside: {{ring: "{OUTSIDE}", for: 20s, busy: over, served: over}}
  over: {{transfer: "{OUTSIDE}", for: 2s, failed: bye}}
  bye: {{hang_up: "Bye."}}
"""


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def hear_each_other(caller: Phone, other: Phone) -> None:
    caller.rtp.say(sine(700, -10, 1), loop=True)
    other.rtp.say(sine(1500, -16, 1), loop=True)
    assert other.rtp.level(700) == pytest.approx(-10, abs=1)
    assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)


def test_the_agent_then_the_number_then_the_transfer(tmp_path) -> None:
    anna, provider = Phone("anna"), Phone("provider")
    caller, second = Phone("caller"), Phone("second")
    trunk = f"trunks: {{provider: {{host: '127.0.0.1:{provider.port}', number: '22 000 01 00'}}}}\ndial: ['+4822*']\n"
    try:
        with Box(tmp_path, agents={"anna": anna.uri}, flow=FLOW, more=trunk) as box:
            box.command("anna", "pause")
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            invite = provider.wait_for("INVITE")
            assert invite.start == f"INVITE sip:{OUTSIDE}@127.0.0.1:{provider.port} SIP/2.0"
            assert "+48220000100@" in invite.get("From")
            assert "X-Gateway" not in "".join(invite.lines)
            assert not any("Flower" in line for line in invite.lines)
            wait_until(lambda: box.status()["board"]["calls"][0]["agent"] == OUTSIDE, 15, "no talk")
            hear_each_other(caller, provider)
            provider.received.clear()
            provider.incoming, provider.mode = None, "busy"
            provider.bye()
            provider.remote_tag = ""
            wait_until(lambda: of(box, StepEntered)[-1].step == "bye", 20, "the flow did not go on")
            caller.wait_for("BYE", 20)
            (record,) = box.ended(1)
            ends = [(fact.step, fact.outcome, fact.reason) for fact in of(box, RingEnded)]
            assert ends == [("call_anna", "busy", "paused"), ("outside", "answered", ""), ("over", "busy", "busy")]
            assert (record.outcome, record.answered_by, record.ended_by) == ("answered", OUTSIDE, "flow")
            wait_until(lambda: not box.status()["board"]["lines"][0]["legs"], 15)
            figures = box.status()["figures"]["office"]
            assert (figures["offered"], figures["handled"]) == (0, 0)

            assert not anna.received
            for phone in (caller, provider):  # they send no more: the ports of their legs are used again
                phone.close()
            box.command("anna", "unpause")
            assert second.call(box.uri("100"), from_=CLIENT).code == 200
            assert "Flower" in anna.wait_for("INVITE").get("From")
            wait_until(lambda: box.agent("anna") == "talking", 15)
            hear_each_other(second, anna)
            second.bye()
            assert box.ended(2)[-1].answered_by == "anna"
            wait_until(lambda: box.agent("anna") == "idle", 15)
            assert box.status()["figures"]["office"]["handled"] == 1
    finally:
        for phone in (anna, provider, caller, second):
            phone.close()
