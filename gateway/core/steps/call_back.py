"""The step in which a caller asks to be called back: the own number or another one, said and confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core import recordings
from gateway.core.directory import e164
from gateway.core.facts_desk import CallBackRequested
from gateway.core.flow_steps_voice import CALL_BACK_NUMBER, CallBack
from gateway.core.numbers import is_dialable
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Move
from gateway.core.steps.voice import addressee

if TYPE_CHECKING:
    from gateway.core.flow import Walk
    from gateway.core.flow_base import Prompt, Retry

YES, ANOTHER, END = "1", "2", "#"
DIGITS_MAX = 18
"""The longest E.164 number with an international prefix of three digits."""
_KEYING = "keying"


class CallBackKind(Asking[CallBack]):
    """The number is right by 1, another one by 2 or when the caller's own is not known."""

    def enter(self, walk: Walk, step: CallBack) -> Move | None:
        own = walk.call.values.get("caller", "")
        if not is_dialable(own):
            return self._another(walk, step)
        walk.call.values[CALL_BACK_NUMBER] = own
        return super().enter(walk, step)

    def ask(self, walk: Walk, step: CallBack, prompt: Prompt) -> Move | None:
        return super().ask(walk, step, step.another if walk.phase and prompt is step.prompt else prompt)

    def due(self, walk: Walk, step: CallBack) -> Move | None:
        return self._keyed(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: CallBack, pressed: str) -> Move | None:
        if walk.phase:
            return self._keying(walk, step, pressed)
        if pressed == ANOTHER:
            walk.stop_waiting()
            self.note(walk, step, pressed, "match")
            return self._another(walk, step)
        if pressed != YES:
            return self.missed(walk, step, "no_match", step.no_match, pressed)
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        request(walk, step)
        return Move(step.then)

    def missed(
        self, walk: Walk, step: CallBack, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
    ) -> Move | None:
        walk.typed = ""
        return super().missed(walk, step, how, retry, typed)

    def _another(self, walk: Walk, step: CallBack) -> Move | None:
        walk.phase, walk.typed = _KEYING, ""
        return self.ask(walk, step, step.another)

    def _keying(self, walk: Walk, step: CallBack, pressed: str) -> Move | None:
        if pressed == END:
            return self._keyed(walk, step)
        if pressed.isdigit():
            walk.typed += pressed
            if len(walk.typed) > DIGITS_MAX:
                return self.missed(walk, step, "no_match", step.no_match, walk.typed)
        walk.wait(step.next_key_s)
        return None

    def _keyed(self, walk: Walk, step: CallBack) -> Move | None:
        typed, call = walk.typed, walk.call
        number = e164(typed, call.site.country)
        if not is_dialable(number):
            return self.missed(walk, step, "no_match", step.no_match, typed)
        walk.stop_waiting()
        self.note(walk, step, typed, "match")
        call.values[CALL_BACK_NUMBER] = number
        walk.phase = walk.typed = ""
        return self.ask(walk, step, step.prompt)

    def named(self, step: CallBack) -> str:  # noqa: ARG002 - it is always the same
        return CALL_BACK_NUMBER


def request(walk: Walk, step: CallBack) -> None:
    """The fact of it; from here on it is on the desk."""
    call = walk.call
    whose, to = addressee(walk, step)
    record = call.story.record
    call.note(
        CallBackRequested(
            at=call.now,
            call=call.id,
            call_back=f"{recordings.safe_name(call.id)}.b{call.story.call_backs + 1}",
            number=call.values[CALL_BACK_NUMBER],
            whose=whose,
            to=to,
            client=record.client,
            area=call.values.get("area", ""),
            waiting_since=record.queued_at,
            queued=call.story.gave_up,
            due_at=call.now + recordings.DUE_S,
            draft=record.draft,
        )
    )
