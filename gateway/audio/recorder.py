"""A call in a WAV file: one leg alone, or two legs over a bridge, side by side on the bridge's clock.

    recorder = Recorder(path, caller_tap, agent_tap)     stereo: what the caller says left, what the agent says right
    for failed in recorder.drain(): ...                  the loop, at least every two seconds; the bell rings at half
    recorder.pause(); ...; recorder.resume()             while a card number is said
    recorder.close()                                     before the taps are closed

The media threads put samples into rings (native/tap_record.c); everything here belongs to the loop's thread.
"""

from __future__ import annotations

from pathlib import Path
from weakref import WeakSet

import msgspec
import numpy as np
import numpy.typing as npt

from gateway.audio.agc import Agc
from gateway.audio.mix import mix, stereo
from gateway.audio.tap import Direction, Tap
from gateway.audio.wav_file import WavFile
from gateway.errors import AudioError

Samples = npt.NDArray[np.int16]

SAMPLE_RATE = 8000

_busy: WeakSet[Tap] = WeakSet()


class RecordingFailed(msgspec.Struct, frozen=True):
    """The file could not be made or written (a full disk, a folder that is missing). The recording has ended; what is
    in the file can be played."""

    path: str
    reason: str
    written: int
    """Samples of each channel that the file holds."""


class Recorder:
    """Records from its making to `close`. Silence stands where a leg has sent nothing, or its ring was full."""

    def __init__(
        self, path: str | Path, left: Tap, right: Tap | None = None, *, agc: bool = False, sent: bool = True
    ) -> None:
        """With two taps: stereo, what is received from each. With one: mono, what is received and, unless `sent` is
        False (a voice mail), what the tap plays, mixed. agc: speech comes to -20 dBm0, each direction by itself.

        The file must not exist. Raises AudioError: a tap is not at 8000 Hz, is given twice, is closed, or is being
        recorded already. What the disk refuses is told by `drain`.
        """
        taps = [left] if right is None else [left, right]
        for tap in taps:
            if tap.sample_rate != SAMPLE_RATE:
                raise AudioError(f"tap {tap.name}: a recording is made at {SAMPLE_RATE} Hz, not {tap.sample_rate}")
            if tap in _busy or left is right:
                raise AudioError(f"tap {tap.name}: it is being recorded already")
        self.path = str(path)
        self._taps = taps
        self._failures: list[RecordingFailed] = []
        self._ended = False
        self._masked = False
        self._stereo = right is not None
        self._begin(agc, sent=sent and right is None)
        self._slack = 2 * max(tap.frame_samples for tap in taps)
        try:
            self._file: WavFile | None = WavFile(self.path, SAMPLE_RATE, len(taps))
        except OSError as error:
            self._file = None
            self._fail(error)

    def _begin(self, agc: bool, *, sent: bool) -> None:
        directions: list[Direction] = ["received", "sent"] if sent else ["received"]
        self._sides = [_Side(tap, direction, agc) for tap in self._taps for direction in directions]
        for tap in self._taps:
            try:
                tap.record_mask(False)
                tap.record(*directions)
            except AudioError:
                self._let_go()
                raise
            _busy.add(tap)

    def drain(self) -> list[RecordingFailed]:
        """Writes what both sides have got, and brings the file's header up to date: a crash leaves a file that can be
        played up to here. Tells a failure once; after it, and after `close`, it does nothing."""
        if not self._ended:
            self._write(self._gather())
        failures, self._failures = self._failures, []
        return failures

    def pause(self) -> None:
        """From the next frame on a quiet tone is recorded in place of what is said, on all sides."""
        self._mask(True)

    def resume(self) -> None:
        """Ends a pause."""
        self._mask(False)

    def close(self) -> list[RecordingFailed]:
        """Writes what is left and finishes the file; twice is harmless. Tells a failure as `drain` does."""
        if not self._ended:
            self._let_go()
            self._gather()
            ends = [side.end for side in self._sides if side.end is not None]
            self._write(max(ends, default=None), last=True)
        if not self._ended and self._file is not None:
            self._ended = True
            self._file.close()
        return self.drain()

    @property
    def written(self) -> int:
        """Samples of each channel that are in the file."""
        return 0 if self._file is None else self._file.frames

    def _mask(self, on: bool) -> None:
        if self._ended:
            return
        # What is at hand was said under the old rule, but for the frame that passes just now.
        if not on:
            self._gather()
        for tap in self._taps:
            tap.record_mask(on)
        if on:
            self._gather()
        self._masked = on

    def _gather(self) -> int | None:
        """Takes what waits; up to which tick all sides are complete, as far as their taps are asked at all.

        The first side is taken again after the second: so neither lacks a frame that is older than what the other had,
        except the frames of the bridge's turn that goes on.
        """
        horizons = [side.take(self._masked) for side in self._sides]
        if len(self._sides) == 1:
            return horizons[0]
        self._sides[0].take(self._masked)
        known = [horizon for horizon in horizons if horizon is not None]
        return max(known) - self._slack if known else None

    def _write(self, horizon: int | None, *, last: bool = False) -> None:
        first = min((side.first for side in self._sides if side.first is not None), default=None)
        if self._file is None or horizon is None or first is None:
            return
        if horizon <= first and not last:  # another side may have begun as early
            return
        for side in self._sides:
            side.complete(first, horizon, last=last)
        n = min(side.ready for side in self._sides)
        if n == 0:
            return
        parts = [side.pop(n) for side in self._sides]
        joined = parts[0] if len(parts) == 1 else stereo(*parts) if self._stereo else mix(*parts)
        try:
            self._file.append(joined)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self._let_go()
        self._ended = True
        if self._file is not None:
            self._file.close()
        self._failures.append(RecordingFailed(self.path, error.strerror or str(error), self.written))

    def _let_go(self) -> None:
        for tap in self._taps:
            if tap in _busy and not tap.closed:
                try:
                    tap.record()
                except AudioError:  # its commands are full: what it goes on keeping is forgotten by the next recording
                    continue
        _busy.difference_update(self._taps)


