"""Recordings, sample by sample: what each side of a file holds, when it begins, what is hidden."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio.level import level_dbm0
from gateway.audio.recorder import Recorder
from gateway.audio.tap import Tap
from tests.native.by_hand import FRAME, ramp, tick
from tests.native.recordings import frames, read

QUIET = np.zeros(FRAME, np.int16)


def test_a_leg_alone_is_what_is_received_and_what_is_played(tap, tmp_path):
    said, played = ramp(40 * FRAME), ramp(1000, 9000)
    recorder = Recorder(tmp_path / "leg.wav", tap)
    tap.play(1, [played], barge_in=False)
    for i, frame in enumerate(frames(said)):
        tick(tap, frame)
        if i % 7 == 0:
            assert recorder.drain() == []
    assert recorder.close() == []
    expected = said.astype(int)
    expected[:1000] += played
    got = read(tmp_path / "leg.wav")
    assert np.array_equal(got[:, 0], expected.clip(-32768, 32767))
    assert recorder.written == len(said)
    assert tap.overflows.recorded == 0


def test_a_voice_mail_is_what_is_received_alone(tap, tmp_path):
    said = ramp(10 * FRAME)
    recorder = Recorder(tmp_path / "mail.wav", tap, sent=False)
    tap.play(1, [ramp(1000)], barge_in=False)
    for frame in frames(said):
        tick(tap, frame)
    recorder.close()
    assert np.array_equal(read(tmp_path / "mail.wav")[:, 0], said)


def test_frames_without_sound_are_silence_in_their_place(tap, tmp_path):
    recorder = Recorder(tmp_path / "leg.wav", tap)
    for frame in (None, ramp(FRAME), None, None, ramp(FRAME, 500)):
        tick(tap, frame)
    recorder.close()
    parts = frames(read(tmp_path / "leg.wav")[:, 0])
    assert [bool(part.any()) for part in parts] == [False, True, False, False, True]
    assert np.array_equal(parts[4], ramp(FRAME, 500))


def test_a_leg_that_hears_nothing_all_the_while_still_is_recorded(tap, tmp_path):
    """Connected to no one, the sending side is asked for nothing, and then for something again."""
    said = ramp(30 * FRAME)
    recorder = Recorder(tmp_path / "leg.wav", tap)
    for i, frame in enumerate(frames(said)):
        if i == 20:
            tap.play(1, [ramp(2 * FRAME, 7000)], barge_in=False)
        if i >= 20:
            tap.get_frames(1)
        tap.put_frames(frame)
        if i in (5, 17):
            recorder.drain()
    recorder.close()
    expected = said.astype(int)
    expected[20 * FRAME : 22 * FRAME] += ramp(2 * FRAME, 7000)
    assert np.array_equal(read(tmp_path / "leg.wav")[:, 0], expected)


@pytest.mark.parametrize("later", ["left", "right"])
@pytest.mark.parametrize("drained", [1, 6, 100])
def test_two_legs_lie_side_by_side_though_one_opens_later(two, tmp_path, later, drained):
    left, right = two
    start, late = 123 * FRAME, 5
    left_said, right_said = ramp(30 * FRAME), ramp(30 * FRAME, 15000)
    for tap, name in ((left, "left"), (right, "right")):
        tap.hand_tick(start + late * FRAME if name == later else start)
    recorder = Recorder(tmp_path / "both.wav", left, right)
    for i in range(30):
        for tap, name, said in ((left, "left", left_said), (right, "right", right_said)):
            if name != later or i >= late:
                tick(tap, said[i * FRAME : (i + 1) * FRAME])
        if i % drained == 0:
            recorder.drain()
    recorder.close()
    got = read(tmp_path / "both.wav")
    first = late * FRAME
    assert got.shape == (30 * FRAME, 2)
    expected = np.stack([left_said, right_said], axis=1)
    expected[:first, 0 if later == "left" else 1] = 0
    assert np.array_equal(got, expected)


TURN = st.tuples(st.booleans(), st.booleans(), st.sampled_from(["", "", "", "before", "between", "after"]))


@settings(max_examples=100, deadline=None)
@given(turns=st.lists(TURN, max_size=60), first=st.integers(0, 10**12))
def test_whoever_is_asked_whenever_every_frame_is_in_its_place(turns, first):
    """Against two plain arrays: in each turn of the bridge each leg is asked or not, and the loop comes by or not."""
    taps = [Tap("caller"), Tap("agent")]
    expected = np.zeros((len(turns), 2, FRAME), np.int16)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(f"{folder}/both.wav", *taps)
        for i, (left, right, drain) in enumerate(turns):
            for side, (tap, asked) in enumerate(zip(taps, (left, right), strict=True)):
                if drain == ("before", "between")[side]:
                    recorder.drain()
                if asked:
                    expected[i, side] = ramp(FRAME, 1000 * side + 7 * i)
                    tap.hand_tick((first + i) * FRAME)
                    tick(tap, expected[i, side])
            if drain == "after":
                recorder.drain()
        assert recorder.close() == []
        got = read(f"{folder}/both.wav")
    for tap in taps:
        assert tap.overflows.recorded == 0
        tap.close()
        tap.events()
    asked = [i for i, (left, right, _) in enumerate(turns) if left or right]
    wanted = expected[asked[0] : asked[-1] + 1] if asked else expected[:0]
    assert np.array_equal(got, wanted.transpose(0, 2, 1).reshape(-1, 2))


def test_a_leg_that_leaves_early_is_silence_from_then_on(two, tmp_path):
    left, right = two
    recorder = Recorder(tmp_path / "both.wav", left, right)
    for i in range(40):
        tick(left, ramp(FRAME, i))
        if i < 10:
            tick(right, ramp(FRAME, 100 * i))
        if i == 10:
            recorder.drain()
            right.close()
            right.events()
        recorder.drain()
    assert recorder.written >= 37 * FRAME  # nothing waits for who has gone
    assert recorder.close() == []
    got = read(tmp_path / "both.wav")
    assert got.shape == (40 * FRAME, 2)
    assert np.array_equal(got[9 * FRAME : 10 * FRAME, 1], ramp(FRAME, 900))
    assert not got[10 * FRAME :, 1].any()
    assert np.array_equal(got[39 * FRAME :, 0], ramp(FRAME, 39))


def test_what_the_announcements_say_is_not_in_a_stereo_recording(two, tmp_path):
    recorder = Recorder(tmp_path / "both.wav", *two)
    two[0].play(1, [ramp(5 * FRAME)])
    for _ in range(10):
        for tap in two:
            tick(tap, QUIET)
    recorder.close()
    assert not read(tmp_path / "both.wav").any()


@pytest.mark.parametrize("agc", [False, True])
def test_a_pause_hides_what_is_said_and_nothing_else(two, tmp_path, agc):
    left, right = two
    secret = np.full(FRAME, 12345, np.int16)
    said = (4000 * np.sin(2 * np.pi * 300 * np.arange(FRAME) / 8000)).astype(np.int16)
    recorder = Recorder(tmp_path / "both.wav", left, right, agc=agc)

    def talk(frame, count):
        for i in range(count):
            tick(left, frame)
            tick(right, frame)
            if i % 9 == 0:
                recorder.drain()

    talk(said, 50)
    recorder.pause()
    talk(secret, 200)
    recorder.resume()
    talk(said, 50)
    recorder.close()
    got = read(tmp_path / "both.wav")
    assert got.shape == (300 * FRAME, 2)
    hidden = got[50 * FRAME : 250 * FRAME]
    for side in (0, 1):
        tone = np.ascontiguousarray(hidden[:, side])
        assert level_dbm0(tone) == pytest.approx(-30, abs=0.05)
        assert np.argmax(np.abs(np.fft.rfft(tone[:8000].astype(float)))) == 1000
        assert abs(tone.mean()) < 1  # nothing of the secret, which is all offset
    if not agc:
        assert np.array_equal(got[: 50 * FRAME], np.tile(said, (2, 50)).T)
        assert np.array_equal(got[250 * FRAME :], np.tile(said, (2, 50)).T)
    else:  # the gain has not followed the tone: it goes on where it was
        levels = [level_dbm0(np.ascontiguousarray(got[i * FRAME : (i + 4) * FRAME, 0])) for i in (44, 251)]
        assert levels[1] == pytest.approx(levels[0], abs=0.5)


def test_what_a_recorder_left_paused_does_not_hide_the_next_one(tap, tmp_path):
    first = Recorder(tmp_path / "1.wav", tap)
    first.pause()
    tick(tap, ramp(FRAME))
    first.close()
    second = Recorder(tmp_path / "2.wav", tap)
    tick(tap, ramp(FRAME, 70))
    tick(tap, ramp(FRAME, 71))
    second.close()
    assert np.array_equal(frames(read(tmp_path / "2.wav")[:, 0]), [ramp(FRAME, 70), ramp(FRAME, 71)])


def test_a_new_recording_holds_nothing_of_what_was_said_before(tap, tmp_path):
    tick(tap, ramp(FRAME, 1))  # not recorded
    first = Recorder(tmp_path / "1.wav", tap)
    tick(tap, ramp(FRAME, 2))
    first.close()
    tick(tap, ramp(FRAME, 3))  # between the two
    tap.record("received", "sent")
    tick(tap, ramp(FRAME, 4))  # kept by hand, never taken
    tap.record()
    second = Recorder(tmp_path / "2.wav", tap)
    tick(tap, ramp(FRAME, 5))
    second.close()
    assert np.array_equal(read(tmp_path / "1.wav")[:, 0], ramp(FRAME, 2))
    assert np.array_equal(read(tmp_path / "2.wav")[:, 0], ramp(FRAME, 5))


def test_automatic_gain_brings_both_sides_to_one_level_and_moves_nothing(two, tmp_path):
    time = np.arange(8 * 8000) / 8000
    voice = np.sin(2 * np.pi * 220 * time) * (time % 0.45 < 0.3)
    loud, weak = ((9000 * voice).astype(np.int16), (400 * voice).astype(np.int16))
    recorder = Recorder(tmp_path / "both.wav", *two, agc=True)
    for i in range(len(time) // FRAME):
        for tap, said in zip(two, (loud, weak), strict=True):
            tick(tap, said[i * FRAME : (i + 1) * FRAME])
        if i % 10 == 0:
            recorder.drain()
    recorder.close()
    got = read(tmp_path / "both.wav")
    assert got.shape == (len(time), 2)
    talking = (time > 6) & (time % 0.45 < 0.28) & (time % 0.45 > 0.02)
    for side, said in ((0, loud), (1, weak)):
        assert level_dbm0(np.ascontiguousarray(got[talking, side])) == pytest.approx(-20, abs=1.5)
        assert np.array_equal(np.sign(got[talking, side]), np.sign(said[talking]))  # sample by sample in its place
