"""What this line records: files begun and finished by command, written while the calls go on.

Everything here is the loop's: it drains the taps' rings at least every half second, so that a crash leaves a file that
can be played up to then. A file that cannot be written (disk full) ends its recording and is told of; no call waits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from gateway.audio.level import level_dbm0
from gateway.audio.recorder import SAMPLE_RATE, Recorder
from gateway.audio.wav_file import HEADER_BYTES
from gateway.core.actions import StartRecording
from gateway.core.events import LineEvent, Recorded
from gateway.core.facts.desk import RecordingEnd
from gateway.errors import AudioError
from gateway.line.legs import Leg
from gateway.line.sounds import Sounds

log = logging.getLogger(__name__)

DRAIN_S = 0.5
"""A tap keeps 2 s at least."""
SOUND_DBM0 = -45.0
"""A frame above it is sound: 10 dB below quiet speech (about -35), and above the noise of a telephone line at rest."""
_FRAME = SAMPLE_RATE // 50


@dataclass(slots=True, eq=False)
class _Recording:
    id: str
    legs: tuple[str, ...]
    """The caller's, and the other one's."""
    recorder: Recorder
    ends_at: float
    """Monotonic seconds."""


class Recordings:
    """`data_dir` is the gateway's state folder, in which the files lie; empty: nothing can be recorded."""

    def __init__(self, data_dir: str, sounds: Sounds, emit: Callable[[LineEvent], None]) -> None:
        self._data_dir, self._sounds, self._emit = data_dir, sounds, emit
        self._running: dict[str, _Recording] = {}
        self._drained_at = 0.0
        sounds.before_close = self.leg_over

    def start(self, leg: Leg, other: Leg | None, action: StartRecording) -> None:
        """Raises AudioError: no folder, a name that leads out of it, an id in use, a leg that is recorded already."""
        if action.recording in self._running:
            raise AudioError(f"recording {action.recording}: it is running already")
        path = self._path(action.file)
        taps = (self._sounds.tap(leg), self._sounds.tap(other) if other is not None else None)
        recorder = Recorder(path, *taps, sent=False)
        self._running[action.recording] = _Recording(
            action.recording,
            (leg.id,) if other is None else (leg.id, other.id),
            recorder,
            time.monotonic() + action.longest_s,
        )
        self._drain(self._running[action.recording])

    def stop(self, recording: str) -> None:
        """Raises AudioError when there is no such recording."""
        running = self._running.get(recording)
        if running is None:
            raise AudioError(f"recording {recording}: it is not running")
        self._finish(running, "stopped")

    def leg_over(self, leg: Leg) -> None:
        """Before the leg's tap closes."""
        for running in tuple(self._running.values()):
            if leg.id in running.legs:
                self._finish(running, "leg_over")

    def turn(self) -> None:
        """In each turn of the loop."""
        now = time.monotonic()
        for running in tuple(self._running.values()):
            if now >= running.ends_at:
                self._finish(running, "longest")
        if self._running and now - self._drained_at >= DRAIN_S:
            self._drained_at = now
            for running in tuple(self._running.values()):
                self._drain(running)

    @property
    def patience_ms(self) -> int | None:
        """How long the loop may sleep; None: as long as it likes."""
        if not self._running:
            return None
        next_s = min(self._drained_at + DRAIN_S, *(running.ends_at for running in self._running.values()))
        return max(1, int(1000 * (next_s - time.monotonic())))

    def close(self) -> None:
        """The line leaves."""
        for running in tuple(self._running.values()):
            self._finish(running, "leg_over")

    def _path(self, file: str) -> Path:
        relative = PurePosixPath(file)
        if not self._data_dir or relative.is_absolute() or ".." in relative.parts or relative.suffix != ".wav":
            raise AudioError(f"a recording cannot lie at {file!r}")
        path = Path(self._data_dir, relative)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            log.warning("the folder of recordings cannot be made: %s", error)
        return path

    def _drain(self, running: _Recording) -> None:
        for failed in running.recorder.drain():
            self._finish(running, "failed", failed.reason)

    def _finish(self, running: _Recording, how: RecordingEnd, reason: str = "") -> None:
        self._running.pop(running.id, None)
        for failed in running.recorder.close():
            how, reason = "failed", failed.reason
        if how == "failed":
            log.error("recording %s has failed: %s", running.id, reason)
        sound_ms, level = (None, None) if len(running.legs) > 1 else _measured(running.recorder.path)
        self._emit(
            Recorded(
                leg=running.legs[0],
                recording=running.id,
                how=how,
                length_ms=running.recorder.written * 1000 // SAMPLE_RATE,
                sound_ms=sound_ms,
                level_dbm0=level,
                reason=reason,
            )
        )


def _measured(path: str) -> tuple[int, float | None]:
    """(ms of sound in a mono file, its level in dBm0); (0, None) when there is none."""
    try:
        samples = np.fromfile(path, np.int16, offset=HEADER_BYTES)
    except OSError:
        return 0, None
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = np.array([level_dbm0(frame) > SOUND_DBM0 for frame in frames], bool)
    if not loud.any():
        return 0, None
    return int(loud.sum()) * 20, round(level_dbm0(np.ascontiguousarray(frames[loud]).reshape(-1)), 1)
