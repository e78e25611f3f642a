"""Samples and levels for the demo's parties: 8 kHz mono int16 in WAV files, levels in dBm0.

Independent of gateway.audio on purpose: what judges the gateway must not share its arithmetic.
"""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

RATE = 8000
FULL_SCALE = 32768.0
OVERLOAD_DBM0 = 3.14
"""Level of a sine that just reaches full scale (ITU-T G.711, A-law)."""
SILENCE_DBM0 = -90.0
WAV_HEADER_BYTES = 44

Pcm: TypeAlias = npt.NDArray[np.float64]


def amplitude(level_dbm0: float) -> float:
    """Peak amplitude, in int16 steps, of a sine of `level_dbm0`."""
    return float(FULL_SCALE * 10 ** ((level_dbm0 - OVERLOAD_DBM0) / 20))


def sine_level_dbm0(peak: float) -> float:
    """Level in dBm0 of a sine with that peak amplitude."""
    return max(SILENCE_DBM0, float(20 * np.log10(max(peak, 1e-6) / FULL_SCALE) + OVERLOAD_DBM0))


def level_dbm0(samples: Pcm) -> float:
    """RMS level of samples, shape (n,), in int16 steps; -90 for silence or for no samples at all."""
    if not samples.size:
        return SILENCE_DBM0
    return sine_level_dbm0(float(np.sqrt(2 * np.mean(np.square(samples)))))


def write_wav(path: Path, samples: Pcm) -> Path:
    """Samples, shape (n,), in int16 steps, as an 8 kHz mono WAV; what is beyond full scale is clipped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes())
    return path


def read_raw(path: Path) -> Pcm:
    """A clip as the gateway keeps it: int16 little-endian mono 8 kHz without a header."""
    return np.fromfile(path, dtype="<i2").astype(np.float64)


def read_recording(path: Path) -> Pcm:
    """A recording that may still be growing: baresip writes the WAV header's lengths only when the call ends, so
    everything behind the header is taken, whatever the header says. Empty when there is nothing yet."""
    try:
        body = path.read_bytes()[WAV_HEADER_BYTES:]
    except FileNotFoundError:
        return np.zeros(0)
    return np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.float64)
