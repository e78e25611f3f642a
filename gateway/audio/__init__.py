"""Python face of the native core: re-exports only."""

from __future__ import annotations

from gateway.audio.level import SILENCE_DBM0, level_dbm0, peak_dbm0
from gateway.audio.running import bind, connect, disconnect, legs_max, sip_timers
from gateway.audio.tap import Tap, unwatch_stream
from gateway.audio.tap_events import Digit, Gone, Level, Overflows, PlayEnded, TapEvent
from gateway.audio.wake import Readiness, Wake, notify_clear, notify_fd

__all__ = [
    "SILENCE_DBM0",
    "Digit",
    "Gone",
    "Level",
    "Overflows",
    "PlayEnded",
    "Readiness",
    "Tap",
    "TapEvent",
    "Wake",
    "bind",
    "connect",
    "disconnect",
    "legs_max",
    "level_dbm0",
    "notify_clear",
    "notify_fd",
    "peak_dbm0",
    "sip_timers",
    "unwatch_stream",
]
