"""Reading one mapping of a file key by key: what is missing, of the wrong kind or unknown becomes a problem.

Each method asks for one key and gives back a usable value in any case, so that reading goes on to the next mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gateway.config import values
from gateway.config.problems import Place
from gateway.config.source import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.config.problems import Problems

_T = TypeVar("_T")
DAY_S = 86_400.0


def kind(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Mapping():
            return "a group of keys"
        case Sequence():
            return "a list"
        case Scalar() if node.missing:
            return "nothing"
        case _:
            return "a text"


class Section:
    """A mapping that is being read. `what` names it in messages, e.g. "team 'sales'"."""

    def __init__(self, node: Mapping, problems: Problems, what: str, place: Place | None = None) -> None:
        self.node, self.problems, self.what = node, problems, what
        self.place = place or node.place
        self._asked: dict[str, None] = {}

    def has(self, key: str) -> bool:
        """Whether the key is there. Does not count as reading it."""
        return key in self.node.items

    def key_place(self, key: str) -> Place:
        """Where the key stands; the section's place when it does not."""
        return self.node.items[key][0].place if key in self.node.items else self.place

    def mark(self, key: str) -> None:
        """Count a key as read that the caller reads itself."""
        self._asked[key] = None

    def get(self, key: str, *, expected: str = "", needed: bool = False) -> Node | None:
        """The value of a key, any kind. If it is needed its absence is a problem; no value always is."""
        self._asked[key] = None
        if key in self.node.items:
            name, node = self.node.items[key]
            if not (isinstance(node, Scalar) and node.missing):
                return node
            hint = ""
            if "#" in self.problems.line(name.place.file, name.place.line)[name.place.column :]:
                hint = 'an unquoted # begins a comment: write "#" in quotes'
            self.problems.add(name.place, f"'{key}' has no value", expected=expected, hint=hint)
        elif needed:
            self.problems.add(self.place, f"{self.what} has no '{key}'", expected=expected)
        return None

    def scalar(self, key: str, *, expected: str = "a text", needed: bool = False) -> Scalar | None:
        """The value of a key as a single text."""
        node = self.get(key, expected=expected, needed=needed)
        if node is None or isinstance(node, Scalar):
            return node
        self.problems.add(node.place, f"'{key}' is {kind(node)}", expected=expected)
        return None

    def text(self, key: str, default: str = "", *, expected: str = "a text", needed: bool = False) -> str:
        """The value of a key as a text without control characters and without space around."""
        node = self.scalar(key, expected=expected, needed=needed)
        return clean(node.value) if node else default

    def mapping(self, key: str, *, expected: str = "a group of keys", needed: bool = False) -> Mapping | None:
        """The value of a key as a group of keys."""
        node = self.get(key, expected=expected, needed=needed)
        if node is None or isinstance(node, Mapping):
            return node
        self.problems.add(node.place, f"'{key}' is {kind(node)}", expected=expected)
        return None

    def words(self, key: str, *, expected: str = "a list such as [one, two]", needed: bool = False) -> list[Scalar]:
        """The value of a key as a list of texts; a single text is a list of one."""
        node = self.get(key, expected=expected, needed=needed)
        if node is None:
            return []
        if isinstance(node, Scalar):
            if "," in node.value and not node.quoted:
                hint = f"several are written in brackets: [{shown(clean(node.value), 100)}]"
                self.problems.add(node.place, f"'{key}' is one text with a comma in it", expected=expected, hint=hint)
                return []
            return [node]
        if isinstance(node, Mapping):
            self.problems.add(node.place, f"'{key}' is {kind(node)}", expected=expected)
            return []
        found = []
        for item in node.items:
            if isinstance(item, Scalar) and not item.missing:
                found.append(item)
            else:
                self.problems.add(item.place, f"an entry of '{key}' is {kind(item)}", expected=expected)
        return found

    def seconds(self, key: str, default: float, *, low: float = 0.0, high: float = DAY_S) -> float:
        """A length of time, in seconds."""
        value = self._value(key, values.seconds, values.LENGTH)
        if value is None:
            return default
        if not low <= value <= high:
            self._out_of(key, f"{short(low)} to {short(high)}")
            return default
        return value

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        expected = f"a number from {low} to {high}"
        value = self._value(key, values.whole, expected)
        if value is None:
            return default
        if not low <= value <= high:
            self._out_of(key, expected)
            return default
        return value

    def span(
        self,
        key: str,
        default: tuple[int, int],
        *,
        low: int,
        high: int,
        expected: str = values.RANGE,
        needed: bool = False,
    ) -> tuple[int, int]:
        """A number or a range of numbers, both ends from `low` to `high`."""
        value = self._value(key, values.span, expected, needed=needed)
        if value is None:
            return default
        if value[0] < low or value[1] > high:
            self._out_of(key, f"numbers from {low} to {high}")
            return default
        return value

    def yes_no(self, key: str, *, default: bool) -> bool:
        """A yes or a no."""
        value = self._value(key, values.yes_no, values.YES_NO)
        return default if value is None else value

    def decimal(self, key: str, default: float, *, low: float, high: float, unit: str) -> float:
        """A number with its unit, e.g. `1004 Hz`; the unit may be left out."""
        expected = f"a number from {low:g} to {high:g} {unit}"
        lower = unit.lower()
        value = self._value(key, lambda text: values.decimal(text.lower().removesuffix(lower)), expected)
        if value is None:
            return default
        if not low <= value <= high:
            self._out_of(key, expected)
            return default
        return value

    def done(self, *, also: Iterable[str] = ()) -> None:
        """Every key that nobody asked for is unknown. `also` are known keys that were read elsewhere."""
        known = (*self._asked, *also)
        for key, (name, _) in self.node.items.items():
            if key not in known:
                self.problems.add(
                    name.place,
                    f"{self.what} has no setting '{shown(key)}'",
                    expected=", ".join(known),
                    wrong=key,
                    among=known,
                )

    def _value(self, key: str, read: Callable[[str], _T | None], expected: str, *, needed: bool = False) -> _T | None:
        node = self.scalar(key, expected=expected, needed=needed)
        if node is None:
            return None
        value = read(node.value)
        if value is None:
            self.problems.add(node.place, f"'{shown(node.value)}' cannot be read as '{key}'", expected=expected)
        return value

    def _out_of(self, key: str, expected: str) -> None:
        node = self.node.items[key][1]
        text = shown(node.value) if isinstance(node, Scalar) else key
        self.problems.add(node.place, f"'{text}' is out of bounds for '{key}'", expected=expected)


def sections(node: Mapping | None, problems: Problems, what: str) -> Iterator[tuple[str, Section]]:
    """The named groups under a key, such as each team under `teams:`. A name is cleaned and never empty."""
    for key, (name, value) in (node.items if node else {}).items():
        if not clean(key):
            problems.add(name.place, f"a {what} without a name")
        elif isinstance(value, Mapping):
            yield clean(key), Section(value, problems, f"{what} '{shown(key)}'", name.place)
        else:
            problems.add(name.place, f"{what} '{shown(key)}' is {kind(value)}", expected="its settings, indented below")


def clean(text: str) -> str:
    """Without control characters (each run of them and of spaces is one space) and without space around."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shown(text: str, limit: int = 40) -> str:
    """A value as it is quoted in a message: one line, not endless."""
    text = clean(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def short(length_s: float) -> str:
    """Seconds as people write them."""
    for unit, size in (("h", 3600), ("min", 60)):
        if length_s >= size and length_s % size == 0:
            return f"{length_s / size:g} {unit}"
    return f"{length_s:g}s"
