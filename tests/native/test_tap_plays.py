"""What the tap plays: sample for sample, without a gap, until it is stopped."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio.tap import Gone, Tap
from tests.native.by_hand import FRAME, ends, ramp


def test_clips_follow_each_other_inside_a_frame(tap):
    a, b, c = ramp(250), ramp(7, 9000), ramp(130, 20000)
    tap.play(1, [a, b])
    tap.play(2, [c])
    sent, sound = tap.get_frames(4)
    played = np.concatenate([a, b, c])
    assert np.array_equal(sent[: len(played)], played)
    assert not sent[len(played) :].any()
    assert sound == 3  # 387 samples fill two frames and part of a third; the fourth is of type NONE
    assert ends(tap) == [(1, "end", 257), (2, "end", 130)]


@given(
    plays=st.lists(st.lists(st.integers(0, 700), max_size=5), min_size=1, max_size=16),
    reads=st.lists(st.integers(1, 9), min_size=1, max_size=20),
)
@settings(max_examples=150, deadline=None)
def test_any_plays_are_one_unbroken_signal(plays, reads):
    tap = Tap("leg")
    clips = [[ramp(n, 1000 * i + 77 * j) for j, n in enumerate(lengths)] for i, lengths in enumerate(plays)]
    for i, play in enumerate(clips):
        tap.play(i, play)
    whole = np.concatenate([np.zeros(0, np.int16), *(clip for play in clips for clip in play)])
    frames = -(-len(whole) // FRAME)
    heard, sounding = [], 0
    while sum(map(len, heard)) < frames * FRAME:
        sent, sound = tap.get_frames(reads[len(heard) % len(reads)])
        heard.append(sent)
        sounding += sound
    signal = np.concatenate([np.zeros(0, np.int16), *heard])
    assert np.array_equal(signal[: len(whole)], whole)
    assert not signal[len(whole) :].any()
    assert sounding == frames
    tap.get_frames(1)
    assert ends(tap) == [(i, "end", sum(lengths)) for i, lengths in enumerate(plays)]
    tap.close()
    assert tap.events()[-1] == Gone("leg")


def test_nothing_to_send_is_a_frame_of_no_type_and_not_silence(tap):
    assert tap.get_frames(3)[1] == 0


def test_a_loop_has_no_seam_and_ends_when_stopped(tap):
    clip = ramp(333)
    tap.play(5, [clip[:100], clip[100:]], loop=True)
    sent, sound = tap.get_frames(50)
    assert sound == 50
    assert np.array_equal(sent, np.resize(clip, 50 * FRAME))
    tap.stop(5)
    assert tap.get_frames(1)[1] == 0
    assert ends(tap) == [(5, "stopped", 50 * FRAME)]


def test_a_loop_over_no_samples_ends_instead_of_spinning(tap):
    tap.play(1, [np.zeros(0, np.int16)], loop=True)
    tap.play(2, [], loop=True)
    tap.get_frames(1)
    assert ends(tap) == [(1, "end", 0), (2, "end", 0)]


def test_stop_takes_the_play_that_is_meant(tap):
    for i in (1, 2, 3):
        tap.play(i, [ramp(1000, i)])
    tap.stop(2)
    sent, _ = tap.get_frames(13)
    assert np.array_equal(sent[:2000], np.concatenate([ramp(1000, 1), ramp(1000, 3)]))
    assert ends(tap) == [(2, "stopped", 0), (1, "end", 1000), (3, "end", 1000)]
    for i in (4, 5):
        tap.play(i, [ramp(1000)])
    tap.get_frames(1)
    tap.stop()
    tap.play(6, [ramp(10)])
    tap.get_frames(1)
    assert ends(tap) == [(4, "stopped", FRAME), (5, "stopped", 0), (6, "end", 10)]
