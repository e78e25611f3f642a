"""Texts that a flow file says in several places: written once under `texts:`, said with `{text: NAME}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, shown
from gateway.config.source import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.problems import Place, Problems
    from gateway.config.source import Node

TEXT = "text"
HINT = "texts that are said in several places stand under texts: at the top of the file"


class Texts:
    """The texts of one file, by name; shared by all its flows."""

    def __init__(self, node: Mapping | None, problems: Problems) -> None:
        self._problems = problems
        self._named: dict[str, tuple[Place, Node]] = {}
        for key, (name, value) in (node.items if node else {}).items():
            if not clean(key):
                problems.add(name.place, "a text without a name")
            else:
                self._named[clean(key)] = (name.place, value)

    def said(self, node: Node) -> Node | None:
        """What `node` says: the text that it names, or itself. None with a problem when there is no such text."""
        name = _named_by(node)
        if name is None:
            return node
        found = self._named.get(clean(name.value))
        if found is None:
            self._problems.add(
                name.place,
                f"there is no text '{shown(name.value)}'",
                wrong=clean(name.value),
                among=tuple(self._named),
                hint="" if self._named else HINT,
            )
            return None
        return found[1]

    def unused(self, root: Mapping) -> None:
        """Note the texts that nothing in the file names."""
        named = {clean(name.value) for node in every(root) if (name := _named_by(node)) is not None}
        for text, (place, _) in self._named.items():
            if text not in named:
                hint = f"say it with {{text: {shown(text)}}}, or delete it"
                self._problems.add(place, f"the text '{shown(text)}' is said nowhere", hint=hint)

    def nodes(self) -> Iterator[Node]:
        """What the texts are."""
        return (value for _, value in self._named.values())


def _named_by(node: Node) -> Scalar | None:
    """The name behind `{text: NAME}`; None for anything else."""
    if isinstance(node, Mapping) and set(node.items) == {TEXT}:
        name = node.items[TEXT][1]
        if isinstance(name, Scalar) and not name.missing:
            return name
    return None


def every(root: Node) -> Iterator[Node]:
    """A node and all that it holds, without recursion."""
    todo: list[Node] = [root]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, Mapping):
            todo.extend(value for _, value in node.items.values())
        elif isinstance(node, Sequence):
            todo.extend(node.items)
