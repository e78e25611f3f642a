"""The waiting music: made here from numbers alone, so that no licence is needed and every box plays the same.

Four chords of two bars each, plucked softly, in a loop without a seam: each note's tail that reaches beyond the end is
added at the beginning. Only partials below 3.4 kHz are made, so the telephone band loses nothing.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from gateway.audio.speech import FULL_SCALE_DBM0, RATE, as_pcm, rms_dbm0

MUSIC_DBM0 = -24.0
"""RMS of the whole loop: a good deal below speech, so that nobody minds it and an announcement over it is heard."""
LENGTH_S = 28.8
BAND_HZ = 3400.0
"""Upper edge of the telephone band (ITU-T G.712)."""
PEAK_DBM0 = -6.0
_BEAT_S = 0.6
_TAIL_S = 4.0

# MIDI note numbers. A chord holds for six beats (0.6 s each); the pattern names its notes, two a beat.
_CHORDS = (
    (45, 57, 60, 64, 67, 71),  # A minor with seventh and ninth
    (41, 53, 57, 60, 64, 67),  # F major with seventh and ninth
    (48, 55, 59, 64, 67, 74),  # C major with seventh and ninth
    (43, 55, 59, 62, 64, 69),  # G major with sixth and ninth
)
_PATTERNS = ((0, 2, 3, 4, 5, 3, 1, 3, 4, 5, 4, 3), (0, 3, 2, 4, 3, 5, 1, 4, 3, 2, 3, 4))
_MELODY = (
    (0.0, 76, 3.0),
    (3.0, 74, 3.0),
    (6.0, 72, 4.0),
    (10.0, 74, 2.0),
    (12.0, 76, 3.0),
    (15.0, 79, 3.0),
    (18.0, 74, 6.0),
)
_ROUNDS = 2


def waiting_music() -> npt.NDArray[np.int16]:
    """The loop: int16, shape (230400,), mono, 8 kHz, 28.8 s, MUSIC_DBM0. Deterministic."""
    loop = np.zeros(round(LENGTH_S * RATE))
    note = functools.cache(_note)  # most come several times; forgotten with the function, they are some megabytes
    beats_a_round = 6.0 * len(_CHORDS)
    for turn in range(_ROUNDS):
        for number, chord in enumerate(_CHORDS):
            start = turn * beats_a_round + number * 6.0
            _add(loop, start, note(chord[0], 0.5, 2.6))
            for half, index in enumerate(_PATTERNS[(turn + number) % 2]):
                swing = 0.03 if half % 2 else 0.0
                loudness = 0.34 if half % 4 == 0 else 0.25
                _add(loop, start + half / 2 + swing, note(chord[index], loudness, 1.1))
        for beat, pitch, beats in _MELODY if turn else ():
            _add(loop, turn * beats_a_round + beat, note(pitch, 0.22, 0.45 * beats))
    loop -= loop.mean()
    loop *= 10 ** ((MUSIC_DBM0 - rms_dbm0(loop)) / 20)
    top = 10 ** ((PEAK_DBM0 - FULL_SCALE_DBM0) / 20)
    if float(np.abs(loop).max()) > top:  # a change of the score must not clip unseen
        raise ValueError("the waiting music is too peaky for its level")
    return as_pcm(loop)


def _add(loop: npt.NDArray[np.float64], beat: float, sound: npt.NDArray[np.float64]) -> None:
    """What reaches beyond the end goes to the beginning."""
    start = round(beat * _BEAT_S * RATE) % loop.size
    behind = min(sound.size, loop.size - start)
    loop[start : start + behind] += sound[:behind]
    loop[: sound.size - behind] += sound[behind:]


def _note(note: int, loudness: float, decay_s: float) -> npt.NDArray[np.float64]:
    """One plucked note of _TAIL_S at RATE, by its MIDI number."""
    pitch_hz = 440.0 * 2 ** ((note - 69) / 12)
    t = np.arange(round(_TAIL_S * RATE)) / RATE
    sound = np.zeros_like(t)
    for partial in range(1, 8):
        hz = pitch_hz * partial
        if hz >= BAND_HZ:
            break
        sound += (
            np.sin(2 * np.pi * hz * t + 0.4 * partial) * np.exp(-t * (0.7 + 0.5 * partial) / decay_s) / partial**1.6
        )
    attack = np.minimum(t / 0.012, 1.0)
    release = np.minimum((t[-1] - t) / 0.3, 1.0)
    sound *= loudness * attack**2 * release
    return sound
