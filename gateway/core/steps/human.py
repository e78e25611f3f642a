"""Steps that lead to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.flow_steps import Queue
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from gateway.core.flow import Walk


class QueueKind(Kind[Queue]):
    """Waits for a human; what happens there is the queue's."""

    def enter(self, walk: Walk, step: Queue) -> Move | None:
        walk.ahead.clear()
        return walk.call.enqueue(step)
