"""Whatever a person recorded comes out at one rate and one level, or is refused with what is wrong and the remedy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio import speech
from gateway.audio.music import MUSIC_DBM0
from gateway.audio.recordings import GAIN_MAX_DB, clipped_share, from_bytes, recording
from gateway.core.speech.wav import WavError
from gateway.errors import SettingError
from tests.audio.sounds import spoken, tone, wav, wav_of

CODINGS = [("int", 8), ("int", 16), ("int", 24), ("int", 32), ("float", 32), ("float", 64), ("alaw", 8), ("ulaw", 8)]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("coding", "bits"), CODINGS)
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_any_wav_becomes_a_prompt_of_one_level(rate, coding, bits, channels):
    samples = spoken(rate)
    made = from_bytes(wav_of(np.repeat(samples, channels), rate, channels=channels, bits=bits, coding=coding))
    assert made.clip.dtype == np.int16
    assert abs(speech.active_dbm0(made.clip / 32768) - speech.SPEECH_DBM0) < 0.5
    assert abs(made.clip.size / 8000 - samples.size / rate) < 0.1
    assert (made.head.rate, made.head.channels, made.head.bits, made.head.coding) == (rate, channels, bits, coding)
    assert made.notes == ()


@pytest.mark.parametrize("gain_db", [-22, -10, 0, 6])
def test_faint_and_loud_recordings_come_to_the_level_of_all_prompts(gain_db):
    samples = spoken(16000)
    made = from_bytes(wav(samples * 10 ** (gain_db / 20), 16000))
    assert abs(made.level_dbm0 - (speech.SPEECH_DBM0 + gain_db)) < 1.0
    assert abs(speech.active_dbm0(made.clip / 32768) - speech.SPEECH_DBM0) < 0.5
    top = 10 ** ((speech.PEAK_DBM0 - speech.FULL_SCALE_DBM0) / 20)
    assert np.abs(made.clip).max() / 32768 <= top + 1e-3


def test_music_keeps_its_ends_and_stays_below_speech():
    quiet_end = np.concatenate([tone(440, 2, amplitude=0.4), np.zeros(4000)])
    made = from_bytes(wav(quiet_end, 8000), music=True)
    assert made.clip.size == quiet_end.size
    assert abs(speech.active_dbm0(made.clip / 32768) - MUSIC_DBM0) < 0.3
    assert made.notes == ()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is an empty file"),
        (b"ID3\x04" + bytes(100), "an MP3 file under that name: save it as WAV"),
        (b"\xff\xfb\x90\x44" + bytes(100), "an MP3 file under that name"),
        (b"\xff\xf1\x50\x80" + bytes(100), "an AAC file under that name"),
        (b"OggS" + bytes(100), "an Ogg file"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(50), "an MP4 or M4A file"),
        (b"Dzie\xc5\x84 dobry", "is not a WAV file"),
        (wav(tone(500, 1), 8000)[:44], "is empty: it has no samples"),
        (wav(tone(500, 1), 8000)[:30], "is damaged"),
        (wav(tone(500, 2), 8000)[:12044], r"is cut off: 0\.8s of 2\.0s are there; copy it anew"),
        (wav(np.zeros(8000), 8000), "is silent"),
        (wav(np.clip(tone(500, 1, amplitude=4.0), -1, 1), 8000), r"is clipped: \d\d\.\d\d% of it is cut off"),
        (wav_of(np.clip(spoken(8000) * 30, -1, 1), 8000, bits=8, coding="alaw"), "is clipped"),
        (wav_of(np.clip(spoken(8000) * 30, -1, 1), 8000, bits=8, coding="ulaw"), "is clipped"),
        (wav(tone(500, 1, amplitude=0.002), 8000), r"is too faint: -51 dBm0, and to -19 dBm0 it would take 32 dB"),
    ],
)
def test_what_is_of_no_use_is_refused_with_the_remedy(tmp_path, data, told):
    (tmp_path / "bad.wav").write_bytes(data)
    with pytest.raises(WavError, match=told):
        recording(tmp_path / "bad.wav")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(SettingError, match="cannot be read"):
        recording(tmp_path)


@pytest.mark.parametrize(
    ("samples", "channels", "told"),
    [
        (spoken(8000) * 0.1, 1, r"is faint: -3[89] dBm0, brought to -19; -34 to -9 is a good recording"),
        (tone(500, 1, amplitude=0.9), 1, r"is loud: 2 dBm0, brought to -19"),
        (spoken(8000) + 0.05, 1, r"has an offset of [45]\.\d% of full scale"),
        (np.concatenate([np.zeros(12000), spoken(8000)]), 1, r"begins with 1\.5s of silence"),
        (np.concatenate([spoken(8000), np.zeros(24000)]), 1, r"ends with 3\.[01]s of silence"),
        (np.stack([spoken(8000), -spoken(8000)], axis=1).reshape(-1), 2, "has channels that cancel each other out"),
    ],
)
def test_what_can_be_mended_is_mended_and_told(samples, channels, told):
    made = from_bytes(wav(samples, 8000, channels=channels))
    assert len(made.notes) == 1
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(made.notes[0])
    assert abs(speech.active_dbm0(made.clip / 32768) - speech.SPEECH_DBM0) < 0.5
    assert abs(made.clip.size / 8000 - min(made.clip.size, samples.size) / 8000) < 0.01
    assert abs(float(made.clip.mean())) < 100


def test_two_good_channels_of_which_one_is_silent():
    both = np.stack([spoken(8000), np.zeros(spoken(8000).size)], axis=1).reshape(-1)
    made = from_bytes(wav(both, 8000, channels=2))
    assert made.notes == ()
    assert abs(speech.active_dbm0(made.clip / 32768) - speech.SPEECH_DBM0) < 0.5


def test_floats_beyond_full_scale_are_not_cut_off():
    made = from_bytes(wav_of(spoken(16000) * 20, 16000, bits=32, coding="float"))
    assert made.clipped_share == 0.0
    assert abs(speech.active_dbm0(made.clip / 32768) - speech.SPEECH_DBM0) < 0.5
    wild = np.array([np.nan, np.inf, -np.inf, 1e300] * 4000)
    from_bytes(wav_of(np.concatenate([wild, spoken(8000)]), 8000, bits=64, coding="float"))


def test_the_bounds_fit_together():
    assert speech.SPEECH_DBM0 - GAIN_MAX_DB > speech.SILENT_DBM0


def test_clipping_is_a_run_and_not_a_peak():
    samples = np.zeros(10_000)
    samples[::100] = 1.0
    assert clipped_share(samples) == 0.0
    samples[50:60] = -1.0
    assert clipped_share(samples) == pytest.approx(10 / 10_000)
    both = np.stack([samples, np.zeros(10_000)], axis=1)
    assert clipped_share(both) == pytest.approx(10 / 20_000)


GOOD = wav(tone(500, 0.2), 8000)


@given(
    data=st.binary(max_size=200)
    | st.binary(max_size=80).map(lambda rest: b"RIFF\x00\x00\x00\x00WAVEfmt " + rest)
    | st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=8)).map(
        lambda change: GOOD[: change[0]] + change[1] + GOOD[change[0] + len(change[1]) :]
    )
    | st.integers(0, len(GOOD)).map(lambda length: GOOD[:length])
)
@settings(max_examples=500, deadline=None)
def test_any_bytes_at_all_are_a_recording_or_refused(data):
    try:
        made = from_bytes(data)
    except WavError as error:
        assert str(error)
    else:
        assert made.clip.size
