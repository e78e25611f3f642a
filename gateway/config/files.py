"""Reading a site's files: bounded, never blocking, every failure a problem; what was read makes the site's version."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.config.problems import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.config.problems import Problems

BYTES_MAX = 5_000_000
"""Larger than any client list of an office."""
YAML_MAX = 1_000_000
"""A flow of 6,000 steps; what is larger is no flow, and would take seconds to refuse step by step."""
RECORDING_MAX = 50_000_000


NO_SECRETS = Path("/dev/null")
"""In place of the folder in which passwords lie: they are not looked for, and not judged."""


class SiteFiles:
    """The files of one load. `contents` keeps what was read, by the name that people see. `secrets` is where passwords
    lie (the folder itself unless told otherwise), `shipped_flows` what stands for the flows of the program."""

    def __init__(
        self, folder: Path, problems: Problems, *, secrets: Path | None = None, shipped_flows: Path | None = None
    ) -> None:
        self.folder, self.problems = folder, problems
        self.secrets = folder if secrets is None else secrets
        self.shipped_flows = shipped_flows
        self.contents: dict[str, bytes] = {}

    def read(
        self, path: Path, file: str, *, asked: Place | None = None, limit: int = BYTES_MAX, missing_hint: str = ""
    ) -> bytes | None:
        """The bytes of `path`, shown to people as `file`; None with a problem at `asked` (or the file) otherwise."""
        if file in self.contents:
            return self.contents[file]
        data = read_bytes(path, self.problems, asked or Place(file), file, limit, missing_hint=missing_hint)
        if data is not None:
            self.contents[file] = data
        return data

    def meant(self, name: str) -> str:
        """The file of the folder that was probably meant to be `name`: other capitals, another ending, .txt behind."""
        stem = name.partition(".")[0].casefold() + "."
        found = (path.name for path in sorted(self.folder.glob("*")) if path.name.casefold().startswith(stem))
        return next(found, "")

    def text(self, path: Path, file: str, *, missing_hint: str = "") -> str | None:
        """A UTF-8 text of at most YAML_MAX bytes, byte order mark removed."""
        data = self.read(path, file, limit=YAML_MAX, missing_hint=missing_hint)
        if data is None:
            return None
        if foreign := _no_text(data):
            self.problems.add(Place(file), foreign[0], hint=foreign[1])
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            start = data.rfind(b"\n", 0, error.start) + 1
            before = data[start : error.start].decode("utf-8", "replace")
            line = data.count(b"\n", 0, error.start) + 1
            row = data[start : start + 1000].split(b"\n")[0].decode("cp1250", "replace").rstrip("\r")
            self.problems.register(file, "\n" * (line - 1) + row)
            self.problems.add(
                Place(file, line, len(before) + 1),
                "the file is not UTF-8",
                hint="save it anew with the encoding UTF-8",
            )
            return None


def _no_text(data: bytes) -> tuple[str, str] | None:
    """What a file is that shows nothing worth reading as text, and the remedy."""
    even, odd = data[:200:2], data[1:200:2]
    half_empty = (even.count(0) == 0 and odd.count(0) > len(odd) // 2) or (
        odd.count(0) == 0 and even.count(0) > len(even) // 2
    )  # Latin letters of two bytes, without a byte order mark
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or half_empty:
        return 'the file is saved as UTF-16 ("Unicode")', "save it anew with the encoding UTF-8"
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"%PDF")):
        return "the file is a document, not a text", "write it with a text editor, and save it as plain text in UTF-8"
    return None


def read_bytes(
    path: Path, problems: Problems, place: Place, file: str, limit: int, *, missing_hint: str = ""
) -> bytes | None:
    """The whole file if it is a regular one and at most `limit` bytes; else None and a problem at `place`."""
    try:
        if not path.exists():
            problems.add(place, f"there is no file {file}", hint=missing_hint)
            return None
        if not path.is_file():
            problems.add(place, f"{file} is not a file")
            return None
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        problems.add(place, f"{file} cannot be read: {reason}")
        return None
    if len(data) > limit:
        problems.add(place, f"{file} is larger than {limit / 1e6:.0f} MB", hint="this is not the file that was meant")
        return None
    return data


def site_version(files: Mapping[str, bytes]) -> str:
    """Hash of the files that a site was read from: same names and bytes, same version (16 hex digits)."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(files):
        content = hashlib.blake2b(files[name], digest_size=16).digest()
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + content)
    return digest.hexdigest()
