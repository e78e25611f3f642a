"""The same calls with a SIP stack that is not ours: SIPp as caller and agents, by UDP and TCP."""

from __future__ import annotations

import pytest

from gateway.core.actions import Answer, Bridge, Clip, Dial, HangUp, Play, Ring
from gateway.core.events import LegAnswered, LegEnded, LegFreed, LegProceeded
from tests.sip.rtp import sine
from tests.sip.sipp import Sipp

pytestmark = pytest.mark.sip


def free(line, *legs):
    for leg in legs:
        line.expect(LegFreed, leg=leg)
    line.forget()


@pytest.mark.parametrize("tcp", [False, True])
def test_a_call_is_taken_bridged_and_ended_by_the_caller(line, tmp_path, tcp):
    with (
        Sipp("agent", tmp_path, tcp=tcp, echo=True, stay_ms=50) as agent,
        Sipp("caller", tmp_path, tcp=tcp, to=f"127.0.0.1:{line.port}", stay_ms=600) as caller,
    ):
        offer = line.offered()
        assert (offer.caller, offer.caller_name, offer.called) == ("+48600100200", "Caller", "200")
        line.do(Answer(leg=offer.leg))
        line.expect(LegAnswered, leg=offer.leg)
        line.do(Dial(leg="sipp-agent", call=offer.leg, line="line-1", uri=agent.uri))
        line.expect(LegAnswered, leg="sipp-agent")
        sine(600, -15, 1).tofile(line.clips / "whisper.pcm")
        line.do(Play(leg="sipp-agent", play="whisper", clips=(Clip(key="whisper"),)))
        line.do(Bridge(leg=offer.leg, other="sipp-agent"))
        ended = line.expect(LegEnded, leg=offer.leg)
        assert (ended.code, ended.by) == (200, "far")
        line.do(HangUp(leg="sipp-agent"))
        assert line.expect(LegEnded, leg="sipp-agent").media.rx_packets > 5  # it echoes what it hears
        caller.finish()
        agent.finish()
        free(line, offer.leg, "sipp-agent")


def test_a_caller_gives_up_and_an_agent_is_cancelled(line, tmp_path):
    with (
        Sipp("agent_rings", tmp_path) as agent,
        Sipp("caller_gives_up", tmp_path, to=f"127.0.0.1:{line.port}", stay_ms=200) as caller,
    ):
        leg = line.offered().leg
        line.do(Ring(leg=leg), Dial(leg="ringing", call=leg, line="line-1", uri=agent.uri))
        line.expect(LegProceeded, leg="ringing", code=180)
        assert line.expect(LegEnded, leg=leg).by == "far"
        line.do(HangUp(leg="ringing"))
        assert line.expect(LegEnded, leg="ringing").by == "us"
        caller.finish()
        agent.finish()
        free(line, leg, "ringing")


def test_many_short_calls_leave_nothing_behind(line, tmp_path):
    with Sipp("caller", tmp_path, to=f"127.0.0.1:{line.port}", stay_ms=30, calls=20, at_once=2) as caller:
        for _ in range(20):
            leg = line.offered().leg
            line.do(Answer(leg=leg))
        caller.finish()
        line.expect(LegFreed, legs_used=0)
    up = line.connect()
    assert up.legs == ()
    line.forget()
