"""Verbs that call a flow and come back, and that count rounds: subflow, return, loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, kind, shown
from gateway.config.handing import OF_DIGITS, VALUE, given_of, may_be_own
from gateway.config.problems import nearest
from gateway.config.source import Mapping, Scalar
from gateway.config.verbs.shape import STEP, Shape, Verb, word
from gateway.core.flow import model
from gateway.core.flow.model import WELL_KNOWN, Exit

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.handing import Face
    from gateway.config.source import Node
    from gateway.config.variables import Variables
    from gateway.core.flow.model import AnyStep

ROUNDS = (1, 20)
_OPTIONS = ("subflow", "with", "then")
_HANDED = ("area", *OF_DIGITS)
"""Well-known variables that can be handed over under another name."""


def _subflow(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("subflow", expected="the name of a flow that returns", needed=True)
    flow = clean(node.value) if node else ""
    if node and flow not in parts.names.flows:
        flows = parts.names.flows
        parts.problems.add(node.place, f"there is no flow '{shown(flow)}'", wrong=flow, among=flows)
    face = parts.names.faces.get(flow)
    given = _given(parts, section, "with")
    then = parts.then(section, needed=False)
    if face is None or not face.returns:  # told elsewhere; which exits it should have nobody knows
        for key in section.node.items:
            section.mark(key)
        return model.Subflow(name=name, place=str(section.place), flow=flow, given=given, returns={})
    _parameters(parts, section, flow, face)
    returns: dict[str, Exit] = {}
    for outcome in face.returns:
        section.mark(outcome)
        if section.has(outcome):
            value = section.node.items[outcome][1]
            returns[outcome] = parts.exit(value, f"'{shown(outcome)}'", section.key_place(outcome))
        else:
            returns[outcome] = Exit(then=then)
    meant = {nearest(key, tuple(returns)) for key in section.node.items if key not in {*returns, *_OPTIONS}}
    missing = [outcome for outcome in returns if not section.has(outcome) and outcome not in meant]
    if missing and not section.has("then"):
        parts.problems.add(
            section.key_place("subflow"),
            f"nothing says where to go when '{shown(flow)}' returns '{shown(missing[0])}'",
            expected=", ".join(f"{outcome}:" for outcome in missing) + ", or then: for all that have no exit",
        )
    elif section.has("then") and not missing and not meant:
        parts.problems.add(
            section.key_place("then"), "'then' is never taken: every return has an exit of its own", hint="delete it"
        )
    return model.Subflow(name=name, place=str(section.place), flow=flow, given=given, returns=returns)


def _parameters(parts: StepParts, section: Section, flow: str, face: Face) -> None:
    """Whether a flow is given what it takes, and nothing else."""
    node = section.node.items["with"][1] if section.has("with") else None
    given = {clean(key): name for key, (name, _) in node.items.items()} if isinstance(node, Mapping) else {}
    for parameter, name in given.items():
        if parameter not in face.takes:
            parts.problems.add(
                name.place,
                f"'{shown(flow)}' takes no '{shown(parameter)}'",
                expected=", ".join(face.takes) or "nothing under 'with'",
                wrong=parameter,
                among=tuple(face.takes),
            )
    meant = {nearest(name, tuple(face.takes)) for name in given if name not in face.takes}
    for parameter in face.takes:
        if parameter not in given and parameter not in meant:
            parts.problems.add(
                section.key_place("with" if node else "subflow"),
                f"'{shown(flow)}' is not given its '{shown(parameter)}'",
                expected=f"with: {{{shown(parameter)}: ...}}",
            )


def _given(parts: StepParts, section: Section, key: str) -> tuple[tuple[str, str, str], ...]:
    """What stands under `with` or `give`."""
    node = section.mapping(key, expected='names and values such as {reason: invoices, number: "{client_number}"}')
    for written, (name, value) in (node.items if node else {}).items():
        if not may_be_own(clean(written)):
            parts.problems.add(
                name.place,
                f"'{shown(written)}' cannot be handed over under this name",
                expected="a name of your own, of letters, digits and _",
            )
        if not isinstance(value, Scalar) or value.missing:
            bare = _bare_variable(value)
            hint = f'put it in quotes: "{{{shown(bare)}}}"' if bare else ""
            parts.problems.add(value.place, f"'{shown(written)}' is {kind(value)}", expected=VALUE, hint=hint)
    given = given_of(node)
    for each in given:
        place = node.items[each.name][1].place if node and each.name in node.items else section.place
        known = parts.variables.names()
        if "{" in each.word or "}" in each.word:
            parts.problems.add(place, "one value stands here: a word, or one variable alone", expected=VALUE)
        elif each.variable and each.variable not in known:
            parts.problems.add(
                place, f"there is no variable '{shown(each.variable)}'", wrong=each.variable, among=known
            )
        elif each.variable in WELL_KNOWN and each.variable not in _HANDED:
            parts.problems.add(
                place, f"every flow knows '{each.variable}' by itself", hint="use it there without handing it over"
            )
    return given


def _bare_variable(node: Node) -> str:
    """The name in `{area}` without quotes, which YAML takes for a group of keys; empty for anything else."""
    for key, (_, value) in node.items.items() if isinstance(node, Mapping) and len(node.items) == 1 else ():
        if isinstance(value, Scalar) and value.missing:
            return key
    return ""


def _return(parts: StepParts, section: Section, name: str) -> AnyStep:
    outcome = section.text("return", expected="the name of an exit of the calling step, such as done", needed=True)
    return model.Return(name=name, place=str(section.place), outcome=outcome, given=_given(parts, section, "give"))


def _loop(parts: StepParts, section: Section, name: str) -> AnyStep:
    times = section.whole("loop", ROUNDS[0], low=ROUNDS[0], high=ROUNDS[1])
    count = section.text("count", expected="the name of a variable that holds the number of the round")
    if count and not may_be_own(count):
        parts.problems.add(
            section.node.items["count"][1].place,
            f"'{shown(count)}' cannot be the name of a count",
            expected="a name of your own, of letters, digits and _",
        )
    return model.Loop(
        name=name,
        place=str(section.place),
        times=times,
        count=count,
        each=parts.then(section, "each"),
        then=parts.then(section),
    )


def _counted(step: Mapping, variables: Variables) -> None:
    name, times = word(step, "count"), word(step, "loop")
    if name and times.isascii() and times.isdigit() and len(times) < 3:
        rounds = range(1, min(int(times), ROUNDS[1]) + 1)
        variables.set_values.setdefault(name, set()).update(str(number) for number in rounds)


VERBS = {
    "subflow": Verb(_subflow, Shape.WORD, {"with": Shape.VALUES, "then": STEP}, others=Shape.EXIT),
    "return": Verb(_return, Shape.WORD, {"give": Shape.VALUES}),
    "loop": Verb(
        _loop,
        Shape.NUMBER,
        {"count": Shape.NAME, "each": STEP, "then": STEP},
        needs=("each", "then"),
        notes=_counted,
    ),
}
