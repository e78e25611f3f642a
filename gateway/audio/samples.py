"""What every face of the native core asks of the arrays and rates that it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi
from gateway.errors import AudioError

RATES = (8000, 16000)


def checked_rate(sample_rate: int) -> int:
    """The same rate, if the native core works at it. Raises AudioError."""
    if sample_rate not in RATES:
        raise AudioError(f"sample_rate must be 8000 or 16000, not {sample_rate!r}: resample first")
    return sample_rate


def checked_rows(samples: npt.NDArray[np.int16], channels: int) -> tuple[int, int, int]:
    """Channels, samples of each, and the distance of two channels in samples, of int16 (channels, n) whose rows lie
    contiguous. Raises AudioError for anything else."""
    if not isinstance(samples, np.ndarray) or samples.dtype != np.int16:
        found = str(samples.dtype) if isinstance(samples, np.ndarray) else type(samples).__name__
        raise AudioError(f"samples must be a numpy array of int16, not {found}")
    if samples.ndim != 2 or len(samples) != channels:
        raise AudioError(f"samples must have the shape ({channels}, n), not {samples.shape}")
    if samples.shape[1] > 1 and samples.strides[1] != samples.itemsize:
        raise AudioError(f"the rows of samples must be contiguous, not in steps of {samples.strides[1]} bytes")
    row_step = samples.strides[0]
    if channels > 1 and (row_step < 0 or row_step % samples.itemsize):
        raise AudioError(f"the rows of samples must follow each other by whole samples, not {row_step} bytes")
    return channels, samples.shape[1], row_step // samples.itemsize


def pointer(samples: npt.NDArray[np.int16]) -> Any:
    """The first sample, where it lies; the array must outlive the call that gets it."""
    return ffi.cast("int16_t *", samples.ctypes.data)


def states(kind: str, channels: int) -> tuple[Any, Any]:
    """Zeroed states of a C type, one a channel: what holds their memory, and the array of pointers that C wants."""
    if channels < 0:
        raise AudioError(f"there cannot be {channels} channels")
    held = ffi.new(f"{kind}[]", channels)
    return held, ffi.new(f"{kind} *[]", [held + i for i in range(channels)])
