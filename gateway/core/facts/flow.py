"""Facts of the ways through flows that lead into others, and round again."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import Fact


class SubflowReturned(Fact, frozen=True, kw_only=True):
    """The flow that a `subflow` step called came to its `return`, and the calling flow (`to`) goes on by that exit."""

    flow: str
    outcome: str
    to: str


class RoundCounted(Fact, frozen=True, kw_only=True):
    """A `loop` counted round `round` of `of`, or found them used up, and the caller went the way of that."""

    step: str
    round: int
    of: int
    used_up: bool = False


class RingEnded(Fact, frozen=True, kw_only=True):
    """A `ring` or a `transfer` has come to its end: somebody answered, or why nobody did (`reason`, a code of
    `core/steps/ringing.py`). `to` is the agent, the team or the number that was meant."""

    step: str
    target: Literal["manager", "team", "agent", "number"]
    to: str
    outcome: Literal["answered", "busy", "no_answer", "unreachable", "abandoned"]
    reason: str = ""
    rang_s: float
