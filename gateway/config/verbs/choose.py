"""Verbs that take no time: branch, set, split, publish, go_to, go_to_flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, kind, shown
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.config.variables import NAME
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import model
from gateway.core.flow.model import Rule

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep

SHARE_DIGITS = 6


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


def _split(parts: StepParts, section: Section, name: str) -> AnyStep:
    split = section.text("split", expected="a name for what is tried, such as greeting", needed=True)
    if split and not NAME.fullmatch(split):
        parts.problems.add(
            section.node.items["split"][1].place,
            f"'{shown(split)}' cannot be the name of a split",
            expected="a name of your own, of letters, digits and _",
        )
    node = section.mapping("shares", expected="steps and how many callers go there: {short: 70, long: 30}", needed=True)
    shares: dict[str, int] = {}
    for key, (key_node, value) in (node.items if node else {}).items():
        step = parts.known_step(key_node)
        text = clean(value.value).removesuffix("%").strip() if isinstance(value, Scalar) else ""
        if not (text.isascii() and text.isdigit() and len(text) <= SHARE_DIGITS):
            parts.problems.add(
                value.place, f"the share of '{shown(key)}' is {kind(value)}", expected="a whole number, or such as 70 %"
            )
        elif step:
            shares[step] = int(text)
    if node is not None and len(shares) == len(node.items) and not any(shares.values()):
        parts.problems.add(node.place, "no caller goes anywhere", expected="two steps or more, each with its share")
    ways = {step: step for step in shares}
    return model.Split(name=name, place=str(section.place), split=split, ways=ways, shares=shares)


def _publish(parts: StepParts, section: Section, name: str) -> AnyStep:
    topic = section.text("publish", expected="the last level of the topic", needed=True)
    if topic and not NAME.fullmatch(topic):
        parts.problems.add(
            section.node.items["publish"][1].place,
            f"'{shown(topic)}' cannot be the last level of a topic",
            expected="a name of your own, of letters, digits and _",
        )
    node = section.mapping("with", expected="names and the variables whose values are sent: {client: client.id}")
    values: dict[str, str] = {}
    for key, (_, value) in (node.items if node else {}).items():
        variable = clean(value.value) if isinstance(value, Scalar) else ""
        known = parts.variables.names()
        if variable in known:
            values[clean(key)] = variable
        else:
            parts.problems.add(value.place, f"there is no variable '{shown(variable)}'", wrong=variable, among=known)
    return model.Publish(name=name, place=str(section.place), topic=topic, values=values, then=parts.then(section))


VERBS = {
    "branch": Verb(_branch, Shape.RULES, {}),
    "set": Verb(_set, Shape.VALUES, {"then": STEP}, needs=("then",)),
    "split": Verb(_split, Shape.NAME, {"shares": Shape.TABLE}, needs=("shares",)),
    "publish": Verb(_publish, Shape.NAME, {"with": Shape.VALUES, "then": STEP}, needs=("then",)),
    "go_to": Verb(_go_to, STEP, {}),
    "go_to_flow": Verb(_go_to_flow, Shape.WORD, {}, to_flow=True),
}
