"""What a site says, one row a text: where, which file would be a person's voice for it, and whose voice it is now."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gateway.audio.engines import Engines
from gateway.audio.recordings import recording
from gateway.config.own_recordings import FOLDER, file_name
from gateway.config.problems import Problem
from gateway.core.speech.wav import WavError
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.audio.speech import SpeechEngine
    from gateway.config.settings import ClipSource, Settings

COLUMNS = ("file", "language", "text", "said in", "voice")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One text or recording."""

    text: str
    """What is said; empty for a recording that a flow plays by its name, and for music."""
    language: str
    where: tuple[str, ...]
    """FLOW.STEP (FILE:LINE), or the place alone outside of flows."""
    file: str
    """In the site's folder: the recording that is played, or the name under which one would be."""
    recorded: bool
    voice: str
    """The engine's voice, where there is no recording."""
    value: str = ""
    """The variable that can become this text, such as "{manager}"."""
    count: int = 1
    """Of the texts of one variable that were put together in this row, how many there are ..."""
    recorded_count: int = 0
    """... and how many of them are recorded."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One recording, looked at. `wrong`: why it cannot be used; then there are no figures."""

    file: str
    wrong: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    rate: int = 0
    channels: int = 0
    bits: int = 0
    level_dbm0: float = 0.0
    peak_dbm0: float = 0.0
    clipped_share: float = 0.0


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """All that there is to say about the prompts of a site."""

    recordings: tuple[Looked, ...]
    voices: tuple[str, ...]
    """Voices that cannot speak: why, and the remedy."""
    notes: tuple[str, ...]
    texts: int
    texts_recorded: int

    @property
    def good(self) -> bool:
        """Whether every prompt can be played."""
        return not self.voices and not any(looked.wrong for looked in self.recordings)


def rows(settings: Settings, *, language: str = "", values: bool = False) -> list[Row]:
    """The table, in the order of the files. Without `values` the texts that a variable can become are one row."""
    where = _Where(settings)
    wanted = [s for s in settings.clips if (s.text or s.recording) and language in {"", s.language}]
    found = [_row(settings, source, where) for source in wanted]
    return found if values else _put_together(found)


def sheet(table: Iterable[Row]) -> str:
    """The table as CSV for a speaker in a studio and a spreadsheet; the file names are those to record under."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in {row.file: row for row in table if row.text}.values():  # a word can belong to several kinds
        voice = "recorded" if row.recorded else row.voice
        writer.writerow((row.file, row.language, row.text, ", ".join(row.where), voice))
    return out.getvalue()


def check(settings: Settings, engine: SpeechEngine | None = None) -> Checked:
    """Look at every recording and every voice of a site. Nothing is rendered."""
    engine = engine or Engines()
    looked: dict[str, Looked] = {}
    voices: dict[str, str] = {}
    for source in settings.clips:
        if source.recording:
            file = _file(settings, source)
            if file not in looked:
                looked[file] = _look(file, Path(source.recording), music=source.music)
        elif source.text and source.voice not in voices:
            voices[source.voice] = engine.refuses(source.voice)
    texts = [row for row in rows(settings, values=True) if row.text]
    return Checked(
        recordings=tuple(sorted(looked.values(), key=lambda one: one.file)),
        voices=tuple(wrong for wrong in voices.values() if wrong),
        notes=(*_spare(settings), *_two_voices(rows(settings))),
        texts=len(texts),
        texts_recorded=sum(row.recorded for row in texts),
    )


def problems(settings: Settings) -> list[Problem]:
    """The recordings that cannot be used, as mistakes of the site."""
    used = {_file(settings, source): source for source in settings.clips if source.recording}
    looked = [_look(file, Path(source.recording), music=source.music) for file, source in sorted(used.items())]
    return [Problem(file=one.file, message=f"the recording {one.wrong}") for one in looked if one.wrong]


def _look(file: str, path: Path, *, music: bool) -> Looked:
    try:
        made = recording(path, music=music)
    except (WavError, SettingError) as error:
        return Looked(file=file, wrong=str(error))
    return Looked(
        file=file,
        notes=made.notes,
        seconds=round(made.head.seconds, 2),
        rate=made.head.rate,
        channels=made.head.channels,
        bits=made.head.bits,
        level_dbm0=made.level_dbm0,
        peak_dbm0=made.peak_dbm0,
        clipped_share=made.clipped_share,
    )


def _spare(settings: Settings) -> list[str]:
    """Recordings that nothing plays: mostly of a text that was changed since."""
    notes = []
    for file, near in sorted(settings.spare_recordings.items()):
        remedy = (
            f"if it still says what {near} is for, give it that name" if near else "its text was changed or is gone"
        )
        notes.append(f"{file} is a recording of nothing that is said: {remedy}")
    return notes


def _two_voices(table: list[Row]) -> list[str]:
    return [
        f"{row.recorded_count} of the {row.count} {row.language} texts of {row.value} are recorded "
        f"({', '.join(row.where[:2])}): a caller hears two voices in one sentence"
        for row in table
        if 0 < row.recorded_count < row.count
    ]


def _row(settings: Settings, source: ClipSource, where: _Where) -> Row:
    own = f"{FOLDER}/{source.language}/{file_name(source.text)}" if source.text else ""
    return Row(
        text=source.text,
        language=source.language,
        where=tuple(dict.fromkeys(where.of(place) for place in source.places or (source.place,))),
        file=_file(settings, source) if source.recording else own,
        recorded=bool(source.recording),
        voice="" if source.recording else source.voice,
        value=source.value,
        recorded_count=int(bool(source.recording)),
    )


def _file(settings: Settings, source: ClipSource) -> str:
    path, folder = Path(source.recording), Path(settings.folder)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else source.recording


def _put_together(table: list[Row]) -> list[Row]:
    """All texts that one variable can become as one row, where they are more than one."""
    first: dict[tuple[str, str, tuple[str, ...]], int] = {}
    found: list[Row] = []
    for row in table:
        mark = (row.value, row.language, row.where)
        if not row.value or mark not in first:
            first[mark] = len(found)
            found.append(row)
            continue
        at = first[mark]
        before = found[at]
        found[at] = msgspec.structs.replace(
            before,
            count=before.count + 1,
            recorded_count=before.recorded_count + row.recorded_count,
            recorded=before.recorded and row.recorded,
        )
    return found


class _Where:
    """Which step a line of a flow file belongs to: the last that begins at or above it."""

    def __init__(self, settings: Settings) -> None:
        self._steps: dict[str, list[tuple[int, str]]] = {}
        for flow in settings.site.flows.values():
            for name, step in flow.steps.items():
                file, line = _split(step.place)
                if step.place.count(":") >= 2:
                    self._steps.setdefault(file, []).append((line, f"{flow.id}.{name}"))
        for steps in self._steps.values():
            steps.sort()

    def of(self, place: str) -> str:
        file, line = _split(place)
        steps = self._steps.get(file, [])
        at = bisect_right(steps, (line, "\U0010ffff"))
        named = f"{steps[at - 1][1]} " if at else ""
        return f"{named}({file}:{line})" if named else f"{file}:{line}"


def _split(place: str) -> tuple[str, int]:
    file, _, tail = place.rpartition(":")
    file, _, line = file.rpartition(":")
    return (file, int(line)) if line.isdigit() and tail.isdigit() else (place, 0)
