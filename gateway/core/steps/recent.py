"""Matters of earlier calls that a menu names first: what this caller keyed lately, or his open case.

Only what is said, and in which order, depends on them; every key leads where it always does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.desk import CaseAsked
from gateway.core.facts.joining import MatterRecognised
from gateway.core.flow.steps_case import CASE

if TYPE_CHECKING:
    from gateway.core.actions import Clip
    from gateway.core.call.call import Call
    from gateway.core.facts.joining import MatterFrom
    from gateway.core.flow.base import Prompt
    from gateway.core.flow.steps import KeyText, Menu
    from gateway.core.steps.walk import Walk


class Matter(NamedTuple):
    """A choice that stands first, and why: the answer or the number of the case, and how old it is."""

    text: KeyText
    value: str
    age_s: float
    source: MatterFrom


def found(walk: Walk, step: Menu) -> tuple[Matter, ...]:
    """The choices of `step` that stand first for this caller, the newest matter first. What belongs to this very call
    is no earlier matter."""
    matters = (_of(walk.call, text) for text in step.texts if text.recent)
    return tuple(sorted((matter for matter in matters if matter is not None), key=lambda matter: matter.age_s))


def clips(walk: Walk, step: Menu) -> tuple[Clip, ...]:
    """What the menu says: its text, the choices that stand first, the others in the order in which they are written."""
    first = {matter.text.key: matter for matter in walk.matters}
    said = list(walk.clips(step.prompt))
    for matter in walk.matters:
        said += _named(walk, matter)
    for text in step.texts:
        if text.key not in first and text.prompt is not None:
            said += walk.clips(text.prompt)
    return tuple(said)


def note(walk: Walk) -> None:
    """The facts of what is said first."""
    call = walk.call
    for matter in walk.matters:
        if _named(walk, matter):
            call.note(
                MatterRecognised(
                    at=call.now,
                    call=call.id,
                    flow=walk.flow.id if walk.flow is not None else "",
                    step=walk.step.name if walk.step is not None else "",
                    key=matter.text.key,
                    name=matter.text.recent,
                    value=matter.value,
                    source=matter.source,
                    age_s=matter.age_s,
                )
            )


def taken(walk: Walk, step: Menu, key: str) -> None:
    """The caller took the choice of his open case: it is what the call is about from here on."""
    call = walk.call
    for matter in walk.matters:
        if matter.text.key == key and matter.source == "case":
            call.values[CASE] = matter.value
            if not call.draft:
                call.note(CaseAsked(at=call.now, call=call.id, step=step.name, case=matter.value, open=True))


def _of(call: Call, text: KeyText) -> Matter | None:
    record = call.story.record
    since = call.now - text.within_s
    if text.recent == CASE:
        case = call.ex.desk.cases.newest_open(client=record.client, caller=record.caller, since=since)
        if case is None or case.opened.at >= record.started_at:
            return None
        return Matter(text, case.opened.case, call.now - case.opened.at, "case")
    answer = call.ex.memory.recall(text.recent, client=record.client, caller=record.caller, now=call.now)
    if answer is None or not since <= answer.at < record.started_at:
        return None
    return Matter(text, answer.value, call.now - answer.at, "memory")


def _named(walk: Walk, matter: Matter) -> tuple[Clip, ...]:
    """`say_recent`, if every value in it can be said; else `say`."""
    known = {matter.text.recent: matter.value}
    prompt: Prompt | None = matter.text.prompt_recent
    if prompt is not None and walk.says_all(prompt, known):
        return walk.clips(prompt, known=known)
    return walk.clips(matter.text.prompt) if matter.text.prompt is not None else ()
