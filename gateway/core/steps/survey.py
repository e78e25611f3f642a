"""The step that asks the caller for a score. The answer belongs to the person and the team of the call's last talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.facts.desk import SurveyAnswered
from gateway.core.flow.steps_voice import Survey
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Move

if TYPE_CHECKING:
    from gateway.core.facts.desk import SurveyKind
    from gateway.core.flow.base import Retry
    from gateway.core.steps.walk import Walk

SCORES: dict[SurveyKind, dict[str, int]] = {
    "csat": {str(score): score for score in range(1, 6)},
    "nps": {str(score): score for score in range(11)},
    "ces": {str(score): score for score in range(1, 8)},
    "solved": {"1": 1, "2": 0},
}
"""Keys -> score."""


class SurveyKindOfStep(Asking[Survey]):
    """One key, or two for the ten of nps: after a 1 it waits for a 0."""

    def due(self, walk: Walk, step: Survey) -> Move | None:
        return self._answered(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: Survey, pressed: str) -> Move | None:
        walk.typed += pressed
        if walk.typed not in SCORES[step.kind]:
            return self.missed(walk, step, "no_match", step.no_match, walk.typed)
        if step.kind == "nps" and walk.typed == "1":
            walk.wait(step.next_key_s)
            return None
        return self._answered(walk, step)

    def missed(
        self, walk: Walk, step: Survey, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
    ) -> Move | None:
        walk.typed = ""
        return super().missed(walk, step, how, retry, typed)

    def _answered(self, walk: Walk, step: Survey) -> Move:
        call, typed = walk.call, walk.typed
        walk.stop_waiting()
        self.note(walk, step, typed, "match")
        talk, record = call.story.last_talk, call.story.record
        call.note(
            SurveyAnswered(
                at=call.now,
                call=call.id,
                kind=step.kind,
                score=SCORES[step.kind][typed],
                step=step.name,
                client=record.client,
                manager=record.manager,
                agent=talk.agent if talk is not None else "",
                team=talk.team if talk is not None else "",
            )
        )
        return Move(step.then)
