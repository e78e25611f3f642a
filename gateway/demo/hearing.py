"""What was heard in a recording: which clip and how much of it, whose pilot, how loud, with how many breaks.

Everything is a measurement on samples; `verdicts.py` says what a measurement must be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gateway.demo.pcm import RATE, SILENCE_DBM0, Pcm, amplitude, level_dbm0, sine_level_dbm0

PIECE_S = 0.6
"""A clip is sought in pieces of that length, so that a break inside it cannot hide it, and shows."""
PIECE_MIN_S = 0.2
PIECE_FLOOR_DBM0 = -45.0
"""Quieter pieces of a clip (pauses) prove nothing and are not sought."""
PIECE_SCORE = 0.85
"""Normalised cross-correlation from which a piece counts as heard. A-law alone leaves 0.99; another sentence of
the same voice stays below 0.5."""
WINDOW_S = 0.25
HOP_S = 0.05
PILOT_FLOOR_DBM0 = -35.0
PILOT_CLEAR_DB = 10.0
"""A pilot stands out of what lies 45 to 90 Hz beside it by that much; speech does not, for long."""
BREAK_WINDOW_S = 0.03
BREAK_DB = 8.0


@dataclass(frozen=True)
class Ear:
    """One recording: who heard it, its samples, shape (n,), and the Unix time at which it began."""

    who: str
    pcm: Pcm
    began_at: float = 0.0

    def span(self, start_s: float, end_s: float) -> Ear:
        """The part between two times from its beginning."""
        start = max(0, int(start_s * RATE))
        return Ear(self.who, self.pcm[start : max(start, int(end_s * RATE))], self.began_at + start / RATE)


@dataclass(frozen=True)
class ClipHeard:
    """How much of a clip was found in a recording. Times are seconds from the recording's start."""

    share: float
    """Pieces found / pieces sought, 0 to 1; 0 also for a clip that is silent itself."""
    start_s: float = 0.0
    """Where the clip's first sound lies, or would lie."""
    end_s: float = 0.0
    """End of the last piece found."""
    slip_ms: float = 0.0
    """Largest difference between two pieces' offsets: samples that were inserted or lost on the way."""


@dataclass(frozen=True)
class PilotHeard:
    """When a pilot tone was heard, and how loud. Times are seconds from the recording's start."""

    heard_s: float
    start_s: float = 0.0
    end_s: float = 0.0
    level_dbm0: float = SILENCE_DBM0
    """Median over its windows."""
    break_ms: float = 0.0
    """All interruptions between start and end together."""


def find_clip(recording: Pcm, clip: Pcm) -> ClipHeard:
    """Seek `clip`, shape (m,), in `recording`, shape (n,), both 8 kHz. Times are those of its first and last sound."""
    sound = _sound(clip)
    size = min(int(PIECE_S * RATE), sound.size)
    if size < int(PIECE_MIN_S * RATE) or recording.size < size:
        return ClipHeard(0.0)
    starts = [*range(0, sound.size - size, size), sound.size - size]
    starts = [start for start in starts if level_dbm0(sound[start : start + size]) > PIECE_FLOOR_DBM0]
    found: list[tuple[int, int]] = []
    for start in starts:
        at, score = _best(recording, sound[start : start + size])
        if score >= PIECE_SCORE:
            found.append((start, at - start))
    if not found:
        return ClipHeard(0.0)
    middle = float(np.median([offset for _, offset in found]))
    near = [(start, offset) for start, offset in found if abs(offset - middle) <= RATE]
    if not near:
        return ClipHeard(0.0)
    offsets = [offset for _, offset in near]
    return ClipHeard(
        share=len(near) / len(starts),
        start_s=offsets[0] / RATE,
        end_s=(near[-1][0] + near[-1][1] + size) / RATE,
        slip_ms=(max(offsets) - min(offsets)) * 1000 / RATE,
    )


def ending_heard(recording: Pcm, clip: Pcm) -> bool:
    """Whether the clip's last words have been heard."""
    return _holds(recording, _sound(clip)[-int(PIECE_S * RATE) :])


def beginning_heard(recording: Pcm, clip: Pcm) -> bool:
    """Whether the clip's first words have been heard."""
    return _holds(recording, _sound(clip)[: int(PIECE_S * RATE)])


