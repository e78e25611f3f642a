"""The tap's rings and its life: overflow, order, what it holds and when it lets go."""

from __future__ import annotations

import gc
import select
import weakref

import numpy as np
import pytest

from gateway.audio.tap import Digit, Gone, Tap, notify_clear, notify_fd
from gateway.errors import AudioError
from tests.native.by_hand import FRAME, digits, ends, ramp, tick


def test_events_that_find_no_room_are_counted(tap):
    for i in range(200):
        tap.hear_rfc4733("1", 1000 * i, 20)
        tap.hear_rfc4733("1", 1000 * i, 100, end=True)
    assert tap.overflows.rfc4733 == 400 - 128
    assert len(digits(tap)) == 128
    # The lost presses do not stop a play that is asked for now.
    tap.play(1, [ramp(100)])
    tap.get_frames(1)
    assert ends(tap) == [(1, "end", 100)]
    assert tap.overflows.rfc4733 == 400 - 128


def test_the_end_of_a_play_is_never_lost(tap):
    tap.measure(20, repeat=True)
    for i in range(16):
        tap.play(i, [ramp(100)])
    tap.get_frames(300)
    assert tap.overflows.sent > 0  # levels that found no room
    assert [e[0] for e in ends(tap)] == list(range(16))


def test_commands_that_find_no_room_are_refused_and_counted(tap):
    for i in range(16):
        tap.play(i, [ramp(1)])
    with pytest.raises(AudioError, match="no room"):
        tap.play(16, [ramp(1)])
    for _ in range(48):
        tap.stop(99)
    with pytest.raises(AudioError, match="no room"):
        tap.echo(True)
    assert tap.overflows.commands == 2
    tap.get_frames(1)
    tap.echo(True)
    assert len(ends(tap)) == 16
    tap.play(16, [ramp(1)])


def test_an_echo_that_is_not_taken_is_counted(tap):
    tap.echo(True)
    for _ in range(20):
        tap.put_frames(None)
    assert tap.overflows.echo == 12


def test_events_come_in_the_order_in_which_they_happened(tap):
    for i in range(3):
        tap.play(i, [ramp(100)])
        tick(tap)
        tap.hear_rfc4733("1", 1000 * i, 20, end=True)
    kinds = [e.phase if isinstance(e, Digit) else e.play_id for e in tap.events()]
    assert kinds == [0, "begin", "end", 1, "begin", "end", 2, "begin", "end"]


def test_the_bell_rings_once_for_many_events(tap):
    tap.events()
    notify_clear()
    assert select.select([notify_fd()], [], [], 0)[0] == []
    tap.hear_rfc4733("1", 1, 20)
    tap.hear_rfc4733("1", 1, 60, end=True)
    assert select.select([notify_fd()], [], [], 0)[0] != []
    notify_clear()
    assert select.select([notify_fd()], [], [], 0)[0] == []
    assert len(tap.events()) == 2
    tap.hear_rfc4733("2", 900, 20)
    assert select.select([notify_fd()], [], [], 0)[0] != []


def test_samples_are_held_until_the_play_has_ended():
    tap = Tap("leg")
    clip = ramp(1000)
    alive = weakref.ref(clip)
    tap.play(1, [clip])
    del clip
    gc.collect()
    assert alive() is not None
    tap.get_frames(7)
    assert alive() is not None  # ended, but the loop has not taken the event yet
    tap.events()
    gc.collect()
    assert alive() is None
    tap.close()
    tap.events()


def test_closing_ends_what_is_queued_and_frees():
    tap = Tap("leg")
    clip = ramp(1000)
    alive = weakref.ref(clip)
    tap.play(1, [clip])
    tap.get_frames(1)
    tap.play(2, [clip], loop=True)
    tap.close()
    tap.close()
    with pytest.raises(AudioError, match="closed"):
        tap.play(3, [clip])
    gone = tap.events()
    assert gone[-1] == Gone("leg")
    assert [(e.play_id, e.how, e.played) for e in gone[:-1]] == [(1, "stopped", FRAME), (2, "stopped", 0)]
    assert tap.events() == []
    with pytest.raises(AudioError, match="closed"):
        tap.stop()
    del clip, gone
    gc.collect()
    assert alive() is None


def test_a_forgotten_tap_stays_alive():
    tap = Tap("leg")
    ghost = weakref.ref(tap)
    del tap
    gc.collect()
    assert ghost() is not None
    ghost().close()
    ghost().events()
    gc.collect()
    assert ghost() is None


@pytest.mark.parametrize(
    "clip",
    [np.zeros(10), np.zeros(10, np.int32), np.zeros((2, 5), np.int16), np.zeros(10, np.int16)[::2], [1, 2], None],
    ids=["float64", "int32", "two-dimensional", "strided", "list", "none"],
)
def test_unfit_samples_are_refused(tap, clip):
    with pytest.raises(AudioError, match="samples must be"):
        tap.play(1, [clip])
    tap.play(1, [ramp(3)])  # nothing was taken


def test_a_play_id_is_used_once_at_a_time(tap):
    tap.play(1, [ramp(100)])
    with pytest.raises(AudioError, match="play 1 has not ended"):
        tap.play(1, [ramp(100)])


@pytest.mark.parametrize(
    ("rate", "frame"), [(44100, 882), (8000, 0), (8000, 79), (8000, 161), (8000, 488), (16000, 80)]
)
def test_unusable_rates_and_frames_are_refused(rate, frame):
    with pytest.raises(AudioError, match="8000 or 16000 Hz"):
        Tap("leg", rate, frame)


def test_frames_by_hand_must_be_whole(tap):
    with pytest.raises(AudioError, match="frames of another size"):
        tap.put_frames(ramp(100))
