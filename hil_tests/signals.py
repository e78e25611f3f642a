"""The bench's own signals and instruments, all 8 kHz: G.711 A-law, sines and their level, DTMF out and in.

Nothing of the box's code is used here, so an error in it cannot hide itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATE = 8000
OVERLOAD_DBM0 = 3.14
"""A full-scale sine, ITU-T G.711 A-law."""
FRAME = 160
_FULL_SCALE = 32768.0

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEYPAD = ("123A", "456B", "789C", "*0#D")
ALL_KEYS = "0123456789*#ABCD"
"""In the order of their RFC 4733 event codes, 0 to 15."""

_DTMF_WINDOW_S = 0.025
_DTMF_HOP_S = 0.005
_DTMF_FLOOR_DBM0 = -36.0
"""Each tone, RFC 4733 2.3.5 names -36 dBm0 as the weakest digit a receiver must take."""
_DTMF_PURITY = 0.75
_DTMF_MIN_S = 0.02


def _expand(code: int) -> int:
    """One A-law octet as a 16-bit step (G.711: even bits inverted, sign, 3-bit segment, 4-bit step)."""
    code ^= 0x55
    segment, step = (code >> 4) & 7, code & 15
    size = (step << 4) + 8 if segment == 0 else ((step << 4) + 0x108) << (segment - 1)
    return size if code & 0x80 else -size


ALAW_TO_LINEAR = np.array([_expand(code) for code in range(256)], dtype=np.int16)
_ORDER = np.argsort(ALAW_TO_LINEAR, kind="stable")
_SORTED = ALAW_TO_LINEAR[_ORDER].astype(np.float64)
_BORDERS = (_SORTED[1:] + _SORTED[:-1]) / 2


def alaw_decode(payload: bytes) -> np.ndarray:
    """Octets as float64 samples, shape (n,), in int16 steps."""
    return ALAW_TO_LINEAR[np.frombuffer(payload, dtype=np.uint8)].astype(np.float64)


def alaw_encode(samples: np.ndarray) -> bytes:
    """Samples, shape (n,), in int16 steps, each as the nearest A-law value."""
    return _ORDER[np.searchsorted(_BORDERS, samples)].astype(np.uint8).tobytes()


def sine(hz: float, level_dbm0: float, length_s: float) -> np.ndarray:
    """A steady sine, shape (n,)."""
    peak = _FULL_SCALE * 10 ** ((level_dbm0 - OVERLOAD_DBM0) / 20)
    return peak * np.sin(2 * np.pi * hz * np.arange(int(length_s * RATE)) / RATE)


def dtmf(keys: str, *, tone_ms: int = 100, pause_ms: int = 100, each_dbm0: float = -9.0) -> np.ndarray:
    """In-band keys, each followed by a pause, shape (n,)."""
    pieces = []
    for key in keys:
        row = next(i for i, keys_of_row in enumerate(KEYPAD) if key in keys_of_row)
        low, high = LOW_HZ[row], HIGH_HZ[KEYPAD[row].index(key)]
        pieces.append(sine(low, each_dbm0, tone_ms / 1000) + sine(high, each_dbm0, tone_ms / 1000))
        pieces.append(np.zeros(RATE * pause_ms // 1000))
    return np.concatenate(pieces)


def rms_dbm0(samples: np.ndarray) -> float:
    """Level of everything in samples, shape (n,); -90 for silence."""
    power = 2 * float(np.mean(np.square(samples))) if samples.size else 0.0
    return max(-90.0, 10 * np.log10(max(power, 1e-9) / _FULL_SCALE**2) + OVERLOAD_DBM0)


def sine_dbm0(samples: np.ndarray, hz: float) -> float:
    """Level of the sine at `hz` in samples, shape (n,), least squares; -90 when there is none."""
    t = 2 * np.pi * hz * np.arange(samples.size) / RATE
    basis = np.stack([np.cos(t), np.sin(t)], axis=1)
    fit = np.linalg.lstsq(basis, samples, rcond=None)[0]
    return max(-90.0, 20 * np.log10(max(float(np.hypot(*fit)), 1e-4) / _FULL_SCALE) + OVERLOAD_DBM0)


@dataclass(frozen=True)
class Steady:
    """A stretch of recording that is one sine and little else. `level_dbm0`: median; `hz`: measured."""

    start_s: float
    length_s: float
    level_dbm0: float
    hz: float


def steady(samples: np.ndarray, hz: float, *, window_s: float = 0.1) -> Steady | None:
    """The longest stretch that is a sine near `hz` (the rest at least 20 dB below), or None."""
    size = int(window_s * RATE)
    levels = []
    for at in range(0, samples.size - size + 1, size):
        window = samples[at : at + size]
        level, total = sine_dbm0(window, hz), rms_dbm0(window)
        levels.append(level if level > -60 and level > total - 0.05 else None)
    best_start, best_count, start = 0, 0, 0
    for index, level in enumerate([*levels, None]):
        if level is None:
            if index - start > best_count:
                best_start, best_count = start, index - start
            start = index + 1
    if best_count < 2:
        return None
    stretch = samples[best_start * size : (best_start + best_count) * size]
    found = [level for level in levels[best_start : best_start + best_count] if level is not None]
    return Steady(best_start * window_s, best_count * window_s, float(np.median(found)), _frequency(stretch, hz))


def _frequency(samples: np.ndarray, near_hz: float) -> float:
    """Frequency of the one sine in samples, by how fast its phase runs away from `near_hz`."""
    n = np.arange(samples.size)
    baseband = samples * np.exp(-2j * np.pi * near_hz * n / RATE)
    size = RATE // 20
    blocks = baseband[: samples.size // size * size].reshape(-1, size).mean(axis=1)
    turns = np.unwrap(np.angle(blocks)) / (2 * np.pi)
    return near_hz + float(np.polyfit(np.arange(turns.size) * size / RATE, turns, 1)[0]) if turns.size > 1 else near_hz


def decode_dtmf(samples: np.ndarray) -> str:
    """The keys in a recording, shape (n,), in order: the strongest row and column tone, held for 20 ms or more."""
    size, hop = int(_DTMF_WINDOW_S * RATE), int(_DTMF_HOP_S * RATE)
    keys, current, count = [], "", 0
    probes = np.exp(-2j * np.pi * np.outer(np.array(LOW_HZ + HIGH_HZ), np.arange(size)) / RATE) * np.hanning(size)
    gain = np.hanning(size).sum() / 2
    floor = _FULL_SCALE * 10 ** ((_DTMF_FLOOR_DBM0 - OVERLOAD_DBM0) / 20)
    for at in range(0, samples.size - size + 1, hop):
        window = samples[at : at + size]
        peaks = np.abs(probes @ window) / gain
        row, column = int(np.argmax(peaks[:4])), int(np.argmax(peaks[4:]))
        both = (peaks[row] ** 2 + peaks[4 + column] ** 2) / 2
        weighted = np.sum(np.square(window * np.hanning(size))) / np.sum(np.square(np.hanning(size)))
        clear = min(peaks[row], peaks[4 + column]) > floor and both > _DTMF_PURITY * weighted
        key = KEYPAD[row][column] if clear else ""
        count = count + 1 if key == current else 1
        if key != current:
            current = key
        if key and count * _DTMF_HOP_S >= _DTMF_MIN_S and count == int(np.ceil(_DTMF_MIN_S / _DTMF_HOP_S)):
            keys.append(key)
    return "".join(keys)
