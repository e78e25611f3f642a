"""A sine of a given frequency and level, in the native core: test tone, and what masks a recording."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.samples import checked_rate
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]

MASK_HZ = 1000.0
MASK_DBM0 = -30.0
"""10 dB under speech (ITU-T P.830): who listens knows that something is left out, and is not startled."""


class Tone:
    """Endless sine; portions of any length join without a step."""

    def __init__(self, sample_rate: int, hz: float = MASK_HZ, level_dbm0: float = MASK_DBM0) -> None:
        """sample_rate: 8000 or 16000; hz: up to half of it; level_dbm0: -70 to +3.14. Raises AudioError for others."""
        self.sample_rate = checked_rate(sample_rate)
        self._state = ffi.new("gw_tone *")
        if not lib.gw_tone_start(self._state, sample_rate, hz, level_dbm0):
            raise AudioError(f"no tone of {hz} Hz at {level_dbm0} dBm0: 0 to {sample_rate / 2:g} Hz, -70 to +3.14 dBm0")

    def render(self, n: int) -> Samples:
        """The next n samples, int16, shape (n,)."""
        out = np.empty(n, np.int16)
        lib.gw_tone_render(self._state, ffi.from_buffer("int16_t[]", out), n)
        return out
