"""Mixing with saturation, in the native core: a sum that does not fit stays at full scale, it never wraps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rows
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]

CHANNELS_MAX = 65536
"""Beyond it a sum of full-scale samples would not fit 32 bits."""


def mix(a: Samples, b: Samples) -> Samples:
    """The sum of two, int16, shape (n,) each. Raises AudioError for other arrays or lengths that differ."""
    out = np.empty(_same_length(a, b), np.int16)
    lib.gw_mix(
        ffi.from_buffer("int16_t[]", a), ffi.from_buffer("int16_t[]", b), ffi.from_buffer("int16_t[]", out), len(out)
    )
    return out


def mix_many(channels: Samples) -> Samples:
    """The exact sum of all rows, int16 (channels, n), held at full scale once: int16 (n,). Raises AudioError."""
    if not isinstance(channels, np.ndarray) or channels.ndim != 2 or not 1 <= len(channels) <= CHANNELS_MAX:
        found = channels.shape if isinstance(channels, np.ndarray) else type(channels).__name__
        raise AudioError(f"channels must be an array of 1 to {CHANNELS_MAX} rows, not {found}")
    count, n, stride = checked_rows(channels, len(channels))
    out = np.empty(n, np.int16)
    lib.gw_mix_many(ffi.cast("int16_t *", channels.ctypes.data), count, stride, ffi.from_buffer("int16_t[]", out), n)
    return out


def stereo(left: Samples, right: Samples) -> Samples:
    """Two mono recordings, int16, shape (n,) each, as int16 (n, 2). Raises AudioError."""
    out = np.empty((_same_length(left, right), 2), np.int16)
    lib.gw_mix_stereo(
        ffi.from_buffer("int16_t[]", left), ffi.from_buffer("int16_t[]", right),
        ffi.from_buffer("int16_t[]", out), len(out),
    )  # fmt: skip
    return out


def _same_length(a: Samples, b: Samples) -> int:
    if len(checked(a)) != len(checked(b)):
        raise AudioError(f"both must have the same length, not {len(a)} and {len(b)} samples")
    return len(a)
