"""Voice activity against its numpy reference, in any portions, and beside webrtcvad on real speech."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio._native import ffi, lib
from gateway.audio.resample import Upsampler
from gateway.audio.vad import Vad, VadBatch, is_speech
from gateway.errors import AudioError
from tests.native import vad_material as material
from tests.native import vad_reference as reference

HAVE_SPEECH = (material.SOUNDS / material.FIT_VOICES[0]).is_dir()
needs_speech = pytest.mark.skipif(not HAVE_SPEECH, reason="Debian's asterisk-core-sounds-en-wav is not installed")


def mixture(seed=5, seconds=6):
    """Noise, tones, bursts and silence: anything but what the weights were made for."""
    rng = np.random.default_rng(seed)
    time = np.arange(seconds * 8000) / 8000
    gate = np.repeat(rng.integers(0, 2, 20 * seconds), 400)
    voice = gate * sum(2000 / k * np.sin(2 * np.pi * 140 * k * time) for k in range(1, 8))
    noise = rng.normal(0, 1, len(time)) * np.repeat(10 ** rng.uniform(0, 3, seconds), 8000)
    return np.clip(voice + noise, -32768, 32767).astype(np.int16)


@pytest.fixture(scope="module")
def speech():
    return material.stream(material.FIT_VOICES[0], "pink", 15, 20, 77).samples


def c_features(samples):
    vad, out, rows = ffi.new("gw_vad *"), ffi.new("gw_vad_frame *"), []
    lib.gw_vad_init(vad, 8000)
    for start in range(0, len(samples), 160):
        lib.gw_vad_feed(vad, ffi.from_buffer("int16_t[]", samples[start : start + 160]), 160, out, 1)
        rows.append(list(vad.features))
    return np.array(rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_features_are_the_references(seed):
    samples = mixture(seed)
    assert np.abs(c_features(samples) - reference.features(samples)).max() < 0.02


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_are_the_references(seed):
    check_answers(mixture(seed))


@needs_speech
def test_answers_on_speech_are_the_references(speech):
    check_answers(speech)


def check_answers(samples):
    expected = reference.logits(samples)
    got = Vad(8000).feed(samples)
    assert np.abs(got.probability - 1 / (1 + np.exp(-expected))).max() < 0.02
    sure = np.abs(expected) > 0.5  # nearer to the thresholds rounding may tip a frame
    assert np.array_equal(got.speech[sure], reference.decisions(expected)[sure])


SAMPLES = mixture(9)


@settings(deadline=None)
@given(st.lists(st.integers(1, 16000), min_size=1, max_size=8), st.sampled_from([8000, 16000]))
def test_in_any_portions(lengths, rate):
    vad, at, speech, probability = Vad(rate), 0, [], []
    for n in lengths:
        frames = vad.feed(SAMPLES[at : at + n])
        speech.append(frames.speech)
        probability.append(frames.probability)
        at += n
    whole = Vad(rate).feed(SAMPLES[:at])
    assert np.array_equal(np.concatenate(speech), whole.speech)
    assert np.array_equal(np.concatenate(probability), whole.probability)
    assert len(whole.speech) in (at // (rate // 50), min(at, len(SAMPLES)) // (rate // 50))


def test_sample_by_sample():
    vad = Vad(8000)
    got = np.concatenate([vad.feed(SAMPLES[i : i + 1]).probability for i in range(3000)])
    assert np.array_equal(got, Vad(8000).feed(SAMPLES[:3000]).probability)


def test_a_batch_is_its_channels():
    block = np.stack([mixture(seed, 2) for seed in range(20)])
    batch, alone = VadBatch(20, 8000), [Vad(8000) for _ in range(20)]
    for start, n in ((0, 160), (160, 1000), (1160, 37), (1197, 8000)):
        part = block[:, start : start + n]
        together = batch.feed(part)
        for channel, vad in enumerate(alone):
            expected = vad.feed(part[channel].copy())
            assert np.array_equal(together.probability[channel], expected.probability)
            assert np.array_equal(together.speech[channel], expected.speech)


def test_silence_and_steady_noise_are_no_speech():
    assert not is_speech(np.zeros(80000, np.int16), 8000).any()
    for level in (-60, -40, -20):
        noise = np.random.default_rng(1).normal(0, material.amplitude(level), 160000).astype(np.int16)
        assert is_speech(noise, 8000)[50:].mean() < 0.02


@needs_speech
def test_16_khz_hears_the_same(speech):
    wide = Upsampler().feed(speech)
    at_8, at_16 = is_speech(speech, 8000), is_speech(wide, 16000)
    assert (at_8[: len(at_16)] == at_16[: len(at_8)]).mean() > 0.97  # the filters' delay moves edges by a frame


@needs_speech
@pytest.mark.parametrize("kind, snr", [("clean", 99), ("white", 10), ("pink", 5), ("babble", 10), ("hum", 10)])
def test_beside_webrtcvad(kind, snr):
    """A smaller part of `python -m tests.native.vad_score`, on the voices that are always installed (the fit's own)."""
    pytest.importorskip("webrtcvad")
    from tests.native.vad_score import MODES, score_condition

    scores, *_ = score_condition(kind, snr, material.FIT_VOICES[:1], streams_each=4, seconds=30)
    assert scores["ours"] > max(scores[mode] for mode in MODES) - 0.01
    assert scores["ours"] > 0.84


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(8, np.int16)[::2], [0]])
def test_other_things_than_samples_are_refused(samples):
    with pytest.raises(AudioError, match="samples must be"):
        Vad(8000).feed(samples)


@pytest.mark.parametrize(
    "block",
    [np.zeros((3, 160), np.int16), np.zeros(160, np.int16), np.zeros((2, 160)), np.zeros((2, 320), np.int16)[:, ::2]],
)
def test_other_things_than_two_channels_are_refused(block):
    with pytest.raises(AudioError):
        VadBatch(2, 8000).feed(block)


def test_other_rates_are_refused():
    with pytest.raises(AudioError, match="8000 or 16000, not 48000"):
        Vad(48000)
