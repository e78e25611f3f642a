"""The DTMF sender: exact frequencies, nothing beside them, shaped edges, levels as asked."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.dtmf import DtmfGenerator
from gateway.audio.level import level_dbm0
from gateway.errors import AudioError
from tests.native import dtmf_material as m

EDGE_MS = 3


def spectrum(samples):
    """Amplitude spectrum in dB under a window whose side lobes lie 120 dB down, and its bin width in samples^-1."""
    n = len(samples)
    t = 2 * np.pi * np.arange(n) / n
    window = (
        0.2712203606
        - 0.4334446123 * np.cos(t)
        + 0.21800412 * np.cos(2 * t)
        - 0.0657853433 * np.cos(3 * t)
        + 0.0107618673 * np.cos(4 * t)
        - 0.0007700127 * np.cos(5 * t)
        + 0.0000136809 * np.cos(6 * t)
    )
    return 20 * np.log10(np.abs(np.fft.rfft(samples * window)) / (window.sum() / 2) + 1e-9)


def steady(digit, rate, seconds, **levels):
    """The tone without its edges, float64."""
    edge = EDGE_MS * rate // 1000
    return DtmfGenerator(rate).render(digit, on_ms=int(seconds * 1000), off_ms=0, **levels)[edge:-edge].astype(float)


def frequency(samples, near, rate):
    """By the turn of the phase from one half of the samples to the other, repeated until nothing is left to turn."""
    t = np.arange(len(samples)) / rate
    window = np.hanning(len(samples) // 2)
    half = len(samples) // 2
    for _ in range(4):
        mixed = samples * np.exp(-2j * np.pi * near * t)
        first, second = (mixed[:half] * window).sum(), (mixed[half : 2 * half] * window).sum()
        near += np.angle(second / first) / (2 * np.pi * half / rate)
    return near


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("digit", ["1", "5", "9", "D", "*"])
def test_frequencies_within_10_ppm(rate, digit):
    samples, pair = steady(digit, rate, 10.0), m.KEYS.index(digit)
    for nominal in (m.LOW_HZ[pair // 4], m.HIGH_HZ[pair % 4]):
        assert frequency(samples, nominal, rate) == pytest.approx(nominal, rel=1e-5)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("level", [-3.0, -9.0, -20.0])
@pytest.mark.parametrize("digit", list(m.KEYS))
def test_spurs_60_db_below_the_tones(rate, level, digit):
    samples, pair = steady(digit, rate, 1.0, low_dbm0=level, high_dbm0=level), m.KEYS.index(digit)
    levels = spectrum(samples)
    hz = np.arange(len(levels)) * rate / len(samples)
    own = np.min([np.abs(hz - f) for f in (m.LOW_HZ[pair // 4], m.HIGH_HZ[pair % 4])], axis=0) < 12
    carrier = 20 * np.log10(m.amplitude(level))
    assert levels[own].max() == pytest.approx(carrier, abs=1.0)
    assert levels[~own].max() < carrier - 60


@pytest.mark.parametrize(("low", "high"), [(-3.0, -3.0), (-9.0, -7.0), (-30.0, -20.0), (-36.0, -45.0)])
def test_levels_are_as_asked(low, high):
    both = 10 * np.log10(10 ** (low / 10) + 10 ** (high / 10))
    samples = steady("8", 8000, 2.0, low_dbm0=low, high_dbm0=high).astype(np.int16)
    assert level_dbm0(samples) == pytest.approx(both, abs=0.05)


def test_edges_rise_and_fall_over_3_ms_and_the_pause_is_silent():
    samples = DtmfGenerator(8000).render("1", on_ms=40, off_ms=30).astype(float)
    assert len(samples) == 70 * 8
    assert not samples[40 * 8 :].any()
    peak = np.abs(samples).max()
    assert np.abs(samples[:4]).max() < 0.06 * peak
    assert np.abs(samples[40 * 8 - 4 : 40 * 8]).max() < 0.06 * peak
    assert np.abs(np.diff(samples)).max() < 0.9 * peak  # no click


def test_a_level_too_high_for_both_is_clipped_not_wrapped():
    samples = DtmfGenerator().render("5", low_dbm0=3.0, high_dbm0=3.0).astype(int)
    assert samples.max() == 32767
    assert samples.min() == -32768
    assert np.abs(np.diff(samples)).max() < 65535


def test_nothing_to_send():
    assert len(DtmfGenerator().render("")) == 0


@pytest.mark.parametrize(
    ("digits", "options"),
    [
        ("12x", {}),
        (" ", {}),
        ("é", {}),
        ("１", {}),
        ("\0", {}),
        ("1", {"on_ms": 0}),
        ("1", {"on_ms": 60_001}),
        ("1", {"off_ms": -1}),
        ("1", {"low_dbm0": 3.2}),
        ("1", {"high_dbm0": -71.0}),
        ("1", {"high_dbm0": float("nan")}),
    ],
)
def test_what_cannot_be_sent_is_refused(digits, options):
    with pytest.raises(AudioError, match="cannot send"):
        DtmfGenerator().render(digits, **options)
