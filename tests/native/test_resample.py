"""8 <-> 16 kHz against numpy, and what its ears would say: images, aliases, flatness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import remez

from gateway.audio.resample import Downsampler, Upsampler
from gateway.errors import AudioError

TAPS, UNIT = 44, 1 << 14
HALF_SAMPLE = np.round(remez(TAPS, [0, 3600], [1], fs=8000, maxiter=400, grid_density=128) * UNIT).astype(int)
SIGNAL = np.random.default_rng(8).integers(-32768, 32768, 16001).astype(np.int16)


def held(x):
    return np.clip(x, -32768, 32767)


def up_in_numpy(x):
    past = np.concatenate([np.zeros(TAPS - 1, int), x.astype(int)])
    between = (np.convolve(past, HALF_SAMPLE)[TAPS - 1 : TAPS - 1 + len(x)] + UNIT // 2) >> 14
    return held(np.stack([past[21 : 21 + len(x)], between], axis=1).ravel())


def down_in_numpy(x):
    pairs = x[: len(x) // 2 * 2].astype(int).reshape(-1, 2)
    even, odd = (np.concatenate([np.zeros(TAPS - 1, int), phase]) for phase in pairs.T)
    between = np.convolve(odd, HALF_SAMPLE)[TAPS - 1 : TAPS - 1 + len(pairs)]
    return held((between + (even[22 : 22 + len(pairs)] << 14) + UNIT) >> 15)


def test_as_numpy_says():
    assert np.array_equal(Upsampler().feed(SIGNAL), up_in_numpy(SIGNAL))
    assert np.array_equal(Downsampler().feed(SIGNAL), down_in_numpy(SIGNAL))


@given(st.lists(st.integers(0, 700), min_size=1, max_size=12))
def test_in_any_portions(lengths):
    up, down, at, ups, downs = Upsampler(), Downsampler(), 0, [], []
    for n in lengths:
        ups.append(up.feed(SIGNAL[at : at + n]))
        downs.append(down.feed(SIGNAL[at : at + n]))
        at += n
    assert np.array_equal(np.concatenate(ups), up_in_numpy(SIGNAL[:at]))
    assert np.array_equal(np.concatenate(downs), down_in_numpy(SIGNAL[:at]))


def test_sample_by_sample():
    up, down = Upsampler(), Downsampler()
    assert np.array_equal(np.concatenate([up.feed(SIGNAL[i : i + 1]) for i in range(400)]), up_in_numpy(SIGNAL[:400]))
    assert np.array_equal(
        np.concatenate([down.feed(SIGNAL[i : i + 1]) for i in range(401)]), down_in_numpy(SIGNAL[:401])
    )


def level_db(x, hz, rate):
    """Of a sine of that frequency, over a full-scale one."""
    x = x[len(x) // 4 :].astype(float)
    window = np.blackman(len(x))
    turn = np.exp(-2j * np.pi * hz * np.arange(len(x)) / rate)
    return 20 * np.log10(2 * abs((x * window) @ turn) / window.sum() / 32768 + 1e-9)


def sine(hz, rate, n=16000):
    return np.round(26000 * np.sin(2 * np.pi * hz * np.arange(n) / rate + 0.3)).astype(np.int16)


@pytest.mark.parametrize("hz", [50, 300, 1000, 2000, 3000, 3400, 3600])
def test_flat_and_without_images_or_aliases(hz):
    there = Upsampler().feed(sine(hz, 8000))
    tone = level_db(there, hz, 16000)
    assert abs(tone - 20 * np.log10(26000 / 32768)) < 0.01
    assert tone - level_db(there, 8000 - hz, 16000) > 70  # the figure is 60
    back = Downsampler().feed(sine(8000 - hz, 16000, 32000))
    assert level_db(back, hz, 8000) < -70 + 20 * np.log10(26000 / 32768)
    kept = Downsampler().feed(sine(hz, 16000, 32000))
    assert abs(level_db(kept, hz, 8000) - 20 * np.log10(26000 / 32768)) < 0.01


def test_full_scale_does_not_wrap():
    square = np.where(np.arange(800) // 4 % 2, 32767, -32768).astype(np.int16)
    assert np.array_equal(Upsampler().feed(square), up_in_numpy(square))
    assert np.array_equal(Downsampler().feed(square), down_in_numpy(square))


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(8, np.int16)[::2], [0]])
def test_other_things_than_samples_are_refused(samples):
    for converter in (Upsampler(), Downsampler()):
        with pytest.raises(AudioError, match="samples must be"):
            converter.feed(samples)
