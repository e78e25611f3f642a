"""The tap of one leg: what it plays, what it hears. The line process needs only this module.

    bind(_pjsua2.__file__)                   after libInit
    tap = Tap("call 7")
    connect(call_slot, tap.slot); connect(tap.slot, call_slot)
    tap.watch_stream(int(prm.stream))        in onStreamCreated
    tap.play(1, [prompt, number, prompt2])
    ...
    bell = Wake(notify_fd())                 one for the process; when it is READABLE:
    notify_clear()
    for event in tap.events(): ...

All of it belongs to the thread that runs libHandleEvents; the samples are handled in C on PJMEDIA's threads.
Commands are carried out in the next frame that the bridge asks for: connected to nothing, a tap does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gateway.audio._native import ffi, lib
from gateway.audio.level import checked
from gateway.audio.progress import PLANS, Signal
from gateway.audio.running import bind, connect, describe, disconnect, legs_max, sip_timers
from gateway.audio.tap_events import CallProgress, Digit, Gone, Level, Overflows, PlayEnded, TapEvent, Voice
from gateway.audio.wake import Readiness, Wake, notify_clear, notify_fd
from gateway.errors import AudioError, NativeError

__all__ = [
    "TEST_TONE_DBM0",
    "TEST_TONE_HZ",
    "CallProgress",
    "Digit",
    "Gone",
    "Level",
    "Overflows",
    "PlayEnded",
    "Readiness",
    "Tap",
    "TapEvent",
    "Voice",
    "Wake",
    "bind",
    "connect",
    "disconnect",
    "legs_max",
    "notify_clear",
    "notify_fd",
    "sip_timers",
    "unwatch_stream",
]

TEST_TONE_HZ = 1004.0
"""The test tone of technicians: off 1000 Hz so that it does not beat with the sampling clock."""
TEST_TONE_DBM0 = 0.0

_KEYS = "0123456789*#ABCD"
_BATCH = 64
_RECORD_BATCH = 8192

Direction = Literal["received", "sent"]


def unwatch_stream(stream: int) -> None:
    """Call it in onStreamDestroyed with the same address, also when the tap is closed already."""
    lib.gw_unwatch_stream(ffi.cast("void *", stream))


class Tap:
    """One port on the bridge. It detects in-band digits from the start; all else is off until it is told to."""

    def __init__(self, name: str, sample_rate: int = 8000, frame_samples: int = 160) -> None:
        """Raises AudioError when sample_rate is not 8000 or 16000 or a frame not 10 to 60 ms."""
        self._tap = lib.gw_tap_new(name.encode("ascii", "replace"), sample_rate, frame_samples)
        if self._tap == ffi.NULL:
            raise AudioError(
                f"no tap with {sample_rate} Hz and {frame_samples} samples a frame: "
                "8000 or 16000 Hz and 10 to 60 ms of samples are possible"
            )
        self.name = name
        self.sample_rate = sample_rate
        self.frame_samples = frame_samples
        self._pins: dict[int, object] = {}
        self._closing = False
        self._batch = ffi.new("gw_event[]", _BATCH)
        self._tick = ffi.new("int64_t *")
        _alive.add(self)

    @property
    def slot(self) -> int:
        """Its slot on the bridge; the first use puts it there. Raises NativeError: bridge full, or not up."""
        slot = int(lib.gw_tap_open(self._open()))
        if slot < 0:
            # Our own results are small negatives, those of the library are negated pj_status_t.
            raise NativeError(f"tap {self.name}: {describe(slot if slot > -100 else -slot)}")
        return slot

    def play(
        self, play_id: int, clips: Sequence[npt.NDArray[np.int16]], *, loop: bool = False, barge_in: bool = True
    ) -> None:
        """Queues a play behind those before it; its clips, and the plays, follow each other without a gap.

        Clips are int16, shape (n,), at the tap's rate. They are not copied: leave them be until PlayEnded.
        With barge_in a digit ends the play in the same frame, and any digit event that is taken from `events`
        after this call has ended it. Raises AudioError for unfit clips, an id in use, or 16 plays not ended.
        """
        if play_id in self._pins:
            raise AudioError(f"tap {self.name}: play {play_id} has not ended yet")
        table = ffi.new("gw_clip[]", max(1, len(clips)))
        held = [ffi.from_buffer("int16_t[]", checked(clip)) for clip in clips]
        for i, samples in enumerate(held):
            table[i].samples = samples
            table[i].n = len(samples)
        flags = (lib.GW_PLAY_LOOP if loop else 0) | (lib.GW_PLAY_BARGE_IN if barge_in else 0)
        self._command(lib.gw_tap_play(self._open(), play_id, table, len(held), flags), f"play {play_id}")
        self._pins[play_id] = (table, held)

    def stop(self, play_id: int | None = None) -> None:
        """Stops one play, heard or queued, or all of them. PlayEnded follows for each."""
        if play_id is None:
            self._command(lib.gw_tap_stop_all(self._open()), "stop")
        else:
            self._command(lib.gw_tap_stop(self._open(), play_id), f"stop of play {play_id}")

    def echo(self, on: bool) -> None:
        """Sends back what is received, while nothing else is to be sent."""
        self._command(lib.gw_tap_echo(self._open(), int(on)), "echo")

    def tone(self, hz: float = TEST_TONE_HZ, level_dbm0: float = TEST_TONE_DBM0) -> None:
        """Sends a sine, while no play is heard. 0 dBm0 is 3.14 dB below a full-scale sine (ITU-T G.711).

        Raises AudioError unless 0 < hz < sample_rate / 2 and -70 <= level_dbm0 <= 3.14.
        """
        self._command(lib.gw_tap_tone(self._open(), hz, level_dbm0), f"tone of {hz} Hz at {level_dbm0} dBm0")

    def tone_off(self) -> None:
        self._command(lib.gw_tap_tone_off(self._open()), "tone")

    def detect(self, on: bool, keys: str = _KEYS) -> None:
        """Switches in-band detection; only these keys are reported and stop plays."""
        if not set(keys) <= set(_KEYS):
            raise AudioError(f"tap {self.name}: keys are {_KEYS}, not {keys!r}")
        mask = sum(1 << _KEYS.index(key) for key in set(keys))
        self._command(lib.gw_tap_key_mask(self._open(), mask), "keys")
        self._command(lib.gw_tap_detect(self._open(), int(on)), "detection")

    def send_digits(self, digits: str) -> None:
        """Sends digits in-band, 90 ms each and 60 ms apart, before any play goes on. Raises AudioError."""
        if not set(digits) <= set(_KEYS):
            raise AudioError(f"tap {self.name}: digits are {_KEYS}, not {digits!r}")
        for digit in digits:
            self._command(lib.gw_tap_send_digit(self._open(), ord(digit)), "digits")

    def watch_stream(self, stream: int) -> None:
        """Takes the RFC 4733 digits of a pjmedia_stream (its address) from the library; once for each new stream.

        `unwatch_stream` is owed in onStreamDestroyed. Raises AudioError when the tap is closed.
        """
        self._command(lib.gw_tap_watch_stream(self._open(), ffi.cast("void *", stream)), "stream")

    def measure(self, window_ms: int, *, repeat: bool = False) -> None:
        """Asks for a Level of each direction over one window, or over every one; 0 ms ends it."""
        self._command(lib.gw_tap_measure(self._open(), window_ms, int(repeat)), "measurement")

    def detect_voice(self, on: bool) -> None:
        """Switches Voice: when the far end begins and ceases to speak. Off at first; off, no end comes any more."""
        self._command(lib.gw_tap_detect_voice(self._open(), int(on)), "voice detection")

    def detect_progress(self, on: bool, country: str = "EU") -> None:
        """Switches CallProgress by a country's tone plan (one of gateway.audio.progress.PLANS). Off at first.

        Raises AudioError for a country without a plan.
        """
        if country not in PLANS:
            raise AudioError(f"tap {self.name}: there is no tone plan {country!r}, only {', '.join(PLANS)}")
        plan = PLANS[country] if on else -1
        self._command(lib.gw_tap_detect_progress(self._open(), plan), "call-progress detection")

    def record(self, *directions: Direction) -> None:
        """From the next frame on these directions are kept, 2 s of them at least, for `recorded`; none: no more.

        Each call begins anew: what an earlier one has left is forgotten. `gateway.audio.recorder` makes files of it.
        """
        bits = sum(_BIT[direction] for direction in set(directions))
        self._command(lib.gw_tap_record(self._open(), bits), "recording")

    def record_mask(self, on: bool) -> None:
        """While it is on, a quiet tone of 1000 Hz is kept instead of what is said. It cannot be refused for want of
        room, and it also holds for recordings that begin later. Of a tap that is gone: nothing."""
        if self._tap is not None:
            lib.gw_tap_record_mask(self._tap, int(on))

    def recorded(self, direction: Direction) -> list[tuple[int, npt.NDArray[np.int16]]]:
        """What has been kept of one direction since the last call: runs of (tick, int16 samples of shape (n,)).

        tick is the first sample's place on the bridge's clock, in samples; all taps share that clock. Where ticks are
        missing, nothing was asked for, or it found no room (`overflows.recorded`). Of a tap that is gone: nothing.
        """
        runs: list[tuple[int, npt.NDArray[np.int16]]] = []
        while self._tap is not None:
            out = np.empty(_RECORD_BATCH, np.int16)
            samples = ffi.from_buffer("int16_t[]", out, require_writable=True)
            count = lib.gw_tap_recorded(self._tap, _BIT[direction], samples, len(out), self._tick)
            if count == 0:
                break
            runs.append((int(self._tick[0]), out[:count]))
        return runs

    def events(self) -> list[TapEvent]:
        """What has happened since the last call, in order. After Gone there is nothing more to come."""
        taken: list[TapEvent] = []
        if self._tap is None:
            return taken
        # Asked first: what comes after the media threads have let go cannot be missed by the reading below.
        gone = self._closing and bool(lib.gw_tap_gone(self._tap))
        while True:
            count = lib.gw_tap_events(self._tap, self._batch, _BATCH)
            for i in range(count):
                event = _read(self._batch[i])
                if isinstance(event, PlayEnded):
                    self._pins.pop(event.play_id, None)
                taken.append(event)
            if count < _BATCH:
                break
        if gone and lib.gw_tap_free(self._tap):
            self._tap = None
            self._pins.clear()
            _alive.discard(self)
            taken.append(Gone(self.name))
        return taken

    @property
    def overflows(self) -> Overflows:
        counts = ffi.new("gw_overflows *")
        lib.gw_tap_overflows(self._open(), counts)
        return Overflows(counts.commands, counts.received, counts.sent, counts.rfc4733, counts.echo, counts.recorded)

    @property
    def received(self) -> int:
        """Samples received so far, silence included: the clock that events' `at` counts on."""
        return int(lib.gw_tap_received(self._open()))

    def close(self) -> None:
        """Takes it off the bridge, which happens later: keep taking `events` until Gone. Twice is harmless."""
        if self._tap is not None and not self._closing:
            self._closing = True
            status = lib.gw_tap_close(self._tap)
            if status != 0:
                raise NativeError(f"tap {self.name}: {describe(status)}")

    @property
    def closed(self) -> bool:
        """No command is taken any more."""
        return self._closing

    def hand_tick(self, tick: int) -> None:
        """The place on the bridge's clock of the next frame by hand, in samples; they count on from there."""
        lib.gw_tap_hand_tick(self._open(), tick)

    def put_frames(self, samples: npt.NDArray[np.int16] | None, frames: int = 1) -> None:
        """Feeds it by hand, without a bridge: whole frames of int16, shape (n,), or `frames` of type NONE."""
        if samples is None:
            result = lib.gw_tap_put(self._open(), ffi.NULL, frames * self.frame_samples)
        else:
            result = lib.gw_tap_put(self._open(), ffi.from_buffer("int16_t[]", checked(samples)), len(samples))
        self._command(result, "frames of another size")

    def get_frames(self, frames: int = 1) -> tuple[npt.NDArray[np.int16], int]:
        """Asks it by hand, without a bridge: the samples, and how many of the frames were sound (not NONE)."""
        out = np.empty(frames * self.frame_samples, np.int16)
        sound = lib.gw_tap_get(self._open(), ffi.from_buffer("int16_t[]", out, require_writable=True), len(out))
        return out, int(sound)

    def hear_rfc4733(self, digit: str, rtp_ms: int, duration_ms: int, *, end: bool = False) -> None:
        """An RFC 4733 report by hand, as the library gives one for a packet."""
        flags = lib.GW_RFC4733_END if end else 0
        lib.gw_tap_hear_rfc4733(self._open(), ord(digit), rtp_ms, duration_ms, flags)

    def _open(self) -> object:
        if self._tap is None:
            raise AudioError(f"tap {self.name}: it is closed")
        return self._tap

    def _command(self, result: int, what: str) -> None:
        if result != 0:
            raise AudioError(f"tap {self.name}: {what}: {describe(result)}")


