"""G.711 A-law and u-law, bit-exact to the ITU's own coder (ITU-T G.191), in the native core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Callable

Samples = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]


def alaw_encode(samples: Samples) -> Codes:
    """A-law codes as on the wire, shape (n,), of int16 samples, shape (n,). Raises AudioError for other arrays."""
    return _encode(lib.gw_alaw_encode, samples)


def alaw_decode(codes: Codes) -> Samples:
    """int16 samples, shape (n,), of A-law codes, uint8, shape (n,). Raises AudioError for other arrays."""
    return _decode(lib.gw_alaw_decode, codes)


def ulaw_encode(samples: Samples) -> Codes:
    """u-law codes as on the wire, shape (n,), of int16 samples, shape (n,). Raises AudioError for other arrays."""
    return _encode(lib.gw_ulaw_encode, samples)


def ulaw_decode(codes: Codes) -> Samples:
    """int16 samples, shape (n,), of u-law codes, uint8, shape (n,). Raises AudioError for other arrays."""
    return _decode(lib.gw_ulaw_decode, codes)


def _encode(law: Callable[..., None], samples: Samples) -> Codes:
    codes = np.empty(len(checked(samples)), np.uint8)
    law(ffi.from_buffer("int16_t[]", samples), ffi.from_buffer("uint8_t[]", codes), len(samples))
    return codes


def _decode(law: Callable[..., None], codes: Codes) -> Samples:
    if not isinstance(codes, np.ndarray) or codes.dtype != np.uint8:
        found = str(codes.dtype) if isinstance(codes, np.ndarray) else type(codes).__name__
        raise AudioError(f"codes must be a numpy array of uint8, not {found}")
    if codes.ndim != 1 or not codes.flags.c_contiguous:
        raise AudioError(f"codes must be contiguous, shape (n,), not {codes.shape} in steps of {codes.strides} bytes")
    samples = np.empty(len(codes), np.int16)
    law(ffi.from_buffer("uint8_t[]", codes), ffi.from_buffer("int16_t[]", samples), len(codes))
    return samples
