"""Conversion between 8 and 16 kHz with at least 70 dB of image rejection up to 3600 Hz, in the native core."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked

Samples = npt.NDArray[np.int16]


class Upsampler:
    """8 to 16 kHz, streaming: two samples out for each one in, 2.75 ms late."""

    def __init__(self) -> None:
        self._state = ffi.new("gw_upsampler *")

    def feed(self, samples: Samples) -> Samples:
        """int16, shape (n,), to int16, shape (2 n,). Raises AudioError for other arrays."""
        out = np.empty(2 * len(checked(samples)), np.int16)
        lib.gw_upsample(
            self._state, ffi.from_buffer("int16_t[]", samples), len(samples), ffi.from_buffer("int16_t[]", out)
        )
        return out


class Downsampler:
    """16 to 8 kHz, streaming: one sample out for each two in, 2.6 ms late; an odd one waits for the next call."""

    def __init__(self) -> None:
        self._state = ffi.new("gw_downsampler *")

    def feed(self, samples: Samples) -> Samples:
        """int16, shape (n,), to int16, shape (n // 2,) or one more. Raises AudioError for other arrays."""
        out = np.empty(len(checked(samples)) // 2 + 1, np.int16)
        count = lib.gw_downsample(
            self._state, ffi.from_buffer("int16_t[]", samples), len(samples), ffi.from_buffer("int16_t[]", out)
        )
        return out[:count]
