"""Voice activity: a decision for each 20 ms, in the native core."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate, checked_rows, pointer, states

Samples = npt.NDArray[np.int16]

FRAME_DTYPE = np.dtype([("probability", "<f4"), ("speech", "<i4")])


class VadFrames(NamedTuple):
    """What was decided, in order, one entry a frame of 20 ms; of a batch, one row a channel."""

    speech: npt.NDArray[np.bool_]
    """(frames,): the decision, after smoothing and hysteresis."""
    probability: npt.NDArray[np.float32]
    """(frames,): of speech, 0 to 1, smoothed."""


class Vad:
    """Streaming detector: samples in any portions give the same frames. 8 or 16 kHz, else AudioError."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = checked_rate(sample_rate)
        self.frame_samples = sample_rate // 50
        self._state = ffi.new("gw_vad *")
        lib.gw_vad_init(self._state, sample_rate)

    def feed(self, samples: Samples) -> VadFrames:
        """Takes int16 samples, shape (n,); gives the frames that they complete. Raises AudioError for other arrays."""
        out = np.empty(len(checked(samples)) // self.frame_samples + 1, FRAME_DTYPE)
        count = lib.gw_vad_feed(
            self._state, ffi.from_buffer("int16_t[]", samples), len(samples), _pointer(out), len(out)
        )
        return _frames(out[:count])


class VadBatch:
    """Many detectors of one rate that are fed together: one crossing into C for all channels."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.channels, self.sample_rate = channels, checked_rate(sample_rate)
        self.frame_samples = sample_rate // 50
        self._held, self._states = states("gw_vad", channels)
        for state in self._states:
            lib.gw_vad_init(state, sample_rate)
        self._counts = np.zeros(max(channels, 1), np.int32)

    def feed(self, samples: Samples) -> VadFrames:
        """Takes int16 samples, shape (channels, n), rows contiguous; gives arrays of shape (channels, frames): all
        channels have got as many samples, so they complete as many frames. Raises AudioError for other arrays."""
        channels, n, stride = checked_rows(samples, self.channels)
        out = np.empty((channels, n // self.frame_samples + 1), FRAME_DTYPE)
        lib.gw_vad_feed_many(
            self._states, pointer(samples), channels, stride, n,
            _pointer(out), ffi.from_buffer("int32_t[]", self._counts), out.shape[1],
        )  # fmt: skip
        return _frames(out[:, : self._counts[0]])


def is_speech(samples: Samples, sample_rate: int) -> npt.NDArray[np.bool_]:
    """The decision for each whole 20 ms of a buffer, int16, shape (n,). Raises AudioError."""
    return Vad(sample_rate).feed(samples).speech


def _pointer(out: npt.NDArray[np.void]) -> object:
    return ffi.cast("gw_vad_frame *", out.ctypes.data)


def _frames(out: npt.NDArray[np.void]) -> VadFrames:
    return VadFrames(out["speech"] != 0, out["probability"])
