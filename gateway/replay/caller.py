"""A caller of the past at a changed flow: gives the answers that were given then, waits as long, and no longer.

Who is asked what was never answered cannot be replayed honestly: such a call is ended there and marked.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from gateway.core.flow.model import Collect, Voicemail
from gateway.core.steps.voice import ANY

if TYPE_CHECKING:
    from gateway.core.flow.model import AnyStep
    from gateway.replay.past import Input, PastCall

PATIENCE_S = 4 * 3600.0
"""Of a caller who did not hang up while waiting: longer than any queue."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Keys to press, `after_s` from the question's beginning; no keys: nothing is pressed."""

    keys: str
    after_s: float


class Memory:
    """What one caller did; each answer is given once."""

    def __init__(self, past: PastCall) -> None:
        self._past = past
        self._left = deque(past.inputs)
        self.unanswerable = ""
        """Why the call cannot be replayed from here on: "step:NAME", "lookup:SERVICE", "secret:STEP", "message"."""

    def answer(self, step: AnyStep, variable: str) -> Answer | None:
        """The answer to a question: to the step of that name, else to one that asked for the same variable. None when
        there is none; `unanswerable` then says so, unless the caller hung up at this very question."""
        found = next((i for i in self._left if i.step == step.name), None) or next(
            (i for i in self._left if variable and i.name == variable), None
        )
        if found is None:
            if not (self.hung_up_in_menu and self._past.last_step == (step.name, step.VERB)):
                self.unanswerable = f"step:{step.name}"
            return None
        while self._left and self._left[0] is not found and self._left[0].step not in {found.step, step.name}:
            self._left.popleft()  # questions of then that are not asked any more
        self._left.remove(found)
        if not found.keys and found.outcome != "no_input":
            self.unanswerable = f"secret:{step.name}"
            return None
        return Answer(keys=_typed(step, found), after_s=found.after_s)

    @property
    def hung_up_in_menu(self) -> bool:
        """Whether the caller ended the call outside of a queue and of a talk."""
        record = self._past.record
        return record is not None and record.ended_by == "caller" and record.outcome not in {"answered", "abandoned"}

    @property
    def leaves_after_s(self) -> float | None:
        """When the caller hung up outside of a queue and of a talk, from the call's beginning; None: did not."""
        record = self._past.record
        return record.ended_at - record.started_at if record is not None and self.hung_up_in_menu else None

    @property
    def patience_s(self) -> float:
        """How long the caller waits in a queue."""
        record = self._past.record
        if record is not None and record.outcome == "abandoned" and record.wait_s is not None:
            return record.wait_s
        return PATIENCE_S


def last_key(step: AnyStep) -> str:
    """The key that ends a message of this step; # where any key does, or none, and for want of a better one."""
    return step.finish_on if isinstance(step, Voicemail) and step.finish_on not in {"", ANY} else "#"


def _typed(step: AnyStep, found: Input) -> str:
    if not found.keys or not isinstance(step, Collect) or not step.finish_on:
        return found.keys
    return found.keys if len(found.keys) >= step.digits_max else found.keys + step.finish_on
