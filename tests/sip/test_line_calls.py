"""One leg: answered, played to, refused, dialled, hung up at every state."""

from __future__ import annotations

import re

import pytest

from gateway.core.actions import Answer, Clip, Dial, Echo, HangUp, MeasureLevel, Play, Refuse, Ring, StopPlay, Tone
from gateway.core.events import (
    ActionFailed,
    CallRefused,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegMediaChanged,
    LegProceeded,
    LevelMeasured,
    PlayEnded,
)
from tests.sip.harness import wait_until
from tests.sip.rtp import dtmf, sine

pytestmark = pytest.mark.sip


def clip(line, name, samples):
    samples.tofile(line.clips / f"{name}.pcm")
    return Clip(key=name)


def answered(line, caller, **more):
    caller.invite(line.uri("200", tcp=caller.tcp), **more)
    leg = line.offered().leg
    line.do(Answer(leg=leg))
    assert caller.finish_invite().code == 200
    line.expect(LegAnswered, leg=leg)
    return leg


@pytest.mark.parametrize("codec", ["PCMA", "PCMU", "G722"])
def test_a_prompt_is_heard_at_its_level(line, phone, codec):
    caller = phone("caller", codec=codec)
    leg = answered(line, caller)
    rate = 16000 if codec == "G722" else 8000
    assert line.expect(LegMediaChanged, leg=leg) == LegMediaChanged(leg=leg, codec=f"{codec}/{rate}", held=False)
    prompt = clip(line, "prompt", sine(1000, -10, 0.6))
    line.do(Play(leg=leg, play="p", clips=(prompt, prompt), loop=True))
    assert caller.rtp.level(1000) == pytest.approx(-10, abs=1)
    line.do(StopPlay(leg=leg))
    assert line.expect(PlayEnded, leg=leg).how == "stopped"
    assert caller.rtp.falls_silent(1000)


def test_a_call_over_tcp(line, phone):
    caller = phone("caller", tcp=True)
    leg = answered(line, caller)
    line.do(Play(leg=leg, play="p", clips=(clip(line, "tcp", sine(800, -12, 1.0)),)))
    assert caller.rtp.level(800) == pytest.approx(-12, abs=1)
    caller.bye()
    assert line.expect(LegEnded, leg=leg).by == "far"


def test_clips_follow_each_other_and_the_end_is_told(line, phone):
    leg = answered(line, phone("caller"))
    parts = (clip(line, "a", sine(500, -20, 0.1)), clip(line, "b", sine(600, -20, 0.15)))
    line.do(Play(leg=leg, play="both", clips=parts))
    assert line.expect(PlayEnded, leg=leg) == PlayEnded(leg=leg, play="both", how="end", played_ms=250)


def test_a_play_replaces_the_one_before(line, phone):
    leg = answered(line, phone("caller"))
    long = clip(line, "long", sine(500, -20, 5))
    line.do(Play(leg=leg, play="first", clips=(long,)), Play(leg=leg, play="second", clips=(long,)))
    ended = line.expect(PlayEnded, leg=leg)
    assert (ended.play, ended.how) == ("first", "stopped")


def test_a_missing_clip_is_told(line, phone):
    leg = answered(line, phone("caller"))
    line.do(Play(leg=leg, play="p", clips=(Clip(key="not-there"),)), Play(leg=leg, play="p", clips=(Clip(key="../x"),)))
    assert line.expect(ActionFailed, leg=leg).code == 404
    assert line.expect(ActionFailed, leg=leg).code == 404


@pytest.mark.parametrize("way", ["rfc4733", "inband", "info"])
def test_a_key_is_told_whichever_way_it_comes(line, phone, way):
    caller = phone("caller", telephone_event=way == "rfc4733")
    leg = answered(line, caller)
    line.do(Play(leg=leg, play="menu", clips=(clip(line, "menu", sine(440, -20, 5)),)))
    assert caller.rtp.level(440) > -30
    if way == "rfc4733":
        caller.rtp.press("7")
    elif way == "inband":
        caller.rtp.say(dtmf("7"))
    else:
        caller.info("7")
    key = line.expect(KeyPressed, leg=leg)
    assert (key.key, key.source, key.relayed) == ("7", way, False)
    if way != "info":  # an INFO does not pass the tap: the core stops the prompt
        assert line.expect(PlayEnded, leg=leg).how == "key"
    assert not [event for event in line.gather(0.4) if isinstance(event, KeyPressed)]


