"""The foreign telephones by themselves: codec, messages, and a call from one to the other over the network."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gateway.audio import g711 as ours
from gateway.live import g711, sip
from gateway.live.phone import Telephone
from gateway.live.rtp import pilot
from gateway.live.sip import Media, Message

LIMIT_S = 30.0


@pytest.mark.parametrize("payload", [g711.PCMA, g711.PCMU])
def test_two_codecs_that_share_nothing_agree(payload):
    """Ours in C, and the one here by the formulas."""
    codes = np.arange(256, dtype=np.uint8)
    decode, encode = {
        g711.PCMA: (ours.alaw_decode, ours.alaw_encode),
        g711.PCMU: (ours.ulaw_decode, ours.ulaw_encode),
    }[payload]
    values = g711.decode(codes.tobytes(), payload)
    assert np.array_equal(values, decode(codes))
    samples = np.arange(-32768, 32768, 7).astype(np.int16)
    here, there = (g711.decode(bytes(c), payload).astype(int) for c in (g711.encode(samples, payload), encode(samples)))
    assert np.max(np.abs(np.abs(here - samples) - np.abs(there - samples))) <= 512  # no worse than a step


def test_silence_is_silent():
    for payload, code in g711.SILENCE.items():
        assert abs(int(g711.decode(bytes([code]), payload)[0])) <= 8


def test_a_message_is_read_as_it_was_written():
    data = sip.write(
        "INVITE sip:100@127.0.0.1 SIP/2.0", [("From", '"A" <sip:a@b>;tag=x1'), ("CSeq", "7 INVITE")], "v=0"
    )
    message = Message(data.decode())
    assert (message.method, message.code, message.cseq, message.tag("from")) == ("INVITE", 0, (7, "INVITE"), "x1")
    assert (message.get("content-length"), message.body) == ("3", "v=0")
    answer = Message(sip.answer(message, 486, "Busy Here", tag="t").decode())
    assert (answer.code, answer.method, answer.get("from")) == (486, "", '"A" <sip:a@b>;tag=x1')


def test_short_header_names_are_the_long_ones():
    message = Message("BYE sip:a SIP/2.0\r\ni: 17@x\r\nf: <sip:a@b>;tag=1\r\nm: <sip:c@127.0.0.1:9>\r\n\r\n")
    assert (message.call_id, message.tag("from"), message.contact) == ("17@x", "1", "sip:c@127.0.0.1:9")


@pytest.mark.parametrize("text", ["", "\r\n", "SIP/2.0", "SIP/2.0 abc x", "INVITE", ":\r\n:\r\n\r\n", "\x00" * 50])
def test_any_text_is_some_message(text):
    message = Message(text)
    assert message.cseq == (0, "")
    assert Media(text).address is None


def test_an_offer_says_where_and_what():
    media = Media(sip.sdp_offer("127.0.0.1", 4000, (8, 0), 101, 1))
    assert (media.address, media.payload, media.event) == (("127.0.0.1", 4000), 8, 101)
    assert Media("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 9 18\r\n").payload is None


async def until(condition):
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - it looks at another object
            await asyncio.sleep(0.01)


async def pair(act):
    """(call of the one who calls, call of the other) between two telephones; `act` says what the other one does."""
    taken = []
    caller, other = Telephone("a"), Telephone("b", on_ring=lambda call: (taken.append(call), act(call)))
    await caller.open()
    await other.open()
    call = caller.new_call()
    await call.dial(other.uri, f"<{caller.uri}>")
    await until(lambda: taken)
    return caller, other, call, taken[0]


@pytest.mark.alone  # what is heard has no gap only where both are on time
def test_two_telephones_talk_and_one_hangs_up():
    async def scene():
        tasks = []
        caller, other, call, theirs = await pair(
            lambda call: (call.ring(), tasks.append(asyncio.ensure_future(call.pick_up())))
        )
        await until(lambda: call.state == theirs.state == "up")
        call.audio.say(pilot(1830))
        await until(lambda: theirs.audio.packets > 60 and call.audio.packets > 20)
        heard = theirs.audio.recording()
        theirs.hang_up()
        await until(lambda: call.state == "over")
        assert (theirs.by_us, call.by_us) == (True, False)
        for phone in (caller, other):
            phone.close()
        return heard

    heard = asyncio.run(scene())
    spectrum = np.abs(np.fft.rfft(heard[-4000:].astype(float)))
    assert abs(int(np.argmax(spectrum)) * 2 - 1830) <= 2


@pytest.mark.parametrize(("act", "code"), [("busy", 486), ("refuse", 603)])
def test_a_telephone_that_does_not_want_to(act, code):
    async def scene():
        caller, other, call, _ = await pair(lambda call: call.refuse(code, act))
        await until(lambda: call.state == "over")
        caller.close()
        other.close()
        return call.code

    assert asyncio.run(scene()) == code


def test_who_gives_up_before_the_answer_cancels():
    async def scene():
        caller, other, call, theirs = await pair(lambda call: call.ring())
        await until(lambda: call.state == "ringing")
        call.hang_up()
        await until(lambda: theirs.state == "over")
        caller.close()
        other.close()
        return theirs.code

    assert asyncio.run(scene()) == 487
