"""The engine that speaks, and the signal work that makes every engine's voice fit a telephone line."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio import speech
from gateway.audio.speech import EspeakNg
from gateway.core.speech.wav import wav_head
from gateway.errors import SpeechError
from tests.audio.sounds import tone, wav


@pytest.mark.parametrize(
    ("language", "voice", "text"), [("pl", "pl", "Dzień dobry, łączę."), ("en", "en-gb", "Hello.")]
)
def test_espeak_speaks_at_the_level_and_without_silence_around(language, voice, text):
    samples = EspeakNg().render(text, language, voice)
    assert samples.dtype == np.int16
    assert samples.ndim == 1
    assert 0.3 < samples.size / 8000 < 5
    sound = samples / 32768
    assert abs(speech.active_dbm0(sound) - speech.SPEECH_DBM0) < 0.5
    assert 20 * np.log10(np.abs(sound).max()) + speech.FULL_SCALE_DBM0 <= speech.PEAK_DBM0 + 0.01
    levels = speech.frame_levels_dbm0(sound)
    loud = np.flatnonzero(levels >= levels.max() - 40)
    assert loud[0] <= speech.MARGIN_MS // 10 + 1
    assert len(levels) - 1 - loud[-1] <= speech.MARGIN_MS // 10 + 1
    assert samples[0] == 0
    assert abs(int(samples[-1])) < 200


def test_polish_letters_reach_the_engine():
    engine = EspeakNg()
    right, bare = (engine.render(text, "pl", "pl") for text in ("łączę źdźbło", "lacze zdzblo"))
    assert right.size != bare.size or not np.array_equal(right, bare)
    assert np.array_equal(right, engine.render("łączę źdźbło", "pl", "pl")), "the same text must sound the same"


def test_a_text_is_no_option_and_no_shell_command():
    samples = EspeakNg().render("--version; $(exit 1) `id` -v en", "en", "en-gb")
    assert samples.size > 8000


def test_digits_said_one_by_one_differ():
    engine = EspeakNg()
    clips = {engine.render(digit, "pl", "pl").tobytes() for digit in "0123456789"}
    assert len(clips) == 10


def test_voices():
    assert {"pl", "en-gb", "en-us"} <= EspeakNg().voices()


def test_what_is_missing_is_said_with_the_remedy():
    with pytest.raises(SpeechError, match="no-such-program is not installed.*apt install espeak-ng"):
        EspeakNg("no-such-program").render("a", "pl", "pl")
    with pytest.raises(SpeechError, match="nosuchvoice|espeak"):
        EspeakNg().render("a", "pl", "nosuchvoice")
    with pytest.raises(SpeechError, match="other words"):
        EspeakNg().render("...", "pl", "pl")


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_any_wav_becomes_the_same_8_khz(bits, rate):
    data = wav(tone(1000, 0.5, rate), rate, bits=bits)
    sound = speech.to_8k(speech.mono(data, wav_head(data)), rate)
    assert abs(sound.size - 4000) <= 1
    inner = sound[400:3600]
    assert abs(speech.rms_dbm0(inner) - (speech.FULL_SCALE_DBM0 - 6.02)) < 0.1
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(inner.size)))
    assert abs(np.argmax(spectrum) * 8000 / inner.size - 1000) < 5


def test_channels_are_joined():
    both = np.stack([tone(500, 0.1, 8000, 0.4), tone(500, 0.1, 8000, 0.2)], axis=1).reshape(-1)
    data = wav(both, 8000, channels=2)
    assert np.allclose(speech.mono(data, wav_head(data)), tone(500, 0.1, 8000, 0.3), atol=1e-4)


def test_float_wav_and_the_extensible_head():
    samples = tone(500, 0.1).astype("<f4")
    fmt = (
        np.array([3, 1], "<u2").tobytes()
        + np.array([8000, 32000], "<u4").tobytes()
        + np.array([4, 32], "<u2").tobytes()
    )
    extensible = b"\xfe\xff" + fmt[2:] + b"\x16\x00 \x00\x04\x00\x00\x00" + b"\x03\x00" + bytes(14)
    for head in (fmt, extensible):
        body = b"WAVEfmt " + len(head).to_bytes(4, "little") + head
        body += b"LIST\x03\x00\x00\x00abc\x00" + b"data" + (samples.nbytes).to_bytes(4, "little") + samples.tobytes()
        data = b"RIFF" + len(body).to_bytes(4, "little") + body
        assert np.allclose(speech.mono(data, wav_head(data)), samples)


def test_nothing_above_4_khz_folds_down():
    high = speech.to_8k(tone(5000, 0.5, 48000), 48000)
    assert speech.rms_dbm0(high[400:-400]) < -80


def test_levels_are_those_of_g711():
    assert abs(speech.rms_dbm0(tone(1004, 1, amplitude=1.0)) - 3.14) < 0.01
    assert abs(speech.active_dbm0(np.concatenate([tone(1004, 1, amplitude=0.1), np.zeros(8000)])) - (3.14 - 20)) < 0.05


def test_limit_leaves_quiet_samples_and_bends_loud_ones():
    quiet, loud = tone(500, 0.1, amplitude=0.1), tone(500, 0.1, amplitude=3.0)
    assert np.array_equal(speech.limit(quiet, -3.0), quiet)
    top = 10 ** ((-3.0 - 3.14) / 20)
    assert np.abs(speech.limit(loud, -3.0)).max() <= top
