"""A table as Excel, LibreOffice or a CRM saves it: which letters, which separator, and every cell with its place.

UTF-8 with or without a byte order mark, UTF-16 (Excel's "Unicode text") and CP1250 (Excel's "CSV" in Poland) are
told apart by their bytes. Quotes as in RFC 4180.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from gateway.config.problems import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.problems import Problems

SEPARATORS = ";,\t"
CELLS_MAX = 200
_LINE_ENDS = re.compile(r"\r\n?")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


class Cell(NamedTuple):
    """One value; line and column from 1, width in characters of its first line."""

    value: str
    line: int
    column: int
    width: int


def decode(data: bytes, file: str, problems: Problems) -> str | None:
    r"""The table's text with \\n line ends; None with a problem when its letters cannot be told."""
    text: str | None = None
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = _cp1250(data)
        if text is None:
            row = data[data.rfind(b"\n", 0, error.start) + 1 :].split(b"\n")[0][:1000]
            line = data.count(b"\n", 0, error.start) + 1
            problems.register(file, "\n" * (line - 1) + row.decode("utf-8", "replace").rstrip("\r"))
            before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
            problems.add(
                Place(file, line, len(before) + 1),
                "this is neither UTF-8 nor Windows CP1250",
                hint='save it from Excel as "CSV UTF-8"',
            )
            return None
    return _LINE_ENDS.sub("\n", text) if text is not None else None


def _cp1250(data: bytes) -> str | None:
    """As CP1250, unless the bytes are UTF-8 with a few spoilt letters, which CP1250 would turn into nonsense."""
    good = sum(len(found) for found in _MULTIBYTE.findall(data))
    if good * 2 > len(_HIGH.findall(data)):
        return None
    try:
        return data.decode("cp1250")
    except UnicodeDecodeError:
        return None


def separator(text: str) -> tuple[str, int]:
    """The separator, and at which index the header begins (after Excel's own `sep=;` line, if it is there)."""
    start = 0
    first = text.partition("\n")[0].strip(" ")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], text.find("\n") + 1 or len(text)
    while start < len(text) and text[start] in "\n ":
        start += 1
    header = re.sub(r'"[^"]*"', "", text[start:].partition("\n")[0])
    return max(SEPARATORS, key=header.count), start


def rows(text: str, split: str, start: int, file: str, problems: Problems) -> Iterator[list[Cell]]:
    """Each record from index `start` on. A quote that is never closed is a problem and ends the table."""
    line = text.count("\n", 0, start) + 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        row = text[start:end]
        if '"' not in row:
            cells, column = [], 1
            for value in row.split(split, CELLS_MAX):
                cells.append(Cell(value.strip(), line, column, max(1, len(value))))
                column += len(value) + 1
            start = end + 1
            yield cells
        else:
            cells, start, problem = _quoted(text, split, start, line)
            if problem:
                problems.add(
                    Place(file, problem.line, problem.column),
                    'a quote " is opened here and never closed',
                    hint='a quote inside quotes is written twice: ""',
                )
                return
            yield cells
        line += text.count("\n", end - len(row), start)


def _quoted(text: str, split: str, start: int, line: int) -> tuple[list[Cell], int, Cell | None]:
    """A record with quotes: its cells, the index behind it, and the cell whose quote is open."""
    cells: list[Cell] = []
    row_start = at = start
    while True:
        cell_line, column = line, at - row_start + 1
        while at < len(text) and text[at] == " ":
            at += 1
        if at < len(text) and text[at] == '"':
            pieces = []
            at += 1
            while True:
                end = text.find('"', at)
                if end < 0:
                    return cells, len(text), Cell("", cell_line, column, 1)
                pieces.append(text[at:end])
                at = end + 1
                if at < len(text) and text[at] == '"':
                    pieces.append('"')
                    at += 1
                else:
                    break
            value = "".join(pieces)
            breaks = value.count("\n")
            if breaks:
                line += breaks
                row_start = text.rfind("\n", 0, at) + 1
        else:
            value = ""
        rest = at
        while at < len(text) and text[at] not in {split, "\n"}:
            at += 1
        value += text[rest:at]
        width = 1 if cell_line != line else at - row_start - column + 1
        cells.append(Cell(value.strip(" "), cell_line, column, max(1, width)))
        if at >= len(text) or text[at] == "\n" or len(cells) > CELLS_MAX:
            end = text.find("\n", at)
            return cells, len(text) if end < 0 else end + 1, None
        at += 1
