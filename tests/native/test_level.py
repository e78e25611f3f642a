"""The level meter against the same figures worked out with numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.audio._native import ffi, lib
from gateway.audio.level import SILENCE_DBM0, level_dbm0, peak_dbm0
from gateway.errors import AudioError


def reference_dbm0(samples):
    mean_square = np.mean(samples.astype(np.float64) ** 2)
    return 10 * np.log10(mean_square / (32768**2 / 2)) + 3.14


def sine(dbm0, hz=1004.0, n=8000):
    return np.rint(32768 * 10 ** ((dbm0 - 3.14) / 20) * np.sin(2 * np.pi * hz * np.arange(n) / 8000)).astype(np.int16)


@pytest.mark.parametrize("dbm0", [3.1, 0.0, -10.0, -20.5, -36.0, -60.0])
def test_a_sine_measures_what_it_was_made_with(dbm0):
    tolerance = 0.01 if dbm0 > -50 else 0.3  # there a sine is 23 LSB high, and rounding is a noise of its own
    assert level_dbm0(sine(dbm0)) == pytest.approx(dbm0, abs=tolerance)
    assert peak_dbm0(sine(dbm0)) == pytest.approx(dbm0, abs=tolerance)


def test_the_ends_of_the_scale():
    assert level_dbm0(np.zeros(160, np.int16)) == SILENCE_DBM0
    assert peak_dbm0(np.zeros(160, np.int16)) == SILENCE_DBM0
    assert level_dbm0(np.zeros(0, np.int16)) == SILENCE_DBM0
    lowest = np.full(160, -32768, np.int16)
    assert level_dbm0(lowest) == pytest.approx(3.14 + 3.0103, abs=1e-3)  # a square wave: 3 dB over its sine
    assert peak_dbm0(lowest) == pytest.approx(3.14, abs=1e-5)
    assert peak_dbm0(np.full(1, 32767, np.int16)) == pytest.approx(3.14, abs=1e-3)


@given(hnp.arrays(np.int16, st.integers(1, 2000), elements=st.integers(-32768, 32767)))
def test_any_samples_measure_as_numpy_says(samples):
    peak = np.abs(samples.astype(np.int32)).max()
    if peak == 0:
        assert level_dbm0(samples) == SILENCE_DBM0
    else:
        assert level_dbm0(samples) == pytest.approx(reference_dbm0(samples), abs=1e-4)
        assert peak_dbm0(samples) == pytest.approx(20 * np.log10(peak / 32768) + 3.14, abs=1e-4)


LONG = np.random.default_rng(8).integers(-32768, 32768, 20000).astype(np.int16)


@given(st.lists(st.integers(1, 16000), min_size=1, max_size=8))
def test_in_any_portions(lengths):
    whole, parts, at = ffi.new("gw_level *"), ffi.new("gw_level *"), 0
    for n in lengths:
        part = LONG[at : at + n]
        lib.gw_level_add(parts, ffi.from_buffer("int16_t[]", part), len(part))
        at += n
    lib.gw_level_add(whole, ffi.from_buffer("int16_t[]", LONG[:at]), len(LONG[:at]))
    assert bytes(ffi.buffer(parts)) == bytes(ffi.buffer(whole))


def test_samples_are_read_where_they_lie():
    whole = sine(-10.0)
    whole.flags.writeable = False
    assert level_dbm0(whole[100:]) == pytest.approx(reference_dbm0(whole[100:]), abs=1e-4)


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(8, np.int16)[::2], b"\0\0", [0]])
def test_other_things_than_int16_samples_are_refused(samples):
    with pytest.raises(AudioError, match="samples must be"):
        level_dbm0(samples)
