"""Which variables a flow can use, and how the value of each is said: by name, digit by digit, as a word, or not.

A text may only hold variables whose every value is known when the site is loaded, because speech is made then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.config.fields import clean
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.core.flow_model import WELL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.source import Node

Spoken = Literal["agent", "client", "called", "digits", "word", ""]
"""What a variable's value can be when it is said: an agent's spoken name, a client's name, one of the site's numbers,
any digits (said one by one), a word that a `set` gives it; or nothing that is known beforehand, so not said."""

SETTABLE = ("area", "language")
"""The well-known variables that `set` may change; the others tell facts of the call."""
NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)?")
_SPOKEN: dict[str, Spoken] = {
    "manager": "agent",
    "client.name": "client",
    "client.id": "digits",
    "called": "called",
}


class Variables(msgspec.Struct):
    """What a flow, and the flows that lead to it, note: `set_values` by name, and the names that `collect` fills."""

    set_values: dict[str, set[str]] = msgspec.field(default_factory=dict)
    collected: set[str] = msgspec.field(default_factory=set)

    def names(self) -> tuple[str, ...]:
        """Every name that can be read."""
        return tuple(dict.fromkeys((*WELL_KNOWN, *self.set_values, *self.collected)))

    def spoken(self, name: str) -> Spoken:
        """How a value of `name` is said. A name that is both collected and set is not said at all."""
        if name in _SPOKEN:
            return _SPOKEN[name]
        if name in self.collected:
            return "" if name in self.set_values else "digits"
        return "word" if name in self.set_values and name != "language" else ""

    def add(self, other: Variables) -> bool:
        """Take in another flow's variables; tells whether that changed anything."""
        before = (len(self.collected), sum(len(values) + 1 for values in self.set_values.values()))
        self.collected |= other.collected
        for name, values in other.set_values.items():
            self.set_values.setdefault(name, set()).update(values)
        return before != (len(self.collected), sum(len(values) + 1 for values in self.set_values.values()))


def scan(steps: Mapping) -> tuple[Variables, set[str]]:
    """The variables that the steps of a file note, and the flows that they lead to. Kinds are not judged here."""
    variables, flows = Variables(), set()
    for step in (value for _, value in steps.items.values() if isinstance(value, Mapping)):
        collected = _text(step, "collect")
        if collected:
            variables.collected.add(collected)
        if _text(step, "go_to_flow"):
            flows.add(_text(step, "go_to_flow"))
        for group in _groups(step):
            values = group.items.get("set")
            if values and isinstance(values[1], Mapping):
                for name, (_, value) in values[1].items.items():
                    if isinstance(value, Scalar):
                        variables.set_values.setdefault(clean(name), set()).add(clean(value.value))
    return variables, flows


def closed(own: dict[str, Variables], leads_to: dict[str, set[str]]) -> dict[str, Variables]:
    """For each flow its own variables and those of every flow from which a call can come to it."""
    known = {flow: Variables() for flow in own}
    for flow, variables in own.items():
        known[flow].add(variables)
    changed = True
    while changed:
        changed = False
        for flow, targets in leads_to.items():
            for target in targets & known.keys():
                changed |= known[target].add(known[flow])
    return known


def _groups(step: Mapping) -> Iterator[Mapping]:
    yield step
    for key in ("choices", "branch"):
        node: Node | None = step.items[key][1] if key in step.items else None
        inner = [v for _, v in node.items.values()] if isinstance(node, Mapping) else []
        inner = node.items if isinstance(node, Sequence) else inner
        yield from (value for value in inner if isinstance(value, Mapping))


def _text(step: Mapping, key: str) -> str:
    node = step.items[key][1] if key in step.items else None
    return clean(node.value) if isinstance(node, Scalar) else ""
