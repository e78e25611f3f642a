"""In-band DTMF (ITU-T Q.23, Q.24) through the native core: samples in, digits out, and digits as samples.

Samples are numpy int16, shape (n,), contiguous, at 8000 or 16000 Hz; they are read where they lie, never copied.
Positions are samples at that rate, counted from the first one fed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE_RATES = (8000, 16000)
SLICE = 1 << 20
"""Samples that one call into the core takes, so that its answer fits a buffer of known size."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A digit has begun. A digit is reported 28 to 34 ms after its first sample, the start is dated back."""

    digit: str
    start: int
    low_dbm0: float
    high_dbm0: float
    twist_db: float
    """High tone minus low tone."""
    confidence: float
    """0 (just accepted) to 1 (the two tones as Q.23 has them, and nothing else)."""


@dataclass(frozen=True, slots=True)
class Digit(Onset):
    """A digit that is over: 23.5 ms without its tones. Shorter breaks are bridged."""

    end: int
    """One past its last sample."""


class DtmfDetector:
    """One receiver; `feed` may be given any number of samples at a time and the digits are the same."""

    def __init__(self, sample_rate: int = 8000) -> None:
        """Raises AudioError for a rate other than 8000 and 16000."""
        self.sample_rate = _rate(sample_rate)
        self.begun: list[Onset] = []
        """Digits that began in the last `feed`."""
        self._state = ffi.new("gw_dtmf *")
        lib.gw_dtmf_init(self._state, sample_rate)

    def feed(self, samples: npt.NDArray[np.int16]) -> list[Digit]:
        """Digits that ended in these samples, shape (n,). Raises AudioError for another dtype or shape."""
        whole = ffi.from_buffer("int16_t[]", checked(samples))
        self.begun = []
        over: list[Digit] = []
        for at in range(0, len(samples), SLICE):
            n = min(SLICE, len(samples) - at)
            room = _room(n)
            events = ffi.new("gw_dtmf_event[]", room)
            count = lib.gw_dtmf_feed(self._state, whole + at, n, events, room)
            over += self._sort(events, 0, count)
        return over

    def _sort(self, events: Any, first: int, count: int) -> list[Digit]:
        over = []
        for i in range(first, first + count):
            event = events[i]
            fields = (
                chr(event.digit),
                event.start,
                event.low_dbm0,
                event.high_dbm0,
                event.twist_db,
                event.confidence,
            )
            if event.kind == lib.GW_DTMF_BEGIN:
                self.begun.append(Onset(*fields))
            else:
                over.append(Digit(*fields, event.end))
        return over


def dtmf_digits(samples: npt.NDArray[np.int16], sample_rate: int = 8000) -> str:
    """All digits in a whole buffer, shape (n,), one that is still on at its end among them. Raises AudioError."""
    detector = DtmfDetector(sample_rate)
    detector.feed(samples)
    return "".join(onset.digit for onset in detector.begun)


def dtmf_feed_many(detectors: Sequence[DtmfDetector], block: npt.NDArray[np.int16]) -> list[list[Digit]]:
    """Feeds row c of block, shape (channels, n), to detector c, all in one crossing into C.

    Returns the digits that ended, one list a channel; `begun` of each detector is set, too. Rows must be contiguous;
    a slice of columns of a larger array is fine. Raises AudioError for another dtype, shape or number of detectors.
    """
    if not isinstance(block, np.ndarray) or block.dtype != np.int16:
        found = str(block.dtype) if isinstance(block, np.ndarray) else type(block).__name__
        raise AudioError(f"block must be a numpy array of int16, not {found}")
    if block.ndim != 2 or block.shape[0] != len(detectors):
        raise AudioError(f"block must have the shape ({len(detectors)}, n), one row a detector, not {block.shape}")
    channels, n = block.shape
    if channels == 0 or n == 0:
        return [[] for _ in detectors]
    if block.strides[1] != 2 or block.strides[0] < 0 or block.strides[0] % 2:
        raise AudioError(f"rows of block must be contiguous, not with steps of {block.strides} bytes")
    if n > SLICE:
        raise AudioError(f"block may hold at most {SLICE} samples a channel, not {n}")
    room = _room(n)
    events = ffi.new("gw_dtmf_event[]", channels * room)
    counts = ffi.new("int32_t[]", channels)
    states = ffi.new("gw_dtmf *[]", [detector._state for detector in detectors])  # noqa: SLF001 - same module
    samples = ffi.cast("int16_t *", block.ctypes.data)
    lib.gw_dtmf_feed_many(states, samples, channels, block.strides[0] // 2, n, events, counts, room)
    over: list[list[Digit]] = []
    for c, (detector, count) in enumerate(zip(detectors, ffi.unpack(counts, channels), strict=True)):
        if detector.begun:
            detector.begun = []
        over.append(detector._sort(events, c * room, count) if count else [])  # noqa: SLF001
    return over


class DtmfGenerator:
    """One sender: both frequencies exact to below 1 ppm, 3 ms cosine rise and fall."""

    def __init__(self, sample_rate: int = 8000) -> None:
        """Raises AudioError for a rate other than 8000 and 16000."""
        self.sample_rate = _rate(sample_rate)
        self._state = ffi.new("gw_dtmf_gen *")
        lib.gw_dtmf_gen_init(self._state, sample_rate)

    def render(
        self,
        digits: str,
        *,
        on_ms: int = 80,
        off_ms: int = 80,
        low_dbm0: float = -9.0,
        high_dbm0: float = -7.0,
    ) -> npt.NDArray[np.int16]:
        """Digits 0-9 A-D * # as int16 samples, shape (n,), each on_ms of tone and off_ms of pause.

        Levels are a tone's; above -2.9 dBm0 each, their sum is clipped. Raises AudioError for what is no digit, for
        on_ms outside 1 to 60000, off_ms outside 0 to 60000 and levels outside -70 to +3.14 dBm0.
        """
        each = (on_ms + off_ms) * (self.sample_rate // 1000)
        parts = []
        for digit in digits:
            if not lib.gw_dtmf_gen_start(
                self._state, ord(digit) if digit.isascii() else 0, on_ms, off_ms, low_dbm0, high_dbm0
            ):
                raise AudioError(
                    f"cannot send {digit!r} with {on_ms} ms on, {off_ms} ms off, {low_dbm0:g} and {high_dbm0:g} dBm0:"
                    " a digit is 0-9, A-D, * or #, on 1 to 60000 ms, off 0 to 60000 ms, levels -70 to +3.14 dBm0"
                )
            part = np.empty(each, np.int16)
            lib.gw_dtmf_gen_render(self._state, ffi.from_buffer("int16_t[]", part, require_writable=True), each)
            parts.append(part)
        return np.concatenate(parts) if parts else np.empty(0, np.int16)


def _rate(sample_rate: int) -> int:
    if sample_rate not in SAMPLE_RATES:
        raise AudioError(f"the sample rate must be 8000 or 16000 Hz, not {sample_rate!r}")
    return sample_rate


def _room(n: int) -> int:
    """Events that n samples can bring at most (dtmf.h)."""
    return n // 64 + int(lib.GW_DTMF_PENDING)
