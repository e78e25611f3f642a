"""Automatic gain for recordings, in the native core: speech comes to -20 dBm0, nothing clips. Not for the live path."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate

Samples = npt.NDArray[np.int16]


class Agc:
    """Streaming: as many samples out as in, 20 ms late, whatever the portions."""

    def __init__(self, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.sample_rate = checked_rate(sample_rate)
        self.delay_samples = sample_rate // 50
        self._state = ffi.new("gw_agc *")
        lib.gw_agc_init(self._state, sample_rate)

    def feed(self, samples: Samples) -> Samples:
        """int16, shape (n,), to int16, shape (n,). Raises AudioError for other arrays."""
        out = np.empty(len(checked(samples)), np.int16)
        lib.gw_agc_feed(self._state, ffi.from_buffer("int16_t[]", samples), ffi.from_buffer("int16_t[]", out), len(out))
        return out

    @property
    def gain_db(self) -> float:
        """The gain that the level of the speech asks for now."""
        return float(lib.gw_agc_gain_db(self._state))
