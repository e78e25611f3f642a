"""What a flow hands to one that it calls (`with:`), and gets back (`give:`): words, and values of variables.

Found before any step is read, because a text can say it then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateway.config.fields import clean
from gateway.config.source import Mapping, Scalar
from gateway.config.texts import every
from gateway.config.variables import NAME
from gateway.core.flow.model import WELL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from gateway.config.source import Node
    from gateway.config.variables import Variables

VALUE = 'a word, or the value of a variable such as "{area}"'
OF_DIGITS = ("caller", "called", "client.id")
"""Well-known variables whose values are digits."""
_VARIABLE = re.compile(r"\{\s*([^\s{}]+)\s*\}")


class Given(NamedTuple):
    """One value that is handed over as `name`: a word, or the value of a variable."""

    name: str
    word: str
    variable: str


class Called(msgspec.Struct, frozen=True):
    """A step that calls a flow: `flow` as it is written, and what it hands over."""

    step: str
    flow: Scalar
    given: tuple[Given, ...]


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """What other flows need to know of one, and which flows it needs. `gone_to`: what stands behind each
    `go_to_flow`."""

    takes: dict[str, Scalar] = {}
    returns: dict[str, Scalar] = {}
    gives: tuple[Given, ...] = ()
    calls: tuple[Called, ...] = ()
    gone_to: tuple[Scalar, ...] = ()

    @property
    def only_called(self) -> bool:
        """Whether the flow can be entered by `subflow` alone."""
        return bool(self.takes or self.returns)


def may_be_own(name: str) -> bool:
    """Whether a flow can have a variable of its own with this name."""
    return bool(NAME.fullmatch(name)) and "." not in name and name not in WELL_KNOWN


def given_of(node: Node | None) -> tuple[Given, ...]:
    """What a `with:` or `give:` hands over, as far as it can be read."""
    found = []
    for key, (_, value) in node.items.items() if isinstance(node, Mapping) else ():
        if isinstance(value, Scalar) and not value.missing:
            variable = variable_in(value.value)
            found.append(Given(clean(key), "" if variable else clean(value.value), variable))
    return tuple(found)


def variable_in(text: str) -> str:
    """The variable of a text that is nothing but `{name}`."""
    found = _VARIABLE.fullmatch(text.strip())
    return found[1] if found else ""


def look(steps: Mapping | None, takes: dict[str, Scalar], to_flow: Iterable[str]) -> Face:
    """The face of a flow with these steps. `to_flow` are the verbs that go to another flow. Nothing is judged here."""
    returns: dict[str, Scalar] = {}
    gives: list[Given] = []
    calls: list[Called] = []
    gone_to: list[Scalar] = []
    for key, (_, step) in (steps.items if steps else {}).items():
        options = {name: value for name, (_, value) in step.items.items()} if isinstance(step, Mapping) else {}
        if (outcome := _word(options, "return")) is not None:
            returns.setdefault(clean(outcome.value), outcome)
            gives.extend(given_of(options.get("give")))
        if (flow := _word(options, "subflow")) is not None:
            calls.append(Called(clean(key), flow, given_of(options.get("with"))))
        gone_to.extend(flow for verb in to_flow if (flow := _word(options, verb)) is not None)
    return Face(takes=takes, returns=returns, gives=tuple(gives), calls=tuple(calls), gone_to=tuple(gone_to))


def _word(options: MappingOf[str, Node], key: str) -> Scalar | None:
    node = options.get(key)
    return node if isinstance(node, Scalar) and not node.missing else None


def words_in(nodes: Iterable[Node]) -> set[str]:
    """Every word that could be a variable's name, in any text of the nodes."""
    found: set[str] = set()
    for root in nodes:
        for node in every(root):
            if isinstance(node, Scalar):
                found.update(re.findall(r"\w+", node.value))
    return found


def closed(own: MappingOf[str, Variables], faces: MappingOf[str, Face]) -> dict[str, Variables]:
    """For each flow the variables that it can read: its own; those of every flow that goes to it; what those that
    call it hand over; what those that it calls hand back."""
    known = {flow: variables.copy() for flow, variables in own.items()}
    for flow, face in faces.items():
        for name in face.takes:
            known[flow].set_values.setdefault(name, set())
    weight = -1
    while weight != (weight := sum(variables.weight() for variables in known.values())):
        for flow, face in faces.items():
            for target in {clean(node.value) for node in face.gone_to} & known.keys():
                known[target].add(known[flow])
            for call in face.calls:
                there = clean(call.flow.value)
                if there in known:
                    _hand(call.given, known[flow], known[there], only=faces[there].takes)
                    _hand(faces[there].gives, known[there], known[flow])
    return known


def _hand(
    given: tuple[Given, ...], giver: Variables, taker: Variables, only: MappingOf[str, object] | None = None
) -> None:
    for name, word, variable in given:
        if not may_be_own(name) or (only is not None and name not in only):
            continue
        if "{" in word or "}" in word:
            continue  # told when the step is read
        if word:
            taker.set_values.setdefault(name, set()).add(word)
        elif variable in OF_DIGITS:
            taker.collected.add(name)
        else:
            taker.receive(name, giver, variable)
