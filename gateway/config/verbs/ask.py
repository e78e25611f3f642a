"""Verbs that ask for keys: menu, collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import shown
from gateway.config.variables import NAME
from gateway.config.verbs.shape import STEP, Shape, Verb, word
from gateway.core import flow_model as model
from gateway.core.flow_model import WELL_KNOWN, Exit

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.source import Mapping
    from gateway.config.variables import Variables
    from gateway.core.flow_model import AnyStep

KEYS = "0123456789*#"
WAIT_S = (0.5, 60.0)
DIGITS_MAX = 32


def _menu(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "menu", needed=True))
    choices: dict[str, Exit] = {}
    node = section.mapping("choices", expected='keys and where they lead, such as "1": invoices', needed=True)
    for key, (key_node, value) in (node.items if node else {}).items():
        if len(key) != 1 or key not in KEYS:
            parts.problems.add(
                key_node.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        choices[key] = parts.exit(value, f"choice {shown(key)}", key_node.place)
    if node is not None and not choices:
        parts.problems.add(node.place, "the menu has no choices")
    return model.Menu(
        name=name,
        place=str(section.place),
        prompt=prompt,
        choices=choices,
        first_key_s=section.seconds("first_key", 5.0, low=WAIT_S[0], high=WAIT_S[1]),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _collect(parts: StepParts, section: Section, name: str) -> AnyStep:
    variable = section.text("collect", expected="the name under which the digits are kept", needed=True)
    if variable and (not NAME.fullmatch(variable) or "." in variable or variable in WELL_KNOWN):
        parts.problems.add(
            section.node.items["collect"][1].place,
            f"'{shown(variable)}' cannot be the name of what is collected",
            expected="a name of your own, of letters, digits and _",
        )
    low, high = section.span("digits", (1, DIGITS_MAX), low=1, high=DIGITS_MAX, needed=True)
    finish_on = section.text("finish_on", "#", expected='"#", "*" or none')
    if finish_on not in {"#", "*", "none"}:
        place = section.node.items["finish_on"][1].place
        parts.problems.add(place, f"'{shown(finish_on)}' cannot end the digits", expected='"#", "*" or none')
    find = section.text("find", expected="client")
    if find not in {"", "client"}:
        place = section.node.items["find"][1].place
        parts.problems.add(place, f"'{shown(find)}' cannot be looked up", expected="client")
    return model.Collect(
        name=name,
        place=str(section.place),
        variable=variable,
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        digits_min=low,
        digits_max=high,
        finish_on="" if finish_on == "none" else finish_on,
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        find="client" if find == "client" else "",
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _collected(step: Mapping, variables: Variables) -> None:
    name = word(step, "collect")
    if name:
        variables.collected.add(name)


VERBS = {
    "menu": Verb(
        _menu,
        Shape.SAID,
        {
            "choices": Shape.CHOICES,
            "first_key": Shape.LENGTH,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("choices",),
    ),
    "collect": Verb(
        _collect,
        Shape.NAME,
        {
            "say": Shape.SAID,
            "digits": Shape.SPAN,
            "finish_on": Shape.WORD,
            "find": Shape.WORD,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("say", "digits", "then"),
        notes=_collected,
    ),
}
