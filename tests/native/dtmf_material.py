"""Test signals for the DTMF receiver, made in numpy: each row of a block of trials holds one digit, or none.

Levels are dBm0: a full-scale sine is +3.14 dBm0 (ITU-T G.711). Signals are float64 in LSB, shape (trials, length),
until `pcm` makes them int16. Everything random comes from the generator that is handed in.
"""

from __future__ import annotations

import functools
import wave
from pathlib import Path

import numpy as np

RATE = 8000
LOW_HZ = np.array([697.0, 770.0, 852.0, 941.0])
HIGH_HZ = np.array([1209.0, 1336.0, 1477.0, 1633.0])
KEYS = "123A456B789C*0#D"
CODES = np.array([ord(key) for key in KEYS])
LENGTH = 1600
"""Samples of a row: 200 ms."""
LEVEL = -10.0
"""dBm0 of a tone where a condition says nothing else."""
SOUNDS = Path("/usr/share/asterisk/sounds")
"""Where Debian's asterisk-core-sounds-*-wav put their recorded speech: 8 kHz, mono."""


def amplitude(level_dbm0):
    """Peak, in LSB, of a sine of this level."""
    return 32768.0 * 10.0 ** ((np.asarray(level_dbm0) - 3.14) / 20.0)


def pcm(signal):
    """Rounded and clipped to int16."""
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def pairs(rng, trials):
    """Random digits as indices into KEYS, shape (trials,)."""
    return rng.integers(0, 16, trials)


def starts(rng, trials):
    """Where the digit of each row begins, in (fractional) samples: 50 to 60 ms into the row."""
    return rng.uniform(400.0, 480.0, trials)


def either(rng, trials, size):
    """size with a random sign, shape (trials,)."""
    return np.where(rng.random(trials) < 0.5, -size, size)


def envelope(begin, on, length=LENGTH, rise=0.0):
    """1 from begin for `on` samples, both shape (trials,), 0 elsewhere; cosine edges of `rise` samples inside."""
    n = np.arange(length)[None, :]
    since, left = n - begin[:, None], (begin + on)[:, None] - n
    inside = ((since >= 0) & (left > 0)).astype(np.float64)
    if rise > 0:
        inside *= 0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(since, left) / rise, 0.0, 1.0))
    return inside


def sines(rng, hz, level_dbm0, length=LENGTH, rate=RATE):
    """One endless sine a row at a random phase; hz has the shape (trials,)."""
    phase = rng.uniform(0.0, 2 * np.pi, len(hz))
    return amplitude(level_dbm0) * np.sin(2 * np.pi * hz[:, None] * np.arange(length) / rate + phase[:, None])


def tones(rng, which, low_dbm0=LEVEL, high_dbm0=LEVEL, *, off=(0.0, 0.0), length=LENGTH, rate=RATE):
    """Endless pairs, one a row; off: how far the low and the high tones are off, 0.015 for 1.5 %, each a number or
    shape (trials,)."""
    low = sines(rng, LOW_HZ[which // 4] * (1.0 + off[0]), low_dbm0, length, rate)
    return low + sines(rng, HIGH_HZ[which % 4] * (1.0 + off[1]), high_dbm0, length, rate)


def noise(rng, shape, snr_db, level_dbm0=LEVEL):
    """White noise that lies snr_db below a pair of two tones of level_dbm0 each."""
    return rng.standard_normal(shape) * amplitude(level_dbm0) * 10.0 ** (-snr_db / 20.0)


def echoed(rng, signal, under_db, latest_ms):
    """The signal and its echo, under_db lower, 1 ms to latest_ms late, of either sign."""
    out = signal.copy()
    for row, source in zip(out, signal, strict=True):
        late = int(rng.uniform(1.0, latest_ms) * RATE / 1000)
        row[late:] += rng.choice([-1.0, 1.0]) * 10.0 ** (-under_db / 20.0) * source[:-late]
    return out


@functools.cache
def recorded(language):
    """All recorded speech of one language folder, 100 ms of silence after each file; int16, shape (n,)."""
    parts = []
    for path in sorted((SOUNDS / language).rglob("*.wav")):
        with wave.open(str(path)) as file:
            if file.getframerate() == RATE and file.getnchannels() == 1 and file.getsampwidth() == 2:
                parts += [np.frombuffer(file.readframes(file.getnframes()), np.int16), np.zeros(800, np.int16)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


@functools.cache
def _rms_of_speech(language):
    source = recorded(language)
    return np.sqrt(np.mean(np.square(source[source != 0], dtype=np.float64)))


def languages():
    """Folders under SOUNDS that hold recorded speech, links apart."""
    folders = [path for path in SOUNDS.iterdir() if path.is_dir() and not path.is_symlink()] if SOUNDS.is_dir() else []
    return sorted(path.name for path in folders if any(path.rglob("*.wav")))


def speech(rng, trials, names, length=LENGTH):
    """Rows of recorded speech that is going on, each scaled to an RMS of 1 over the row."""
    rows = np.empty((trials, length))
    for i in range(trials):
        name = names[rng.integers(len(names))]
        source, active = recorded(name), _rms_of_speech(name)
        while True:
            at = rng.integers(0, len(source) - length)
            part = source[at : at + length].astype(np.float64)
            rms = np.sqrt(np.mean(part * part))
            if rms > 0.3 * active:
                break
        rows[i] = part / rms
    return rows
