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

from gateway.audio import speech
from gateway.audio.music import waiting_music
from gateway.audio.speech import EspeakNg
from gateway.config.settings import WAITING_MUSIC
from gateway.core.wav import WavError, wav_head
from gateway.errors import SettingError, SpeechError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gateway.audio.speech import Samples, SpeechEngine
    from gateway.config.settings import ClipSource

RECORDING_DBM0 = (-36.0, -9.0)
"""Active level of a recording that is taken as it is. Fainter is lost in the noise of a street; louder is clipped by
the codecs on the way (speech at -9 dBm0 peaks at full scale)."""
CLIPPED_RUN = 3
"""So many samples in a row at full scale were cut off; speech never stands still there."""
CLIPPED_SHARE_MAX = 0.0005
"""Share of cut-off samples that nobody hears."""
_FULL_SCALE = 0.999


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What `prepare` did."""

    made: int
    kept: int


class PromptStore:
    """A folder of clips. One process at a time writes; line processes read."""

    def __init__(self, folder: Path, engine: SpeechEngine | None = None) -> None:
        self._folder = folder
        self._engine: SpeechEngine = engine or EspeakNg()

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
        for number, source in enumerate(missing, 1):
            try:
                samples = self._make(source)
            except WavError as error:
                unusable.append(f"{source.place}: {Path(source.recording).name} {error}")
                continue
            self._write(source.key, samples)
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
        asked = {source.voice: source for source in missing if source.text and source.voice}
        if not asked:
            return
        known = self._engine.voices()
        for voice, source in asked.items():
            if voice.split("+")[0] not in known:  # espeak-ng writes a variant behind a +
                raise SpeechError(
                    f"there is no voice {voice!r} for {source.language!r} (gateway.yaml, site: languages:)"
                )

    def _make(self, source: ClipSource) -> Samples:
        if source.recording:
            return recording(Path(source.recording))
        if source.text:
            try:
                return self._engine.render(source.text, source.language, source.voice)
            except SpeechError as error:
                raise SpeechError(f"{source.place}: {error}" if source.place else str(error)) from error
        if source.key == WAITING_MUSIC:
            return waiting_music()
        raise SettingError(f"clip {source.key} says neither a text nor a recording")

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


def recording(path: Path) -> Samples:
    """A WAV file as a clip: one channel, 8 kHz, its own level, silence at the ends trimmed.

    Raises WavError, whose text follows the file's name in a sentence, when it is damaged, silent, clipped, too faint
    or too loud, and SettingError when it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}") from error
    head = wav_head(data)
    sound = speech.mono(data, head)
    if speech.rms_dbm0(sound) < speech.SILENT_DBM0:
        raise WavError("is silent")
    share = clipped_share(sound)
    if share > CLIPPED_SHARE_MAX:
        raise WavError(f"is clipped: {share:.1%} of it is cut off; record it again with less gain")
    narrow = speech.trimmed(speech.to_8k(sound, head.rate))
    level = speech.active_dbm0(narrow)
    low, high = RECORDING_DBM0
    if not low <= level <= high:
        wrong = "faint" if level < low else "loud"
        raise WavError(
            f"is too {wrong}: {level:.0f} dBm0, it should lie between {low:.0f} and {high:.0f} "
            f"(about {speech.SPEECH_DBM0:.0f} sounds like the other prompts)"
        )
    return speech.as_pcm(speech.limit(narrow, speech.PEAK_DBM0 + 3.0))


def clipped_share(sound: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Share of the samples that stand at full scale in runs of CLIPPED_RUN and more."""
    full = np.abs(sound) >= _FULL_SCALE
    if not full.any():
        return 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= CLIPPED_RUN].sum() / sound.size)
