"""Verbs that take no time: branch, set, go_to, go_to_flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, kind, shown
from gateway.config.source import Mapping, Sequence
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core import flow_model as model
from gateway.core.flow_model import Rule

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow_model import AnyStep


def _branch(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.get("branch", expected="a list of rules such as - {if: client.known, then: matter}", needed=True)
    rules: list[Rule] = []
    if node is not None and not isinstance(node, Sequence):
        parts.problems.add(node.place, f"'branch' is {kind(node)}", expected="a list of rules, each begins with '- '")
    items = node.items if isinstance(node, Sequence) else []
    for number, item in enumerate(items, 1):
        if not isinstance(item, Mapping):
            parts.problems.add(item.place, f"a rule is {kind(item)}", expected="{if: condition, then: step}")
            continue
        condition = None
        if "if" in item.items:
            condition = parts.condition(item.items["if"][1])
        elif number < len(items):
            parts.problems.add(item.place, "a rule without 'if' always holds: the rules below it are never read")
        rules.append(Rule(condition=condition, exit=parts.exit(item, "the rule", item.place, also=("if",))))
    if isinstance(node, Sequence) and items and isinstance(items[-1], Mapping) and "if" in items[-1].items:
        parts.problems.add(items[-1].place, "no rule says what happens otherwise", hint="add - {then: step} at the end")
    elif isinstance(node, Sequence) and not items:
        parts.problems.add(node.place, "'branch' has no rules")
    return model.Branch(name=name, place=str(section.place), rules=tuple(rules))


def _set(parts: StepParts, section: Section, name: str) -> AnyStep:
    values = parts.values(section.mapping("set", expected="names and values such as {area: invoices}", needed=True))
    return model.SetValues(name=name, place=str(section.place), values=values, then=parts.then(section))


def _go_to(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.Goto(name=name, place=str(section.place), then=parts.then(section, "go_to"))


def _go_to_flow(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("go_to_flow", expected="the name of a flow", needed=True)
    flow = clean(node.value) if node else ""
    if node and flow not in parts.names.flows:
        flows = parts.names.flows
        parts.problems.add(node.place, f"there is no flow '{shown(flow)}'", wrong=flow, among=flows)
    return model.Goto(name=name, place=str(section.place), flow=flow)


VERBS = {
    "branch": Verb(_branch, Shape.RULES, {}),
    "set": Verb(_set, Shape.VALUES, {"then": STEP}, needs=("then",)),
    "go_to": Verb(_go_to, STEP, {}),
    "go_to_flow": Verb(_go_to_flow, Shape.WORD, {}, to_flow=True),
}
