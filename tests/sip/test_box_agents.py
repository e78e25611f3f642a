"""kill -9 of the control process: who had a pause or was logged out still is when it is back."""

from __future__ import annotations

import pytest

from gateway.core.facts.agents import AgentTold
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip


def test_pauses_and_log_outs_survive_a_kill(tmp_path) -> None:
    desks = [Phone(name) for name in ("anna", "ewa", "zoe")]
    caller = Phone("caller")
    try:
        with Box(tmp_path, agents={desk.user: desk.uri for desk in desks}) as box:
            box.command("anna", "pause")
            box.command("ewa", "logout")
            committed = {"anna": "paused", "ewa": "off"}
            wait_until(
                lambda: committed.items() <= {f.agent: f.state for f in box.facts() if hasattr(f, "state")}.items()
            )
            box.kill()
            box.start()
            assert [box.agent(name) for name in ("anna", "ewa", "zoe")] == ["paused", "off", "idle"]
            assert caller.call(box.uri("100"), from_='"Flower" <sip:+48220000201@127.0.0.1>').code == 200
            desks[2].wait_for("INVITE", 20)  # the only one who is there
            wait_until(lambda: box.agent("zoe") == "talking", 15)
            caller.bye()
            box.ended(1)
            assert not desks[0].received + desks[1].received
            box.command("anna", "unpause")
            assert box.agent("anna") == "idle"
    finally:
        for phone in (*desks, caller):
            phone.close()


def test_a_pause_that_was_asked_for_in_a_talk_outlives_the_program_and_holds_after_the_talk(tmp_path) -> None:
    desk, caller = Phone("zoe"), Phone("caller")
    try:
        with Box(tmp_path, agents={"zoe": desk.uri}) as box:
            assert caller.call(box.uri("100"), from_='"Far" <sip:+48220000202@127.0.0.1>').code == 200
            wait_until(lambda: box.agent("zoe") == "talking", 20, "zoe does not talk")
            box.command("zoe", "pause")
            wait_until(lambda: any(isinstance(fact, AgentTold) for fact in box.facts()), 10, "nothing is on disk")
            box.kill()
            box.start()
            wait_until(lambda: box.agent("zoe") == "talking", 20, "the talk was not taken over")
            caller.bye()
            wait_until(lambda: box.agent("zoe") == "paused", 20, "zoe has no pause")
    finally:
        desk.close()
        caller.close()
