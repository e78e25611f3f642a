"""The neural voice: piper (piper-tts), a program of its own that is asked for many texts at once. Optional.

A voice is `piper:` and the path of its model, VOICE.onnx, with VOICE.onnx.json beside it. Piper reads texts line by
line and writes one WAV file a line into `--output_dir`, named by the time in nanoseconds; that much the Python package
(1.3 and later) and the older program of that name have in common. Loading a model takes seconds, so texts go in
batches. Nothing is ever downloaded here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.audio import speech
from gateway.core.speech.clips import PIPER
from gateway.core.speech.wav import wav_problem
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audio.speech import Samples

BATCH = 50
"""Texts for one run: the model's loading is shared, and a clip that was made is kept if a later text fails."""
START_TIMEOUT_S = 60.0
TEXT_TIMEOUT_S = 20.0
"""For each text; a sentence takes a tenth of a second on a PC, one or two seconds on a small board."""
REMEDY = "install it with: pip install piper-tts"


class Piper:
    """Speaks with models of piper. `command` is how it is started; found where it is not given."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = tuple(command)

    def refuses(self, voice: str) -> str:
        """See SpeechEngine."""
        model = _model(voice)
        if not model.is_file():
            name = model.name.removesuffix(".onnx")
            return f"there is no voice {model}: python3 -m piper.download_voices {name} fetches one of piper's own"
        described = model.with_name(model.name + ".json")
        if not described.is_file():
            return f"the voice {model} needs {described.name} beside it, which was published with it"
        return "" if self._start() else f"the voice {model.name} needs piper: {REMEDY}"

    def render(self, text: str, language: str, voice: str) -> Samples:
        """See SpeechEngine."""
        (made,) = self.render_all([text], language, voice)
        if isinstance(made, SpeechError):
            raise made
        return made

    def render_all(self, texts: Sequence[str], language: str, voice: str) -> Iterator[Samples | SpeechError]:  # noqa: ARG002
        """See SpeechEngine. The language is the model's own."""
        left = [" ".join(text.split()) for text in texts]
        while left:
            wavs, wrong = self._run(left[:BATCH], _model(voice))
            for text, data in zip(left, wavs, strict=False):
                try:
                    yield speech.from_wav(data, f"piper, voice {_model(voice).name},", text)
                except SpeechError as error:
                    yield error
            left = left[len(wavs) :]
            if wrong:
                yield SpeechError(f"piper failed on {left[0]!r}: {wrong}")
                left = left[1:]

    def _run(self, texts: list[str], model: Path) -> tuple[list[bytes], str]:
        """The WAV files of the first texts, and why the next one has none (empty when all have one)."""
        start = self._start()
        if not start:
            raise SpeechError(f"piper is not installed, and the voice {model.name} needs it: {REMEDY}")
        timeout_s = START_TIMEOUT_S + TEXT_TIMEOUT_S * len(texts)
        with tempfile.TemporaryDirectory(prefix="gateway-piper-") as folder:
            try:
                done = subprocess.run(
                    [*start, "-m", str(model), "--output_dir", folder],
                    input="".join(f"{text}\n" for text in texts).encode(),
                    capture_output=True,
                    timeout=timeout_s,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return _whole(folder, len(texts) - 1), f"no sound within {timeout_s:.0f}s"
            except OSError as error:
                raise SpeechError(f"piper could not be run: {error}") from error
            wavs = _whole(folder, len(texts))
        if len(wavs) == len(texts):
            return wavs, ""
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return wavs, said[-1] if said and done.returncode else "it gave no sound"

    def _start(self) -> tuple[str, ...]:
        return self._command or _found()


def _model(voice: str) -> Path:
    return Path(voice.removeprefix(PIPER))


def _whole(folder: str, most: int) -> list[bytes]:
    """The files in the order in which they were written, up to the first that is not whole."""
    wavs: list[bytes] = []
    stamped = [path for path in Path(folder).glob("*.wav") if path.stem.isascii() and path.stem.isdigit()]
    for path in sorted(stamped, key=lambda path: int(path.stem))[:most]:
        data = path.read_bytes()
        if wav_problem(data):
            break
        wavs.append(data)
    return wavs


@cache
def _found() -> tuple[str, ...]:
    """How piper is started: the Python package beside this program, else a program `piper` that speaks (another one of
    that name sets up mice)."""
    try:
        metadata.version("piper-tts")
    except metadata.PackageNotFoundError:
        pass
    else:
        return (sys.executable, "-m", "piper")
    program = shutil.which("piper")
    if program is None:
        return ()
    try:
        told = subprocess.run([program, "--help"], capture_output=True, timeout=START_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return (program,) if b"--output_dir" in told.stdout + told.stderr else ()
