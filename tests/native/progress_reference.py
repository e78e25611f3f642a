"""The call-progress detector once more, in numpy and float64: what native/progress*.c computes, written for the reader.

Same rules and thresholds, other arithmetic: exact sines and windows instead of int16 tables, all blocks at once, least
squares over the sums themselves (lstsq) instead of over running products, roots of the polynomial by numpy. Signals are
the same; frequencies and levels differ by rounding. The plans are written down once more in progress_plans.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gateway.audio.progress import Progress
from tests.native.progress_plans import PLANS, SILENCE, SOUND

SOURCE = Path(__file__).resolve().parents[2] / "native" / "progress_tones.c"
BLOCK, WINDOW, RECENT = 40, 80, 6
BLOCKS_A_SECOND = 200.0
LATE, CLEAN = 2, 7
"""Blocks: sums are used so late, and so long after their class began, that no edge of the tone is in them."""
SETTLE, LOOK = 6, 10
LOW = "low"
"""One class for all bands below 700 Hz, as one tone can lie in several of them."""


def thresholds():
    """The named constants of the C file, so that both sides are tuned in one place."""
    text = SOURCE.read_text()
    found = re.findall(r"\b([A-Z][A-Z_0-9]+) =\s+([-0-9.]+)F?[;,]", text)
    return {name: float(value) for name, value in found}


T = thresholds()


def dbm0(mean_square):
    return 10 * np.log10(max(mean_square, 1e-3) / T["SINE_MEAN_SQUARE"]) + T["FULL_SCALE_SINE_DBM0"]


@dataclass
class Segment:
    """A stretch of one class; tone: what it was found to be, or SILENCE, SOUND."""

    tone: str
    start: int
    end: int
    hz: tuple[float, ...] = ()
    level: float = -99.0

    @property
    def ms(self):
        return (self.end - self.start) * 5


@dataclass
class Reference:
    """All signals of int16 samples at 8 kHz, shape (n,), by one plan."""

    samples: np.ndarray
    plan_name: str
    found: list[Progress] = field(default_factory=list)

    def __post_init__(self):
        self.plan = PLANS[self.plan_name]
        count = len(self.samples) // BLOCK
        x = np.concatenate([np.zeros(BLOCK), self.samples[: count * BLOCK].astype(float)])
        x = np.concatenate([x, np.zeros(BLOCK)]) if count == 0 else x
        windows = np.lib.stride_tricks.sliding_window_view(x, WINDOW)[::BLOCK]
        n = np.arange(WINDOW)
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * (n + 0.5) / WINDOW)
        centres = np.array(self.plan.centres, float)
        self.sums = windows @ (hann[:, None] * np.exp(-2j * np.pi * np.outer(n, centres) / 8000))
        self.energy = np.sum(windows**2, axis=1)
        explained = np.abs(self.sums) ** 2 * 8 / WINDOW
        lately = np.ones(RECENT)
        self.all = np.convolve(self.energy, lately)
        self.share = np.stack([np.convolve(e, lately) for e in explained.T], axis=1)
        self.class_now, self.start, self.good, self.clean = SILENCE, 0, [], 0
        self.tone_level, self.past, self.active, self.begun = -99.0, [], None, None
        self.left_at, self.next, self.others = 0, SILENCE, 0
        for b in range(count):
            self._block(b)

    def _class(self, b):
        best = int(np.argmax(self.share[b]))
        kind = LOW if self.plan.centres[best] < 700 else self.plan.centres[best]
        stays = kind == self.class_now
        mean = np.mean(self.energy[self.good]) if self.good else 0.0
        fallen = stays and self.energy[b] < T["FALLEN"] * mean
        share = self.share[b, best] / max(self.all[b], 1.0)
        loud = dbm0(self.all[b] / (RECENT * WINDOW)) > T["LEVEL_DBM0"]
        if not fallen and loud and share > T["STAY_SHARE" if stays else "TONE_SHARE"]:
            self.clean = self.clean + 1 if stays else 0
            if self.clean >= CLEAN:
                self.good.append(b)
            return kind
        self.clean = 0
        quiet = max(T["SILENCE_DBM0"], max(self.tone_level, self._level()) - T["SILENCE_BELOW_DB"])
        return SILENCE if dbm0(self.energy[b] / WINDOW) < quiet else SOUND

    def _level(self):
        return dbm0(np.mean(self.energy[self.good]) / WINDOW) if self.good else -99.0

    def _identify(self):
        """(name of the tone, its frequencies) that the sums of the segment show."""
        if self.class_now in (SILENCE, SOUND) or len(self.good) < T["PRODUCTS_MIN"]:
            return SOUND, ()
        for name, (centre, limits) in self.plan.tones.items():
            if (LOW if centre < 700 else centre) != self.class_now:
                continue
            z = self.sums[:, self.plan.centres.index(centre)]
            now, before, second = (z[np.array(self.good) - LATE - i] for i in range(3))
            alone = np.vdot(before, now)
            coherent = abs(alone) >= T["SINGLE_COHERENCE"] * np.linalg.norm(now) * np.linalg.norm(before)
            if len(limits) == 1:
                hz = (frequency(alone, centre),) if coherent else None
            else:
                hz = None if coherent else pair(now, before, second, centre)
            if hz and all(low <= f <= high for f, (low, high) in zip(hz, limits, strict=True)):
                return name, hz
        return SOUND, ()

    def _segment(self, end):
        tone, hz = (self.class_now, ()) if self.class_now in (SILENCE, SOUND) else self._identify()
        return Segment(tone, self.start, end, hz, self._level())

    def _block(self, b):
        kind = self._class(b)
        if kind == self.class_now:
            self.others = 0
        else:
            if self.others == 0:
                self.left_at = b
            self.others = self.others + 1 if kind == self.next and self.others else 1
            self.next = kind
            if self.others == SETTLE:
                self._end_segment(kind)
        if (b + 1 - self.start) % LOOK == 0:
            self._look(b + 1)

    def _end_segment(self, kind):
        ended = self._segment(self.left_at)
        self.past.insert(0, ended)
        if ended.tone not in (SILENCE, SOUND):
            self.tone_level = ended.level
        if self.active:
            pattern, element = self.active
            if len(pattern.elements) == 1 or not fits(pattern.elements[element], ended):
                self._finish(ended)
            else:
                self.active = pattern, (element + 1) % len(pattern.elements)
        self.start, self.class_now, self.good, self.clean, self.others = ended.end, kind, [], 0, 0

    def _look(self, b):
        now = self._segment(b)
        if self.active:
            pattern, element = self.active
            if now.ms > pattern.elements[element][2]:
                self._finish(now)
            return
        for pattern in self.plan.patterns:
            if len(self.past) < pattern.need - 1 or not reached(pattern, [now, *self.past]):
                continue
            first = ([now, *self.past])[pattern.need - 1]
            self.active = pattern, (pattern.need - 1) % len(pattern.elements)
            self.begun = Progress(pattern.signal, first.start * BLOCK, None, first.hz, first.level)
            self.found.append(self.begun)
            return

    def _finish(self, segment):
        end = segment.start if segment.tone in (SILENCE, SOUND) else segment.end
        self.found.append(self.begun._replace(end=end * BLOCK))
        self.active = None


def frequency(turn, centre):
    """Of a tone whose sums turn by this much from block to block: known but for multiples of 200 Hz."""
    hz = np.angle(turn) / (2 * np.pi) * BLOCKS_A_SECOND - centre
    return centre + hz - BLOCKS_A_SECOND * np.round(hz / BLOCKS_A_SECOND)


def pair(now, before, second, centre):
    """Two frequencies whose sums obey now = a before + b second (Prony), lower first; None when there are none."""
    system = np.stack([before, second], axis=1)
    singular = np.linalg.svd(system / np.linalg.norm(system, axis=0), compute_uv=False)
    if not np.prod(singular) ** 2 > 1e-6:  # one tone alone
        return None
    (a, b), *_ = np.linalg.lstsq(system, now, rcond=None)
    if not np.linalg.norm(now - system @ [a, b]) ** 2 < T["PAIR_RESIDUE"] * np.linalg.norm(now) ** 2:
        return None
    roots = np.roots([1, -a, -b])
    if not (min(abs(roots)) > T["ROOT_MIN"] and max(abs(roots)) < T["ROOT_MAX"]):
        return None
    return tuple(sorted(frequency(root, centre) for root in roots))


def fits(element, segment):
    tone, least, most = element
    return segment.tone == tone and least <= segment.ms <= most


def even(one, other):
    """E.180 for busy and congestion, with what native/progress_internal.h adds for measuring."""
    on, off = (other.ms, one.ms) if one.tone == SILENCE else (one.ms, other.ms)
    return 300 <= on + off <= 1150 and 0.67 * off <= on <= 1.5 * off


def reached(pattern, newest_first):
    """Whether the pattern's end lies here: `need` elements, the newest of which goes on."""
    now, size, need = newest_first[0], len(pattern.elements), pattern.need
    tone, _, most = pattern.elements[(need - 1) % size]
    if now.tone != tone or not pattern.sure_ms <= now.ms <= most:
        return False
    if not all(fits(pattern.elements[(need - 1 - i) % size], newest_first[i]) for i in range(1, need)):
        return False
    return not pattern.even or all(even(newest_first[i], newest_first[i - 1]) for i in range(2, need))


def signals(samples, plan):
    """Beginnings and ends of all signals in int16 samples at 8 kHz, shape (n,)."""
    return Reference(samples, plan).found
