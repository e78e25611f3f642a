"""Automatic gain against the same rule written out in numpy, and what a listener wants of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audio.agc import Agc
from gateway.errors import AudioError


def amplitude(dbm0):
    return 32768 * 10 ** ((dbm0 - 3.14) / 20)


def talk(level_dbm0, seconds, rate=8000, seed=1):
    """Bursts of 0.3 s with pauses of 0.15 s, noise of -65 dBm0 under them; the level is that of the bursts."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    voice = np.sin(2 * np.pi * 220 * time) + 0.5 * np.sin(2 * np.pi * 900 * time + 1)
    voice *= amplitude(level_dbm0) / np.sqrt(2) / np.sqrt(np.mean(voice**2)) * (time % 0.45 < 0.3)
    return np.clip(np.round(voice + rng.normal(0, amplitude(-65) / 1.414, len(time))), -32768, 32767).astype(np.int16)


def burst_level(samples, rate=8000):
    time = np.arange(len(samples)) / rate
    inside = samples[(time % 0.45 > 0.06) & (time % 0.45 < 0.28)].astype(float)
    return 10 * np.log10(np.mean(inside**2) / (32768**2 / 2)) + 3.14


def agc_in_numpy(samples, rate):
    """Frame by frame, as native/agc.c tells it."""
    frame = rate // 100
    padded = np.concatenate([np.zeros(2 * frame), samples[: len(samples) // frame * frame].astype(float)]).reshape(
        -1, frame
    )
    gains, wanted, power, heard, last, limit = [], 0.0, 0.0, 0, 1.0, 1.0
    for now in padded[2:]:
        mean_square = now.var()
        level = 10 * np.log10(mean_square / (32768**2 / 2)) + 3.14 if mean_square > 1e-6 else -99.0
        speech = 10 * np.log10(power) if power > 0 else -48.0
        if level > max(-48.0, speech - 15.9):
            heard = min(heard + 1, 200)
            power += (10 ** (level / 10) - power) / heard
            asked = np.clip(-20 - 10 * np.log10(power), -12, 24)
            wanted += np.clip(asked - wanted, -0.4, 0.06)
        peak = np.abs(now).max()
        bearable = 29204 / peak if peak else 10 ** (24 / 20)
        last = min(10 ** (wanted / 20), last * 1.02, limit, bearable)
        limit = bearable
        gains.append(last)
    along = np.arange(frame) / frame
    steps = [row * (a + along * (b - a)) for row, a, b in zip(padded[2:-1], gains[:-1], gains[1:], strict=True)]
    return np.concatenate([np.zeros(2 * frame), *steps])


@pytest.mark.parametrize("level", [-40, -25, -12, -2])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_as_numpy_says(level, rate):
    samples = talk(level, 3, rate)
    got, expected = Agc(rate).feed(samples), agc_in_numpy(samples, rate)
    assert np.abs(got - expected[: len(got)]).max() <= 1.0


@given(st.lists(st.integers(1, 16000), min_size=1, max_size=6), st.sampled_from([8000, 16000]))
def test_in_any_portions(lengths, rate):
    samples = talk(-33, 4, rate)
    agc, at, parts = Agc(rate), 0, []
    for n in lengths:
        parts.append(agc.feed(samples[at : at + n]))
        at += n
    whole = Agc(rate)
    assert np.array_equal(np.concatenate(parts), whole.feed(samples[:at]))
    assert agc.gain_db == whole.gain_db


def test_sample_by_sample():
    samples, agc = talk(-33, 0.3), Agc(8000)
    assert np.array_equal(
        np.concatenate([agc.feed(samples[i : i + 1]) for i in range(len(samples))]), Agc(8000).feed(samples)
    )


@pytest.mark.parametrize("level", [-43, -35, -28, -20, -14, -9])
def test_speech_comes_to_the_target(level):
    out = Agc(8000).feed(talk(level, 20))
    assert burst_level(out[8 * 8000 + 160 :][: 10 * 8000 // 3600 * 3600]) == pytest.approx(-20, abs=1.5)


def test_a_sudden_shout_does_not_clip():
    out = Agc(8000).feed(np.concatenate([talk(-42, 10), talk(2, 2)]))
    assert np.abs(out.astype(int)).max() <= 29204


def test_a_pause_is_not_pumped_up():
    agc = Agc(8000)
    agc.feed(talk(-30, 6))
    before = agc.gain_db
    agc.feed(np.round(np.random.default_rng(2).normal(0, amplitude(-55) / 1.414, 10 * 8000)).astype(np.int16))
    assert agc.gain_db == before


def test_the_delay_is_20_ms_and_nothing_is_lost():
    samples = np.random.default_rng(3).integers(-6000, 6000, 8000).astype(np.int16)
    agc = Agc(8000)
    out = agc.feed(np.concatenate([samples, np.zeros(agc.delay_samples, np.int16)]))
    assert agc.delay_samples == 160
    assert not out[:160].any()
    assert np.corrcoef(out[160:], samples)[0, 1] > 0.95


def test_other_things_are_refused():
    with pytest.raises(AudioError, match="8000 or 16000"):
        Agc(11025)
    with pytest.raises(AudioError, match="samples must be"):
        Agc(8000).feed(np.zeros(4))
