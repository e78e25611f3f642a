"""The steps that ring somebody without the queue: `ring` and `transfer`. What rings is the business of `ringing.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.flow.steps_ring import Ringer
from gateway.core.speech import saying
from gateway.core.steps import ringing
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk


class RingKind(Kind[Ringer]):
    """Rings while the caller hears the prompt, if there is one, and then music."""

    def enter(self, walk: Walk, step: Ringer) -> Move | None:
        walk.ahead.clear()
        call = walk.call
        call.stop_play()
        missed = ringing.begin(call.ex, call, step)
        if missed is not None:
            return Move(ringing.exit_of(step, missed))
        if step.prompt is None or not walk.says_all(step.prompt) or not walk.say(step.prompt, barge_in=False):
            call.music()
        elif "manager" in saying.names_in(step.prompt):
            call.told_name = call.values.get("manager", "")
        return None

    def play_ended(self, walk: Walk, step: Ringer) -> Move | None:  # noqa: ARG002 - it goes on ringing
        walk.stop_waiting()
        walk.call.music()
        return None

    def left(self, walk: Walk, step: Ringer) -> None:  # noqa: ARG002 - the call knows what rings for it
        ringing.stop(walk.call.ex, walk.call)