# A tap must outlive its last reference: the media threads use it, and the samples that it pins, until Gone.
_alive: set[Tap] = set()

_HOW: dict[int, Literal["end", "key", "stopped"]] = {
    lib.GW_ENDED_END: "end",
    lib.GW_ENDED_KEY: "key",
    lib.GW_ENDED_STOPPED: "stopped",
}
_SOURCE: dict[int, Literal["inband", "rfc4733"]] = {
    lib.GW_SOURCE_INBAND: "inband",
    lib.GW_SOURCE_RFC4733: "rfc4733",
}
_PHASE: dict[int, Literal["begin", "end"]] = {lib.GW_KEY_BEGIN: "begin", lib.GW_KEY_END: "end"}
_DIRECTION: dict[int, Direction] = {lib.GW_RECEIVED: "received", lib.GW_SENT: "sent"}
_BIT = {name: bit for bit, name in _DIRECTION.items()}


def _read(event: Any) -> TapEvent:
    """A gw_event of native/tap.h."""
    if event.kind == lib.GW_EV_PLAY_ENDED:
        return PlayEnded(event.play_id, _HOW[event.how], event.played, event.at)
    if event.kind == lib.GW_EV_LEVEL:
        direction = _DIRECTION[event.direction]
        return Level(direction, event.level_dbm0, event.peak_dbm0, event.window_ms, event.at)
    if event.kind == lib.GW_EV_VOICE:
        return Voice(_PHASE[event.phase], event.start, event.end, event.confidence, event.at)
    if event.kind == lib.GW_EV_PROGRESS:
        hz = (event.hz[0], event.hz[1]) if event.hz[1] > 0 else (event.hz[0],)
        phase = _PHASE[event.phase]
        return CallProgress(Signal(event.signal), phase, event.start, event.end, hz, event.level_dbm0, event.at)
    return Digit(
        digit=chr(event.digit),
        phase=_PHASE[event.phase],
        source=_SOURCE[event.source],
        doubled=bool(event.doubled),
        at=event.at,
        duration_ms=event.duration_ms,
        start=event.start,
        end=event.end,
        low_dbm0=event.low_dbm0,
        high_dbm0=event.high_dbm0,
        twist_db=event.twist_db,
        confidence=event.confidence,
        rtp_ms=event.rtp_ms,
    )
