"""A mistake in a person's file is data with a place; all are collected, and one function writes them out.

The plain text of `render` is stable: tests and golden files compare it byte by byte. Passwords in a line of a file
are covered before the line is kept, so that no problem, log or JSON answer can show one.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LINE_SHOWN = 110
"""A longer line is shown as a window around the column."""
ROWS_SHOWN = 100
"""`render` writes out that many problems and counts the rest."""
PROBLEMS_MAX = 1000
"""So many are kept; the rest are counted. A file that is something else altogether would make a million."""
NAMES_COMPARED = 200
_NEAR = 0.6
_SECRET = re.compile(
    r"""
    (?P<key>
        (?<![\w-])
        # These only point to one, or tell where it is sent.
        (?! (?:password|token)_file\b | token_header\b
          | (?:password|token)_env["']?\s*:\s*["']?(?-i:[A-Z][A-Z0-9_]*)\b )
        (?: [\w-]* (?: pass | pasw | secret | has[lł]o | pwd | token ) [\w-]*
          | pin (?:_env)? (?= ["']? \s*:\s* ["']? \d ) ) ["']? \s*:\s*
    )
    (?P<value> [^\s\#].* )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_URI_SECRET = re.compile(r"(?P<key>\b(?:sips?:|https?://)[^\s:@/]+:)(?P<value>[^\s@]+)@", re.IGNORECASE)
QUERY_SECRET = re.compile(
    r"(?P<key>[?&](?:[\w-]*[_-])?(?:api|app|access|auth|client)?"
    r"(?:key|token|secret|pass(?:word|wd)?|pwd|auth|sig|signature)=)(?P<value>[^\s&\"'{}]+)",
    re.IGNORECASE,
)
"""A secret in the query of an address, as far as its name tells. A value that is a variable is none."""


class Place(NamedTuple):
    """Where something stands: a file as people name it, line and column from 1 (0: the file as a whole),
    and how many characters it takes in that line."""

    file: str
    line: int = 0
    column: int = 0
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake. `message` says what is wrong, `expected` what would be right, `nearest` the name that was
    probably meant, `hint` the remedy; `source` is the line of the file, passwords covered."""

    file: str
    line: int = 0
    column: int = 0
    width: int = 1
    message: str
    expected: str = ""
    nearest: str = ""
    hint: str = ""
    source: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.message}"

    def as_json(self) -> dict[str, object]:
        """For editors and programs: the fields, as what JSON knows."""
        return msgspec.structs.asdict(self)


class Problems:
    """Collects what readers find; knows the text of the files to show the lines."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._order: dict[str, int] = {}
        self._found: list[Problem] = []
        self._told: set[tuple[str, int, int, str]] = set()
        self._more: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._found)

    def files(self) -> frozenset[str]:
        """Those in which something was found."""
        return frozenset(problem.file for problem in self._found)

    @property
    def full(self) -> bool:
        """Whether there are so many that looking on is of no use."""
        return len(self._found) >= PROBLEMS_MAX

    def register(self, file: str, text: str) -> None:
        """Give the text of a file, so that its problems show their line."""
        self._lines[file] = text.split("\n")
        self._order.setdefault(file, len(self._order))

    def line(self, file: str, line: int) -> str:
        """Line `line` (from 1) of a registered file, or nothing."""
        lines = self._lines.get(file, [])
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def add(
        self,
        place: Place,
        message: str,
        *,
        expected: str = "",
        hint: str = "",
        wrong: str = "",
        among: Iterable[str] = (),
    ) -> None:
        """Note a problem, once. With `wrong` and `among`, the nearest of the known names is found."""
        if self.full:
            self._more[place.file] = self._more.get(place.file, 0) + 1
            return
        mark = (place.file, place.line, place.column, message)
        if mark in self._told:
            return
        self._told.add(mark)
        self._order.setdefault(place.file, len(self._order))
        self._found.append(
            Problem(
                file=place.file,
                line=place.line,
                column=place.column,
                width=max(1, place.width),
                message=message,
                expected=expected,
                nearest=nearest(wrong, tuple(among)) if wrong else "",
                hint=hint,
                source=cover_secrets(self.line(place.file, place.line)),
            )
        )

    def sorted(self) -> tuple[Problem, ...]:
        """All problems, in the order in which the files were read, then by place."""
        found = sorted(self._found, key=lambda p: (self._order.get(p.file, 0), p.line, p.column, p.message))
        return (*found, *(Problem(file=f, message=f"and {n} more mistakes") for f, n in self._more.items()))


def cover_secrets(line: str) -> str:
    """The line with every value of a password-like key, and passwords in SIP addresses, as `***`."""
    line = QUERY_SECRET.sub(r"\g<key>***", line)
    return _URI_SECRET.sub(r"\g<key>***@", _SECRET.sub(r"\g<key>***", line))


def nearest(wrong: str, among: tuple[str, ...]) -> str:
    """The name of `among` that `wrong` was probably meant to be, or nothing."""
    if len(among) > NAMES_COMPARED:  # comparing is slow; in a long list the length tells first
        among = tuple(name for name in among if abs(len(name) - len(wrong)) <= 2)[:50]
    return _nearest(wrong[:100].casefold(), among)


@functools.lru_cache(maxsize=1024)
def _nearest(wrong: str, among: tuple[str, ...]) -> str:
    folded = {name.casefold(): name for name in among}
    close = difflib.get_close_matches(wrong, folded, n=1, cutoff=_NEAR)
    return folded[close[0]] if close else ""


def render(problems: Sequence[Problem], *, colour: bool = False, limit: int = ROWS_SHOWN) -> str:
    """The problems as text for a terminal: place and message, the line with a caret, what was expected, the nearest
    name, the remedy. Without `colour` (give it only for a terminal) the text is plain and stable."""
    blocks = [_block(problem, colour=colour) for problem in problems[:limit]]
    left = len(problems) - limit
    if left > 0:
        blocks.append(f"... and {left} more\n")
    return "\n".join(blocks)


def _block(problem: Problem, *, colour: bool) -> str:
    bold, red, dim, off = ("\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m") if colour else ("", "", "", "")
    where = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    rows = [f"{bold}{_visible(where)}{off}: {red}{_visible(problem.message)}{off}"]
    if problem.line and problem.source.strip():
        shown, pad, width = _window(problem.source, problem.column - 1, problem.width)
        rows.append(f"{dim}{problem.line:>6} |{off} {shown}")
        rows.append(f"{dim}       |{off} {' ' * pad}{red}{'^' * width}{off}")
    if problem.expected:
        rows.append(f"       expected: {_visible(problem.expected)}")
    if problem.nearest:
        rows.append(f"       did you mean: {_visible(problem.nearest)}")
    if problem.hint:
        rows.append(f"       {_visible(problem.hint)}")
    return "\n".join(rows) + "\n"


def _window(line: str, column: int, width: int) -> tuple[str, int, int]:
    """The line cut to a window, and where in it the caret stands and how wide it is, in terminal cells."""
    start = 0
    if len(line) > LINE_SHOWN:
        start = max(0, min(column - LINE_SHOWN // 3, len(line) - LINE_SHOWN))
    shown = line[start : start + LINE_SHOWN]
    column -= start
    marked = shown[column : column + width]
    dots_before, dots_after = ("..." if start else ""), ("..." if start + LINE_SHOWN < len(line) else "")
    pad = _cells(shown[:column]) + len(dots_before)
    return dots_before + _visible(shown) + dots_after, pad, max(1, _cells(marked))


def _visible(text: str) -> str:
    """Control characters, tabs among them, as one visible character each: a file cannot steer a terminal."""
    return "".join(
        " " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text.replace("\xa0", " ")
    )


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
