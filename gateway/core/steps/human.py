"""Steps that lead to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.flow.steps import Queue
from gateway.core.queue import waiting
from gateway.core.steps.kind import Kind, Move, take

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk


class QueueKind(Kind[Queue]):
    """Waits for a human; what happens there is the queue's."""

    def enter(self, walk: Walk, step: Queue) -> Move | None:
        walk.ahead.clear()
        return walk.call.enqueue(step)

    def key(self, walk: Walk, step: Queue, pressed: str) -> Move | None:
        """A key that is not the step's does nothing; it is not kept for a later step either."""
        chosen = step.keys.get(pressed)
        if chosen is None or not waiting.leave_by_key(walk.call, step, pressed):
            return None
        return take(walk, chosen)
