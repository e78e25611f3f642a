"""Keys and plays: what a press stops, and that one press is one key whichever ways it comes."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.tap import Digit, PlayEnded, Tap
from gateway.errors import AudioError
from tests.native.by_hand import FRAME, digits, ends, press, ramp, tick
from tests.native.keys import digit_pcm


def test_an_inband_key_stops_the_play_within_the_frame(tap):
    tap.play(1, [ramp(16000)])
    before = [tick(tap) for _ in range(10)]
    during = press(tap, "7")
    assert all(frame is not None for frame in before)
    events = tap.events()
    begin = next(e for e in events if isinstance(e, Digit) and e.phase == "begin")
    ended = next(e for e in events if isinstance(e, PlayEnded))
    assert (begin.digit, begin.source, begin.doubled, begin.end) == ("7", "inband", False, -1)
    assert abs(begin.start - 10 * FRAME) <= 40  # back-dated to the tone's first sample, 5 ms at most off
    # Decided with the samples of one frame, quiet in the next one that the bridge asks for.
    assert (ended.how, ended.at) == ("key", begin.at)
    assert ended.played == begin.at
    loud = 10 + sum(frame is not None for frame in during)
    assert loud * FRAME == ended.played


def test_an_rfc4733_key_stops_the_play_at_once(tap):
    tap.play(1, [ramp(16000)])
    for _ in range(3):
        tick(tap)
    tap.hear_rfc4733("#", 5000, 20)
    assert tick(tap) is None
    begin, ended = tap.events()
    assert (begin.digit, begin.phase, begin.source, begin.rtp_ms) == ("#", "begin", "rfc4733", 5000)
    assert (ended.play_id, ended.how, ended.played) == (1, "key", 3 * FRAME)


def test_a_key_ends_all_queued_plays_but_the_one_that_must_be_heard(tap):
    tap.play(1, [ramp(1000, 1)])
    tap.play(2, [ramp(1000, 2)], barge_in=False)
    tap.play(3, [ramp(1000, 3)])
    tick(tap)
    tap.hear_rfc4733("1", 1, 20)
    sent, _ = tap.get_frames(7)
    assert np.array_equal(sent[:1000], ramp(1000, 2))
    assert ends(tap) == [(1, "key", FRAME), (3, "key", 0), (2, "end", 1000)]


@pytest.mark.parametrize("source", ["inband", "rfc4733"])
def test_a_key_that_the_loop_has_not_seen_ends_even_a_play_asked_for_later(tap, source):
    # The loop asks for a play at the moment of the press: the digit that it will find must have stopped it.
    if source == "inband":
        press(tap, "4")
    else:
        tap.hear_rfc4733("4", 1, 20)
    tap.play(1, [ramp(1000)])
    tap.get_frames(1)
    assert ends(tap) == [(1, "key", 0)]
    tap.play(2, [ramp(100)])  # the digit is known now
    tap.get_frames(1)
    assert ends(tap) == [(2, "end", 100)]


def test_keys_pressed_ahead_flow_up_whatever_is_played(tap):
    tap.play(1, [ramp(40000)], barge_in=False)
    for digit in "159":
        press(tap, digit)
        press(tap, digit, 0) or [tick(tap) for _ in range(4)]
    assert [(e.digit, e.phase) for e in digits(tap)] == [(d, p) for d in "159" for p in ("begin", "end")]


def test_one_press_that_comes_both_ways_is_one_key(tap):
    tap.hear_rfc4733("5", 100, 20)
    for _ in range(2):
        tick(tap)
    (first,) = digits(tap)
    tap.play(1, [ramp(16000)])  # the answer to that key, begun before the tone of the same press is recognised
    press(tap, "5")
    tap.hear_rfc4733("5", 100, 120, end=True)
    [tick(tap) for _ in range(10)]
    rest = tap.events()
    assert not first.doubled
    assert not [e for e in rest if isinstance(e, PlayEnded)]
    tones = [e for e in rest if isinstance(e, Digit) and e.source == "inband"]
    assert [(e.phase, e.doubled) for e in tones] == [("begin", True), ("end", True)]
    tap.stop()


def test_in_band_first_then_rfc4733(tap):
    press(tap, "8")
    tap.hear_rfc4733("8", 100, 20)
    tap.hear_rfc4733("8", 100, 120, end=True)
    begins = [(e.source, e.doubled) for e in digits(tap) if e.phase == "begin"]
    assert begins == [("inband", False), ("rfc4733", True)]


def test_the_same_key_again_and_another_key_count(tap):
    tap.hear_rfc4733("5", 100, 20)
    tap.hear_rfc4733("5", 100, 100, end=True)
    press(tap, "6")  # another key, in-band
    [tick(tap) for _ in range(30)]  # 600 ms later the same key as the first, in-band alone
    press(tap, "5")
    tap.hear_rfc4733("6", 900, 20)  # long after the "6" in-band
    begins = [(e.digit, e.source, e.doubled) for e in digits(tap) if e.phase == "begin"]
    assert begins == [
        ("5", "rfc4733", False),
        ("6", "inband", False),
        ("5", "inband", False),
        ("6", "rfc4733", False),
    ]


def test_detection_can_be_switched_off_and_limited_to_some_keys(tap):
    tap.detect(False)
    press(tap, "3")
    assert digits(tap) == []
    tap.detect(True, keys="123")
    press(tap, "A")
    [tick(tap) for _ in range(4)]
    press(tap, "3")
    assert [e.digit for e in digits(tap) if e.phase == "begin"] == ["3"]
    with pytest.raises(AudioError, match="keys are"):
        tap.detect(True, keys="12x")


def test_other_keys_can_be_chosen_while_one_is_held(tap):
    pcm = digit_pcm("3", 200).reshape(-1, FRAME)
    for frame in pcm[:5]:
        tick(tap, frame)
    tap.detect(True, keys="12")
    for frame in [*pcm[5:], None, None, None]:
        tick(tap, frame)
    assert [(e.digit, e.phase) for e in digits(tap)] == [("3", "begin"), ("3", "end")]
    press(tap, "3")
    assert digits(tap) == []


def test_positions_count_from_the_tap_not_from_the_detector(tap):
    tap.detect(False)
    [tick(tap) for _ in range(25)]
    tap.detect(True)
    press(tap, "3")
    (begin,) = [e for e in digits(tap) if e.phase == "begin"]
    assert abs(begin.start - 25 * FRAME) <= 40


def test_a_key_at_16_khz():
    tap = Tap("wide", 16000, 320)
    pcm = np.concatenate([digit_pcm("9", 100, 16000), np.zeros(640, np.int16)])
    tap.put_frames(pcm[: len(pcm) // 320 * 320])
    assert [(e.digit, e.phase) for e in digits(tap)] == [("9", "begin"), ("9", "end")]
    tap.close()
    tap.events()
