"""Which prompts a recording is made of: normalised cross-correlation with every clip of the site, from the start on.

A clip is found by its beginning and then followed piece by piece to its end, or to where a key or an answer cut it off;
what follows it is looked for right behind it. So the same words in another prompt do not count, a prompt that was cut
counts as begun, and music is a clip like the others. Sound that fits nothing is said, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from gateway.live.g711 import RATE, Samples
from gateway.live.rtp import SOUND

if TYPE_CHECKING:
    from gateway.live.inventory import Sound

Wave: TypeAlias = npt.NDArray[np.float64]

HEAD = 4800
"""Samples of a clip's beginning by which it is found: 600 ms, or all of a shorter one."""
HEAD_SCORE = 0.80
"""Normalised cross-correlation from which a beginning is heard. `python -m tests.live.confusion` measures both sides of
it, over the shipped clips and 232 words for numbers: A-law leaves 0.999 of the right clip; the beginning of another
word comes up to 0.84, and following the clip piece by piece tells them apart (0 missed of 795, 0 mistaken of 265)."""
SHORT_HEAD = 2000
SHORT_SCORE = 0.90
"""What was cut off within 600 ms is found by 250 ms of it, and must fit better; what is shorter still is not found."""
PIECE = 800
PIECE_SCORE = 0.70
"""A clip is followed in pieces of 100 ms; one that fits less well is where it was cut."""
RESYNC = 400
"""A frame lost or put in on the way moves the rest by less than 50 ms."""
TIE = 640
"""Two clips that fit the recording for as long, to 80 ms, cannot be told apart there."""
BEFORE = 1200
"""A clip may begin up to 150 ms before the place that is looked at: where a clip was cut is known to a piece only."""
AFTER = 400
LAGS = 2000
"""Up to 50 ms behind that place it begins there; else it is looked for in the next 250 ms, before another step."""
SIZE = 8192
"""For the transform: the longest head and all places for it."""
HOP = BEFORE + AFTER
"""Where nothing begins, the next place that is looked at is that much later."""
QUIET = 4.0
"""Energy floor a sample, int16 steps squared: below it nothing is compared."""
TONE_WINDOW = 800
TONE_SHARE = 0.9
"""Share of its energy that a steady tone has in one line of the spectrum (Hann, three bins)."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A clip that was heard. `words`: several where that much of them sounds the same. `cut`: not to its end."""

    start_s: float
    end_s: float
    words: tuple[str, ...]
    score: float
    cut: bool = False
    music: bool = False


class Strange(msgspec.Struct, frozen=True, kw_only=True):
    """Sound that is no clip of the site. `hz`: a steady tone of that frequency; 0 for anything else. `near`: the clip
    that comes nearest to it, `score` how near."""

    start_s: float
    end_s: float
    hz: float = 0.0
    near: str = ""
    score: float = 0.0


