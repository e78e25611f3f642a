"""The answering-machine hint once more, in numpy and float64: what native/amd.c computes, written for the reader.

Speech comes from the reference of the voice activity detector; a frame's tone from a least-squares fit (lstsq). The
voice and the tones are followed over whole arrays of frames, each by itself, and their hints are sorted at the end.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from gateway.audio.amd import Answer, AnswerHint
from tests.native import vad_reference

SOURCE = Path(__file__).resolve().parents[2] / "native" / "amd.c"
RATE, FRAME, FRAME_MS = 8000, 160, 20
T = {name: float(value) for name, value in re.findall(r"\b([A-Z_]+) = ([0-9.]+)", SOURCE.read_text())}
"""The named constants of the C file, so that both sides are tuned in one place."""


def one_tone(samples):
    """(frequency, power) of each frame that holds one sine alone, NaN for the others; shape (frames, 2)."""
    x = np.concatenate([np.zeros(2), samples.astype(float)])
    found = np.full((len(samples) // FRAME, 2), np.nan)
    for i, out in enumerate(found):
        line = x[i * FRAME : (i + 1) * FRAME + 2]
        outer, middle = line[2:] + line[:-2], line[1:-1]
        power = middle @ middle
        if power < T["BEEP_MEAN_SQUARE"] * FRAME:
            continue
        (turn,), *_ = np.linalg.lstsq(middle[:, None], outer, rcond=None)
        left = np.sum((outer - turn * middle) ** 2)
        if abs(turn) >= 2 or left > T["BEEP_RESIDUE"] * (2 + turn**2) * power:
            continue
        hz = np.arccos(turn / 2) / (2 * np.pi) * RATE
        if T["BEEP_LOW_HZ"] <= hz <= T["BEEP_HIGH_HZ"]:
            out[:] = hz, power
    return found


def beeps(tones):
    """Runs of frames that are like their first one, with gaps of one frame inside: a hint where one has ended."""
    hints, i = [], 0
    while i < len(tones):
        hz, power = tones[i]
        alike = (np.abs(tones[:, 0] - hz) < T["BEEP_STEADY_HZ"]) & (
            np.abs(tones[:, 1] - power) < T["BEEP_STEADY_POWER"] * power
        )
        last, at = i, i + 1
        while at < len(tones) and not np.isnan(hz):
            if alike[at]:
                last = at
            elif at - last > (T["GAP_FRAMES"] if last > i else 0):
                break
            at += 1
        else:
            if not np.isnan(hz):
                return hints  # it goes on
        ms = (last - i + 1) * FRAME_MS
        if not np.isnan(hz) and T["BEEP_MS"] <= ms <= T["BEEP_MAX_MS"]:
            hints.append(AnswerHint(Answer.BEEP, (at + 1) * FRAME, ms, float(hz)))
        i = at
    return hints


def voice(speech):
    """Hints from where frames are speech, shape (frames,)."""
    hints, first, end, decided, over = [], None, 0, None, False
    for i, now in enumerate(speech):
        if now:
            first, end, over = i if first is None else first, i + 1, False
        said = 0 if first is None else (end - first) * FRAME_MS
        pause, passed = (i + 1 - end) * FRAME_MS, (i + 1) * FRAME_MS
        hint = None
        if decided == Answer.MACHINE:
            if pause >= T["OVER_MS"] and not over:
                hint, over = Answer.GREETING_OVER, True
        elif decided is None:
            if first is not None and said < T["VOICE_MS"] and pause >= T["PAUSE_MS"]:
                first = None  # a click
            elif first is None:
                hint = Answer.SILENT if passed >= T["SILENT_MS"] else None
            elif said >= T["GREETING_MS"]:
                hint = Answer.MACHINE
            elif pause >= T["PAUSE_MS"]:
                hint = Answer.HUMAN
            decided = hint
        if hint is not None:
            hints.append(AnswerHint(hint, (i + 1) * FRAME, said, 0.0))
    return hints


def hints(samples):
    """All hints of int16 samples at 8 kHz, shape (n,)."""
    samples = samples[: len(samples) // FRAME * FRAME]
    if len(samples) == 0:
        return []
    speech = vad_reference.decisions(vad_reference.logits(samples))
    found = beeps(one_tone(samples)) + voice(speech)
    return sorted(found, key=lambda hint: (hint.at, hint.answer != Answer.BEEP))
