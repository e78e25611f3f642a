"""The step in which a caller asks to be called back: the own number or another one, said and confirmed.

Where the box dials by itself (`call_backs:`), a number that it may not dial is not taken down: neither a premium or an
emergency number that somebody keys, nor the caller's own when it is not listed. A client who does not want to be called
back is told so, whoever would dial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from gateway.core.facts.call_back import CallBackRefused
from gateway.core.facts.desk import CallBackRequested
from gateway.core.flow.steps_voice import CALL_BACK_NUMBER, CallBack
from gateway.core.numbers import is_dialable
from gateway.core.site import dial_rules
from gateway.core.site.directory import e164
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Move
from gateway.core.steps.voice import addressee
from gateway.core.talk import recordings

if TYPE_CHECKING:
    from gateway.core.facts.call_back import GivenUp
    from gateway.core.flow.base import Prompt, Retry
    from gateway.core.steps.walk import Walk

YES, ANOTHER, END = "1", "2", "#"
DIGITS_MAX = 18
"""The longest E.164 number with an international prefix of three digits."""
_KEYING, _REFUSED = "keying", "refused"


class CallBackKind(Asking[CallBack]):
    """The number is right by 1, another one by 2 or when the caller's own is not known."""

    def enter(self, walk: Walk, step: CallBack) -> Move | None:
        call = walk.call
        if call.client is not None and call.client.do_not_call_back:
            _note_refused(walk, step, "do_not_call_back")
            walk.phase = _REFUSED
            prompt = _sentence(walk, "not_wanted")
            walk.ahead.clear()
            return None if prompt is not None and walk.say(prompt, barge_in=False) else _way_out(step)
        own = call.values.get("caller", "")
        if not is_dialable(own):
            return self._another(walk, step, step.another)
        why = _why_not(walk, own)
        if why:
            _note_refused(walk, step, why)
            return self._another(walk, step, _sentence(walk, "refused") or step.another)
        call.values[CALL_BACK_NUMBER] = own
        return super().enter(walk, step)

    def key(self, walk: Walk, step: CallBack, pressed: str) -> Move | None:
        return None if walk.phase == _REFUSED else super().key(walk, step, pressed)

    def play_ended(self, walk: Walk, step: CallBack) -> Move | None:
        return _way_out(step) if walk.phase == _REFUSED else super().play_ended(walk, step)

    def ask(self, walk: Walk, step: CallBack, prompt: Prompt) -> Move | None:
        return super().ask(walk, step, step.another if walk.phase and prompt is step.prompt else prompt)

    def due(self, walk: Walk, step: CallBack) -> Move | None:
        if walk.phase == _REFUSED:
            return _way_out(step)
        return self._keyed(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: CallBack, pressed: str) -> Move | None:
        if walk.phase:
            return self._keying(walk, step, pressed)
        if pressed == ANOTHER:
            walk.stop_waiting()
            self.note(walk, step, pressed, "match")
            return self._another(walk, step, step.another)
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

    def _another(self, walk: Walk, step: CallBack, prompt: Prompt) -> Move | None:
        walk.phase, walk.typed = _KEYING, ""
        return self.ask(walk, step, prompt)

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
        why = _why_not(walk, number) if typed else ""
        retry = step.no_match
        if why and why != "no_number":
            _note_refused(walk, step, why)
            retry = replace(retry, prompt=_sentence(walk, "refused") or retry.prompt)
        if why or not is_dialable(number):
            return self.missed(walk, step, "no_match", retry, typed)
        walk.stop_waiting()
        self.note(walk, step, typed, "match")
        call.values[CALL_BACK_NUMBER] = number
        walk.phase = walk.typed = ""
        return self.ask(walk, step, step.prompt)

    def named(self, step: CallBack) -> str:  # noqa: ARG002 - it is always the same
        return CALL_BACK_NUMBER


def request(walk: Walk, step: CallBack) -> None:
    """The fact of it; from here on it is on the desk. Who was to be called back before keeps that place."""
    call = walk.call
    whose, to = addressee(walk, step)
    record = call.story.record
    number = call.values[CALL_BACK_NUMBER]
    places = [record.queued_at] if record.queued_at is not None else []
    if call.site.call_backs is not None and not call.draft:
        places += [older.since for older in call.ex.desk.call_back_book.of_number(number) if older.state != "people"]
    call.note(
        CallBackRequested(
            at=call.now,
            call=call.id,
            call_back=f"{recordings.safe_name(call.id)}.b{call.story.call_backs + 1}",
            number=number,
            whose=whose,
            to=to,
            client=record.client,
            area=call.values.get("area", ""),
            waiting_since=min(places, default=None),
            queued=call.story.gave_up,
            due_at=call.now + recordings.DUE_S,
            draft=record.draft,
            language=call.language,
            priority=call.story.priority,
        )
    )


def _why_not(walk: Walk, number: str) -> dial_rules.WhyNot:
    """Why the box may not dial the number; empty when it may, or when people dial."""
    rules = walk.call.site.call_backs
    return dial_rules.why_not(number, walk.call.site, rules.listed) if rules is not None else ""


def _note_refused(walk: Walk, step: CallBack, reason: GivenUp) -> None:
    call = walk.call
    call.note(CallBackRefused(at=call.now, call=call.id, step=step.name, reason=reason))


def _sentence(walk: Walk, name: str) -> Prompt | None:
    rules = walk.call.site.call_backs
    return rules.said.get(name) if rules is not None else None


def _way_out(step: CallBack) -> Move:
    return Move(step.refused or step.no_match.then)
