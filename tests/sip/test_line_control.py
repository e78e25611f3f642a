"""The control process: greeted with a snapshot, replaced, away, malformed, deaf. Calls go on meanwhile."""

from __future__ import annotations

import socket
import time

import msgspec
import pytest

from gateway.core.actions import Answer, Bridge, Clip, Dial, HangUp, Play, Ring, SendKeys
from gateway.core.events import (
    ActionFailed,
    LegAnswered,
    LegDialog,
    LegEnded,
    LegFreed,
    LegProceeded,
    LineUp,
    PlayEnded,
)
from tests.sip.conftest import Talk
from tests.sip.harness import ControlSocket, LineUnderTest
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip


def test_a_new_control_process_gets_a_snapshot_while_the_audio_goes_on(tmp_path, phone):
    with LineUnderTest(tmp_path) as line:
        talk = Talk(line, phone("caller"), phone("agent"))
        talk.caller.rtp.say(sine(700, -12, 1), loop=True)
        assert talk.agent.rtp.level(700) == pytest.approx(-12, abs=1)
        boot = line.up.boot
        line.close()
        line.connected = False
        assert talk.agent.rtp.level(700) == pytest.approx(-12, abs=1)

        up = line.connect()
        assert (up.boot, up.legs_max) == (boot, 4)
        caller, agent = sorted(up.legs, key=lambda leg: leg.direction)
        assert (caller.leg, caller.direction, caller.state) == (talk.caller_leg, "in", "answered")
        assert (caller.caller, caller.called, caller.codec) == ("caller", "200", "PCMA/8000")
        assert (agent.leg, agent.call, agent.bridged_with) == (talk.agent_leg, talk.caller_leg, talk.caller_leg)
        assert {line.expect(LegDialog).leg for _ in range(2)} == {talk.caller_leg, talk.agent_leg}
        assert talk.agent.rtp.level(700) == pytest.approx(-12, abs=1)
        talk.end()


def test_without_a_control_process(tmp_path, phone):
    with LineUnderTest(tmp_path, callers_max=4, retry_after_s=3) as line:
        talk = Talk(line, phone("caller"), phone("agent"))
        ringing = phone("ringing", mode="ring")
        line.do(Dial(leg="r", call=talk.caller_leg, line="line-1", uri=ringing.uri))
        line.expect(LegProceeded, leg="r", code=180)
        line.close()
        line.connected = False
        ringing.wait_for("CANCEL")  # it rang for nobody
        final = phone("late").call(f"sip:200@127.0.0.1:{line.port}")
        assert (final.code, final.get("Retry-After")) == (503, "3")
        talk.caller.bye()
        talk.agent.wait_for("BYE")  # and its other half is not left alone
        up = line.connect()
        assert up.legs == ()


def test_it_leaves_when_nobody_comes(tmp_path):
    line = LineUnderTest(tmp_path, orphan_exit_s=0.3)
    line.close()
    line.connected = False
    assert line.process.wait(10) == 0
    assert not line.socket_path.exists()


def test_an_offered_call_that_nobody_hears_is_refused(tmp_path, phone):
    with LineUnderTest(tmp_path, retry_after_s=1) as line:
        caller = phone("caller")
        caller.invite(line.uri("200"))
        line.do(Ring(leg=line.offered().leg))
        caller.wait_code(180)
        line.close()
        line.connected = False
        final = caller.finish_invite()
        assert (final.code, final.get("Retry-After")) == (503, str(line.config.retry_after_s))


