"""The meter of one direction against numpy, in any portions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.audio.g711 import alaw_decode, alaw_encode
from gateway.audio.meter import Meter, MeterBatch
from gateway.errors import AudioError

RNG = np.random.default_rng(4)


def dbm0(mean_square):
    return 10 * np.log10(mean_square / (32768**2 / 2)) + 3.14


def rms_of(level_dbm0):
    return 32768 / np.sqrt(2) * 10 ** ((level_dbm0 - 3.14) / 20)


def noise(level_dbm0, seconds=4.0, rate=8000):
    return np.clip(np.round(RNG.normal(0, rms_of(level_dbm0), int(seconds * rate))), -32768, 32767).astype(np.int16)


def measured(samples, rate=8000):
    meter = Meter(rate)
    meter.feed(samples)
    return meter.read()


def floor_in_numpy(samples, rate):
    """The quietest five frames of the last eight parts of 19 frames, the newest of which may be short."""
    frames = samples[: len(samples) // (rate // 50) * (rate // 50)].reshape(-1, rate // 50).astype(float)
    power = frames.var(axis=1)
    means = [power[max(0, i - 4) : i + 1].mean() for i in range(len(power))]
    if not means:
        return -99.0
    begun = (len(means) - 1) // 19
    least = min(means[max(0, begun - 7) * 19 :])
    return -99.0 if least < 1e-6 else max(dbm0(1.13 * least), -99.0)


@given(
    hnp.arrays(
        np.int16,
        st.integers(1, 3000),
        elements=st.one_of(st.integers(-32768, 32767), st.sampled_from([32124, -32124, 32123])),
    )
)
def test_any_samples_measure_as_numpy_says(samples):
    got, wide = measured(samples), samples.astype(np.int64)
    assert got.samples == len(samples)
    assert got.clipped == np.count_nonzero(np.abs(wide) >= 32124)
    assert got.dc == pytest.approx(wide.mean(), abs=1e-2, rel=1e-5)
    if wide.any():
        assert got.rms_dbm0 == pytest.approx(dbm0(np.mean(wide.astype(float) ** 2)), abs=1e-3)
        assert got.peak_dbm0 == pytest.approx(20 * np.log10(np.abs(wide).max() / 32768) + 3.14, abs=1e-3)
    assert got.noise_floor_dbm0 == pytest.approx(floor_in_numpy(samples, 8000), abs=0.01)


LONG = np.concatenate(
    [noise(-62, 1.3), noise(-20, 0.7), np.zeros(5000, np.int16), noise(-45, 2.5), np.full(3000, 8, np.int16)]
)


@given(st.lists(st.integers(1, 16000), min_size=1, max_size=8), st.sampled_from([8000, 16000]))
def test_in_any_portions(lengths, rate):
    meter, at = Meter(rate), 0
    for n in lengths:
        meter.feed(LONG[at : at + n])
        at += n
    assert meter.read() == measured(LONG[:at], rate)


def test_sample_by_sample():
    meter = Meter(8000)
    for i in range(2000):
        meter.feed(LONG[i : i + 1])
    assert meter.read() == measured(LONG[:2000])


def test_long_blocks_do_not_overflow():
    got = measured(np.full(300_000, -32768, np.int16))
    assert (got.dc, got.clipped, got.samples) == (-32768.0, 300_000, 300_000)
    assert got.rms_dbm0 == pytest.approx(3.14 + 3.0103, abs=1e-3)


@pytest.mark.parametrize("level", [-70, -55, -40, -25])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_noise_floor_is_the_noise_between_words(level, rate):
    parts = []
    for _ in range(6):
        parts += [noise(level, 0.4, rate), noise(-15, 0.5, rate)]
    assert measured(np.concatenate(parts), rate).noise_floor_dbm0 == pytest.approx(level, abs=1.5)


def test_the_floor_rises_again_within_three_seconds():
    assert measured(np.concatenate([noise(-70, 2), noise(-40, 3.5)])).noise_floor_dbm0 == pytest.approx(-40, abs=1.0)


def test_silence_and_idle_code_are_told_apart():
    meter = Meter(8000)
    meter.feed(noise(-20, 1.0))
    assert (meter.read().silent_ms, meter.read().idle_ms) == (0, 0)
    meter.feed(noise(-58, 0.5))  # a quiet room: silent, but somebody's microphone is on
    assert (meter.read().silent_ms, meter.read().idle_ms) == (500, 0)
    meter.feed(alaw_decode(alaw_encode(np.zeros(4000, np.int16))))  # A-law says zero as 8
    assert (meter.read().silent_ms, meter.read().idle_ms) == (1000, 500)
    meter.feed(noise(-20, 0.02))
    assert (meter.read().silent_ms, meter.read().idle_ms) == (0, 0)


def test_a_restart_forgets_levels_but_not_the_silence():
    meter = Meter(8000)
    meter.feed(np.full(1601, 32767, np.int16))
    assert meter.read(restart=True).clipped == 1601
    meter.feed(np.full(1599, 100, np.int16))
    second = meter.read()
    assert (second.samples, second.clipped, second.dc) == (1599, 0, 100.0)
    assert second.peak_dbm0 == pytest.approx(20 * np.log10(100 / 32768) + 3.14, abs=1e-4)
    assert second.silent_ms > 0
    assert Meter(8000).read().rms_dbm0 == -99.0


def test_two_directions_are_two_meters():
    received, sent = Meter(8000), Meter(8000)
    received.feed(np.zeros(8000, np.int16))
    sent.feed(noise(-20, 1.0))
    assert received.read().silent_ms == 1000
    assert sent.read().silent_ms == 0


@pytest.mark.parametrize("rate", [0, 44100, 8000.5, "8000"])
def test_other_rates_are_refused(rate):
    with pytest.raises(AudioError, match="8000 or 16000"):
        Meter(rate)


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(8, np.int16)[::2], [0]])
def test_other_things_than_samples_are_refused(samples):
    with pytest.raises(AudioError, match="samples must be"):
        Meter(8000).feed(samples)


def test_a_batch_is_its_channels():
    block = np.stack([noise(level, 0.5) for level in (-60, -40, -20)])
    batch, alone = MeterBatch(3, 8000), [Meter(8000) for _ in range(3)]
    for start, end in ((0, 160), (160, 161), (161, 4000)):
        batch.feed(block[:, start:end])
        for meter, row in zip(alone, block, strict=True):
            meter.feed(row[start:end])
    assert [batch.read(c) for c in range(3)] == [meter.read() for meter in alone]
    with pytest.raises(AudioError, match="no channel 3, only 0 to 2"):
        batch.read(3)
    with pytest.raises(AudioError, match=r"shape \(3, n\)"):
        batch.feed(block[:2])
