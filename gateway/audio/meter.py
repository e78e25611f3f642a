"""One direction of a leg, measured: level, peak, clipping, DC offset, noise floor, silence. In the native core."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate, checked_rows, pointer, states
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]


class Measure(NamedTuple):
    """What a meter reads. Levels are dBm0: a full-scale sine is +3.14; -99 is digital silence."""

    samples: int
    """Since the last restart, as are the next four."""
    rms_dbm0: float
    peak_dbm0: float
    dc: float
    """Mean, in LSB."""
    clipped: int
    """Samples of at least 32124 either way, the largest that u-law can say (ITU-T G.711)."""
    noise_floor_dbm0: float
    """Of the last 3 s, without DC; -99 also before the first 20 ms."""
    silent_ms: int
    """For how long nothing above -50 dBm0 has been heard."""
    idle_ms: int
    """For how long there has been nothing but a codec's idle code: a far end that sends, but hears nothing itself."""


class Meter:
    """Streaming meter of one direction: one for what is received, one for what is sent."""

    def __init__(self, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.sample_rate = checked_rate(sample_rate)
        self._state = ffi.new("gw_audio_meter *")
        self._report = ffi.new("gw_audio_report *")
        lib.gw_audio_meter_init(self._state, sample_rate)

    def feed(self, samples: Samples) -> None:
        """Takes int16 samples, shape (n,), in any portions. Raises AudioError for other arrays."""
        lib.gw_audio_meter_feed(self._state, ffi.from_buffer("int16_t[]", checked(samples)), len(samples))

    def read(self, *, restart: bool = False) -> Measure:
        """What has been measured. restart: level, peak, DC and clipping begin anew, floor and silences go on."""
        return _read(self._state, self._report, restart=restart)


class MeterBatch:
    """Many meters of one rate that are fed together: one crossing into C for all channels."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.channels, self.sample_rate = channels, checked_rate(sample_rate)
        self._held, self._states = states("gw_audio_meter", channels)
        self._report = ffi.new("gw_audio_report *")
        for state in self._states:
            lib.gw_audio_meter_init(state, sample_rate)

    def feed(self, samples: Samples) -> None:
        """Takes int16 samples, shape (channels, n), rows contiguous. Raises AudioError for other arrays."""
        channels, n, stride = checked_rows(samples, self.channels)
        lib.gw_audio_meter_feed_many(self._states, pointer(samples), channels, stride, n)

    def read(self, channel: int, *, restart: bool = False) -> Measure:
        """As Meter.read, of one channel. Raises AudioError when there is no such channel."""
        if not 0 <= channel < self.channels:
            raise AudioError(f"there is no channel {channel}, only 0 to {self.channels - 1}")
        return _read(self._states[channel], self._report, restart=restart)


def _read(state: Any, r: Any, *, restart: bool) -> Measure:
    lib.gw_audio_meter_read(state, restart, r)
    return Measure(
        int(r.samples), float(r.rms_dbm0), float(r.peak_dbm0), float(r.dc), int(r.clipped),
        float(r.noise_floor_dbm0), int(r.silent_ms), int(r.idle_ms),
    )  # fmt: skip
