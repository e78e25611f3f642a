"""Test signals for the DTMF receiver, made in numpy: each row of a block of trials holds one digit (or what must not be one).

Levels are dBm0: a full-scale sine is +3.14 dBm0 (ITU-T G.711). Arrays are float64 in LSB until `pcm` makes them int16.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Samples = NDArray[np.int16]

RATE = 8000
LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
DIGITS = "123A456B789C*0#D"


def amplitude(level_dbm0: float | Floats) -> Floats:
    """Peak, in LSB, of a sine of this level."""
    return np.asarray(32768.0 * 10.0 ** ((np.asarray(level_dbm0) - 3.14) / 20.0))


def pcm(signal: Floats) -> Samples:
    """Rounded and clipped to int16."""
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def pairs(rng: np.random.Generator, trials: int) -> NDArray[np.int64]:
    """Random digits as indices into DIGITS, shape (trials,)."""
    return rng.integers(0, 16, trials)


def gate(trials: int, length: int, begin: Floats, on: Floats, rise: float = 0.0) -> Floats:
    """Envelope that is 1 from begin (samples, fractional) for `on` samples; cosine ramps of `rise` samples inside it."""
    n = np.arange(length)[None, :]
    since, left = n - begin[:, None], (begin + on)[:, None] - n
    inside = (since >= 0) & (left > 0)
    if rise > 0:
        ramp = np.clip(np.minimum(since, left) / rise, 0.0, 1.0)
        return np.asarray(inside * 0.5 * (1.0 - np.cos(np.pi * ramp)))
    return np.asarray(inside.astype(np.float64))


def tones(rng: np.random.Generator, which: NDArray[np.int64], length: int, low_dbm0: float | Floats,
          high_dbm0: float | Floats, low_off: float | Floats = 0.0, high_off: float | Floats = 0.0,
          rate: int = RATE) -> Floats:
    """Endless tone pairs at random phases, shape (trials, length); offsets are relative (0.015 is 1.5 %)."""
    t = np.arange(length)[None, :] / rate
    out = np.zeros((len(which), length))
    for group, level, off in ((np.take(LOW_HZ, which // 4), low_dbm0, low_off),
                              (np.take(HIGH_HZ, which % 4), high_dbm0, high_off)):
        hz = group * (1.0 + np.broadcast_to(off, group.shape))
        phase = rng.uniform(0, 2 * np.pi, len(which))
        out += (amplitude(level) * np.ones(len(which)))[:, None] * np.sin(
            2 * np.pi * hz[:, None] * t + phase[:, None])
    return out


def noise(rng: np.random.Generator, shape: tuple[int, int], pair_dbm0: float, snr_db: float) -> Floats:
    """White noise, snr_db below a pair of tones that are pair_dbm0 each (power of the pair over noise, 0 to 4 kHz)."""
    return np.asarray(rng.standard_normal(shape) * amplitude(pair_dbm0) * 10.0 ** (-snr_db / 20.0))
