"""What the steps do for those who have signed in: hear a talk, deal with a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.agents.codes import CODE_DIGITS
from gateway.core.desk import desk
from gateway.core.events_desk import DeskCommanded
from gateway.core.flow.steps_agent import AGENT_ID
from gateway.core.flow.steps_case import CASE
from gateway.core.flow.steps_desk import CaseDesk, Supervise
from gateway.core.steps.ask import Asking
from gateway.core.steps.case import DIGITS_MAX
from gateway.core.steps.kind import Move
from gateway.core.talk import supervision
from gateway.core.talk.supervision import TalkOver

if TYPE_CHECKING:
    from gateway.core.events import Event
    from gateway.core.events_desk import DeskDeed
    from gateway.core.facts.watch import SupervisionMode
    from gateway.core.flow.base import Prompt
    from gateway.core.steps.walk import Walk

END = "#"
HEARS = "hears"
"""Phase: he hears a talk, or will when both have been told."""
TOLD_S = 30.0
"""An announcement of which no end was reported within that has not been heard; then he hears nothing either."""
DEED = "deed"
"""Phase: the case's number is known."""
MODES: dict[str, SupervisionMode] = {"1": "listen", "2": "whisper", "3": "barge"}
DEEDS: dict[str, DeskDeed] = {"1": "answered", "2": "closed", "3": "reopened"}


class SuperviseKind(Asking[Supervise]):
    """A code, and then the keys that say how he wants to be heard."""

    def key(self, walk: Walk, step: Supervise, pressed: str) -> Move | None:
        return self.taken(walk, step, pressed) if walk.phase == HEARS else super().key(walk, step, pressed)

    def due(self, walk: Walk, step: Supervise) -> Move | None:
        if walk.phase == HEARS:  # nobody was told
            return self._again(walk, step, None)
        return self._keyed(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: Supervise, pressed: str) -> Move | None:
        if walk.phase == HEARS:
            if pressed == END:
                return self._again(walk, step, None)
            if pressed in MODES:
                supervision.change(walk.call, MODES[pressed])
            return None
        if pressed == END:
            if walk.typed:
                return self._keyed(walk, step)
            walk.stop_waiting()
            return Move(step.then)
        if pressed.isdigit():
            walk.typed += pressed
            if len(walk.typed) >= CODE_DIGITS[1]:
                walk.swallow(END, step.next_key_s)
                return self._keyed(walk, step)
        walk.wait(step.next_key_s if walk.typed else step.first_key_s)
        return None

    def speak(self, walk: Walk, step: Supervise, prompt: Prompt) -> bool:
        """Nothing more once he hears a talk: the code was keyed ahead of the question."""
        return walk.phase == HEARS or super().speak(walk, step, prompt)

    def told(self, walk: Walk, step: Supervise, event: Event) -> Move | None:
        if isinstance(event, TalkOver) and walk.phase == HEARS:
            return self._again(walk, step, step.over)
        return None

    def left(self, walk: Walk, step: Supervise) -> None:  # noqa: ARG002 - whichever it is
        supervision.end(walk.call, "hung_up")

    def _keyed(self, walk: Walk, step: Supervise) -> Move | None:
        code, walk.typed = walk.typed, ""
        walk.stop_waiting()
        announce = walk.clips(step.announce) if step.announce is not None else ()
        refused = supervision.begin(walk.call, code, announce)
        if refused is not None:
            said: dict[str, Prompt | None] = {
                "not_talking": step.not_talking, "not_yours": step.not_yours, "other_line": step.other_line,
            }  # fmt: skip
            retry = replace(step.no_match, prompt=said.get(refused) or step.no_match.prompt)
            return self.missed(walk, step, "no_match", retry, code)
        self.note(walk, step, code, "match")
        walk.no_match = walk.no_input = 0
        walk.phase = HEARS
        seen = walk.call.ex.supervisions.by_call[walk.call.id]
        if seen.started_at is None:
            walk.wait(TOLD_S)
        return None

    def _again(self, walk: Walk, step: Supervise, prompt: Prompt | None) -> Move | None:
        """He hears nobody any more: the question again, behind what is said of the end."""
        supervision.end(walk.call, "key")
        walk.phase = walk.typed = ""
        walk.stop_waiting()
        return self.ask(walk, step, prompt if prompt is not None else step.prompt)


class CaseDeskKind(Asking[CaseDesk]):
    """A number up to #, or to a pause; then one key."""

    def due(self, walk: Walk, step: CaseDesk) -> Move | None:
        return self._keyed(walk, step) if walk.typed and walk.phase != DEED else super().due(walk, step)

    def taken(self, walk: Walk, step: CaseDesk, pressed: str) -> Move | None:
        if walk.phase == DEED:
            deed = DEEDS.get(pressed)
            if deed is None:
                return self.missed(walk, step, "no_match", step.no_match, pressed)
            return self._deal(walk, step, deed, pressed)
        if pressed == END:
            return self._keyed(walk, step)
        if pressed.isdigit():
            walk.typed += pressed
            if len(walk.typed) > DIGITS_MAX:
                typed, walk.typed = walk.typed, ""
                return self.missed(walk, step, "no_match", step.no_match, typed)
        walk.wait(step.next_key_s)
        return None

    def ask(self, walk: Walk, step: CaseDesk, prompt: Prompt) -> Move | None:
        """The question of the present phase, whatever was missed."""
        return super().ask(walk, step, step.choose if walk.phase == DEED and prompt is step.prompt else prompt)

    def _keyed(self, walk: Walk, step: CaseDesk) -> Move | None:
        call, typed = walk.call, walk.typed
        walk.typed = ""
        walk.stop_waiting()
        if not call.values.get(AGENT_ID):
            return Move(step.refused or step.then)
        if call.ex.desk.cases.find(typed) is None:
            return self.missed(walk, step, "no_match", step.no_match, typed)
        self.note(walk, step, typed, "match")
        call.values[CASE] = typed
        walk.phase = DEED
        return self.ask(walk, step, step.choose)

    def _deal(self, walk: Walk, step: CaseDesk, deed: DeskDeed, pressed: str) -> Move | None:
        call = walk.call
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        event = DeskCommanded(what="case", id=call.values[CASE], deed=deed, who=call.values[AGENT_ID])
        if call.draft or call.ex.desk.problem(event):
            return Move(step.refused or step.then)
        desk.commanded(call.ex, event)
        return Move(step.then)
