"""`collect`: several keys become a variable, unless what they would say is known already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import InputTaken
from gateway.core.flow.check_digits import is_right
from gateway.core.flow.steps import Collect
from gateway.core.steps import known
from gateway.core.steps.ask import HUMAN, Asking, matches
from gateway.core.steps.kind import Move

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.steps.known import Known
    from gateway.core.steps.walk import Walk

CONFIRM, CONFIRM_AGAIN = "confirm", "confirm_again"
"""Phases of the walk: the known answer was said and is to be agreed to."""


class CollectKind(Asking[Collect]):
    """Several keys become a variable."""

    def enter(self, walk: Walk, step: Collect) -> Move | None:
        found = known.find(walk, step)
        if found is None or not fits(step, found.value):
            return super().enter(walk, step)
        if step.known == "skip":
            move = self._use(walk, step, found, "skipped")
            return move if move is not None else super().enter(walk, step)
        if step.known == "confirm" and self._propose(walk, step, found, CONFIRM):
            walk.known = found
            return None
        known.note(walk, step, found, "asked")
        return super().enter(walk, step)

    def key(self, walk: Walk, step: Collect, pressed: str) -> Move | None:
        if walk.phase not in {CONFIRM, CONFIRM_AGAIN} or walk.known is None:
            return super().key(walk, step, pressed)
        walk.call.stop_play()
        walk.stop_waiting()
        if pressed == HUMAN and step.human:
            self.note(walk, step, pressed, "no_match")
            walk.call.values.pop(step.variable, None)
            return Move(step.human)
        if pressed not in {step.yes_key, step.no_key}:
            return self._unclear(walk, step, walk.known, pressed)
        self._answered(walk, step, pressed)
        if pressed == step.yes_key:
            move = self._use(walk, step, walk.known, "confirmed")
            if move is not None:
                return move
        else:
            known.note(walk, step, walk.known, "denied")
        return self._ask_after_all(walk, step)

    def due(self, walk: Walk, step: Collect) -> Move | None:
        if walk.phase in {CONFIRM, CONFIRM_AGAIN} and walk.known is not None:
            return self._unclear(walk, step, walk.known, "")
        return self._complete(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: Collect, pressed: str) -> Move | None:
        """One key more. Keys that are neither a digit nor the last key mean nothing here."""
        if pressed == step.finish_on:
            return self._complete(walk, step)
        if not pressed.isdigit():
            if not walk.typed:
                walk.wait(step.first_key_s)
            return None
        walk.typed += pressed
        if len(walk.typed) >= step.digits_max:
            if step.finish_on:
                walk.swallow(step.finish_on, step.next_key_s)
            return self._complete(walk, step)
        walk.wait(step.next_key_s)
        return None

    def note(self, walk: Walk, step: Collect, typed: str, outcome: Literal["match", "no_match", "no_input"]) -> None:
        """The fact of an answer, or of none; of a secret one, not what it was."""
        call = walk.call
        keys = "" if step.secret else typed
        call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys=keys, outcome=outcome, name=step.variable))

    def _complete(self, walk: Walk, step: Collect) -> Move | None:
        typed = walk.typed
        found = fits(step, typed)
        if found and step.find == "client":
            found = walk.call.identify_by_key(typed)
        if not found:
            return self.missed(walk, step, "no_match", step.no_match, typed)
        walk.stop_waiting()
        walk.call.values[step.variable] = typed
        self.note(walk, step, typed, "match")
        known.remember(walk.call, step, typed)
        return Move(step.then)

    # An answer that is known

    def _use(self, walk: Walk, step: Collect, found: Known, how: Literal["skipped", "confirmed"]) -> Move | None:
        """Take it for keyed; None when it is no client's number any more."""
        call = walk.call
        its = call.client is not None and call.client.id == found.value
        if step.find == "client" and not its and not call.identify_by_key(found.value):
            return None
        call.values[step.variable] = found.value
        known.note(walk, step, found, how)
        if how == "confirmed":
            known.remember(call, step, found.value)
        return Move(step.then)

    def _propose(self, walk: Walk, step: Collect, found: Known, phase: str) -> bool:
        """Say it and ask whether it is still so; False when it cannot be said."""
        walk.call.values[step.variable] = found.value
        prompt = step.confirm
        if prompt is None or not walk.says_all(prompt) or not walk.say(prompt):
            walk.call.values.pop(step.variable, None)
            return False
        walk.phase = phase
        return True

    def _unclear(self, walk: Walk, step: Collect, found: Known, pressed: str) -> Move | None:
        """Neither yes nor no: once more, then the question itself."""
        self._answered(walk, step, pressed)
        if walk.phase == CONFIRM and self._propose(walk, step, found, CONFIRM_AGAIN):
            return None
        known.note(walk, step, found, "asked")
        return self._ask_after_all(walk, step)

    def _ask_after_all(self, walk: Walk, step: Collect) -> Move | None:
        walk.phase = ""
        walk.known = None
        walk.stop_waiting()
        walk.call.values.pop(step.variable, None)
        return super().enter(walk, step)

    @staticmethod
    def _answered(walk: Walk, step: Collect, pressed: str) -> None:
        """The fact of a yes, a no, or neither."""
        call = walk.call
        outcome: Literal["match", "no_match", "no_input"] = "no_input"
        if pressed:
            outcome = "match" if pressed in {step.yes_key, step.no_key} else "no_match"
        call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys=pressed, outcome=outcome))


def fits(step: Collect, typed: str) -> bool:
    """Whether what was keyed has the length, one of the patterns and the check digits that the step asks for."""
    if not step.digits_min <= len(typed) <= step.digits_max or not is_right(typed, step.check):
        return False
    return not step.like or any(matches(pattern, typed) for pattern in step.like)
