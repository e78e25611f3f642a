"""What the steps about cases do: open one and say its number, find one by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.facts.desk import CaseAsked, CaseOpened
from gateway.core.flow.steps_case import CASE, CaseStatus, OpenCase
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Kind, Move
from gateway.core.steps.voice import addressee

if TYPE_CHECKING:
    from gateway.core.flow.base import Retry
    from gateway.core.steps.walk import Walk

END = "#"
DIGITS_MAX = 12


class OpenCaseKind(Kind[OpenCase]):
    """Opens it at once; the number is said to its end, keys wait for the next step."""

    def enter(self, walk: Walk, step: OpenCase) -> Move | None:
        call = walk.call
        number = call.ex.desk.cases.take_number()
        whose, to = addressee(walk, step)
        record = call.story.record
        call.values[CASE] = number
        call.note(
            CaseOpened(
                at=call.now,
                call=call.id,
                case=number,
                kind=step.kind,
                whose=whose,
                to=to,
                client=record.client,
                caller=record.caller,
                area=call.values.get("area", ""),
                warn_at=call.now + step.warn_s if step.warn_s is not None and step.limit_s is not None else None,
                resolve_by=call.now + step.limit_s if step.limit_s is not None else None,
                draft=record.draft,
            )
        )
        said = step.prompt is not None and walk.say(step.prompt, barge_in=False)
        return None if said else Move(step.then)

    def play_ended(self, walk: Walk, step: OpenCase) -> Move | None:
        walk.stop_waiting()
        return Move(step.then)


class CaseStatusKind(Asking[CaseStatus]):
    """Digits up to #, or to a pause; a number that is no case's is a no_match."""

    def due(self, walk: Walk, step: CaseStatus) -> Move | None:
        return self._keyed(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: CaseStatus, pressed: str) -> Move | None:
        if pressed == END:
            return self._keyed(walk, step)
        if pressed.isdigit():
            walk.typed += pressed
            if len(walk.typed) > DIGITS_MAX:
                return self.missed(walk, step, "no_match", step.no_match, walk.typed)
        walk.wait(step.next_key_s)
        return None

    def missed(
        self, walk: Walk, step: CaseStatus, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
    ) -> Move | None:
        walk.typed = ""
        return super().missed(walk, step, how, retry, typed)

    def named(self, step: CaseStatus) -> str:  # noqa: ARG002 - it is always the same
        return CASE

    def _keyed(self, walk: Walk, step: CaseStatus) -> Move | None:
        call, typed = walk.call, walk.typed
        case = call.ex.desk.cases.find(typed)
        if case is None:
            return self.missed(walk, step, "no_match", step.no_match, typed)
        walk.stop_waiting()
        self.note(walk, step, typed, "match")
        call.values[CASE] = typed
        if not call.draft:  # a trial is no talk about the case
            call.note(CaseAsked(at=call.now, call=call.id, step=step.name, case=typed, open=case.closed is None))
        return Move(step.open if case.closed is None else step.closed)
