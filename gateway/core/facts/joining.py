"""Facts of the moments between an agent's answer and the talk, and of what is known before it is asked."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import SideFact

KnownFrom = Literal["call", "memory", "client"]
"""Where an answer is known from: keyed before in this call, on an earlier day, or the number of the known client."""

MatterFrom = Literal["memory", "case"]
"""Where an old matter is known from: what the caller keyed in an earlier call, or the case that is open."""


class AcceptanceAsked(SideFact, frozen=True, kw_only=True):
    """A phone was picked up that may be anybody's, a voicemail box's too: whoever is there is asked to press a key."""

    agent: str
    leg: str
    within_s: float


class AcceptanceEnded(SideFact, frozen=True, kw_only=True):
    """What came of that: the agent takes the call, refuses it by key, or no key came in time."""

    agent: str
    leg: str
    how: Literal["accepted", "refused", "silent"]
    took_s: float


class JoiningBegan(SideFact, frozen=True, kw_only=True):
    """The agent has the call; before both hear each other the agent hears what is known (`whisper`: what, in codes),
    and the caller who it is (`named`)."""

    agent: str
    leg: str
    whisper: tuple[Literal["client", "stranger", "matter", "wait", "case"], ...]
    named: bool


class AnswerRemembered(SideFact, frozen=True, kw_only=True):
    """What a caller keyed is kept for `core/steps/memory.KEPT_S`: by the client's number, else by the caller's."""

    caller: str
    client: str
    name: str
    value: str


class AnswerKnown(SideFact, frozen=True, kw_only=True):
    """A `collect` found its answer known. `how`: not asked (skipped), said and agreed to (confirmed), said and not
    right any more (denied), or asked all the same, because the step does not use what is known (asked)."""

    flow: str
    step: str
    name: str
    value: str
    how: Literal["skipped", "confirmed", "denied", "asked"]
    source: KnownFrom
    age_s: float = 0.0


class MatterRecognised(SideFact, frozen=True, kw_only=True):
    """A menu said the choice of `key` first, because of an earlier matter of this caller: `name` with that `value`, or
    the open case of that number."""

    flow: str
    step: str
    key: str
    name: str
    value: str
    source: MatterFrom
    age_s: float


AnyJoiningFact = AcceptanceAsked | AcceptanceEnded | JoiningBegan | AnswerRemembered | AnswerKnown | MatterRecognised
