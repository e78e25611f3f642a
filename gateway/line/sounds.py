"""The taps of the legs: what they play and what they tell.

A leg's tap is made when it is first wanted. The far end and the tap are connected through the table of connections,
so a play that is asked for before there is media starts with its first sample when media comes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import count

import numpy as np

from gateway.audio.tap import Digit, Gone, Level, PlayEnded, Readiness, Tap, Wake, notify_clear, notify_fd
from gateway.core import events
from gateway.core.events import LineEvent
from gateway.line.connections import Connections
from gateway.line.legs import Leg

log = logging.getLogger(__name__)

_SAMPLES_A_MS = 8


class Sounds:
    """`on_key(leg, digit)` hears each press once for each way it came."""

    def __init__(
        self,
        connections: Connections,
        on_key: Callable[[Leg, Digit], None],
        emit: Callable[[LineEvent], None],
        *,
        inband_dtmf: bool,
    ) -> None:
        self._connections, self._on_key, self._emit = connections, on_key, emit
        self._inband_dtmf = inband_dtmf
        self._taps: dict[Tap, Leg] = {}
        self._names: dict[int, str] = {}
        self._numbers = count(1)
        self._rx: dict[str, float] = {}
        self._bell = Wake(notify_fd())
        self.before_close: Callable[[Leg], None] = lambda _leg: None
        """Told of a leg that is over while its tap is still there."""

    def tap(self, leg: Leg) -> Tap:
        """The leg's tap, on the bridge. Raises NativeError when the bridge is full."""
        if leg.tap is None:
            tap = Tap(leg.id)
            if not self._inband_dtmf:
                tap.detect(False)
            slot = tap.slot
            leg.tap = tap
            self._taps[tap] = leg
            self._connections.port(("tap", leg.id), slot)
            self._connections.want_both_ways(("far", leg.id), ("tap", leg.id))
        return leg.tap

    def play(self, leg: Leg, name: str, clips: Sequence[np.ndarray], *, loop: bool, barge_in: bool) -> None:
        """Plays in place of whatever plays. Raises AudioError or NativeError."""
        tap = self.tap(leg)
        number = next(self._numbers)
        self.silence(leg)
        tap.play(number, clips, loop=loop, barge_in=barge_in)
        self._names[number] = name

    def silence(self, leg: Leg) -> None:
        """Stops plays and tone. Raises AudioError."""
        if leg.tap is not None:
            leg.tap.stop()
            leg.tap.tone_off()

    def close(self, leg: Leg) -> None:
        """The leg is over: its tap leaves the bridge; what it still tells of plays goes up."""
        self.before_close(leg)
        self._connections.forget(("tap", leg.id))
        self._connections.forget(("far", leg.id))
        self._rx.pop(leg.id, None)
        if leg.tap is not None:
            leg.tap.close()
            leg.tap = None

    @property
    def ringing(self) -> bool:
        """Arms the bell; whether it rings already, so that waiting would be wrong."""
        return self._bell.arm() is Readiness.READABLE

    def drain(self) -> None:
        """Take what the taps have to tell."""
        if self._bell.state is Readiness.READABLE:
            notify_clear()
        elif not any(tap.closed for tap in self._taps):
            return
        for tap, leg in tuple(self._taps.items()):
            for event in tap.events():
                match event:
                    case Digit():
                        if event.phase == "begin" and not leg.over:
                            self._on_key(leg, event)
                    case PlayEnded():
                        self._play_ended(leg, event)
                    case Level():
                        self._level(leg, event)
                    case Gone():
                        del self._taps[tap]

    def _play_ended(self, leg: Leg, event: PlayEnded) -> None:
        name = self._names.pop(event.play_id, "")
        self._emit(events.PlayEnded(leg=leg.id, play=name, how=event.how, played_ms=event.played // _SAMPLES_A_MS))

    def _level(self, leg: Leg, event: Level) -> None:
        if event.direction == "received":
            self._rx[leg.id] = event.level_dbm0
        elif leg.id in self._rx:
            rx = self._rx.pop(leg.id)
            self._emit(
                events.LevelMeasured(leg=leg.id, rx_dbm0=rx, tx_dbm0=event.level_dbm0, window_ms=event.window_ms)
            )
