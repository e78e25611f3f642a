"""Where each exit of a flow stands in its file, for people: the core's model keeps the place of the step alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean
from gateway.config.problems import Place, Problems
from gateway.config.source import Mapping, Sequence, parse_yaml

if TYPE_CHECKING:
    from gateway.config.source import Node
    from gateway.core.flow.exits import Edge
    from gateway.core.flow.model import Flow

_THEN = ("then", "go_to", "go_to_flow")


class EdgePlaces:
    """Places of one flow's exits. `text` is the flow's file as it was loaded; it may hold other flows, too."""

    def __init__(self, flow: Flow, text: str, file: str) -> None:
        self._flow, self._file = flow, file
        root = parse_yaml(text, file, Problems())
        others = _value(root, "flows")
        more = {clean(name): node for name, (_, node) in others.items.items()} if isinstance(others, Mapping) else {}
        steps = _value(more.get(flow.id, root), "steps")
        items = steps.items if isinstance(steps, Mapping) else {}
        self._steps = {clean(name): node for name, (_, node) in items.items()}

    def place(self, edge: Edge) -> str:
        """file:line:column of an exit, or of its step where the exit is not written out."""
        step = self._steps.get(edge.step)
        found = _find(step, edge) if isinstance(step, Mapping) else None
        return str(found) if found is not None else self._flow.steps[edge.step].place or self._file


def _find(step: Mapping, edge: Edge) -> Place | None:
    match edge.option:
        case "choices" | "keys":
            return _key(_value(step, edge.option), edge.index)
        case "rules":
            rules = _value(step, "branch")
            number = int(edge.index)
            return rules.items[number].place if isinstance(rules, Sequence) and number < len(rules.items) else None
        case "ways":
            return _key(_value(step, "shares"), edge.index)
        case "then":
            return _key(step, *_THEN)
        case "returns":
            return _key(step, edge.index, "then")
        case "no_answer" | "unreachable":
            return _key(step, edge.option, "busy")
        case "no_agents":
            return _key(step, "no_agents", "gave_up")
        case option:
            return _key(step, option)


def _key(node: Node | None, *keys: str) -> Place | None:
    """Where the first of these keys stands."""
    items = node.items if isinstance(node, Mapping) else {}
    return next((items[key][0].place for key in keys if key in items), None)


def _value(node: Node | None, key: str) -> Node | None:
    return node.items[key][1] if isinstance(node, Mapping) and key in node.items else None
