"""G.711 for the far ends, by the formulas of ITU-T G.711: what judges the gateway does not share its codec."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.int16]
"""8 kHz mono, shape (n,)."""

RATE = 8000
PCMU, PCMA = 0, 8
"""RTP payload types (RFC 3551)."""
SILENCE = {PCMU: 0xFF, PCMA: 0xD5}


def _alaw_values() -> Samples:
    codes = np.arange(256) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    size = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, size, -size).astype(np.int16)


def _ulaw_values() -> Samples:
    codes = ~np.arange(256) & 0xFF
    size = ((((codes & 15) << 3) + 0x84) << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -size, size).astype(np.int16)


VALUES = {PCMA: _alaw_values(), PCMU: _ulaw_values()}
"""Sample of each code, shape (256,)."""
_ORDER = {payload: np.argsort(values, kind="stable").astype(np.uint8) for payload, values in VALUES.items()}
_SORTED = {payload: np.sort(values, kind="stable").astype(np.int32) for payload, values in VALUES.items()}


def decode(codes: bytes | bytearray, payload: int) -> Samples:
    """Samples of a payload, one a byte."""
    return VALUES[payload][np.frombuffer(codes, np.uint8)]


def encode(samples: Samples, payload: int) -> bytes:
    """The nearest code of each sample."""
    ordered = _SORTED[payload]
    above = np.clip(np.searchsorted(ordered, samples.astype(np.int32)), 1, 255)
    nearer = np.where(np.abs(ordered[above] - samples) < np.abs(ordered[above - 1] - samples), above, above - 1)
    return _ORDER[payload][nearer].tobytes()
