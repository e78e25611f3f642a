"""Call-progress tones made in numpy, within the limits of each plan and beyond them."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio._native import ffi, lib
from gateway.audio.progress import PLANS, ProgressBatch, ProgressDetector, Signal
from gateway.errors import AudioError
from tests.native import vad_material as material

SIT = [((950,), 330), ((1400,), 330), ((1800,), 330), ((), 1000)]
COMMON = {
    Signal.SIT: (SIT, 2),
    Signal.FAX_CNG: ([((1100,), 500), ((), 3000)], 2),
    Signal.FAX_CED: ([((2100,), 3000)], 1),
}
WAITING = [((425,), 150), ((), 150), ((425,), 150), ((), 4000)]
# Nominal cadences, (frequencies, ms): ITU-T E.180 supplement 2.
SIGNALS = {
    "PL": {
        Signal.DIAL: ([((425,), 5000)], 1),
        Signal.RINGBACK: ([((425,), 1000), ((), 4000)], 2),
        Signal.BUSY: ([((425,), 500), ((), 500)], 4),
        Signal.CALL_WAITING: (WAITING, 2),
        **COMMON,
    },
    "EU": {
        Signal.DIAL: ([((425,), 5000)], 1),
        Signal.RINGBACK: ([((425,), 1000), ((), 4000)], 2),
        Signal.BUSY: ([((425,), 480), ((), 480)], 4),
        Signal.CONGESTION: ([((425,), 240), ((), 240)], 6),
        Signal.CALL_WAITING: (WAITING, 2),
        **COMMON,
    },
    "US": {
        Signal.DIAL: ([((350, 440), 5000)], 1),
        Signal.RINGBACK: ([((440, 480), 2000), ((), 4000)], 2),
        Signal.BUSY: ([((480, 620), 500), ((), 500)], 4),
        Signal.CONGESTION: ([((480, 620), 250), ((), 250)], 6),
        **COMMON,
    },
    "UK": {
        Signal.DIAL: ([((350, 440), 5000)], 1),
        Signal.RINGBACK: ([((400, 450), 400), ((), 200), ((400, 450), 400), ((), 2000)], 3),
        Signal.BUSY: ([((400,), 375), ((), 375)], 4),
        Signal.CONGESTION: ([((400,), 400), ((), 350), ((400,), 225), ((), 525)], 4),
        Signal.UNOBTAINABLE: ([((400,), 4000)], 1),
        **COMMON,
    },
}
ALL = [(plan, signal) for plan, signals in SIGNALS.items() for signal in signals]


def amplitude(dbm0):
    return 32768 * 10 ** ((dbm0 - 3.14) / 20)


def made(elements, times, level=-15.0, *, snr=None, rate=8000, lead=0.5, seed=0):
    """The cadence so many times after `lead` seconds of silence, each tone at `level` dBm0, and a second of silence."""
    rng, parts = np.random.default_rng(seed), [np.zeros(int(lead * rate))]
    for hz, ms in elements * times:
        t = np.arange(round(ms * rate / 1000)) / rate
        parts.append(
            sum((amplitude(level) * np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) for f in hz), np.zeros(len(t)))
        )
    whole = np.concatenate([*parts, np.zeros(rate)])
    if snr is not None:
        whole += rng.normal(0, amplitude(level - snr) / np.sqrt(2), len(whole))
    return np.clip(np.round(whole), -32768, 32767).astype(np.int16)


def heard(samples, plan, rate=8000):
    return ProgressDetector(rate, plan).feed(samples)


def begun(samples, plan, rate=8000):
    return [event.signal for event in heard(samples, plan, rate) if event.end is None]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("plan, signal", ALL)
def test_nominal(plan, signal, rate):
    elements, times = SIGNALS[plan][signal]
    first = heard(made(elements, times, rate=rate), plan, rate)[0]
    assert (first.signal, first.end) == (signal, None)
    assert first.start == pytest.approx(0.5 * rate, abs=0.02 * rate)
    assert first.hz == pytest.approx(elements[0][0], abs=1.0)
    power_sum = -15 + 10 * np.log10(len(elements[0][0]))
    assert first.level_dbm0 == pytest.approx(power_sum, abs=0.5)


@pytest.mark.parametrize("plan, signal", ALL)
def test_within_the_limits(plan, signal):
    """Off by most of what the plan allows in frequency and time, from -36 to -3 dBm0 a tone, noise 15 dB below."""
    elements, times = SIGNALS[plan][signal]
    rng = np.random.default_rng([list(PLANS).index(plan), signal])
    off_hz = {Signal.SIT: 45, Signal.FAX_CNG: 34, Signal.FAX_CED: 13}.get(signal, 22 if plan in ("PL", "EU") else 8)
    for trial in range(12):
        shift = rng.uniform(-off_hz, off_hz)
        changed = [(tuple(f + shift for f in hz), ms * rng.uniform(0.9, 1.1)) for hz, ms in elements]
        assert begun(made(changed, times, rng.uniform(-36, -3), snr=15, seed=trial), plan) == [signal]


@pytest.mark.parametrize(
    "plan, elements, times",
    [
        ("PL", [((370,), 500), ((), 500)], 5),  # E.180 ends at 400 and 450 Hz
        ("PL", [((480,), 500), ((), 500)], 5),
        ("PL", [((425,), 900), ((), 900)], 4),  # neither busy (cycle up to 1100 ms) nor ringback (3 s off)
        ("PL", [((425,), 80), ((), 80)], 20),
        ("PL", [((425,), 250), ((), 650)], 5),  # on is 0.38 of off, E.180 begins at 0.67
        ("PL", [((425,), 640), ((), 640)], 5),  # a cycle of 1280 ms, E.180 ends at 1100
        ("PL", [((425,), 2300)], 1),  # shorter than a dial tone
        ("PL", [((440, 480), 2000), ((), 4000)], 2),  # another country's
        ("PL", SIT[::-1], 3),
        ("EU", [((1100,), 300), ((), 3000)], 3),
        ("EU", [((1100,), 800), ((), 3000)], 3),
        ("EU", [((1180,), 500), ((), 3000)], 3),
        ("EU", [((2150,), 3000)], 1),
        ("US", [((425,), 500), ((), 500)], 5),
        ("US", [((440,), 2000), ((), 4000)], 2),  # one of the two tones is missing
        ("US", [((350, 440), 500), ((), 500)], 5),
        ("UK", [((400, 450), 2000), ((), 4000)], 2),
    ],
)
def test_beyond_the_limits(plan, elements, times):
    samples = made(elements, times)
    if elements[-1][0] == ():  # a last pause that does not end would be another cadence
        samples = samples[: -8000 - 8 * elements[-1][1]]
    assert begun(samples, plan) == []


def test_too_weak_or_buried_is_not_reported():
    elements, times = SIGNALS["PL"][Signal.BUSY]
    assert begun(made(elements, times, -50), "PL") == []
    assert begun(made(elements, times, -20, snr=-6), "PL") == []


def test_beginning_and_end_of_a_busy_tone():
    begin, end = heard(made(*SIGNALS["PL"][Signal.BUSY]), "PL")
    assert (begin.end, end.start) == (None, begin.start)
    assert end.end == pytest.approx((0.5 + 3.5) * 8000, abs=100)  # where its last tone ended


def test_a_voice_ends_the_ringback():
    if not (material.SOUNDS / material.FIT_VOICES[0]).is_dir():
        pytest.skip("Debian's asterisk-core-sounds-en-wav is not installed")
    ring = made(*SIGNALS["PL"][Signal.RINGBACK])[: int(7.5 * 8000)]
    voice = material.stream(material.FIT_VOICES[0], "clean", 99, 5, 3).samples
    events = heard(np.concatenate([ring, voice]), "PL")
    assert [(e.signal, e.end is None) for e in events] == [(Signal.RINGBACK, True), (Signal.RINGBACK, False)]
    assert 6.5 * 8000 - 100 < events[1].end < 10 * 8000


def test_one_tone_after_the_other():
    """Ringback, then busy: what a caller hears when the far end declines."""
    ring, busy = made(*SIGNALS["PL"][Signal.RINGBACK])[:-8000], made(*SIGNALS["PL"][Signal.BUSY], lead=0.0)
    assert begun(np.concatenate([ring, busy]), "PL") == [Signal.RINGBACK, Signal.BUSY]


MEDLEY = np.concatenate([made(*SIGNALS["PL"][s], snr=20) for s in (Signal.BUSY, Signal.RINGBACK, Signal.SIT)])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 16000), min_size=1, max_size=30),
    st.sampled_from([8000, 16000]),
    st.sampled_from(sorted(PLANS)),
)
def test_in_any_portions(lengths, rate, plan):
    detector, at, events = ProgressDetector(rate, plan), 0, []
    for n in lengths:
        events += detector.feed(MEDLEY[at : at + n])
        at += n
    assert events == heard(MEDLEY[:at], plan, rate)


def test_sample_by_sample():
    samples = made(*SIGNALS["PL"][Signal.BUSY])[: 3 * 8000]
    detector, events = ProgressDetector(8000, "PL"), []
    for i in range(len(samples)):
        events += detector.feed(samples[i : i + 1])
    assert events == heard(samples, "PL") != []


def test_a_batch_is_its_channels():
    block = np.stack([MEDLEY, MEDLEY[::-1], np.zeros_like(MEDLEY)])
    batch, alone = ProgressBatch(3, 8000, "PL"), [ProgressDetector(8000, "PL") for _ in range(3)]
    for start in range(0, MEDLEY.size, 1600):
        expected = [(c, event) for c in range(3) for event in alone[c].feed(block[c, start : start + 1600].copy())]
        assert batch.feed(block[:, start : start + 1600]) == expected
    with pytest.raises(AudioError, match="no tone plan"):
        ProgressBatch(3, 8000, "XX")


def test_events_without_room_come_later():
    state, out = ffi.new("gw_progress *"), ffi.new("gw_progress_event[8]")
    lib.gw_progress_init(state, 8000, PLANS["PL"])
    samples = made(*SIGNALS["PL"][Signal.BUSY])
    assert lib.gw_progress_feed(state, ffi.from_buffer("int16_t[]", samples), len(samples), out, 0) == 0
    assert lib.gw_progress_feed(state, ffi.NULL, 0, out, 1) == 1
    assert lib.gw_progress_feed(state, ffi.NULL, 0, out, 8) == 1
    assert (out[0].phase, state.lost) == (lib.GW_PROGRESS_END, 0)


def test_frequencies_are_those_of_a_long_transform():
    """The recursion over 10 ms windows finds what an FFT of the whole second finds."""
    rng = np.random.default_rng(6)
    for _ in range(10):
        pair = (rng.uniform(340, 360), rng.uniform(430, 450))
        samples = made([(pair, 2000)], 1, -20, snr=25, seed=int(rng.integers(1000)))
        middle = samples[6000:18000].astype(float)
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 18))
        bins = np.fft.rfftfreq(1 << 18, 1 / 8000)
        expected = [bins[np.argmax(np.where(abs(bins - f) < 15, spectrum, 0))] for f in pair]
        assert heard(samples, "US")[0].hz == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_speech_and_music_are_no_tones(plan):
    voice = material.SOUNDS / material.FIT_VOICES[0]
    if not voice.is_dir() or not material.MUSIC.is_dir():
        pytest.skip("Debian's asterisk-core-sounds-en-wav and asterisk-moh-opsound-wav are not installed")
    speech = np.concatenate(material.prompts(voice.name)).astype(np.int16)
    assert begun(speech, plan) == []
    with wave.open(str(material.MUSIC / f"{material.FIT_MUSIC[0]}.wav")) as file:
        music = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    assert len(begun(music, plan)) <= 1


def test_other_things_are_refused():
    with pytest.raises(AudioError, match="no tone plan 'DE', only PL, EU, US, UK"):
        ProgressDetector(8000, "DE")
    with pytest.raises(AudioError, match="8000 or 16000"):
        ProgressDetector(48000, "PL")
    with pytest.raises(AudioError, match="samples must be"):
        ProgressDetector(8000, "PL").feed(np.zeros(8))