class _Side:
    """One direction of one tap, made continuous: from its first tick on there is a sample for each tick."""

    def __init__(self, tap: Tap, direction: Direction, agc: bool) -> None:
        self._tap, self._direction = tap, direction
        self._gain = _Gain() if agc else None
        self._parts: list[Samples] = []
        self.first: int | None = None
        """Tick of the first sample that was taken."""
        self.end: int | None = None
        """One past the last tick that has a sample."""
        self.ready = 0
        """Samples that can be popped."""
        self._begun = False

    def take(self, masked: bool) -> int | None:
        for tick, samples in self._tap.recorded(self._direction):
            if self.end is None:
                self.first = self.end = tick
            self._silence_to(tick)
            self._add(samples[max(0, self.end - tick) :], masked=masked)
        return self.end

    def complete(self, first: int, horizon: int, *, last: bool) -> None:
        """Silence before its first sample, from tick `first` on, and after its last one, up to tick `horizon`."""
        if self.first is None or self.end is None:
            self.first = self.end = first
        if not self._begun:
            self._begun = True
            lead = np.zeros(max(0, self.first - first), np.int16)
            self._parts.insert(0, lead)
            self.ready += len(lead)
        self._silence_to(horizon)
        if last and self._gain is not None:
            self._keep(self._gain.feed(np.zeros(self._gain.delay, np.int16), masked=False))

    def pop(self, n: int) -> Samples:
        whole = np.concatenate(self._parts)
        self._parts, self.ready = [whole[n:]], len(whole) - n
        return whole[:n]

    def _silence_to(self, tick: int) -> None:
        if self.end is not None and tick > self.end:
            self._add(np.zeros(tick - self.end, np.int16), masked=False)

    def _add(self, samples: Samples, *, masked: bool) -> None:
        self.end = (self.end or 0) + len(samples)
        self._keep(samples if self._gain is None else self._gain.feed(samples, masked=masked))

    def _keep(self, samples: Samples) -> None:
        self._parts.append(samples)
        self.ready += len(samples)


class _Gain:
    """Automatic gain without its delay: the first 20 ms that come out are dropped. A mask tone passes beside it, as
    late as what passes through it, so that the gain does not follow the tone."""

    def __init__(self) -> None:
        self._agc = Agc(SAMPLE_RATE)
        self.delay = self._to_drop = self._agc.delay_samples
        self._beside = np.zeros(self.delay, np.int16)

    def feed(self, samples: Samples, *, masked: bool) -> Samples:
        nothing = np.zeros(len(samples), np.int16)
        beside = np.concatenate([self._beside, samples if masked else nothing])
        self._beside = beside[len(samples) :]
        out = mix(self._agc.feed(nothing if masked else samples), beside[: len(samples)])
        drop = min(self._to_drop, len(out))
        self._to_drop -= drop
        return out[drop:]
