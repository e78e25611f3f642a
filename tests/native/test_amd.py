"""The answering-machine hint on real prompts that are cut and paused as persons and machines do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio.amd import Answer, AnswerBatch, AnswerDetector
from gateway.errors import AudioError
from tests.native import vad_material as material

VOICE = material.FIT_VOICES[0]
needs_speech = pytest.mark.skipif(
    not (material.SOUNDS / VOICE).is_dir(), reason="Debian's asterisk-core-sounds-en-wav is not installed"
)
RATE = 8000


def quiet(seconds, rng):
    return rng.normal(0, material.amplitude(-62), int(seconds * RATE))


def talk(seconds, rng, level=-20):
    """Real speech of about that length, without pauses of more than 0.3 s."""
    parts, length = [], 0
    while length < seconds * RATE:
        prompt = material.prompts(VOICE)[rng.integers(len(material.prompts(VOICE)))]
        loud = np.flatnonzero(np.repeat(material.is_speech(prompt, material.active_power(prompt)), material.FRAME))
        prompt = prompt[loud[0] : loud[-1]] * material.amplitude(level) / np.sqrt(material.active_power(prompt))
        parts.append(prompt)
        length += len(prompt)
    return np.concatenate(parts)[: int(seconds * RATE)]


def beep(seconds, hz=1000, level=-15):
    return material.amplitude(level) * np.sqrt(2) * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


def pcm(*parts):
    whole = np.concatenate(parts)
    noise = np.random.default_rng(1).normal(0, material.amplitude(-62), len(whole))
    return np.clip(np.round(whole + noise), -32768, 32767).astype(np.int16)


def answers(samples, rate=RATE):
    return [hint.answer for hint in AnswerDetector(rate).feed(samples)]


@needs_speech
def test_a_short_greeting_and_a_pause_is_a_person():
    rng = np.random.default_rng(3)
    right = sum(
        answers(pcm(quiet(rng.uniform(0.2, 1.5), rng), talk(rng.uniform(0.4, 1.5), rng), quiet(2, rng)))[:1]
        == [Answer.HUMAN]
        for _ in range(40)
    )
    assert right >= 36


@needs_speech
def test_a_long_greeting_is_a_machine_and_its_beep_is_heard():
    rng, machines, beeps = np.random.default_rng(4), 0, 0
    for _ in range(30):
        greeting = talk(rng.uniform(3.5, 8), rng)
        heard = AnswerDetector(RATE).feed(
            pcm(
                quiet(0.7, rng),
                greeting,
                quiet(0.5, rng),
                beep(0.3, rng.choice([440, 850, 1000, 1400])),
                quiet(2.5, rng),
            )
        )
        machines += heard[0].answer == Answer.MACHINE
        beeps += [h.answer for h in heard if h.answer == Answer.BEEP] == [Answer.BEEP]
    assert machines >= 28
    assert beeps >= 28


def test_nobody_speaks():
    rng = np.random.default_rng(5)
    (hint,) = AnswerDetector(RATE).feed(pcm(quiet(8, rng)))
    assert (hint.answer, hint.at) == (Answer.SILENT, 4 * RATE)


@pytest.mark.parametrize("hz", [440, 850, 1000, 1400, 2000])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_beep_has_its_length_and_frequency(hz, rate):
    time = np.arange(int(0.4 * rate)) / rate
    tone = 5000 * np.sin(2 * np.pi * hz * time)
    samples = np.concatenate([np.zeros(rate), tone, np.zeros(rate)]).astype(np.int16)
    (hint,) = [h for h in AnswerDetector(rate).feed(samples) if h.answer == Answer.BEEP]
    assert hint.hz == pytest.approx(hz, rel=0.005)
    assert 340 <= hint.voice_ms <= 420
    assert 1.4 * rate <= hint.at <= 1.5 * rate


@needs_speech
def test_speech_does_not_beep():
    speech = np.concatenate(material.prompts(VOICE)[:300]).astype(np.int16)
    assert Answer.BEEP not in answers(speech)


@needs_speech
def test_a_machine_that_has_finished_says_so():
    rng = np.random.default_rng(6)
    heard = AnswerDetector(RATE).feed(pcm(quiet(0.5, rng), talk(5, rng), quiet(3, rng)))
    assert [h.answer for h in heard] == [Answer.MACHINE, Answer.GREETING_OVER]
    assert 6.8 * RATE < heard[1].at < 7.6 * RATE


def mixed():
    rng = np.random.default_rng(7)
    time = np.arange(4 * RATE) / RATE
    buzz = sum(3000 / k * np.sin(2 * np.pi * 130 * k * time) for k in range(1, 9)) * (time % 0.5 < 0.35)
    return pcm(quiet(0.3, rng), buzz, quiet(1.0, rng), beep(0.3), quiet(2, rng))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 16000), min_size=1, max_size=10), st.sampled_from([8000, 16000]))
def test_in_any_portions(lengths, rate):
    samples, detector, at, got = mixed(), AnswerDetector(rate), 0, []
    for n in lengths:
        got += detector.feed(samples[at : at + n])
        at += n
    assert got == AnswerDetector(rate).feed(samples[:at])


def test_a_batch_is_its_channels():
    block = np.stack([mixed(), mixed()[::-1]])
    batch, alone = AnswerBatch(2, RATE), [AnswerDetector(RATE) for _ in range(2)]
    for start in range(0, block.shape[1], 700):
        part = block[:, start : start + 700]
        assert batch.feed(part) == [(c, hint) for c in range(2) for hint in alone[c].feed(part[c].copy())]


def test_other_things_are_refused():
    with pytest.raises(AudioError, match="8000 or 16000"):
        AnswerDetector(44100)
    with pytest.raises(AudioError, match="samples must be"):
        AnswerDetector(8000).feed(np.zeros(8))
