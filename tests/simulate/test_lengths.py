"""How long a prompt lasts: as its file, else as its characters."""

from __future__ import annotations

import wave

import pytest

from gateway.config.settings import ClipSource
from gateway.core.actions import Clip
from gateway.simulate.lengths import CHARACTERS_A_SECOND, UNKNOWN_RECORDING_S, Lengths

CLIP = Clip(key="abc", words="a" * 62)


def test_made_clips_last_as_long_as_their_samples(tmp_path):
    (tmp_path / "abc.pcm").write_bytes(bytes(2 * 8000 * 3))
    assert Lengths((), tmp_path).seconds((CLIP, CLIP)) == 6.0


@pytest.mark.parametrize("language", CHARACTERS_A_SECOND)
def test_others_are_estimated_by_their_characters(language, tmp_path):
    source = ClipSource(key="abc", text=CLIP.words, language=language)
    assert Lengths((source,), tmp_path).seconds((CLIP,)) == pytest.approx(62 / CHARACTERS_A_SECOND[language])


def test_a_recording_is_as_long_as_its_file(tmp_path):
    path = tmp_path / "hello.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(4 * 16000 * 2))
    assert Lengths((ClipSource(key="abc", recording=str(path)),)).seconds((CLIP,)) == 2.0
    assert Lengths((ClipSource(key="abc", recording=str(path) + "x"),)).seconds((CLIP,)) == UNKNOWN_RECORDING_S
