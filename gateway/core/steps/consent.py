"""The step that asks whether the talk may be recorded. What is not a clear yes is a no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.facts.desk import ConsentGiven, ConsentRefused
from gateway.core.flow.steps_voice import Consent
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Move

if TYPE_CHECKING:
    from gateway.core.flow.base import Retry
    from gateway.core.steps.walk import Walk


class ConsentKind(Asking[Consent]):
    """Yes or no, by one key each; a client whose row says so is not asked and never recorded."""

    def enter(self, walk: Walk, step: Consent) -> Move | None:
        client = walk.call.client
        if client is not None and client.do_not_record:
            self._refused(walk, step, "do_not_record")
            return Move(step.no)
        return super().enter(walk, step)

    def taken(self, walk: Walk, step: Consent, pressed: str) -> Move | None:
        if pressed not in {step.yes_key, step.no_key}:
            return self.missed(walk, step, "no_match", step.no_match, pressed)
        call = walk.call
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        if pressed == step.no_key:
            self._refused(walk, step, "no")
            return Move(step.no)
        call.note(ConsentGiven(at=call.now, call=call.id, step=step.name, client=call.story.record.client))
        return Move(step.yes)

    def missed(
        self, walk: Walk, step: Consent, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
    ) -> Move | None:
        move = super().missed(walk, step, how, retry, typed)
        if move is not None:
            self._refused(walk, step, how)
        return move

    def _refused(self, walk: Walk, step: Consent, why: Literal["no", "no_input", "no_match", "do_not_record"]) -> None:
        call = walk.call
        client = call.story.record.client
        call.note(ConsentRefused(at=call.now, call=call.id, step=step.name, reason=why, client=client))
