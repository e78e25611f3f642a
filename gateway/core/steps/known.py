"""Answers that are known before a `collect` asks: keyed in this call already, on an earlier day, or the number of the
client who calls.

A step that the caller comes back to asks: whoever leads him there again wants another answer. Who keyed ahead is taken
at his word. Secret answers are neither known nor remembered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.facts.joining import AnswerKnown, AnswerRemembered

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.joining import KnownFrom
    from gateway.core.flow.steps import Collect
    from gateway.core.steps.walk import Walk


class Known(NamedTuple):
    """A value, where it is known from, and how old it is."""

    value: str
    source: KnownFrom
    age_s: float = 0.0


def find(walk: Walk, step: Collect) -> Known | None:
    """What is known of the question of `step`, on coming to it for the first time in this call."""
    call = walk.call
    place = (walk.flow.id if walk.flow is not None else "", step.name)
    before = place in call.asked
    if not before:
        call.asked = (*call.asked, place)
    if step.secret or before or walk.ahead:
        return None
    if step.find == "client" and call.client is not None:
        return Known(call.client.id, "client")
    record = call.story.record
    told = call.story.answers.get(step.variable)
    if told:
        return Known(told, "call")
    answer = call.ex.memory.recall(step.variable, client=record.client, caller=record.caller, now=call.now)
    return Known(answer.value, "memory", call.now - answer.at) if answer is not None else None


def note(walk: Walk, step: Collect, known: Known, how: Literal["skipped", "confirmed", "denied", "asked"]) -> None:
    """What became of the question."""
    call = walk.call
    call.note(
        AnswerKnown(
            at=call.now,
            call=call.id,
            flow=walk.flow.id if walk.flow is not None else "",
            step=step.name,
            name=step.variable,
            value=known.value,
            how=how,
            source=known.source,
            age_s=known.age_s,
        )
    )


def remember(call: Call, step: Collect, value: str) -> None:
    """Keep an answer for the days to come, if the step wants that and it is known whose it is."""
    record = call.story.record
    if not step.remember or step.secret or call.draft or not (record.client or record.caller):
        return
    fact = AnswerRemembered(
        at=call.now, call=call.id, caller=record.caller, client=record.client, name=step.variable, value=value
    )
    call.note(fact)
    call.ex.memory.apply(fact)
