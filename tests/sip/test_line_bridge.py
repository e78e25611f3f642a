"""Two far ends on one bridge: audio both ways at its level, through hold, resume and re-INVITE; keys passed on."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gateway.core.actions import Bridge, SendKeys, Unbridge
from gateway.core.events import ActionFailed, KeyPressed, LegMediaChanged
from tests.sip.conftest import Talk
from tests.sip.harness import wait_until
from tests.sip.rtp import dtmf, sine

pytestmark = pytest.mark.sip

CALLER_HZ, AGENT_HZ = 700, 1100


def speak(talk):
    talk.caller.rtp.say(sine(CALLER_HZ, -12, 1), loop=True)
    talk.agent.rtp.say(sine(AGENT_HZ, -15, 1), loop=True)


def assert_both_hear(talk):
    assert talk.caller.rtp.level(AGENT_HZ) == pytest.approx(-15, abs=1)
    assert talk.agent.rtp.level(CALLER_HZ) == pytest.approx(-12, abs=1)


@pytest.mark.parametrize("codecs", [("PCMA", "PCMA"), ("PCMU", "PCMA"), ("G722", "PCMU"), ("G722", "G722")])
def test_a_tone_is_heard_both_ways(line, phone, codecs):
    talk = Talk(line, phone("caller", codec=codecs[0]), phone("agent", codec=codecs[1]))
    speak(talk)
    assert_both_hear(talk)
    talk.end()


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_hold_resume_and_reinvite_of_either_side(line, phone, who):
    talk = Talk(line, phone("caller"), phone("agent", tcp=True))
    speak(talk)
    holder = getattr(talk, who)
    leg = getattr(talk, f"{who}_leg")
    for direction in ("sendonly", "inactive"):
        assert holder.reinvite(direction).code == 200
        line.expect(LegMediaChanged, leg=leg, held=True)
        assert holder.rtp.falls_silent(AGENT_HZ if who == "caller" else CALLER_HZ)
        assert holder.reinvite("sendrecv").code == 200
        line.expect(LegMediaChanged, leg=leg, held=False)
        assert_both_hear(talk)
    assert holder.reinvite("sendrecv", codec="G722").code == 200
    line.expect(LegMediaChanged, leg=leg, codec="G722/16000")
    assert_both_hear(talk)
    talk.end()


def test_unbridged_legs_do_not_hear_each_other(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"), bridged=False)
    speak(talk)
    assert talk.agent.rtp.falls_silent(CALLER_HZ)
    line.do(Bridge(leg=talk.agent_leg, other=talk.caller_leg))
    assert_both_hear(talk)
    line.do(Unbridge(leg=talk.caller_leg, other=talk.agent_leg))
    assert talk.agent.rtp.falls_silent(CALLER_HZ)
    assert talk.caller.rtp.falls_silent(AGENT_HZ)
    line.do(Unbridge(leg=talk.caller_leg, other=talk.agent_leg))
    assert line.expect(ActionFailed, leg=talk.caller_leg).code == 491
    talk.end()


@pytest.mark.parametrize("way", ["rfc4733", "info"])
def test_keys_reach_the_other_side_by_rfc_4733(line, phone, way):
    talk = Talk(line, phone("caller"), phone("agent"))
    if way == "rfc4733":
        talk.caller.rtp.press("31")
    else:
        talk.caller.info("3")
        talk.caller.info("1")
    for key in "31":
        told = line.expect(KeyPressed, leg=talk.caller_leg)
        assert (told.key, told.source, told.relayed) == (key, way, True)
    wait_until(lambda: talk.agent.rtp.keys_heard == "31")
    talk.agent.rtp.press("8")
    wait_until(lambda: talk.caller.rtp.keys_heard == "8")
    talk.end()


def test_keys_reach_a_phone_without_telephone_event_in_band(line, phone):
    talk = Talk(line, phone("caller"), phone("agent", telephone_event=False))
    mark = talk.agent.rtp.mark()
    talk.caller.rtp.press("5")
    assert line.expect(KeyPressed, leg=talk.caller_leg, key="5").relayed
    wait_until(lambda: key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, what="the key is not heard")
    time.sleep(0.5)
    assert talk.agent.rtp.keys_heard == ""
    assert key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, "it is heard again"
    talk.end()


def test_an_inband_key_passes_once_as_audio(line, phone):
    talk = Talk(line, phone("caller", telephone_event=False), phone("agent"))
    mark = talk.agent.rtp.mark()
    talk.caller.rtp.say(dtmf("5"))
    assert line.expect(KeyPressed, leg=talk.caller_leg, key="5").source == "inband"
    wait_until(lambda: key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, what="the key is not heard")
    time.sleep(0.5)
    assert talk.agent.rtp.keys_heard == ""
    assert key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, "it is heard again"
    talk.end()


def test_keys_are_pressed_by_command(line, phone):
    talk = Talk(line, phone("caller"), phone("agent", telephone_event=False), bridged=False)
    mark = talk.agent.rtp.mark()
    line.do(SendKeys(leg=talk.caller_leg, keys="90#"), SendKeys(leg=talk.agent_leg, keys="5"))
    wait_until(lambda: talk.caller.rtp.keys_heard == "90#")
    wait_until(lambda: key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, what="the key is not heard")
    time.sleep(0.2)
    assert key_bursts(talk.agent.rtp.since(mark), 770, 1336) == 1, "it is heard again"
    line.do(SendKeys(leg=talk.caller_leg, keys="5x"))
    assert line.expect(ActionFailed, leg=talk.caller_leg).code == 400
    talk.end()


def key_bursts(samples, low_hz, high_hz):
    """How often both tones begin in `samples`."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float)
    wave = np.arange(160) / 8000
    both = np.ones(len(frames), bool)
    for hz in (low_hz, high_hz):
        both &= abs(frames @ np.exp(-2j * np.pi * hz * wave)) / 80 > 500
    return int(np.sum(np.diff(both.astype(int), prepend=0) == 1))
