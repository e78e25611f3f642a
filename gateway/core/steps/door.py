"""Steps at the door: when a call is answered, and whether."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Ring
from gateway.core.flow.steps import AnswerStep, RefuseStep
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk

REFUSALS = {
    "busy": (486, "Busy Here"),
    "rejected": (603, "Decline"),
    "unknown": (404, "Not Found"),
    "later": (480, "Temporarily Unavailable"),
}
"""RFC 3261, 21.4 and 21.6."""


class AnswerKind(Kind[AnswerStep]):
    """Lets it ring, then answers. A call that is answered goes on at once."""

    def enter(self, walk: Walk, step: AnswerStep) -> Move | None:
        if walk.call.state != "offered":
            return Move(step.then)
        if step.ringing_s <= 0:
            walk.answer_then(Move(step.then))
            return None
        walk.call.order(Ring(leg=walk.call.id))
        walk.wait(step.ringing_s)
        return None

    def due(self, walk: Walk, step: AnswerStep) -> Move | None:
        walk.answer_then(Move(step.then))
        return None


class RefuseKind(Kind[RefuseStep]):
    """Refuses the call."""

    def enter(self, walk: Walk, step: RefuseStep) -> Move | None:
        code, words = REFUSALS[step.how] if walk.call.state == "offered" else (0, "")
        walk.call.hang_up(by="flow", reason=f"refused: {step.how}", code=code, words=words)
        return None
