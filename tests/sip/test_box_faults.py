"""Things that break while people talk: the line process, the control process, both kinds of crowd."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from gateway.core.facts.calls import CallStarted, CallTurnedAway
from gateway.core.facts.lines import LineLost
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
WITHIN_S = 2.0
"""How soon after a crash of the line the box must be whole again: an assertion of behaviour that was promised, timed
from outside, not a benchmark."""


def test_a_killed_line_loses_its_calls_and_nothing_else(tmp_path: Path) -> None:
    anna, caller, second = Phone("anna"), Phone("caller"), Phone("second")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller, second:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent("anna") == "talking")
        killed_at = time.time()
        box.kill_line()
        caller.wait_for("BYE")
        anna.wait_for("BYE")
        record = box.ended(1)[0]
        assert (record.outcome, record.ended_by, record.answered_by) == ("lost", "line", "anna")
        wait_until(lambda: box.status()["lines"][0]["up"])
        anna.incoming, anna.remote_tag = None, ""
        assert second.call(box.uri("100"), from_=CLIENT).code == 200
        assert time.time() - killed_at < WITHIN_S
        wait_until(lambda: box.agent("anna") == "talking")
        second.bye()
        assert box.ended(2)[1].outcome == "answered"
        lost = [fact for fact in box.facts() if isinstance(fact, LineLost)]
        assert [fact.calls_lost for fact in lost] == [1]
        assert lost[0].at - killed_at < WITHIN_S


def test_a_killed_control_process_adopts_the_call_that_is_up(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent("anna") == "talking")
        wait_until(lambda: any(type(fact).__name__ == "CallBridged" for fact in box.facts()))
        anna.rtp.say(sine(1500, -16, 1), loop=True)
        line = box.line_pid()
        box.kill()
        assert caller.rtp.level(1500) == pytest.approx(-16, abs=1), "the talk must go on without a control process"
        box.start()
        assert box.line_pid() == line
        assert box.agent("anna") == "talking"
        assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
        caller.bye()
        anna.wait_for("BYE")
        record = box.ended(1)[0]
        assert (record.outcome, record.answered_by, record.adopted) == ("answered", "anna", True)
        assert record.caller == "+48220000201"
        assert sum(isinstance(fact, CallStarted) for fact in box.facts()) == 1
        wait_until(lambda: box.agent("anna") == "idle")


def test_without_its_control_process_a_line_says_503_to_new_calls(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller:
        box.kill()
        wait_until(lambda: "the control process is gone" in box.log)
        answer = caller.call(box.uri("100"), from_=CLIENT)
        assert answer.code == 503
        assert int(answer.get("Retry-After")) > 0
        box.start()


def test_both_processes_killed_at_once_close_the_books(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent("anna") == "talking")
        wait_until(lambda: any(type(fact).__name__ == "CallBridged" for fact in box.facts()))
        line = box.line_pid()
        box.kill()
        os.kill(line, signal.SIGKILL)
        box.start()
        record = box.ended(1)[0]
        assert (record.outcome, record.answered_by) == ("lost", "anna")
        assert box.agent("anna") == "idle"


def test_two_lines_carry_more_calls_than_one_under_one_set_of_agents(tmp_path: Path) -> None:
    desks = [Phone(name) for name in ("anna", "ewa", "jan")]
    callers = [Phone(f"caller{i}") for i in range(5)]
    with Box(tmp_path, agents={desk.user: desk.uri for desk in desks}, lines=2) as box:
        for number, caller in enumerate(callers[:4]):
            assert caller.call(box.uri("100", line=number // 2)).code == 200
        for caller in callers[:4]:
            caller.rtp.press("9999")  # nobody's number: on to the office
        wait_until(lambda: len(box.status()["board"]["calls"]) == 4)
        wait_until(lambda: sum(box.agent(desk.user) == "talking" for desk in desks) == 3)
        waiting = [call for call in box.status()["board"]["calls"] if call["state"] != "bridged"]
        assert len(waiting) == 1
        refused = callers[4].call(box.uri("100"))
        assert refused.code == 503
        assert int(refused.get("Retry-After")) > 0
        wait_until(lambda: any(isinstance(fact, CallTurnedAway) and fact.code == 503 for fact in box.facts()))
        for desk in desks:
            desk.incoming = None
        talking = next(call for call in box.status()["board"]["calls"] if call["state"] == "bridged")
        desk = next(desk for desk in desks if desk.user == talking["agent"])
        desk.bye()
        desk.remote_tag = ""
        wait_until(lambda: waiting[0]["call"] in {c["call"] for c in box.status()["board"]["calls"] if c["agent"]})
        for caller in callers[:4]:
            caller.bye()
        records = box.ended(4, 15)
        assert {record.outcome for record in records} == {"answered"}
        assert {record.line for record in records} == {"line1", "line2"}
    for phone in (*desks, *callers):
        phone.close()
