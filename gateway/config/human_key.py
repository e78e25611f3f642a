"""`human:` in the head of a flow: where a 0 leads wherever the flow does not use it. Without it, to the first step that
queues (or returns as `human`, in a flow that is called); `human: none` turns it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.config.fields import clean
from gateway.core.flow.base import Question
from gateway.core.flow.model import AnyStep, ChooseLanguage, Confirm, Consent, Menu, Queue, Return, Survey
from gateway.core.steps.survey import SCORES

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts

NONE = "none"
HUMAN_KEY = "0"
HUMAN = "human"
"""The return of a called flow by which the calling one leads to people."""


def human_step(root: Section, parts: StepParts, steps: dict[str, AnyStep]) -> str:
    """The step that a 0 leads to; NONE where the flow says so, empty where there is nobody."""
    node = root.scalar("human", expected=f"the name of a step, or {NONE}")
    if node is None:
        return next((name for name, step in steps.items() if _leads_to_people(step)), "")
    return NONE if clean(node.value) == NONE else parts.known_step(node)


def _leads_to_people(step: AnyStep) -> bool:
    return isinstance(step, Queue) or (isinstance(step, Return) and step.outcome == HUMAN)


def with_human(steps: dict[str, AnyStep], human: str) -> dict[str, AnyStep]:
    """The steps, each question that has no use for a 0 leading to `human` by it."""
    if human in {"", NONE}:
        return steps
    return {name: replace(step, human=human) if _is_free(step) else step for name, step in steps.items()}


def _is_free(step: AnyStep) -> bool:
    match step:
        case Menu():
            return HUMAN_KEY not in step.choices
        case ChooseLanguage():
            return HUMAN_KEY not in step.languages
        case Confirm() | Consent():
            return HUMAN_KEY not in {step.yes_key, step.no_key}
        case Survey():
            return HUMAN_KEY not in SCORES[step.kind]
        case _:  # a question without the exit is one for the office's own people
            return isinstance(step, Question) and "human" in step.EXITS
