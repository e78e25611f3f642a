"""The ring of native/record.h by hand, for its test; the recorder of a tap is gateway.audio.recorder.

A tap's media thread puts samples in (native/record.c), the loop takes them out. Nothing here writes files.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.mix import stereo
from gateway.audio.samples import checked_rate
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]


class Recorder:
    """One direction. The ring holds at least `seconds` of sound; beyond it samples become silence and are counted."""

    def __init__(self, sample_rate: int, seconds: float = 4.0) -> None:
        """sample_rate: 8000 or 16000; seconds: up to 600. Raises AudioError for others."""
        self.sample_rate = checked_rate(sample_rate)
        if not 0 < seconds <= 600:
            raise AudioError(f"a recorder holds up to 600 seconds, not {seconds}")
        capacity = 1 << (int(seconds * sample_rate) - 1).bit_length()
        self._ring = np.zeros(capacity, np.int16)
        self._state = ffi.new("gw_record *")
        self._memory = ffi.from_buffer("int16_t[]", self._ring)
        lib.gw_record_init(self._state, sample_rate, self._memory, capacity)

    def put(self, samples: Samples) -> None:
        """What a tap does in C: int16 samples, shape (n,). Raises AudioError for other arrays."""
        lib.gw_record_put(self._state, ffi.from_buffer("int16_t[]", checked(samples)), len(samples))

    def put_silence(self, n: int) -> None:
        """What a tap does when nothing has come: n samples of silence."""
        lib.gw_record_put(self._state, ffi.NULL, max(n, 0))

    def take(self, at_most: int | None = None) -> Samples:
        """What has come since the last call, int16, shape (n,), at most so many samples."""
        waiting = self.waiting
        out = np.empty(waiting if at_most is None else max(0, min(waiting, at_most)), np.int16)
        lib.gw_record_take(self._state, ffi.from_buffer("int16_t[]", out), len(out))
        return out

    @property
    def waiting(self) -> int:
        """Samples that can be taken now."""
        return int(lib.gw_record_waiting(self._state))

    @property
    def lost(self) -> int:
        """Samples that found the ring full; silence stands in their place."""
        return int(lib.gw_record_lost(self._state))

    def mask(self, *, on: bool) -> None:
        """From now on a quiet tone is recorded instead of what is said (a card number), until it is switched off."""
        lib.gw_record_mask(self._state, on)


class StereoRecorder:
    """Two directions side by side: what the far end says on the left, what it hears, or the other leg, on the right."""

    def __init__(self, sample_rate: int, seconds: float = 4.0) -> None:
        """As Recorder. Raises AudioError."""
        self.left, self.right = Recorder(sample_rate, seconds), Recorder(sample_rate, seconds)

    def take(self) -> Samples:
        """int16, shape (n, 2): as much as both directions have got."""
        n = min(self.left.waiting, self.right.waiting)
        return stereo(self.left.take(n), self.right.take(n))

    def mask(self, *, on: bool) -> None:
        """Both directions, as Recorder.mask."""
        self.left.mask(on=on)
        self.right.mask(on=on)

    @property
    def lost(self) -> int:
        """Of both directions."""
        return self.left.lost + self.right.lost
