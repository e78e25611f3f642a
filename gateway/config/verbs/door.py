"""Verbs at the door: answer, refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gateway.config.fields import clean, shown
from gateway.config.source import Scalar
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import model
from gateway.core.steps.door import REFUSALS

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep
    from gateway.core.flow.steps import Refusal

RINGING_S = (0.0, 60.0)


def _answer(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.node.items["answer"][1]
    bare = isinstance(node, Scalar) and node.missing
    if bare:
        section.mark("answer")
    ringing_s = 0.0 if bare else section.seconds("answer", 0.0, low=RINGING_S[0], high=RINGING_S[1])
    return model.AnswerStep(name=name, place=str(section.place), ringing_s=ringing_s, then=parts.then(section))


def _refuse(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("refuse", expected=", ".join(REFUSALS), needed=True)
    how = clean(node.value) if node else "busy"
    if node and how not in REFUSALS:
        among = tuple(REFUSALS)
        parts.problems.add(
            node.place, f"a call is not refused as '{shown(how)}'", expected=", ".join(among), wrong=how, among=among
        )
        how = "busy"
    return model.RefuseStep(name=name, place=str(section.place), how=cast("Refusal", how))


VERBS = {
    "answer": Verb(_answer, Shape.LENGTH, {"then": STEP}, needs=("then",)),
    "refuse": Verb(_refuse, Shape.WORD, {}),
}
