"""`python -m tests.live.confusion`: how often the recogniser misses a clip, and how often it takes one for another.

Material: the clips of the example site, and the words of every seventh number up to 1000 in both languages, spoken by
espeak-ng and coded by A-law. "missed": the clip alone, then two in a row without a pause, not recognised as what they
are. "false": a clip that the recogniser does not have is taken for another one, whole, and nothing strange is told
beside it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gateway.live.inventory import Sound
from gateway.live.recognise import HEAD, HEAD_SCORE, Heard, Recogniser, _Heads

from .material import alaw, joined, shipped, values


class Confusion(NamedTuple):
    clips: int
    played: int
    missed: list[str]
    false: list[tuple[str, str]]
    right_min: float
    """Lowest score of a clip that was played."""
    other_max: float
    """Highest score of the beginning of a clip with the beginning of another that is not the same sound there."""


def measure(sounds: tuple[Sound, ...], *, seed: int = 1, every: int = 1) -> Confusion:
    """With `every` clip left out in turn once; the tests take fewer."""
    chance = np.random.default_rng(seed)
    recogniser = Recogniser(sounds)
    missed: list[str] = []
    false: list[tuple[str, str]] = []
    scores: list[float] = []
    played = 0
    for number, sound in enumerate(sounds):
        other = sounds[int(chance.integers(len(sounds)))]
        for truth in ((sound,), (sound, other)):
            played += len(truth)
            heard = recogniser.listen(alaw(joined(int(chance.integers(0, 4000)), *(one.samples for one in truth), 800)))
            scores += [one.score for one in heard if isinstance(one, Heard)]
            if not _right(heard, truth):
                missed.append(" + ".join(one.words for one in truth))
        if number % every:
            continue
        without = Recogniser(sounds[:number] + sounds[number + 1 :])
        heard = without.listen(alaw(joined(333, sound.samples, 800)))
        if all(isinstance(one, Heard) and not one.cut and sound.words not in one.words for one in heard):
            false.append((sound.words, " + ".join(one.words[0] for one in heard)))
    return Confusion(len(sounds), played, missed, false, min(scores), _nearest(sounds))


def _right(heard: list, truth: tuple[Sound, ...]) -> bool:
    music = [one.music for one in truth]
    if len(truth) == 2 and all(music):
        truth = truth[:1]  # music that goes round is one piece
    return len(heard) == len(truth) and all(
        isinstance(one, Heard) and not one.cut and sound.words in one.words
        for one, sound in zip(heard, truth, strict=True)
    )


def _nearest(sounds: tuple[Sound, ...]) -> float:
    """Of all pairs of clips whose first 600 ms differ to the ear (other words in them)."""
    heads = _Heads([sound.samples[:HEAD].astype(float) for sound in sounds])
    most = 0.0
    for sound in sounds:
        scores = heads.scores(alaw(joined(400, sound.samples, HEAD)).astype(float), 0, 800).max(axis=1)
        begins = sound.words.lower()[:6]
        most = max([most, *(float(s) for s, o in zip(scores, sounds, strict=True) if o.words.lower()[:6] != begins)])
    return most


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        sets = {
            "shipped clips": shipped(Path(folder)),
            "numbers 0-1000, pl": values("pl", range(0, 1001, 7)),
            "numbers 0-1000, en": values("en", range(0, 1001, 7)),
        }
        every = [sound for sounds in sets.values() for sound in sounds]
        sets["all together"] = tuple({(sound.words, sound.samples.tobytes()): sound for sound in every}.values())
        print(f"{'':20} clips  played  missed  false  right >=  other <=  (needed {HEAD_SCORE})")
        for name, sounds in sets.items():
            found = measure(sounds)
            print(
                f"{name:20} {found.clips:5}  {found.played:6}  {len(found.missed):6}  {len(found.false):5}  "
                f"{found.right_min:8.3f}  {found.other_max:8.3f}"
            )
            for words in found.missed[:10]:
                print("      missed:", words)
            for played, taken in found.false[:10]:
                print("      false: ", played, "->", taken)
    return 0


if __name__ == "__main__":
    sys.exit(main())