def share_covered(recording: Pcm, loop: Pcm) -> float:
    """Share, 0 to 1, of `recording` (cut into pieces) that is made of `loop` from any place, also across its seam."""
    size = int(PIECE_S * RATE)
    pieces = [recording[s : s + size] for s in range(0, recording.size - size + 1, size)]
    if not pieces or level_dbm0(loop) < PIECE_FLOOR_DBM0:
        return 0.0
    endless = np.concatenate([loop, loop[:size]])
    hits = [level_dbm0(piece) > PIECE_FLOOR_DBM0 and _best(endless, piece)[1] >= PIECE_SCORE for piece in pieces]
    return sum(hits) / len(hits)


def find_pilot(recording: Pcm, hz: float) -> PilotHeard:
    """Seek a steady tone of `hz` in a recording, shape (n,)."""
    size, hop = int(WINDOW_S * RATE), int(HOP_S * RATE)
    if recording.size < size:
        return PilotHeard(0.0)
    at = np.arange(0, recording.size - size + 1, hop)
    windows = np.lib.stride_tricks.sliding_window_view(recording, size)[at]
    levels = _levels(windows, hz)
    beside = np.max([_levels(windows, hz + away) for away in (-90.0, -45.0, 45.0, 90.0)], axis=0)
    there = np.flatnonzero((levels > PILOT_FLOOR_DBM0) & (levels > beside + PILOT_CLEAR_DB))
    if not there.size:
        return PilotHeard(0.0)
    first, last = int(at[there[0]]) + size // 2, int(at[there[-1]]) + size // 2  # a window is booked to its middle
    level = float(np.median(levels[there]))
    return PilotHeard(
        heard_s=float(there.size * HOP_S),
        start_s=first / RATE,
        end_s=last / RATE,
        level_dbm0=level,
        break_ms=_breaks_ms(recording[first:last], hz, level),
    )


def _sound(clip: Pcm) -> Pcm:
    """The clip without the silence at its ends."""
    loud = np.flatnonzero(np.abs(clip) > amplitude(PIECE_FLOOR_DBM0))
    return clip[int(loud[0]) : int(loud[-1]) + 1] if loud.size else clip[:0]


def _holds(recording: Pcm, piece: Pcm) -> bool:
    if piece.size < int(PIECE_MIN_S * RATE) or recording.size < piece.size:
        return False
    return _best(recording, piece)[1] >= PIECE_SCORE


def _best(recording: Pcm, piece: Pcm) -> tuple[int, float]:
    """Where `piece` fits best, and its normalised cross-correlation there (0 to 1)."""
    size = piece.size
    length = 1 << int(np.ceil(np.log2(recording.size + size)))
    spectrum = np.fft.rfft(recording, length) * np.conj(np.fft.rfft(piece, length))
    products = np.fft.irfft(spectrum, length)[: recording.size - size + 1]
    sums = np.concatenate([[0.0], np.cumsum(np.square(recording))])
    energy = sums[size:] - sums[:-size]
    floor = size * amplitude(PIECE_FLOOR_DBM0) ** 2 / 2
    scores = products / np.sqrt(np.maximum(energy, floor) * max(float(np.sum(np.square(piece))), 1.0))
    best = int(np.argmax(scores))
    return best, float(scores[best])


def _levels(windows: Pcm, hz: float) -> Pcm:
    """Level in dBm0 of the sine at `hz` in each window, shape (k, size) -> (k,). Hann: 6 dB down 8 Hz away."""
    size = windows.shape[1]
    hann = np.hanning(size)
    probe = hann * np.exp(-2j * np.pi * hz * np.arange(size) / RATE)
    peaks = 2 * np.abs(windows @ probe) / hann.sum()
    return np.array([sine_level_dbm0(float(peak)) for peak in peaks])


def _breaks_ms(span: Pcm, hz: float, level: float) -> float:
    """Milliseconds in which the tone is more than BREAK_DB below its level."""
    size = int(BREAK_WINDOW_S * RATE)
    if span.size < size:
        return 0.0
    windows = span[: span.size // size * size].reshape(-1, size)
    return float(np.count_nonzero(_levels(windows, hz) < level - BREAK_DB) * BREAK_WINDOW_S * 1000)
