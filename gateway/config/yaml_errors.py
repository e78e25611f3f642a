"""What YAML's parser means when it gives up, in words for somebody who has never heard of YAML.

The parser exists twice (libyaml and PyYAML's own) with slightly different sentences; the table matches both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from gateway.config.problems import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[tuple[int, int], tuple[int, int]]
"""Where a quoted text begins, and where it ends: line and column, from 0."""

_INDENT = "steps and their options are lined up with spaces: two more than the line above that they belong to"
_QUOTES = 'put the whole text in quotes, say: "Faktury: jeden"'

# (a piece of the parser's sentence, what is wrong, the remedy); the first that fits is used.
_TABLE = (
    (("mapping values are not allowed",), "a second ':' in one line", _QUOTES),
    (("alias",), "a value or key cannot begin with * here", 'write it in quotes: "*"'),
    (("anchor",), "a value cannot begin with & here", "put the text in quotes"),
    (("violates indentation", "tab"), "a tab is used where spaces belong", "replace tabs by spaces"),
    (("while scanning a quoted scalar", "unexpected end of stream"), "a quote is opened here and never closed", ""),
    (("unexpected end of stream",), "a quote is opened and never closed", ""),
    (
        ("unknown escape character",),
        'inside "double quotes" a \\ is special',
        "write \\\\, or use 'single quotes'",
    ),
    (
        ("while parsing a flow mapping",),
        "a { is opened and not rightly closed by }",
        "a text with { } needs quotes",
    ),
    (
        ("while parsing a flow sequence",),
        "a [ is opened and not rightly closed by ]",
        "a text with [ ] needs quotes",
    ),
    (("sequence entries are not allowed",), "a '- ' cannot stand here", _INDENT),
    (("could not find expected ':'",), "a line without ':'", f"every line is `key: value`; {_INDENT}"),
    (("'-' indicator",), "a line of a list that does not begin with '- '", _INDENT),
    (("did not find expected key", "expected <block end>"), "this line does not fit the lines above it", _INDENT),
    (("block scalar",), "a text after | or > is not rightly begun", "put the text in quotes instead"),
    (("tag",), "a value cannot begin with ! here", "put the text in quotes"),
    (("<document start>",), "nothing can follow here", _INDENT),
)
_COLON_NO_BREAK = re.compile(r"""[ -]*[^\s#:"'{\[]+:\xa0""")
_NEEDS_ALL = {"violates indentation", "while scanning a quoted scalar"}


def explain(error: yaml.YAMLError, text: str, file: str, quoted: Sequence[Span] = ()) -> tuple[Place, str, str]:
    """Place, message and hint for an error of the parser on `text`; `quoted` are the quoted texts before it."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Place(file), "this is not YAML", ""
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    sentence = f"{error.context or ''} {error.problem or ''}"
    opened = error.context_mark
    if opened and opened.line < len(lines) and ("quoted scalar" in sentence or "parsing a flow" in sentence):
        line, column = opened.line, opened.column
    elif opened and opened.line < line < len(lines) and "expected ':'" in sentence:
        line, column = opened.line, opened.column  # the parser noticed in the line below
    for number in range(line, max(-1, line - 2), -1):
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        if "\t" in indent and lines[number].strip():
            place = Place(file, number + 1, indent.index("\t") + 1)
            return place, "a tab is used to line things up", "replace it by spaces"
    space = _no_break_space(lines[: line + 1], file)
    if space is not None:
        return space
    place = Place(file, line + 1, column + 1)
    at = lines[line][column : column + 1]
    if lines[line].startswith("%"):
        return place, "a line cannot begin with % here", "put the text in quotes"
    if "cannot start any token" in sentence:
        return place, f"a value cannot begin with {'a tab' if at == chr(9) else at}", "put the text in quotes"
    unfit = "expected key" in sentence or "<block end>" in sentence
    if unfit and lines[line][:column].rstrip().endswith(('"', "'")):
        start, end = quoted[-1] if quoted else ((line, 0), (line, 0))
        if start[0] < line == end[0]:  # the quote that is missing is that of an earlier text; this one closed it
            missing = f"the quote that is opened here is not closed before the next one, in line {line + 1}"
            return Place(file, start[0] + 1, start[1] + 1), missing, "put a quote at the end of the text"
        return place, "text goes on after the closing quote", "put the whole text between the quotes"
    if unfit and lines[line][:column].rstrip().endswith(("}", "]")):
        return place, "text goes on after a closing bracket", "put a text that begins with { or [ in quotes"
    for pieces, message, hint in _TABLE:
        wanted = all if pieces[0] in _NEEDS_ALL else any
        if wanted(piece in sentence for piece in pieces):
            return place, message, hint
    return place, "this cannot be read", f"the YAML parser says: {error.problem}"


def _no_break_space(lines: Sequence[str], file: str) -> tuple[Place, str, str] | None:
    """The last no-break space that stands where YAML wants a space: it looks like one and is a letter, so what the
    parser complains of can come many lines later."""
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        indent = line[: len(line) - len(line.lstrip())]
        if "\xa0" in indent and line.strip():
            place = Place(file, number + 1, indent.index("\xa0") + 1)
            return place, "a no-break space is used to line things up", "replace it by spaces"
        behind = _COLON_NO_BREAK.match(line)
        if behind:
            place = Place(file, number + 1, behind.end())
            return place, "a no-break space stands behind the ':'", "replace it by a space"
    return None
