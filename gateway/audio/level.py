"""Level of int16 samples in dBm0, measured by the native core."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.errors import AudioError

SILENCE_DBM0 = -99.0
"""What digital silence measures."""


def level_dbm0(samples: npt.NDArray[np.int16]) -> float:
    """RMS level of int16 samples, shape (n,), in dBm0: a full-scale sine is +3.14 dBm0 (ITU-T G.711, A-law).

    Digital silence and no samples give SILENCE_DBM0. Raises AudioError for another dtype or shape.
    """
    return float(lib.gw_level_rms_dbm0(_measure(samples)))


def peak_dbm0(samples: npt.NDArray[np.int16]) -> float:
    """Level of a sine with the same peak as these int16 samples, shape (n,), in dBm0. Raises AudioError."""
    return float(lib.gw_level_peak_dbm0(_measure(samples)))


def checked(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The same array, if the native core can read it where it lies. Raises AudioError."""
    if not isinstance(samples, np.ndarray) or samples.dtype != np.int16:
        found = str(samples.dtype) if isinstance(samples, np.ndarray) else type(samples).__name__
        raise AudioError(f"samples must be a numpy array of int16, not {found}")
    if samples.ndim != 1 or not samples.flags.c_contiguous:
        found = f"{samples.shape} with steps of {samples.strides} bytes"
        raise AudioError(f"samples must be contiguous, shape (n,), not {found}")
    return samples


def _measure(samples: npt.NDArray[np.int16]) -> object:
    level = ffi.new("gw_level *")
    lib.gw_level_add(level, ffi.from_buffer("int16_t[]", checked(samples)), len(samples))
    return level
