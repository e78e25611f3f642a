"""All phones ring over real SIP: one INVITE each, the first to answer talks, the others get a CANCEL; of two who answer
at the same moment one gets a BYE and is free for the next call."""

from __future__ import annotations

import pytest

from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
FLOW = """
flow: main
language: en
start: office
steps:
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""
TEAM = "strategy: ring_all\n    ring_each: 30s\n    max_wait: 60s"
NAMES = ("anna", "ewa", "zoe")


def office(tmp_path, desks: dict[str, Phone], flow: str = FLOW) -> Box:
    """One caller may come, so that all other legs of the line are for phones."""
    return Box(tmp_path, agents={name: desk.uri for name, desk in desks.items()}, flow=flow, team=TEAM, callers_max=1)


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


@pytest.mark.parametrize("step", ["queue: office, gave_up: bye", "ring: office, busy: bye"])
def test_three_ring_one_answers_and_the_others_stop(tmp_path, step) -> None:
    desks = {name: Phone(name, mode="ring") for name in NAMES}
    caller = Phone("caller")
    try:
        with office(tmp_path, desks, FLOW.replace("queue: office, gave_up: bye", step)) as box:
            assert caller.call(box.uri("100")).code == 200
            for desk in desks.values():
                desk.wait_for("INVITE", 20)
            wait_until(lambda: {box.agent(name) for name in NAMES} == {"ringing"}, 15)
            assert set(box.status()["board"]["calls"][0]["ringing"]) == set(NAMES)
            desks["ewa"].pick_up()
            for name in ("anna", "zoe"):
                assert desks[name].wait_for("CANCEL", 20).get("Reason").endswith('"Call completed elsewhere"')
            wait_until(lambda: box.agent("ewa") == "talking", 15, "no talk")
            caller.rtp.say(sine(700, -10, 1), loop=True)
            assert desks["ewa"].rtp.level(700) == pytest.approx(-10, abs=1)
            wait_until(lambda: box.agent("anna") == box.agent("zoe") == "idle", 15)
            caller.bye()
            (record,) = box.ended(1)
            assert (record.outcome, record.answered_by) == ("answered", "ewa")
            assert dict(record.offered) == {"anna": "elsewhere", "ewa": "answered", "zoe": "elsewhere"}
            assert {fact.why for fact in of(box, AgentOffered)} == {"ring_all"}
            wait_until(lambda: not box.status()["board"]["lines"][0]["legs"], 20, "a leg is left")
    finally:
        for phone in (*desks.values(), caller):
            phone.close()


def test_two_answers_at_once(tmp_path) -> None:
    desks = {name: Phone(name, mode="ring") for name in NAMES[:2]}
    caller = Phone("caller")
    try:
        with office(tmp_path, desks) as box:
            assert caller.call(box.uri("100")).code == 200
            for desk in desks.values():
                desk.wait_for("INVITE", 20)
            for desk in desks.values():
                desk.pick_up()
            wait_until(lambda: of(box, CallBridged), 20, "no talk")
            (bridged,) = of(box, CallBridged)
            (loser,) = [name for name in desks if name != bridged.agent]
            desks[loser].wait_for("BYE", 20)
            wait_until(lambda: box.agent(loser) == "idle", 15)
            assert [(fact.agent, fact.why) for fact in of(box, AgentDeclined)] == [(loser, "elsewhere")]
            assert not [message for message in desks[bridged.agent].received if message.method in {"BYE", "CANCEL"}]
            assert box.agent(bridged.agent) == "talking"
            caller.bye()
            box.ended(1)
            for phone in (*desks.values(), caller):
                phone.forget()
            assert caller.call(box.uri("100")).code == 200  # and both are rung again
            for desk in desks.values():
                desk.wait_for("INVITE", 20)
            caller.bye()
            box.ended(2)
            assert len(of(box, CallBridged)) == 1
    finally:
        for phone in (*desks.values(), caller):
            phone.close()
