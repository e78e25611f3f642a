"""Voice activity: a decision for each 20 ms, in the native core."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate, checked_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

Samples = npt.NDArray[np.int16]

FRAME_DTYPE = np.dtype([("probability", "<f4"), ("speech", "<i4")])


class VadFrames(NamedTuple):
    """What was decided, in order, one entry a frame of 20 ms."""

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
        self.vads: Sequence[Vad] = tuple(Vad(sample_rate) for _ in range(channels))
        self._states = ffi.new("gw_vad *[]", [vad._state for vad in self.vads])  # noqa: SLF001
        self._counts = np.empty(channels, np.int32)
        self._frame_samples = sample_rate // 50

    def feed(self, samples: Samples) -> list[VadFrames]:
        """Takes int16 samples, shape (channels, n), rows contiguous; gives each channel's frames. Raises AudioError."""
        channels, n, stride = checked_rows(samples, len(self.vads))
        out = np.empty((channels, n // self._frame_samples + 1), FRAME_DTYPE)
        lib.gw_vad_feed_many(
            self._states, ffi.cast("int16_t *", samples.ctypes.data), channels, stride, n,
            _pointer(out), ffi.from_buffer("int32_t[]", self._counts), out.shape[1],
        )  # fmt: skip
        return [_frames(row[:count]) for row, count in zip(out, self._counts, strict=True)]


def is_speech(samples: Samples, sample_rate: int) -> npt.NDArray[np.bool_]:
    """The decision for each whole 20 ms of a buffer, int16, shape (n,). Raises AudioError."""
    return Vad(sample_rate).feed(samples).speech


def _pointer(out: npt.NDArray[np.void]) -> object:
    return ffi.cast("gw_vad_frame *", out.ctypes.data)


def _frames(out: npt.NDArray[np.void]) -> VadFrames:
    return VadFrames(out["speech"] != 0, out["probability"])
