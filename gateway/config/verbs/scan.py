"""What the steps of a flow note and where they lead, found before any of them is read: texts can then say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.config.variables import Variables
from gateway.config.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.source import Node


def scan(steps: Mapping) -> tuple[Variables, set[str]]:
    """The variables that the steps of a file note, and the flows that they lead to. Kinds are not judged here."""
    variables, flows = Variables(), set()
    for step in (value for _, value in steps.items.values() if isinstance(value, Mapping)):
        for key, (_, value) in step.items.items():
            verb = VERBS.get(key)
            if verb is None:
                continue
            verb.notes(step, variables)
            if verb.to_flow and isinstance(value, Scalar) and clean(value.value):
                flows.add(clean(value.value))
        for group in _groups(step):
            values = group.items.get("set")
            if values and isinstance(values[1], Mapping):
                for name, (_, value) in values[1].items.items():
                    if isinstance(value, Scalar):
                        variables.set_values.setdefault(clean(name), set()).add(clean(value.value))
    return variables, flows


def _groups(step: Mapping) -> Iterator[Mapping]:
    """The step, and the choices, rules and answers in it: wherever a `set:` can stand."""
    yield step
    for _, option in step.items.values():
        for value in _inner(option):
            if isinstance(value, Mapping):
                yield value


def _inner(option: Node) -> Iterator[Node]:
    yield option
    if isinstance(option, Mapping):
        yield from (value for _, value in option.items.values())
    elif isinstance(option, Sequence):
        yield from option.items
