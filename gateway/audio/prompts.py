"""Every clip of a site as a file, ready before the site goes live: `<folder>/<key>.pcm`, int16 LE, 8 kHz, mono.

A key is made of what the clip says and how, so a file that is there is right and is never made again. A file appears
under its name only when it is whole.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gateway.audio.engines import Engines
from gateway.audio.music import waiting_music
from gateway.audio.recordings import recording
from gateway.audio.speech import RATE
from gateway.config.settings import WAITING_MUSIC
from gateway.core.speech.wav import WavError
from gateway.errors import SettingError, SpeechError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gateway.audio.speech import Samples, SpeechEngine
    from gateway.config.settings import ClipSource


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What `prepare` did."""

    made: int
    kept: int


class PromptStore:
    """A folder of clips. One process at a time writes; line processes read."""

    def __init__(self, folder: Path, engine: SpeechEngine | None = None) -> None:
        self._folder = folder
        self._engine: SpeechEngine = engine or Engines()

    def path(self, key: str) -> Path:
        """Where the clip of a key lies."""
        return self._folder / f"{key}.pcm"

    def prepare(self, sources: Iterable[ClipSource], *, progress: Callable[[int, int], None] | None = None) -> Prepared:
        """Make every clip that is missing. `progress` hears (made, to make) after each.

        Raises SpeechError when the engine is missing or fails, naming where the text stands, and SettingError when a
        recording cannot be used (all of them at once) or the folder cannot be written.
        """
        wanted = {source.key: source for source in sources}
        missing = [source for key, source in wanted.items() if not self._whole(self.path(key))]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(f"clips cannot be kept in {self._folder}: {error.strerror}") from error
        self._check_voices(missing)
        unusable: list[str] = []
        for number, (source, made) in enumerate(self._made(missing), 1):
            if isinstance(made, WavError):
                unusable.append(f"{source.place}: {Path(source.recording).name} {made}")
                continue
            if isinstance(made, SpeechError):
                raise SpeechError(f"{source.place}: {made}" if source.place else str(made)) from made
            self._write(source.key, np.pad(made, (0, RATE * source.pause_ms // 1000)))
            if progress:
                progress(number, len(missing))
        if unusable:
            raise SettingError("\n".join(unusable))
        return Prepared(made=len(missing), kept=len(wanted) - len(missing))

    def _whole(self, path: Path) -> bool:
        try:
            size = path.stat().st_size
        except OSError:
            return False
        return size > 0 and size % 2 == 0

    def _check_voices(self, missing: list[ClipSource]) -> None:
        asked = {source.voice: source for source in missing if source.text and source.voice and not source.recording}
        for voice, source in asked.items():
            wrong = self._engine.refuses(voice)
            if wrong:
                raise SpeechError(f"{wrong} (gateway.yaml, site: languages: {source.language})")

    def _made(self, missing: list[ClipSource]) -> Iterator[tuple[ClipSource, Samples | WavError | SpeechError]]:
        """Every clip in turn: the texts of one voice together, because an engine may need long to begin."""
        spoken: dict[tuple[str, str], list[ClipSource]] = {}
        for source in missing:
            if source.recording:
                try:
                    yield source, recording(Path(source.recording), music=source.music).clip
                except WavError as error:
                    yield source, error
            elif source.text:
                spoken.setdefault((source.language, source.voice), []).append(source)
            elif source.key == WAITING_MUSIC:
                yield source, waiting_music()
            else:
                raise SettingError(f"clip {source.key} says neither a text nor a recording")
        for (language, voice), sources in spoken.items():
            clips = self._engine.render_all([source.text for source in sources], language, voice)
            yield from zip(sources, clips, strict=True)

    def _write(self, key: str, samples: Samples) -> None:
        """Under another name first, so that a line process never finds half a clip."""
        try:
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(samples.astype("<i2").tobytes())
                    stream.flush()
                    os.fsync(stream.fileno())
                    os.fchmod(stream.fileno(), 0o644)
                Path(name).replace(self.path(key))
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise SettingError(f"clips cannot be kept in {self._folder}: {error.strerror}") from error

    def load(self, keys: Mapping[str, object] | Iterable[str]) -> dict[str, Samples]:
        """Clips as they were made, for tests and tools."""
        return {key: np.frombuffer(self.path(key).read_bytes(), "<i2") for key in keys}