def test_a_press_is_told_once_with_every_key(line, phone):
    caller = phone("caller")
    leg = answered(line, caller)
    caller.rtp.press("15*#09A")
    assert "".join(line.expect(KeyPressed, leg=leg).key for _ in range(7)) == "15*#09A"


def test_the_test_number_sends_a_tone_echoes_and_measures(line, phone):
    caller = phone("caller")
    leg = answered(line, caller)
    line.do(Tone(leg=leg, hz=1004, level_dbm0=-3))
    assert caller.rtp.level(1004) == pytest.approx(-3, abs=1)
    line.do(StopPlay(leg=leg), Echo(leg=leg, on=True), MeasureLevel(leg=leg, window_ms=200))
    caller.rtp.say(sine(700, -15, 1), loop=True)
    assert caller.rtp.level(700) == pytest.approx(-15, abs=1)
    measured = line.expect(LevelMeasured, lambda event: event.rx_dbm0 > -20 and event.tx_dbm0 > -20, leg=leg)
    assert measured.rx_dbm0 == pytest.approx(-15, abs=1)
    assert measured.tx_dbm0 == pytest.approx(-15, abs=1)


def test_ringing_then_refusals_reach_the_caller(line, phone):
    for code, seconds in ((404, 0), (503, 7)):
        caller = phone("caller")
        caller.invite(line.uri("999"))
        leg = line.offered(called="999").leg
        line.do(Ring(leg=leg))
        caller.wait_code(180)
        line.do(Refuse(leg=leg, code=code, reason="No\r\nX-Evil: 1", retry_after_s=seconds))
        final = caller.finish_invite()
        assert final.code == code
        assert final.get("Retry-After") == (str(seconds) if seconds else "")
        assert not final.get("X-Evil")
        ended = line.expect(LegEnded, leg=leg)
        assert (ended.code, ended.by) == (code, "us")
        line.expect(LegFreed, leg=leg)


def test_a_call_without_a_codec_in_common_is_refused_and_told(line, phone):
    caller = phone("caller")
    sdp = caller.sdp().replace("AVP 8 101", "AVP 18").replace("rtpmap:8 PCMA", "rtpmap:18 G729")
    assert caller.call(line.uri("200"), sdp=sdp).code == 488
    refused = line.expect(CallRefused)
    assert (refused.code, refused.caller, refused.called) == (488, "caller", "200")


def test_a_caller_who_gives_up_while_it_rings(line, phone):
    caller = phone("caller")
    caller.invite(line.uri("200"))
    leg = line.offered().leg
    line.do(Ring(leg=leg))
    caller.wait_code(180)
    caller.cancel()
    assert caller.finish_invite().code == 487
    ended = line.expect(LegEnded, leg=leg)
    assert (ended.code, ended.by, ended.media) == (487, "far", None)
    line.expect(LegFreed, leg=leg)


def dial(line, target, leg, **more):
    line.do(Dial(leg=leg, call="call", line="line-1", uri=target.uri, **more))


def test_a_ringing_phone_is_cancelled(line, phone):
    agent = phone("agent", mode="ring")
    dial(line, agent, "out-1")
    line.expect(LegProceeded, leg="out-1", code=180)
    line.do(HangUp(leg="out-1"))
    agent.wait_for("CANCEL")
    ended = line.expect(LegEnded, leg="out-1")
    assert ended.by == "us"
    line.expect(LegFreed, leg="out-1")


def test_a_phone_that_has_said_nothing_yet_is_cancelled_when_it_speaks(line, phone):
    agent = phone("agent", mode="manual")
    dial(line, agent, "out-2")
    invite = agent.wait_for("INVITE")
    line.do(HangUp(leg="out-2"))
    assert line.expect(LegEnded, leg="out-2").by == "us"
    agent.respond(invite, 180, "Ringing")
    agent.wait_for("CANCEL")
    line.expect(LegFreed, leg="out-2")


