"""Echo, test tone, digits sent, and the levels of both directions."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.level import level_dbm0
from gateway.audio.tap import Level, Tap
from gateway.errors import AudioError
from tests.native.by_hand import FRAME, digits, ramp, tick


def test_echo_sends_back_every_frame_once_and_nothing_before_it(tap):
    tap.echo(True)
    spoken = [ramp(FRAME, 1000 * i) for i in range(20)]
    heard = [tick(tap, frame) for frame in spoken]
    assert heard[0] is None
    assert all(np.array_equal(a, b) for a, b in zip(heard[1:], spoken, strict=False))
    tap.echo(False)
    tick(tap)
    assert tick(tap) is None
    tap.echo(True)  # what an earlier echo left is not heard again
    tick(tap, ramp(FRAME, 7))
    assert np.array_equal(tick(tap), ramp(FRAME, 7))


def test_a_play_comes_before_the_echo(tap):
    tap.echo(True)
    tick(tap, ramp(FRAME, 1))
    tap.play(1, [ramp(200, 5000)])
    assert np.array_equal(tick(tap, ramp(FRAME, 2)), ramp(FRAME, 5000))


@pytest.mark.parametrize(("rate", "frame"), [(8000, 160), (16000, 320)])
@pytest.mark.parametrize(("hz", "dbm0"), [(1004.0, 0.0), (425.0, -13.0), (2804.0, 3.14), (404.0, -50.0)])
def test_tone_has_its_frequency_and_level(rate, frame, hz, dbm0):
    tap = Tap("tone", rate, frame)
    tap.tone(hz, dbm0)
    sent, sound = tap.get_frames(500)
    assert sound == 500
    assert level_dbm0(sent) == pytest.approx(dbm0, abs=0.02)
    spectrum = np.abs(np.fft.rfft(sent * np.hanning(len(sent)), 8 * len(sent)))
    assert np.argmax(spectrum) * rate / (8 * len(sent)) == pytest.approx(hz, abs=0.05)
    tap.tone_off()
    assert tap.get_frames(1)[1] == 0
    tap.close()
    tap.events()


def test_tone_stays_the_same_for_an_hour():
    tap = Tap("tone")
    tap.tone()
    first, _ = tap.get_frames(250)  # 5 s: 1004 Hz and 8000 Hz come round every 2 s
    for _ in range(719):
        last, _ = tap.get_frames(250)
    assert level_dbm0(last) == pytest.approx(level_dbm0(first), abs=0.0005)
    # 3,595 s hold a whole number of periods, so both begin in the same phase.
    assert np.abs(last.astype(np.int32) - first).max() <= 1
    tap.close()
    tap.events()


@pytest.mark.parametrize(("hz", "dbm0"), [(0, 0), (-5, 0), (4000, 0), (1004, 3.2), (1004, -71), (float("nan"), 0)])
def test_impossible_tones_are_refused(tap, hz, dbm0):
    with pytest.raises(AudioError, match="out of range"):
        tap.tone(hz, dbm0)


def test_digits_are_sent_before_a_play_goes_on(tap):
    clip = ramp(3000)
    tap.play(1, [clip])
    first, _ = tap.get_frames(2)
    tap.send_digits("42#D")
    rest, _ = tap.get_frames(60)
    sent = np.concatenate([first, rest])
    keyed = rest[: 4 * 150 * 8]
    assert np.array_equal(np.concatenate([first, rest[len(keyed) :]])[:3000], clip)
    listener = Tap("listener")
    listener.put_frames(keyed)
    assert "".join(e.digit for e in digits(listener) if e.phase == "begin") == "42#D"
    assert len(sent) == 62 * FRAME
    listener.close()
    listener.events()
    with pytest.raises(AudioError, match="digits are"):
        tap.send_digits("12e")


def test_levels_of_both_directions(tap):
    tone = (8000 * np.sin(2 * np.pi * 1004 * np.arange(1600) / 8000)).astype(np.int16)
    tap.measure(100)
    tap.play(1, [tone // 2])
    for frame in tone.reshape(-1, FRAME):
        tick(tap, frame)
    received, sent = sorted((e for e in tap.events() if isinstance(e, Level)), key=lambda e: e.direction)
    assert (received.direction, sent.direction) == ("received", "sent")
    for level, signal in ((received, tone[:800]), (sent, (tone // 2)[:800])):
        rms = np.sqrt(np.mean(signal.astype(float) ** 2))
        assert level.level_dbm0 == pytest.approx(20 * np.log10(rms / 32768 * np.sqrt(2)) + 3.14, abs=1e-4)
        assert level.window_ms == 100
    tap.measure(40, repeat=True)
    [tick(tap) for _ in range(10)]
    quiet = [e for e in tap.events() if isinstance(e, Level)]
    assert len(quiet) == 10
    assert {e.level_dbm0 for e in quiet if e.direction == "received"} == {-99.0}
    tap.measure(0)
    [tick(tap) for _ in range(10)]
    assert tap.events() == []
