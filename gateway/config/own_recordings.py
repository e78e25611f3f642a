"""A person's voice in place of the engine's: `prompts/LANGUAGE/WHAT IS SAID.wav` is played wherever that is said.

The name of the file is the text: letters and digits count, capitals, spaces and signs do not. A long text is named by
its first words and six signs that stand for the whole, as `gateway prompts list` tells; so a recording of a text that
was changed since fits nothing any more, is reported, and is never played in its place.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from gateway.config.fields import shown
from gateway.config.problems import Place, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gateway.config.problems import Problems

FOLDER = "prompts"
PLAIN_MAX = 48
"""A text of so many letters is its own name."""
WORDS_MAX = 40
"""So many letters of a longer one begin its name."""
FILES_MAX = 20_000
_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """What of a text counts: letters and digits, in small letters, joined by hyphens."""
    return _BETWEEN.sub("-", unicodedata.normalize("NFC", text).casefold()).strip("-")


def file_name(text: str) -> str:
    """The name, with .wav, under which a recording of `text` is looked for."""
    return f"{_short(plain(text))}.wav"


def _short(name: str) -> str:
    if len(name) <= PLAIN_MAX:
        return name
    begins = name[: WORDS_MAX + 1].rpartition("-")[0] or name[:WORDS_MAX]
    return f"{begins}-{hashlib.blake2b(name.encode(), digest_size=3).hexdigest()}"


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """One recording in a language's folder. `file` is what people call it: prompts/pl/pięć.wav."""

    path: Path
    file: str
    language: str


class OwnRecordings:
    """The recordings of a site folder, by language and text. Only names are read here."""

    def __init__(self, folder: Path, languages: Iterable[str], problems: Problems) -> None:
        self._found: dict[tuple[str, str], Own] = {}
        self._used: set[str] = set()
        self._fitting: dict[str, set[str]] = {}
        root = folder / FOLDER
        self.files: dict[str, None] = dict.fromkeys(sorted(_names(root, "")))
        """Every recording, by its name below prompts/."""
        for language in languages:
            for name in sorted(_names(root / language, f"{language}/")):
                self.files[name] = None
                own = Own(path=root / name, file=f"{FOLDER}/{name}", language=language)
                first = self._found.setdefault((language, plain(own.path.name[: -len(".wav")])), own)
                if first is not own:
                    problems.add(
                        Place(own.file),
                        f"this and {shown(first.file)} are recordings of one text",
                        hint="keep the better one",
                    )

    def find(self, text: str, language: str) -> Own | None:
        """The recording of a text, under its full or its short name. Counts as used from here on."""
        name = plain(text)
        if not name or not self._found:
            return None
        self._fitting.setdefault(language, set()).add(file_name(text))
        found = self._found.get((language, name)) or self._found.get((language, _short(name)))
        if found is not None:
            self._used.add(found.file)
        return found

    def named(self, name: str) -> None:
        """A recording that a flow names itself is used."""
        self._used.add(f"{FOLDER}/{name}")

    def unused(self) -> dict[str, str]:
        """Recordings that nothing plays, and the name of the nearest text that has none."""
        left = {}
        for (language, _), own in self._found.items():
            if own.file not in self._used:
                taken = {o.path.name for (tongue, _), o in self._found.items() if tongue == language}
                near = nearest(own.path.name, tuple(sorted(self._fitting.get(language, set()) - taken)))
                left[own.file] = f"{FOLDER}/{language}/{near}" if near else ""
        return left


def _names(root: Path, before: str) -> list[str]:
    """WAV files right in a folder; an editor's and a system's own files are none."""
    try:
        paths = list(root.iterdir())[:FILES_MAX]
    except OSError:
        return []
    return [
        before + path.name for path in paths if path.suffix.lower() == ".wav" and not path.name.startswith((".", "~"))
    ]
