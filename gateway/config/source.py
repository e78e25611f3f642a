"""People's YAML as nodes: every value stays the text that was typed and keeps its file, line and column.

`no`, `0123` and `12:30:45` are not interpreted, duplicate keys are seen, and whatever this reader does not use of YAML
(anchors, tags, several documents) is refused by name. The tree is built from the parser's events in a loop, not by
recursion, so a file of a million brackets is refused at the fortieth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from gateway.config.problems import Place
from gateway.config.yaml_errors import explain

if TYPE_CHECKING:
    from gateway.config.problems import Problems

DEPTH_MAX = 40
HASHES_MAX = 20
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_ENDS = re.compile(r"\r\n?")
# Everything that an editor does not show as a letter: control characters, marks of width nothing or direction; U+0085,
# U+2028 and U+2029 would be line ends to YAML alone.
_INVISIBLE = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\xac\xae-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff]"
)
_HASH_KEY = re.compile(r"(?:^[ \t]*(?:-[ \t]+)?|[{,][ \t]*)(#)[ \t]*:(?=[ \t]|$)", re.MULTILINE)


class Scalar(msgspec.Struct, frozen=True):
    """A text as it was typed; `quoted` tells "" from nothing at all."""

    value: str
    place: Place
    quoted: bool = False

    @property
    def missing(self) -> bool:
        """Nothing stands where a value belongs."""
        return not self.value and not self.quoted


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values in the order of the file, each key once."""

    items: dict[str, tuple[Scalar, Node]]
    place: Place


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: list[Node]
    place: Place


Node = Scalar | Mapping | Sequence


class _Refused(Exception):  # noqa: N818 - steers this module only
    """The problem is noted; the rest of the file cannot be read."""


def parse_yaml(text: str, file: str, problems: Problems) -> Node | None:
    """The file's one node. None when it cannot be read; then `problems` says why."""
    text = _LINE_ENDS.sub("\n", text)
    problems.register(file, text)
    hidden = _INVISIBLE.search(text)
    if hidden:
        problems.add(
            _place_of(text, hidden.start(), file),
            f"an invisible character (U+{ord(hidden[0]):04X}) stands here",
            hint="delete it and type the text anew; it often comes from copying out of a document or a web page",
        )
        return None
    builder = _Builder(file, problems)
    node: Node | None = None
    failed: yaml.YAMLError | None = None
    refused = False
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
        node = builder.root
    except yaml.YAMLError as error:
        failed = error
    except _Refused:
        refused = True
    hashes = _hash_keys(text, file, builder.multiline)
    for place in hashes:
        problems.add(
            place,
            "an unquoted # begins a comment, so this line is not there",
            hint='write the key in quotes: "#":',
        )
    if failed is not None and not hashes:
        place, message, hint = explain(failed, text, file, builder.multiline)
        problems.add(place, message, hint=hint)
    if node is None and not (failed or refused or hashes):
        problems.add(Place(file), "the file is empty")
    return node if not (failed or refused) else None


class _Builder:
    """Puts the parser's events together to nodes, without recursion."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file, self._problems = file, problems
        self._open: list[tuple[Mapping | Sequence, Scalar | None]] = []
        self._documents = 0
        self.root: Node | None = None
        self.multiline: list[tuple[tuple[int, int], tuple[int, int]]] = []
        """Spans of quoted and block texts, in which a # is a letter like any other."""

    def take(self, event: yaml.Event) -> None:
        """One event of the parser."""
        match event:
            case yaml.ScalarEvent():
                place = self._checked(event)
                quoted = bool(event.style)  # libyaml says "" of plain text, PyYAML's own parser None
                if quoted:
                    self.multiline.append((_mark(event.start_mark), _mark(event.end_mark)))
                self._put(Scalar(event.value, place, quoted))
            case yaml.MappingStartEvent():
                self._descend(Mapping({}, self._checked(event)))
            case yaml.SequenceStartEvent():
                self._descend(Sequence([], self._checked(event)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node, _ = self._open.pop()
                self._put(node)
            case yaml.AliasEvent():
                self._refuse(
                    _event_place(event, self._file),
                    "a value cannot begin with * here",
                    'write the key * in quotes, "*"; a YAML alias is not used in these files: write the value out',
                )
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(
                        _event_place(event, self._file),
                        "a second document begins here (---)",
                        "one file holds one document: delete the line ---",
                    )
            case _:
                pass

    def _descend(self, node: Mapping | Sequence) -> None:
        if len(self._open) >= DEPTH_MAX:
            self._refuse(
                node.place,
                f"nested deeper than {DEPTH_MAX} levels",
                "no file of a site needs that: a bracket or an indentation is wrong",
            )
        self._open.append((node, None))

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = None if isinstance(node, Scalar) and node.missing else node
            return
        parent, key = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            if not isinstance(node, Scalar):
                self._refuse(
                    node.place,
                    "a key must be a word or a number",
                    "put a text that begins with { or [ in quotes",
                )
            else:
                self._open[-1] = (parent, node)
        else:
            self._open[-1] = (parent, None)
            first = parent.items.setdefault(key.value, (key, node))
            if first[0] is not key:
                self._problems.add(
                    key.place,
                    f"'{key.value}' stands twice; the first is in line {first[0].place.line}",
                    hint="delete one of them",
                )

    def _checked(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Place:
        place = _event_place(event, self._file)
        if event.anchor is not None:
            self._refuse(
                place,
                "a value cannot begin with & here",
                "put a text that begins with & in quotes; a YAML anchor is not used in these files",
            )
        if event.tag is not None:
            self._refuse(
                place,
                "a value cannot begin with ! here",
                "put a text that begins with ! in quotes; YAML tags are not used in these files",
            )
        return place

    def _refuse(self, place: Place, message: str, hint: str) -> None:
        self._problems.add(place, message, hint=hint)
        raise _Refused


def _mark(mark: Any) -> tuple[int, int]:
    """Line and column from 0. (The stubs of PyYAML allow an event without marks; the parsers always give them.)"""
    return mark.line, mark.column


def _event_place(event: yaml.Event, file: str) -> Place:
    (line, column), (end_line, end_column) = _mark(event.start_mark), _mark(event.end_mark)
    return Place(file, line + 1, column + 1, max(1, end_column - column) if end_line == line else 1)


def _place_of(text: str, index: int, file: str) -> Place:
    line = text.count("\n", 0, index)
    return Place(file, line + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _hash_keys(text: str, file: str, spans: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[Place]:
    """Lines that YAML takes for comments and a person meant as the key #."""
    places = []
    for found in _HASH_KEY.finditer(text):
        place = _place_of(text, found.start(1), file)
        at = (place.line - 1, place.column - 1)
        before = text[text.rfind("\n", 0, found.start(1)) + 1 : found.start(1)]
        if re.search(r"(?:^|\s)#", before):
            continue  # inside a comment that began earlier in the line
        if not any(start <= at < end for start, end in spans):
            places.append(place)
        if len(places) == HASHES_MAX:
            break
    return places
