"""More calls than the line can carry: always 503 with Retry-After, never the library's 486, and a leg counts as used
until the library has freed it."""

from __future__ import annotations

import pytest

from gateway.core.actions import Answer, Dial, HangUp
from gateway.core.events import ActionFailed, CallRefused, LegAnswered, LegEnded, LegFreed, LegProceeded
from tests.sip.harness import LineUnderTest

pytestmark = pytest.mark.sip


def take(line, caller):
    caller.invite(line.uri("200"))
    leg = line.offered().leg
    line.do(Answer(leg=leg))
    assert caller.finish_invite().code == 200
    line.expect(LegAnswered, leg=leg)
    return leg


def assert_refused(line, caller):
    final = caller.call(line.uri("200"), from_="<sip:+48600700800@127.0.0.1>")
    assert final.code == 503
    assert final.get("Retry-After") == "9"
    refused = line.expect(CallRefused)
    assert (refused.caller, refused.called, refused.code) == ("+48600700800", "200", 503)
    assert "no leg is free" in refused.reason


def test_callers_beyond_callers_max_get_503(tmp_path, phone):
    with LineUnderTest(tmp_path, callers_max=2, retry_after_s=9) as line:
        assert (line.up.callers_max, line.up.legs_max) == (2, 4)
        first = take(line, phone("one"))
        take(line, phone("two"))
        assert_refused(line, phone("three"))
        assert_refused(line, phone("four", tcp=True))
        line.do(HangUp(leg=first))
        freed = line.expect(LegFreed, leg=first)
        assert (freed.legs_used, freed.callers) == (1, 1)
        take(line, phone("five"))


def test_when_every_leg_is_in_use_it_is_503_too(tmp_path, phone):
    with LineUnderTest(tmp_path, callers_max=4, retry_after_s=9) as line:
        legs = [take(line, phone(f"c{i}")) for i in range(4)]
        for i in range(3):
            assert_refused(line, phone(f"x{i}"))
        line.do(Dial(leg="agent", call=legs[0], line="line-1", uri=phone("agent").uri))
        failed = line.expect(ActionFailed, leg="agent")
        assert (failed.code, failed.reason) == (503, "no free leg")
        line.do(HangUp(leg=legs[0]))
        line.expect(LegFreed, leg=legs[0])
        line.do(Dial(leg="agent", call=legs[1], line="line-1", uri=phone("agent").uri))
        line.expect(LegAnswered, leg="agent")


def test_phones_unplugged_in_mid_ring_in_mid_talk_and_dead_from_the_start(tmp_path, phone):
    with LineUnderTest(tmp_path, callers_max=4, retry_after_s=9) as line, LineUnderTest(tmp_path / "b") as other:
        dead = phone("dead", mode="silent")
        other.do(Dial(leg="dead", call="c", line="line-1", uri=dead.uri))
        dead.wait_for("INVITE")
        other.do(HangUp(leg="dead"))
        assert other.expect(LegEnded, leg="dead").by == "us"
        talker = phone("talker")
        talking = take(other, talker)
        talker.mode = "silent"  # it will not answer the BYE either
        other.do(HangUp(leg=talking))
        assert other.expect(LegEnded, leg=talking).by == "us"

        first = take(line, phone("one"))
        phones = [phone(f"agent{i}", mode="ring") for i in range(2)]
        for i, agent in enumerate(phones):
            line.do(Dial(leg=f"a{i}", call=first, line="line-1", uri=agent.uri))
            line.expect(LegProceeded, leg=f"a{i}", code=180)
            agent.mode = "silent"
        line.do(HangUp(leg="a0"), HangUp(leg="a1"))
        for i in range(2):
            assert line.expect(LegEnded, leg=f"a{i}").by == "us"
        take(line, phone("two"))  # served with the last leg
        assert_refused(line, phone("three"))  # both dead phones still hold theirs
        assert not [event for event in line.seen if isinstance(event, LegFreed)]
        for i in range(2):
            line.expect(LegFreed, leg=f"a{i}", timeout_s=30)
        take(line, phone("four"))
        for leg in ("dead", talking):  # the standard's timers would take 32 s
            other.expect(LegFreed, leg=leg, timeout_s=20)
        talker.wait_for("BYE")
