"""Steps in which the caller speaks: voicemail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Tone
from gateway.core.events import Recorded
from gateway.core.flow.steps_voice import Voicemail
from gateway.core.queue import leaving
from gateway.core.steps.kind import Kind, Move
from gateway.core.talk import recordings

if TYPE_CHECKING:
    from gateway.core.events import Event
    from gateway.core.facts.desk import Whose
    from gateway.core.flow.base import Prompt
    from gateway.core.flow.steps_case import OpenCase
    from gateway.core.flow.steps_voice import CallBack
    from gateway.core.steps.walk import Walk

BEEP_HZ, BEEP_DBM0, BEEP_S = 1000.0, -12.0, 0.3
GUARD_S = 10.0
"""A recording of which no end is heard within that, after it should have come, has failed."""
ANY = "any"

_BEEP, _SPEAKING, _STOPPED = "beep", "speaking", "stopped"


class VoicemailKind(Kind[Voicemail]):
    """Says its text, beeps, records until a key, a hang-up or the longest time. A key before the beep skips the
    text."""

    def enter(self, walk: Walk, step: Voicemail) -> Move | None:
        walk.ahead.clear()
        leaving.close_contact(walk.call, "overflowed")
        self._ask(walk, step.prompt)
        return None

    def key(self, walk: Walk, step: Voicemail, pressed: str) -> Move | None:
        if walk.phase == _SPEAKING and step.finish_on in {pressed, ANY}:
            walk.phase = _STOPPED
            recordings.stop(walk.call, recordings.message_of(walk.call))
            walk.wait(GUARD_S)
        elif not walk.phase and walk.call.playing:
            walk.call.stop_play()
            self._beep(walk)
        return None

    def play_ended(self, walk: Walk, step: Voicemail) -> Move | None:  # noqa: ARG002 - it always beeps
        self._beep(walk)
        return None

    def due(self, walk: Walk, step: Voicemail) -> Move | None:
        call = walk.call
        if walk.phase == _BEEP:
            call.stop_play()
            walk.phase = _SPEAKING
            whose, to = addressee(walk, step)
            recordings.start_message(call, whose=whose, to=to, longest_s=step.longest_s, shortest_s=step.shortest_s)
            walk.wait(step.longest_s + GUARD_S)
            return None
        recording = recordings.message_of(call)
        lost = Recorded(leg=call.id, recording=recording, how="lost", reason="the line did not tell of its end")
        recordings.stop(call, recording)
        recordings.ended(call.ex, lost)
        return None

    def told(self, walk: Walk, step: Voicemail, event: Event) -> Move | None:
        if not isinstance(event, Recorded) or walk.phase not in {_SPEAKING, _STOPPED} or event.how == "leg_over":
            return None
        walk.stop_waiting()
        if event.how == "failed":
            return Move(step.failed)
        if walk.call.story.message == event.recording:
            return Move(step.then)
        walk.no_input += 1
        if walk.no_input >= step.too_short.tries:
            return Move(step.too_short.then)
        self._ask(walk, step.too_short.prompt if step.too_short.prompt is not None else step.prompt)
        return None

    def _ask(self, walk: Walk, prompt: Prompt | None) -> None:
        walk.phase = ""
        if prompt is None or not walk.say(prompt):
            self._beep(walk)

    def _beep(self, walk: Walk) -> None:
        call = walk.call
        walk.phase = _BEEP
        call.order(Tone(leg=call.id, hz=BEEP_HZ, level_dbm0=BEEP_DBM0))
        call.sounding = True
        walk.wait(BEEP_S)


def addressee(walk: Walk, step: Voicemail | CallBack | OpenCase) -> tuple[Whose, str]:
    """For whom a message, a call-back or a case of this step is."""
    if step.to != "by_client":
        return step.whose, step.to
    client = walk.call.client
    return ("agent", client.manager) if client is not None else ("team", step.team)
