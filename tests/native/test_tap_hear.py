"""Voice and call-progress tones as a tap tells them: the same as the detectors alone, placed on the tap's own clock."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.progress import ProgressDetector, Signal
from gateway.audio.tap import CallProgress, Digit, Tap, Voice
from gateway.audio.vad import is_speech
from gateway.errors import AudioError
from tests.native.by_hand import FRAME
from tests.native.keys import digit_pcm

RATE = 8000


def tone(hz, ms, dbm0=-20.0, rate=RATE):
    amplitude = 32768 * 10 ** ((dbm0 - 3.14) / 20)
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(rate * ms // 1000) / rate)).astype(np.int16)


def silence(ms, rate=RATE):
    return np.zeros(rate * ms // 1000, np.int16)


def speech(rate=RATE):
    """Not words, but what a voice has: a wandering pitch with formants, in syllables, over a little noise."""
    rng = np.random.default_rng(7)
    time = np.arange(3 * rate) / rate
    phase = 2 * np.pi * np.cumsum(130 + 20 * np.sin(2 * np.pi * 3 * time)) / rate
    voice = sum(np.sin(k * phase) / k * (1 + 3 * np.exp(-(((k * 130 - 600) / 200) ** 2))) for k in range(1, 20))
    voice = voice / np.abs(voice).max() * 6000 * np.maximum(0, np.sin(2 * np.pi * 2.5 * time)) ** 0.5
    voice[: rate // 2] = 0
    voice[2 * rate :] = 0
    return (voice + rng.normal(0, 8, len(voice))).astype(np.int16)


def feed(tap, samples):
    frame = tap.frame_samples
    samples = samples[: len(samples) // frame * frame]
    events = []
    for part in samples.reshape(-1, frame):  # often enough that the ring never fills
        tap.put_frames(part)
        events += tap.events()
    return events


def busy(cycles=6, rate=RATE):
    """The Polish busy tone: 425 Hz, 500 ms on and 500 ms off."""
    return np.concatenate([tone(425, 500, rate=rate), silence(500, rate)] * cycles)


@pytest.fixture(params=[(8000, 160), (8000, 80), (8000, 240), (8000, 480), (16000, 320), (16000, 960)], ids=str)
def any_tap(request):
    made = Tap("leg", *request.param)
    yield made
    made.close()
    made.events()


def test_both_are_off_until_asked_for(tap):
    assert feed(tap, np.concatenate([speech(), busy()])) == []


def test_voice_is_what_the_detector_alone_decides(any_tap):
    rate = any_tap.sample_rate
    samples = speech(rate)
    before = 7 * any_tap.frame_samples  # the tap's clock runs before the detector is switched on
    feed(any_tap, np.zeros(before, np.int16))
    any_tap.detect_voice(True)
    heard = feed(any_tap, samples)
    fed = len(samples) // any_tap.frame_samples * any_tap.frame_samples
    decided = is_speech(samples[:fed], rate)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], decided]).astype(int)))
    assert len(edges) >= 2  # the material holds speech
    expected, started = [], -1
    for edge in edges:
        at = before + int(edge) * rate // 50
        started, end = (at, -1) if decided[edge] else (started, at)
        expected.append(("begin" if decided[edge] else "end", started, end))
    assert [(e.phase, e.start, e.end) for e in heard] == expected
    assert all(isinstance(e, Voice) and 0 <= e.probability <= 1 for e in heard)


def test_voice_switched_off_says_no_more_and_on_begins_anew(tap):
    samples = speech()
    tap.detect_voice(True)
    first = feed(tap, samples[: int(1.2 * RATE)])
    assert first
    tap.detect_voice(False)
    assert feed(tap, samples) == []
    position = tap.received
    tap.detect_voice(True)
    assert [e.start - position for e in feed(tap, samples)][:1] == [e.start for e in first][:1]


def test_progress_is_what_the_detector_alone_finds(any_tap):
    rate, before = any_tap.sample_rate, 5 * any_tap.frame_samples
    samples = np.concatenate([silence(300, rate), busy(rate=rate), silence(3000, rate), tone(1100, 500, rate=rate),
                              silence(3000, rate), tone(1100, 500, rate=rate), silence(4000, rate)])  # fmt: skip
    feed(any_tap, np.zeros(before, np.int16))
    any_tap.detect_progress(True, "PL")
    heard = feed(any_tap, samples)
    fed = len(samples) // any_tap.frame_samples * any_tap.frame_samples
    alone = ProgressDetector(rate, "PL").feed(samples[:fed])
    assert {found.signal for found in alone} == {Signal.BUSY, Signal.FAX_CNG}
    assert [(e.signal, e.phase, e.start, e.end, e.hz, e.level_dbm0) for e in heard] == [
        (
            found.signal,
            "begin" if found.end is None else "end",
            found.start + before,
            -1 if found.end is None else found.end + before,
            found.hz,
            found.level_dbm0,
        )
        for found in alone
    ]
    assert all(isinstance(e, CallProgress) and e.at >= e.start for e in heard)


def test_the_country_decides_what_a_tone_means(tap):
    american = np.concatenate([tone(480, 500) + tone(620, 500), silence(500)] * 6)
    tap.detect_progress(True, "US")
    assert {e.signal for e in feed(tap, american)} == {Signal.BUSY}
    tap.detect_progress(True, "PL")
    assert feed(tap, american) == []
    tap.detect_progress(False)
    assert feed(tap, busy()) == []
    with pytest.raises(AudioError, match="no tone plan 'XX', only PL"):
        tap.detect_progress(True, "XX")


def test_all_of_it_at_once_does_not_disturb_the_keys(tap):
    tap.detect_voice(True)
    tap.detect_progress(True)
    tap.measure(100, repeat=True)
    tap.record("received", "sent")
    pcm = np.concatenate([digit_pcm(digit, 100) for digit in "159D"] + [busy()])
    pressed = [e.digit for e in feed(tap, pcm) if isinstance(e, Digit) and e.phase == "begin"]
    assert "".join(pressed) == "159D"


def test_events_without_room_are_counted(tap):
    tap.detect_progress(True)
    tap.measure(20, repeat=True)
    for part in busy(4).reshape(-1, FRAME):
        tap.put_frames(part)
    assert len(tap.events()) == 128
    assert tap.overflows.received == 200 + 1 - 128  # the levels, and the beginning of the busy tone
