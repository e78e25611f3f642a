"""One call of a replay: what it is doing while it is up, and what came of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.calls import CallRecord
from gateway.replay.caller import Memory
from gateway.replay.past import PastCall

if TYPE_CHECKING:
    from gateway.core.actions import Play
    from gateway.simulate.recorder import Recorder


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one call. `record` None: no flow took it. `unanswerable`: see `Memory`."""

    past: PastCall
    record: CallRecord | None
    unanswerable: str = ""


class Call:
    """One call that is up."""

    def __init__(self, past: PastCall, recorder: Recorder) -> None:
        self.past, self.recorder = past, recorder
        self.memory = Memory(past)
        self.up = False
        self.play: Play | None = None
        self.flow, self.step = "", ""
        self.asks = False
        """A question has just begun, or is asked again."""
        self.asking = 0
        """Number of the question; keys for an older one are not pressed."""
        self.due: tuple[str, float] | None = None
        """Keys that are still to be pressed, and when."""
        self.spoken = deque(past.spoken)
        self.lookups = {service: deque(outcomes) for service, outcomes in past.lookups.items()}
        self.queued = self.talking = False
        self.talks = 0
