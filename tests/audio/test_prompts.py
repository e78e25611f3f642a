"""Clips are made once, whole, and only from what can be used."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
import pytest

from gateway import shipped
from gateway.audio import speech
from gateway.audio.prompts import PromptStore
from gateway.audio.speech import EspeakNg
from gateway.config.load import load_site
from gateway.config.settings import WAITING_MUSIC, ClipSource
from gateway.core.speech.clips import clip_for
from gateway.errors import SettingError, SpeechError
from tests.audio.sounds import spoken, wav


def source(text, language="pl", voice="pl"):
    clip = clip_for(text, language=language, voice=voice)
    return ClipSource(key=clip.key, text=text, language=language, voice=voice, place="flows/a.yaml:1:1")


class Counting(EspeakNg):
    def __init__(self):
        super().__init__()
        self.said = []

    def render(self, text, language, voice):
        self.said.append(text)
        return super().render(text, language, voice)


def test_a_clip_is_made_once(tmp_path):
    engine = Counting()
    told = []
    store = PromptStore(tmp_path / "clips", engine)
    done = store.prepare([source("raz"), source("dwa"), source("raz")], progress=lambda n, of: told.append((n, of)))
    assert (done.made, done.kept, engine.said, told) == (2, 0, ["raz", "dwa"], [(1, 2), (2, 2)])
    again = PromptStore(tmp_path / "clips", engine).prepare([source("dwa"), source("trzy")])
    assert (again.made, again.kept, engine.said) == (1, 1, ["raz", "dwa", "trzy"])
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == sorted(
        f"{source(text).key}.pcm" for text in ("raz", "dwa", "trzy")
    )


def test_the_file_is_what_the_engine_said(tmp_path):
    store = PromptStore(tmp_path)
    store.prepare([source("raz")])
    path = store.path(source("raz").key)
    assert np.array_equal(np.frombuffer(path.read_bytes(), "<i2"), EspeakNg().render("raz", "pl", "pl"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert np.array_equal(store.load([source("raz").key])[source("raz").key], np.fromfile(path, "<i2"))


def test_half_a_clip_is_made_anew_and_leaves_nothing_behind(tmp_path):
    store = PromptStore(tmp_path)
    store.path(source("raz").key).write_bytes(b"")
    store.path(source("dwa").key).write_bytes(b"abc")
    assert store.prepare([source("raz"), source("dwa")]).made == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_the_whole_example_site(tmp_path):
    settings = load_site(shipped.example_site())
    store = PromptStore(tmp_path)
    assert store.prepare(settings.clips).made == len(settings.clips)
    for clip in settings.clips:
        samples = store.load([clip.key])[clip.key]
        level = speech.active_dbm0(samples / 32768)
        expected = -24.0 if clip.key == WAITING_MUSIC else speech.SPEECH_DBM0
        assert abs(level - expected) < 1.0, clip.text
        assert samples.size > 0.3 * 8000


def test_a_voice_that_is_not_there_is_named_before_anything_is_made(tmp_path):
    with pytest.raises(SpeechError, match=r"no voice 'klingon'.*gateway\.yaml"):
        PromptStore(tmp_path).prepare([source("raz"), source("x", voice="klingon")])
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_cannot_be_said_is_named_with_its_place(tmp_path):
    with pytest.raises(SpeechError, match=r"flows/a\.yaml:1:1: .*other words"):
        PromptStore(tmp_path).prepare([source("...")])


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="clips cannot be kept"):
        PromptStore(tmp_path / "file").prepare([source("raz")])


def test_a_recording_that_is_of_no_use_is_named_with_its_place_and_not_kept(tmp_path):
    path = tmp_path / "bad.wav"
    path.write_bytes(wav(np.zeros(8000), 8000))
    store = PromptStore(tmp_path / "clips")
    with pytest.raises(SettingError, match=r"flows/a\.yaml:7:3: bad\.wav is silent"):
        store.prepare([ClipSource(key="k", recording=str(path), place="flows/a.yaml:7:3")])
    assert not store.path("k").exists()


def test_a_site_with_recordings_from_file_to_clip(tmp_path):
    site = Path(shutil.copytree(Path(__file__).parents[1] / "config" / "sound", tmp_path / "site"))
    (site / "prompts").mkdir()
    (site / "prompts/sorry.wav").write_bytes(wav(spoken(16000), 16000))
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace('"Nikt nie odbiera."', "sorry.wav"))
    before = load_site(site)
    assert before.spare_recordings == {}
    key = before.site.flows["main"].steps["sorry"].prompt.parts["pl"][0].clip.key
    store = PromptStore(tmp_path / "clips")
    store.prepare(before.clips)
    assert store.path(key).stat().st_size > 8000
    (site / "prompts/sorry.wav").write_bytes(wav(spoken(22050), 22050))
    after = load_site(site)
    assert after.site.flows["main"].steps["sorry"].prompt.parts["pl"][0].clip.key != key
    assert after.site.version != before.site.version
