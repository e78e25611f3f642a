"""Call-progress tones, special information tone and fax tones by country, in the native core."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate, checked_rows, pointer, states
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]

PLANS = {"PL": 0, "EU": 1, "US": 2, "UK": 3}
"""Tone plans by country; the sources of their figures stand in native/progress_plans.c."""

ROOM, ROOM_EACH = 64, 4


class Signal(IntEnum):
    """What was heard."""

    DIAL = 1
    RINGBACK = 2
    BUSY = 3
    CONGESTION = 4
    """Also reorder. In the Polish plan it sounds like BUSY and is reported as BUSY."""
    CALL_WAITING = 5
    SIT = 6
    """Special information tone: the number is wrong, or out of service."""
    UNOBTAINABLE = 7
    FAX_CNG = 8
    FAX_CED = 9


class Progress(NamedTuple):
    """One signal; first when its cadence is sure, again when it has ended."""

    signal: Signal
    start: int
    """First sample of the cadence, counted from the detector's first sample."""
    end: int | None
    """One past its last sample; None while it goes on."""
    hz: tuple[float, ...]
    """One frequency, or two that sound together: of the first element of the cadence."""
    level_dbm0: float


class ProgressDetector:
    """Streaming detector of one tone plan: samples in any portions give the same signals."""

    def __init__(self, sample_rate: int, plan: str = "EU") -> None:
        """sample_rate: 8000 or 16000; plan: one of PLANS. Raises AudioError for others."""
        number = _number(plan)
        self.sample_rate = checked_rate(sample_rate)
        self.plan = plan
        self._state = ffi.new("gw_progress *")
        self._out = ffi.new("gw_progress_event[]", ROOM)
        lib.gw_progress_init(self._state, sample_rate, number)

    def feed(self, samples: Samples) -> list[Progress]:
        """Takes int16 samples, shape (n,); gives the beginnings and ends among them. Raises AudioError."""
        pointer, left = ffi.from_buffer("int16_t[]", checked(samples)), len(samples)
        found: list[Progress] = []
        while True:  # once more when there were more events than room
            count = lib.gw_progress_feed(self._state, pointer, left, self._out, ROOM)
            found += [_progress(event) for event in self._out[0:count]]
            if count < ROOM:
                return found
            left = 0


class ProgressBatch:
    """Many detectors of one rate and plan that are fed together: one crossing into C for all channels."""

    def __init__(self, channels: int, sample_rate: int, plan: str = "EU") -> None:
        """As ProgressDetector. Raises AudioError."""
        self.channels, self.sample_rate, self.plan = channels, checked_rate(sample_rate), plan
        self._held, self._states = states("gw_progress", channels)
        for state in self._states:
            lib.gw_progress_init(state, sample_rate, _number(plan))
        self._out = ffi.new("gw_progress_event[]", ROOM_EACH * channels)
        self._counts = ffi.new("int32_t[]", channels)

    def feed(self, samples: Samples) -> list[tuple[int, Progress]]:
        """Takes int16 samples, shape (channels, n), rows contiguous; gives (channel, signal). Raises AudioError.

        What finds no room (four events a channel) comes with the next call."""
        channels, n, stride = checked_rows(samples, self.channels)
        lib.gw_progress_feed_many(
            self._states, pointer(samples), channels, stride, n, self._out, self._counts, ROOM_EACH
        )
        return [
            (c, _progress(self._out[c * ROOM_EACH + i])) for c, count in enumerate(self._counts) for i in range(count)
        ]


def _number(plan: str) -> int:
    if plan not in PLANS:
        raise AudioError(f"there is no tone plan {plan!r}, only {', '.join(PLANS)}")
    return PLANS[plan]


def _progress(e: Any) -> Progress:
    hz = (float(e.hz[0]), float(e.hz[1])) if e.hz[1] > 0 else (float(e.hz[0]),)
    end = int(e.end) if e.phase == lib.GW_PROGRESS_END else None
    return Progress(Signal(e.kind), int(e.start), end, hz, float(e.level_dbm0))