def test_a_second_control_process_takes_the_place_of_the_first(line):
    first = line.socket
    second = ControlSocket(line.config.socket)
    assert second.expect(LineUp).boot == line.up.boot
    first.settimeout(5)
    assert first.recv(100) == b""
    second.do(HangUp(leg="x"))
    assert second.expect(ActionFailed).code == 481
    second.close()
    line.connect()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"\xc1\xff\xfe",
        msgspec.msgpack.encode({"type": "Nonsense", "leg": "l-1"}),
        msgspec.msgpack.encode({"type": "Play", "leg": "l-1", "play": 7}),
        msgspec.msgpack.encode([1, 2, 3]),
        msgspec.msgpack.encode({"type": "HangUp", "leg": "l-1", "code": "x" * 70_000}),
    ],
)
def test_a_malformed_message_is_answered(line, data):
    line.socket.send(data)
    failed = line.expect(ActionFailed, code=400)
    assert failed.reason
    assert failed.leg in ("", "l-1")
    line.do(HangUp(leg="still there"))
    line.expect(ActionFailed, leg="still there")


def test_nothing_is_lost_on_the_way_to_a_slow_control_process(line):
    count = 6000
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(line.config.socket)
        slow.settimeout(10)
        for i in range(count):
            slow.send(msgspec.msgpack.encode(SendKeys(leg=f"n{i}", keys="1")))
        time.sleep(0.5)
        legs = []
        while len(legs) < count:
            event = msgspec.msgpack.decode(slow.recv(1 << 20))
            if event["type"] == "ActionFailed":
                legs.append(event["leg"])
    assert legs == [f"n{i}" for i in range(count)]
    line.connect()


def test_a_second_line_does_not_take_the_socket_of_a_living_one(tmp_path):
    with LineUnderTest(tmp_path) as line:
        second = LineUnderTest(tmp_path, connect=False)
        assert second.process.wait(10) == 2
        assert "another line process listens" in second.log
        line.do(HangUp(leg="x"))  # and our connection was left alone
        line.expect(ActionFailed)


def test_shutdown_says_bye_to_everybody(tmp_path, phone):
    line = LineUnderTest(tmp_path)
    talk = Talk(line, phone("caller"), phone("agent"))
    assert line.stop() == 0
    for end in (talk.caller, talk.agent):
        end.wait_for("BYE")


def test_sigterm_is_a_shutdown(tmp_path, phone):
    line = LineUnderTest(tmp_path)
    talk = Talk(line, phone("caller"), phone("agent"))
    line.process.terminate()
    assert line.process.wait(10) == 0
    talk.caller.wait_for("BYE")
    line.close()


def test_a_play_goes_on_through_a_change_of_control(line, phone):
    sine(900, -12, 2).tofile(line.clips / "music.pcm")
    caller = phone("caller")
    caller.invite(line.uri("200"))
    leg = line.offered().leg
    line.do(Answer(leg=leg), Play(leg=leg, play="music", clips=(Clip(key="music"),), loop=True))
    caller.finish_invite()
    line.expect(LegAnswered)
    line.connect()
    assert caller.rtp.level(900) == pytest.approx(-12, abs=1)
    line.do(HangUp(leg=leg))
    assert line.expect(LegEnded).by == "us"
    line.expect(LegFreed, leg=leg)
    assert not [event for event in line.seen if isinstance(event, PlayEnded) and event.how == "end"]


def test_only_two_legs_that_are_up_and_unbridged_can_be_bridged(tmp_path, phone):
    with LineUnderTest(tmp_path, callers_max=3) as line:
        talk = Talk(line, phone("caller"), phone("agent"))
        line.do(Bridge(leg=talk.caller_leg, other=talk.caller_leg))
        assert line.expect(ActionFailed).code == 400
        line.do(Bridge(leg=talk.caller_leg, other="gone"))
        assert line.expect(ActionFailed).code == 481
        line.do(Bridge(leg=talk.agent_leg, other=talk.caller_leg))  # they are: nothing to do
        other = phone("other")
        other.invite(line.uri("200"))
        leg = line.offered().leg
        line.do(Answer(leg=leg))
        assert other.finish_invite().code == 200
        line.expect(LegAnswered, leg=leg)
        line.do(Bridge(leg=leg, other=talk.caller_leg))
        assert line.expect(ActionFailed).code == 491
        talk.end()
