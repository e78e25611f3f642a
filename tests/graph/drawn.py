"""Reads back, strictly, the small part of Mermaid and of DOT that the gateway writes: anything else is an error."""

from __future__ import annotations

import re

TEXT = r'"((?:[^\W_]|[ .,:\-_()/?!+=…]|#\d+;|<br/>)*)"'
BOX = re.compile(rf" +(n\d+)(?:\(\[{TEXT}\]\)|\[\[{TEXT}\]\]|\[{TEXT}\]|\{{\{{{TEXT}\}}\}}|\({TEXT}\)|>{TEXT}\])")
ARROW = re.compile(rf"  (n\d+) (-->|-\.->)(?:\|{TEXT}\|)? (n\d+)")
FRAME = re.compile(rf"  subgraph f\d+\[{TEXT}\]")

DOT_TEXT = r'"((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
DOT_BOX = re.compile(rf" +(n\d+) \[label={DOT_TEXT}, shape=\w+(?:, (?:style={DOT_TEXT}|peripheries=2))?\];")
DOT_ARROW = re.compile(rf"  (n\d+) -> (n\d+)(?: \[(?:label={DOT_TEXT})?(?:, )?(style=dashed)?\])?;")
DOT_LABEL = re.compile(rf"    label={DOT_TEXT};")


def read_mermaid(text):
    """(boxes: id -> lines, arrows: (source, target, label, dashed), frames)."""
    first, *lines = text.splitlines()
    assert first == "flowchart TD"
    boxes, arrows, frames, depth = {}, [], [], 0
    for line in lines:
        if found := BOX.fullmatch(line):
            assert found[1] not in boxes
            boxes[found[1]] = _plain(next(t for t in found.groups()[1:] if t is not None))
        elif found := ARROW.fullmatch(line):
            arrows.append((found[1], found[4], " ".join(_plain(found[3] or "")), found[2] == "-.->"))
        elif found := FRAME.fullmatch(line):
            frames.append(_plain(found[1])[0])
            depth += 1
        else:
            assert line == "  end", line
            depth -= 1
    assert depth == 0
    return boxes, arrows, frames


def read_dot(text):
    """The same of DOT."""
    first, second, *lines, last = text.splitlines()
    assert first == "digraph flow {"
    assert second.startswith("  node [")
    assert last == "}"
    boxes, arrows, frames, depth = {}, [], [], 0
    for line in lines:
        if found := DOT_BOX.fullmatch(line):
            assert found[1] not in boxes
            boxes[found[1]] = _undot(found[2])
        elif found := DOT_ARROW.fullmatch(line):
            arrows.append((found[1], found[2], " ".join(_undot(found[3] or "")), bool(found[4])))
        elif found := DOT_LABEL.fullmatch(line):
            frames.append(_undot(found[1])[0])
        elif re.fullmatch(r"  subgraph cluster_\d+ \{", line):
            depth += 1
        else:
            assert line == "  }", line
            depth -= 1
    assert depth == 0
    return boxes, arrows, frames


def _plain(text):
    return [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line) for line in text.split("<br/>")]


def _undot(text):
    parts = re.sub(r"\\(.)", lambda found: {"n": "\0", "\\": "\\", '"': '"'}[found[1]], text).split("\0")
    return [part.replace("&amp;", "&") for part in parts]
