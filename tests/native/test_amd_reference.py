"""Answering machines: the hints of the C code are those of the numpy reference, on voices, beeps and the like."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.amd import Answer, AnswerDetector
from tests.native import amd_reference as reference
from tests.native.test_amd import RATE, beep, mixed, needs_speech, pcm, quiet, talk


def check(samples):
    """The same hints at the same frames; which they were."""
    got, expected = AnswerDetector(RATE).feed(samples), reference.hints(samples)
    assert [(h.answer, h.at, h.voice_ms) for h in got] == [(h.answer, h.at, h.voice_ms) for h in expected]
    assert [h.hz for h in got] == pytest.approx([h.hz for h in expected], abs=0.05)
    return [hint.answer for hint in got]


@needs_speech
@pytest.mark.parametrize("seed", range(3))
def test_voices(seed):
    rng, answers = np.random.default_rng(seed), set()
    for _ in range(8):
        parts = [quiet(rng.uniform(0.1, 5), rng), talk(rng.uniform(0.1, 8), rng, rng.uniform(-32, -12))]
        parts += [quiet(rng.uniform(0.2, 2), rng), beep(rng.uniform(0.05, 1), rng.uniform(380, 1500))]
        parts += [quiet(rng.uniform(0.2, 3), rng), talk(rng.uniform(0.1, 1), rng), quiet(2, rng)]
        answers |= set(check(pcm(*parts)))
    assert answers >= {Answer.HUMAN, Answer.MACHINE, Answer.BEEP}


@pytest.mark.parametrize("seed", range(3))
def test_tones(seed):
    """Beeps of every length and pitch, some gliding, swelling, in pairs, weak or in noise: not all of them count."""
    rng, parts = np.random.default_rng(10 + seed), []
    for _ in range(60):
        t = np.arange(int(rng.uniform(0.02, 0.6) * RATE)) / RATE
        hz = rng.uniform(350, 2700) + rng.choice([0, 0, 40]) * t
        size = 10 ** rng.uniform(2.3, 4.2) * (1 + rng.choice([0, 0, 1.5]) * t)
        tone = size * np.sin(2 * np.pi * hz * t) + rng.choice([0, 0, 0.5]) * size * np.sin(2 * np.pi * 3.1 * hz * t)
        parts += [tone + rng.normal(0, rng.uniform(0, 60), len(t)), np.zeros(int(rng.uniform(0, 0.2) * RATE))]
        if rng.random() < 0.1:  # a gap of about a frame inside
            parts[-2][len(t) // 2 : len(t) // 2 + 150] = 0
    beeps = check(np.clip(np.concatenate(parts), -32768, 32767).astype(np.int16)).count(Answer.BEEP)
    assert 4 <= beeps <= 40


def test_nobody_and_a_buzz():
    assert check(pcm(quiet(8, np.random.default_rng(5)))) == [Answer.SILENT]
    assert Answer.BEEP in check(mixed())


@pytest.mark.parametrize("length", [0, 1, 159, 160, 161])
def test_hardly_anything(length):
    assert check(np.full(length, 900, np.int16)) == []
