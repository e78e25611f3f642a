"""Verbs for those of the office who have signed in: supervise, case_desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.verbs.ask import WAIT_S
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import steps_desk as model
from gateway.core.flow.steps_case import CASE

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.source import Mapping
    from gateway.config.variables import Variables
    from gateway.core.flow.model import AnyStep

_SETTING = "write supervision: announce (or on, where the law allows it) into gateway.yaml"


def _supervise(parts: StepParts, section: Section, name: str) -> AnyStep:
    mode = parts.names.supervision
    if mode == "off":
        parts.problems.add(
            section.key_place("supervise"), "the site lets nobody listen, so this step can do nothing", hint=_SETTING
        )
    announce = parts.prompt(section, "announce")
    if mode == "announce" and announce is None and not section.has("announce"):
        parts.problems.add(
            section.key_place("supervise"),
            "the site wants both who talk to be told, and 'announce' does not say what",
            expected="announce: and a text",
        )
    return model.Supervise(
        name=name,
        place=str(section.place),
        prompt=parts.must(parts.prompt(section, "supervise", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        announce=announce,
        over=parts.prompt(section, "over"),
        not_talking=parts.prompt(section, "not_talking"),
        not_yours=parts.prompt(section, "not_yours"),
        other_line=parts.prompt(section, "other_line"),
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _case_desk(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.CaseDesk(
        name=name,
        place=str(section.place),
        prompt=parts.must(parts.prompt(section, "case_desk", needed=True)),
        choose=parts.must(parts.prompt(section, "choose", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        then=parts.then(section),
        refused=parts.then(section, "refused", needed=False),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _number(_step: Mapping, variables: Variables) -> None:
    variables.collected.add(CASE)


_ASKS = {
    "first_key": Shape.LENGTH,
    "next_key": Shape.LENGTH,
    "then": STEP,
    "no_input": Shape.RETRY,
    "no_match": Shape.RETRY,
}
VERBS = {
    "supervise": Verb(
        _supervise,
        Shape.SAID,
        {**dict.fromkeys(("announce", "over", "not_talking", "not_yours", "other_line"), Shape.SAID), **_ASKS},
        needs=("then",),
    ),
    "case_desk": Verb(
        _case_desk,
        Shape.SAID,
        {"choose": Shape.SAID, "refused": STEP, **_ASKS},
        needs=("choose", "then"),
        notes=_number,
    ),
}
