"""Python face of the native core: re-exports only."""

from __future__ import annotations

from gateway.audio.agc import Agc
from gateway.audio.amd import AnswerDetector
from gateway.audio.dtmf import DtmfDetector, DtmfGenerator, dtmf_digits, dtmf_feed_many
from gateway.audio.level import SILENCE_DBM0, level_dbm0, peak_dbm0
from gateway.audio.meter import Meter
from gateway.audio.progress import ProgressDetector
from gateway.audio.running import bind, connect, disconnect, legs_max, sip_timers
from gateway.audio.tap import Tap, unwatch_stream
from gateway.audio.tap_events import Digit, Gone, Level, Overflows, PlayEnded, TapEvent
from gateway.audio.vad import Vad
from gateway.audio.wake import Readiness, Wake, notify_clear, notify_fd

__all__ = [
    "SILENCE_DBM0",
    "Agc",
    "AnswerDetector",
    "Digit",
    "DtmfDetector",
    "DtmfGenerator",
    "Gone",
    "Level",
    "Meter",
    "Overflows",
    "PlayEnded",
    "ProgressDetector",
    "Readiness",
    "Tap",
    "TapEvent",
    "Vad",
    "Wake",
    "bind",
    "connect",
    "disconnect",
    "dtmf_digits",
    "dtmf_feed_many",
    "legs_max",
    "level_dbm0",
    "notify_clear",
    "notify_fd",
    "peak_dbm0",
    "sip_timers",
    "unwatch_stream",
]