class Recogniser:
    """Made once for a site, used for many recordings."""

    def __init__(self, sounds: tuple[Sound, ...]) -> None:
        self._sounds = tuple(sound for sound in sounds if _first_sound(sound.samples) is not None)
        self._skip = [_first_sound(sound.samples) or 0 for sound in self._sounds]
        self._waves = [
            sound.samples[skip:].astype(np.float64) for sound, skip in zip(self._sounds, self._skip, strict=True)
        ]
        self._long = _Heads([wave[:HEAD] for wave in self._waves])
        self._short = _Heads([wave[:SHORT_HEAD] for wave in self._waves])

    def listen(self, recording: Samples) -> list[Heard | Strange]:
        """Everything in a recording, shape (n,), in order."""
        wave = recording.astype(np.float64)
        loud = np.flatnonzero(np.abs(recording.astype(np.int32)) >= SOUND)
        found: list[Heard | Strange] = []
        at = strange = -1
        while True:
            behind = int(np.searchsorted(loud, max(at, 0)))
            if behind >= loud.size:
                break
            at = int(loud[behind])
            match = self._match(wave, at)
            if match is not None:
                start, end, heard = match
                strange = at if strange < 0 and start > at + HOP else strange
                if strange >= 0:
                    found += self._strange(wave, strange, int(loud[int(np.searchsorted(loud, max(start, at))) - 1]) + 1)
                    strange = -1
                found.append(heard)
                at = max(end, at + 1)
                continue
            until, hz = _tone(wave, at)
            if hz:
                if strange >= 0:
                    found += self._strange(wave, strange, at)
                    strange = -1
                found.append(Strange(start_s=at / RATE, end_s=until / RATE, hz=hz))
                at = until
                continue
            strange = at if strange < 0 else strange
            at += HOP
            following = int(np.searchsorted(loud, at))
            if following >= loud.size or loud[following] > at + HOP:  # it ends here
                found += self._strange(wave, strange, int(loud[following - 1]) + 1)
                strange = -1
        return _joined(found)

    def _match(self, wave: Wave, at: int) -> tuple[int, int, Heard] | None:
        """(first sample, sample behind the last, what) of the clip that begins at `at`, else of one soon after."""
        start, near = at - BEFORE, BEFORE + AFTER
        long = self._long.scores(wave, start, BEFORE + LAGS)
        begun = _begun(long[:, :near], HEAD_SCORE, start)
        match = self._best(wave, begun)
        if match is None or (match[2].cut and match[1] - match[0] < HEAD):
            # Cut off within its head: another that begins alike may have been cut where more of it is missing.
            begun |= _begun(self._short.scores(wave, start, near), SHORT_SCORE, start)
            match = self._best(wave, begun)
        return match or self._best(wave, _begun(long[:, near:], HEAD_SCORE, start + near))

    def _best(self, wave: Wave, begun: dict[int, int]) -> tuple[int, int, Heard] | None:
        """Of clips with the places where they begin, the one that goes with the recording for longest."""
        followed = [(clip, start, *_follow(wave, start, self._waves[clip])) for clip, start in begun.items()]
        followed = [row for row in followed if row[2] >= min(SHORT_HEAD, self._waves[row[0]].size) * 3 // 4]
        if not followed:
            return None
        longest = max(row[2] for row in followed)
        close = [row for row in followed if row[2] >= longest - TIE]
        close.sort(key=lambda row: (not row[4], -row[5]))  # whole ones first, then by how well they fit
        clip, start, length, end, whole, score = close[0]
        same = [row for row in close if row[4] == whole and row[5] >= score - 0.02] if whole else close
        words = dict.fromkeys(self._sounds[row[0]].words for row in same)
        sound = self._sounds[clip]
        heard = Heard(
            start_s=(start - self._skip[clip]) / RATE, end_s=end / RATE, words=tuple(words),
            score=round(float(score), 3), cut=not whole, music=sound.music,
        )  # fmt: skip
        return start, max(end, start + length), heard

    def _strange(self, wave: Wave, start: int, end: int) -> list[Strange]:
        piece = wave[start : min(end, start + HEAD)]
        near, best = "", 0.0
        if piece.size >= PIECE:
            for sound, clip in zip(self._sounds, self._waves, strict=True):
                score = 0.0 if sound.music else _anywhere(clip, piece)
                if score > best:
                    near, best = sound.words, score
        return [Strange(start_s=start / RATE, end_s=end / RATE, near=near, score=round(best, 3))]


class _Heads:
    """The beginnings of all clips, ready to be compared with one place of a recording at once."""

    def __init__(self, heads: list[Wave]) -> None:
        self._sizes = np.array([head.size for head in heads], dtype=np.int64)
        self._energies = np.array([float(np.sum(np.square(head))) for head in heads])
        self._spectra = np.array([np.conj(np.fft.rfft(head, SIZE)) for head in heads])

    def scores(self, wave: Wave, start: int, lags: int) -> Wave:
        """The normalised cross-correlation of each clip with what begins at each of `lags` places from `start` on,
        shape (clips, lags)."""
        if not self._sizes.size:
            return np.zeros((0, lags))
        size = min(lags + int(self._sizes.max()), SIZE)
        piece = np.zeros(size)
        low, high = max(start, 0), min(start + size, wave.size)
        piece[low - start : max(high - start, low - start)] = wave[low:high] if high > low else 0.0
        products = np.fft.irfft(np.fft.rfft(piece, SIZE) * self._spectra, SIZE)[:, :lags]
        sums = np.concatenate([[0.0], np.cumsum(np.square(piece))])
        places = np.arange(lags)
        energies = sums[np.minimum(places + self._sizes[:, None], size)] - sums[places]
        floors = QUIET * self._sizes[:, None]
        scores: Wave = products / np.sqrt(np.maximum(energies, floors) * np.maximum(self._energies[:, None], floors))
        return scores


def _begun(scores: Wave, needed: float, start: int) -> dict[int, int]:
    """Clip -> place, of the clips that begin first. `scores` of each clip at each place from `start` on, shape
    (clips, places)."""
    if not scores.size:
        return {}
    places = np.argmax(scores, axis=1)
    good = np.flatnonzero(scores[np.arange(len(places)), places] >= needed)
    first = places[good].min() if good.size else 0
    return {int(clip): start + int(places[clip]) for clip in good if places[clip] <= first + AFTER}


def _follow(wave: Wave, start: int, clip: Wave) -> tuple[int, int, bool, float]:
    """(samples of `clip` that were heard, sample of the recording behind them, whether to its end, how well they fit)
    of a clip that begins at `start`."""
    shift, matched, product, mine, theirs = start, 0, 0.0, 0.0, 0.0
    for at in range(0, clip.size, PIECE):
        piece = clip[at : at + PIECE]
        if piece.size < PIECE // 2 and at:
            matched = clip.size
            break
        if np.max(np.abs(piece)) < SOUND:
            there = wave[shift + at : shift + at + piece.size]
            if there.size and np.max(np.abs(there)) >= 4 * SOUND:
                break
            matched = at + piece.size
            continue
        if _score(wave, shift + at, piece) < PIECE_SCORE:
            moved = _moved(wave, shift + at, piece)
            if moved is None:
                break
            shift += moved
        there = _part(wave, shift + at, piece.size)
        product += float(there @ piece)
        mine += float(piece @ piece)
        theirs += float(there @ there)
        matched = at + piece.size
    score = product / np.sqrt(mine * theirs) if mine > 0 and theirs > 0 else 0.0
    return matched, min(shift + matched, wave.size), matched >= clip.size - PIECE // 2, score


def _part(wave: Wave, at: int, size: int) -> Wave:
    """So many samples from `at` on; silence where there are none."""
    part = np.zeros(size)
    low, high = max(at, 0), min(at + size, wave.size)
    if high > low:
        part[low - at : high - at] = wave[low:high]
    return part


def _score(wave: Wave, at: int, piece: Wave) -> float:
    there = _part(wave, at, piece.size)
    energy = max(float(there @ there), QUIET * piece.size) * max(float(piece @ piece), QUIET * piece.size)
    return float(there @ piece) / float(np.sqrt(energy))


def _moved(wave: Wave, at: int, piece: Wave) -> int | None:
    """By how many samples the recording is off from here on; None when the piece is not near."""
    size = piece.size
    around = _part(wave, at - RESYNC, size + 2 * RESYNC)
    products = np.correlate(around, piece, "valid")
    sums = np.concatenate([[0.0], np.cumsum(np.square(around))])
    energies = np.maximum(sums[size:] - sums[:-size], QUIET * size)
    scores = products / np.sqrt(energies * max(float(piece @ piece), QUIET * size))
    best = int(np.argmax(scores))
    return best - RESYNC if scores[best] >= HEAD_SCORE else None


def _anywhere(clip: Wave, piece: Wave) -> float:
    """How well `piece` fits its best place in `clip`, 0 to 1."""
    if piece.size > clip.size:
        clip, piece = piece, clip
    size = 1 << int(np.ceil(np.log2(clip.size + piece.size)))
    products = np.fft.irfft(np.fft.rfft(clip, size) * np.conj(np.fft.rfft(piece, size)), size)
    products = products[: clip.size - piece.size + 1]
    sums = np.concatenate([[0.0], np.cumsum(np.square(clip))])
    energies = np.maximum(sums[piece.size :] - sums[: sums.size - piece.size], QUIET * piece.size)
    return float(np.max(products / np.sqrt(energies * max(float(piece @ piece), QUIET * piece.size))))


def _tone(wave: Wave, at: int) -> tuple[int, float]:
    """(sample behind its end, Hz) of a steady tone that sounds at `at`; Hz is 0 when there is none."""
    first = _line(wave[at : at + TONE_WINDOW])
    until = at
    while first and (line := _line(wave[until : until + TONE_WINDOW])) and abs(line - first) <= RATE / TONE_WINDOW:
        until += TONE_WINDOW // 2
    return (until + TONE_WINDOW // 2, first) if until > at else (at, 0.0)


def _line(piece: Wave) -> float:
    """The frequency, Hz, in which nearly all of the energy lies; 0 when there is none."""
    if piece.size < TONE_WINDOW or np.max(np.abs(piece)) < SOUND:
        return 0.0
    powers = np.square(np.abs(np.fft.rfft(piece * np.hanning(piece.size))))
    peak = int(np.argmax(powers))
    share = powers[max(peak - 1, 0) : peak + 2].sum() / max(powers.sum(), 1.0)
    return peak * RATE / piece.size if share >= TONE_SHARE and peak > 1 else 0.0


def _first_sound(samples: Samples) -> int | None:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= SOUND)
    return int(loud[0]) if loud.size else None


def _is_rest(each: Strange, last: Heard) -> bool:
    return not each.hz and each.end_s - each.start_s < PIECE / RATE and each.start_s - last.end_s < PIECE / RATE


def _joined(found: list[Heard | Strange]) -> list[Heard | Strange]:
    """Music that went round is one entry, and the last bit of what was cut belongs to it."""
    joined: list[Heard | Strange] = []
    for each in found:
        last = joined[-1] if joined else None
        if isinstance(each, Heard) and isinstance(last, Heard) and each.music and each.words == last.words:
            joined[-1] = msgspec.structs.replace(last, end_s=each.end_s, cut=each.cut)
        elif isinstance(each, Strange) and isinstance(last, Heard) and last.cut and _is_rest(each, last):
            joined[-1] = msgspec.structs.replace(last, end_s=each.end_s)
        else:
            joined.append(each)
    return joined
