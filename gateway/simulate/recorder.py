"""The recorder of the virtual office: no sound, but how long the caller was recorded and how much of it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.events import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.actions import StartRecording
    from gateway.core.facts.desk import RecordingEnd

LEVEL_DBM0 = -20.0
"""Of everything that a virtual caller says."""


class Recorder:
    """`now` is the office's clock, `after` sets a deadline on it, `tell` is its way to the switchboard."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        after: Callable[[float, Callable[[], None]], None],
        tell: Callable[[Recorded], None],
        full: bool = False,
    ) -> None:
        """`full`: the disk is, and nothing can be recorded."""
        self._now, self._after, self._tell, self._full = now, after, tell, full
        self._running: dict[str, tuple[StartRecording, float]] = {}
        self._said: list[tuple[float, float]] = []

    @property
    def message(self) -> bool:
        """Whether the caller is leaving a message."""
        return any(not action.other for action, _ in self._running.values())

    def start(self, action: StartRecording) -> None:
        if self._full:
            failed = Recorded(leg=action.leg, recording=action.recording, how="failed", reason="the disk is full")
            self._after(0.0, lambda: self._tell(failed))
            return
        self._running[action.recording] = (action, self._now())
        self._said.clear()
        self._after(action.longest_s, lambda: self.end(action.recording, "longest"))

    def say(self, seconds: float) -> None:
        """The caller speaks for so long from now."""
        self._said.append((self._now(), self._now() + seconds))

    def end(self, recording: str, how: RecordingEnd) -> None:
        """One recording is over, if it is not already."""
        running = self._running.pop(recording, None)
        if running is None:
            return
        action, began = running
        now = self._now()
        said_s = sum(max(0.0, min(end, now) - max(start, began)) for start, end in self._said)
        self._tell(
            Recorded(
                leg=action.leg,
                recording=recording,
                how=how,
                length_ms=round(1000 * (now - began)),
                sound_ms=None if action.other else round(1000 * said_s),
                level_dbm0=LEVEL_DBM0 if said_s and not action.other else None,
            )
        )

    def leg_over(self, leg: str) -> None:
        """A leg is over: so are the recordings that it was in."""
        for recording, (action, _) in list(self._running.items()):
            if leg in {action.leg, action.other}:
                self.end(recording, "leg_over")
