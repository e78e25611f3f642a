"""Trunk minutes over real SIP: a caller through the provider and an agent's mobile behind it, also over a restart of
the control process in the middle of the talk."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.core.facts.calls import CallBridged
from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
LOUD = 1000
MOBILE = "+48600100200"
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
FLOW = """
flow: main
language: en
start: human
steps:
  human: {queue: by_client, team: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


@pytest.mark.parametrize("restarted", [False, True])
def test_both_legs_are_counted_from_the_answer_to_the_end(tmp_path, restarted: bool) -> None:
    provider, caller = Phone("provider"), Phone("caller")
    more = (
        f"trunks: {{provider: {{host: '127.0.0.1:{provider.port}', number: '22 000 01 00'}}}}\n"
        "costs: {currency: PLN, wage: 45, trunks: {provider: {inbound: 0.02, outbound: 0.12}}}\n"
    )
    try:
        with Box(tmp_path, agents={"anna": MOBILE}, flow=FLOW, who={"anna": "trunk: provider"}, more=more) as box:
            assert caller.call(box.uri("100"), from_=CLIENT).code == 200
            assert provider.wait_for("INVITE", 20).start.startswith(f"INVITE sip:{MOBILE}@")
            wait_until(lambda: np.abs(provider.rtp.hear(0.2)).max() > LOUD, 20, "nobody asks to accept the call")
            provider.rtp.press("1")
            wait_until(lambda: of(box, CallBridged), 20, "no talk")
            wait_until(lambda: len(of(box, TrunkLegAnswered)) == 2, 10, "two legs are up")
            if restarted:
                box.kill()
                box.start()
                wait_until(lambda: box.agent("anna") == "talking", 20, "the talk was not adopted")
            assert not of(box, TrunkLegEnded)
            caller.bye()
            provider.wait_for("BYE", 20)
            box.ended(1, 20)
            wait_until(lambda: len(of(box, TrunkLegEnded)) == 2, 20, "their ends are told")
            began = {fact.direction: fact for fact in of(box, TrunkLegAnswered)}
            ended = {fact.direction: fact for fact in of(box, TrunkLegEnded)}
            assert began.keys() == ended.keys() == {"in", "out"}
            for way, fact in ended.items():
                assert (fact.trunk, fact.team, fact.leg) == ("provider", "office", began[way].leg)
                assert fact.up_s == pytest.approx(fact.at - began[way].at)
    finally:
        for phone in (provider, caller):
            phone.close()