def test_a_phone_that_answers_across_the_hang_up_gets_a_bye(line, phone):
    agent = phone("agent", mode="manual")
    dial(line, agent, "out-3")
    invite = agent.wait_for("INVITE")
    line.do(HangUp(leg="out-3"))
    line.expect(LegEnded, leg="out-3")
    agent.respond(invite, 200, "OK", sdp=True)
    agent.wait_for("ACK")
    agent.wait_for("BYE")
    line.expect(LegFreed, leg="out-3")


def test_busy_and_redirecting_phones_end_the_leg_with_their_code(line, phone):
    agent = phone("agent", mode="busy")
    dial(line, agent, "out-4")
    ended = line.expect(LegEnded, leg="out-4")
    assert (ended.code, ended.by) == (486, "far")
    moved = phone("moved", mode="manual")
    dial(line, moved, "out-5")
    moved.respond(moved.wait_for("INVITE"), 302, "Moved Temporarily")
    assert line.expect(LegEnded, leg="out-5").code == 302


@pytest.mark.parametrize("tcp", [False, True])
def test_a_dialled_phone_answers_and_is_hung_up(line, phone, tcp):
    agent = phone("agent", tcp=tcp)
    leg = f"out-tcp-{tcp}"
    dial(line, agent, leg)
    line.expect(LegAnswered, leg=leg)
    line.do(Play(leg=leg, play="p", clips=(clip(line, "x", sine(600, -9, 1)),)))
    assert agent.rtp.level(600) == pytest.approx(-9, abs=1)
    line.do(HangUp(leg=leg))
    agent.wait_for("BYE")
    ended = line.expect(LegEnded, leg=leg)
    assert (ended.code, ended.by) == (200, "us")
    assert ended.media.rx_packets > 10
    assert ended.media.tx_packets > 10
    assert ended.media.tx_lost is None  # this phone sends no RTCP: unknown is not 0
    assert ended.media.rtt_ms is None


def test_what_the_far_end_reports_by_rtcp_is_in_the_figures(line, phone):
    caller = phone("caller")
    leg = answered(line, caller)
    wait_until(lambda: caller.rtp.remote_ssrc)
    caller.rtp.report(lost=3, jitter_ms=12)
    line.gather(0.3)
    line.do(HangUp(leg=leg))
    media = line.expect(LegEnded, leg=leg).media
    assert (media.tx_lost, media.tx_jitter_ms) == (3, pytest.approx(12, abs=0.5))
    assert media.rtt_ms is None  # it has not seen a sender report of ours yet


def test_what_cannot_be_done_is_answered(line, phone):
    line.do(Answer(leg="nobody"), HangUp(leg="nobody"))
    for _ in range(2):
        assert line.expect(ActionFailed, leg="nobody").code == 481
    line.do(Dial(leg="bad", call="c", line="line-1", uri="sip:x@127.0.0.1\r\nX-Evil: 1"))
    assert line.expect(ActionFailed, leg="bad").code == 400
    line.do(Dial(leg="bad2", call="c", line="line-1", uri="sip:x@127.0.0.1:1", trunk="none"))
    assert line.expect(ActionFailed, leg="bad2").code == 404
    leg = answered(line, phone("caller"))
    line.do(Answer(leg=leg), Ring(leg=leg), Refuse(leg=leg, code=404), Dial(leg=leg, call="c", line="l", uri="sip:x@y"))
    assert [line.expect(ActionFailed, leg=leg).code for _ in range(4)] == [491, 491, 491, 400]
    assert line.alive()


def test_a_persons_number_is_masked_in_the_log(line, phone):
    caller = phone("caller")
    leg = answered(line, caller, from_='"A" <sip:+48221234567@127.0.0.1>')
    assert leg
    assert "+48221234567" not in line.log
    assert re.search(r"\*+567", line.log)
