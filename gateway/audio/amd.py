"""Answering-machine hint for the calls that the box makes, in the native core."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.samples import checked_rate, checked_rows, pointer, states

Samples = npt.NDArray[np.int16]
ROOM, ROOM_EACH = 32, 4


class Answer(IntEnum):
    """What the first seconds after the answer sound like. A hint: who greets at length is taken for a machine."""

    HUMAN = 1
    MACHINE = 2
    SILENT = 3
    BEEP = 4
    """A steady tone has ended: a machine records from now on."""
    GREETING_OVER = 5
    """After MACHINE: it has been silent for 1.5 s."""


class AnswerHint(NamedTuple):
    answer: Answer
    at: int
    """Samples since the detector's first one."""
    voice_ms: int
    """How long the greeting has been so far; of BEEP: how long the tone was."""
    hz: float
    """Of BEEP, else 0."""


class AnswerDetector:
    """Fed with what is received from the answer on; samples in any portions give the same hints."""

    def __init__(self, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.sample_rate = checked_rate(sample_rate)
        self._state = ffi.new("gw_amd *")
        self._out = ffi.new("gw_amd_event[]", ROOM)
        lib.gw_amd_init(self._state, sample_rate)

    def feed(self, samples: Samples) -> list[AnswerHint]:
        """Takes int16 samples, shape (n,); gives the hints that they complete. Raises AudioError for other arrays."""
        pointer, left = ffi.from_buffer("int16_t[]", checked(samples)), len(samples)
        found: list[AnswerHint] = []
        while True:  # once more when there were more events than room
            count = lib.gw_amd_feed(self._state, pointer, left, self._out, ROOM)
            found += [_hint(event) for event in self._out[0:count]]
            if count < ROOM:
                return found
            left = 0


class AnswerBatch:
    """Many detectors of one rate that are fed together: one crossing into C for all channels."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        """sample_rate: 8000 or 16000, else AudioError."""
        self.channels, self.sample_rate = channels, checked_rate(sample_rate)
        self._held, self._states = states("gw_amd", channels)
        for state in self._states:
            lib.gw_amd_init(state, sample_rate)
        self._out = ffi.new("gw_amd_event[]", ROOM_EACH * channels)
        self._counts = ffi.new("int32_t[]", channels)

    def feed(self, samples: Samples) -> list[tuple[int, AnswerHint]]:
        """Takes int16 samples, shape (channels, n), rows contiguous; gives (channel, hint). Raises AudioError.

        What finds no room (four hints a channel) comes with the next call."""
        channels, n, stride = checked_rows(samples, self.channels)
        lib.gw_amd_feed_many(self._states, pointer(samples), channels, stride, n, self._out, self._counts, ROOM_EACH)
        return [(c, _hint(self._out[c * ROOM_EACH + i])) for c, count in enumerate(self._counts) for i in range(count)]


def _hint(e: Any) -> AnswerHint:
    return AnswerHint(Answer(e.kind), int(e.at), int(e.voice_ms), float(e.hz))
