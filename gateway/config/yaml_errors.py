"""What YAML's parser means when it gives up, in words for somebody who has never heard of YAML.

The parser exists twice (libyaml and PyYAML's own) with slightly different sentences; the table matches both.
"""

from __future__ import annotations

import yaml

from gateway.config.problems import Place

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
_NEEDS_ALL = {"violates indentation", "while scanning a quoted scalar"}


def explain(error: yaml.YAMLError, text: str, file: str) -> tuple[Place, str, str]:
    """Place, message and hint for an error of the parser on `text`."""
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
        for odd, name in (("\t", "a tab"), ("\xa0", "a no-break space")):
            if odd in indent and lines[number].strip():
                place = Place(file, number + 1, indent.index(odd) + 1)
                return place, f"{name} is used to line things up", "replace it by spaces"
    place = Place(file, line + 1, column + 1)
    at = lines[line][column : column + 1]
    if lines[line].startswith("%"):
        return place, "a line cannot begin with % here", "put the text in quotes"
    if "cannot start any token" in sentence:
        return place, f"a value cannot begin with {'a tab' if at == chr(9) else at}", "put the text in quotes"
    unfit = "expected key" in sentence or "<block end>" in sentence
    if unfit and lines[line][:column].rstrip().endswith(('"', "'")):
        return place, "text goes on after the closing quote", "put the whole text between the quotes"
    unfit = "expected key" in sentence or "<block end>" in sentence
    if unfit and lines[line][:column].rstrip().endswith(("}", "]")):
        return place, "text goes on after a closing bracket", "put a text that begins with { or [ in quotes"
    for pieces, message, hint in _TABLE:
        wanted = all if pieces[0] in _NEEDS_ALL else any
        if wanted(piece in sentence for piece in pieces):
            return place, message, hint
    return place, "this cannot be read", f"the YAML parser says: {error.problem}"
