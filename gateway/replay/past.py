"""What a journal tells of the calls that were: who called when, which keys came, how long waits and talks were."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.facts import (
    AgentChanged,
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallRecord,
    CallStarted,
    HoursOverridden,
    InputTaken,
    StepEntered,
    TalkEnded,
)
from gateway.core.facts_desk import CaseClosed, CaseOpened, MessageLeft, RecordingEnded
from gateway.core.facts_lookup import LookupAnswered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.facts import AnyFact, Declined
    from gateway.core.service_model import LookupOutcome

KINDS = tuple(
    kind.__name__
    for kind in (
        AgentChanged, AgentDeclined, AgentOffered, CallBridged, CallEnded, CallStarted, CaseClosed, CaseOpened,
        HoursOverridden, InputTaken, LookupAnswered, MessageLeft, RecordingEnded, StepEntered, TalkEnded,
    )
)  # fmt: skip
"""The kinds of facts that a replay reads."""
Skipped = Literal["draft", "lost", "adopted", "unfinished"]


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to a question. `after_s` counts from the question's beginning."""

    step: str
    name: str
    keys: str
    outcome: str
    after_s: float


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent did when rung at `at`: answered, or a word of Declined, after `seconds`."""

    call: str
    at: float
    how: Literal["answered"] | Declined
    seconds: float


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """One talk with an agent, and who ended it."""

    seconds: float
    by: str


class PastCall(msgspec.Struct, kw_only=True):
    """One call as it was."""

    started: CallStarted
    record: CallRecord | None = None
    inputs: list[Input] = msgspec.field(default_factory=list)
    steps: set[str] = msgspec.field(default_factory=set)
    talks: list[Talk] = msgspec.field(default_factory=list)
    lookups: dict[str, deque[LookupOutcome]] = msgspec.field(default_factory=dict)
    spoken_s: float | None = None
    """How long the caller spoke behind the beep of a message."""

    @property
    def id(self) -> str:
        """The call's id."""
        return self.started.call


class Past(msgspec.Struct, kw_only=True):
    """Everything that a replay takes from a journal."""

    calls: list[PastCall]
    """Those that can be sent again, in the order in which they came."""
    skipped: dict[Skipped, int]
    """Those that cannot, and why."""
    ringings: dict[str, list[Ringing]]
    """By agent, in order."""
    agents: list[AgentChanged]
    overrides: list[HoursOverridden]
    cases: list[CaseOpened | CaseClosed]


def read(facts: Iterable[AnyFact], *, since: float = 0.0, until: float = float("inf")) -> Past:
    """The calls that began in since <= at < until (Unix seconds), and what agents did in all of the facts."""
    calls: dict[str, PastCall] = {}
    asked: dict[str, float] = {}
    rung: dict[str, AgentOffered] = {}
    past = Past(calls=[], skipped={}, ringings={}, agents=[], overrides=[], cases=[])
    for fact in facts:
        match fact:
            case AgentChanged():
                past.agents.append(fact)
            case HoursOverridden():
                past.overrides.append(fact)
            case CaseOpened() | CaseClosed():
                past.cases.append(fact)
            case AgentOffered():
                rung[fact.leg] = fact
            case CallBridged() | AgentDeclined():
                _ended(past, rung.pop(fact.leg, None), fact)
            case CallStarted(direction="in"):
                if since <= fact.at < until:
                    calls[fact.call] = PastCall(started=fact)
            case _:
                pass
        call = calls.get(fact.call)
        if call is not None:
            _learn(call, fact, asked)
    for call in calls.values():
        why = _why_not(call)
        if why is None:
            past.calls.append(call)
        else:
            past.skipped[why] = past.skipped.get(why, 0) + 1
    past.calls.sort(key=lambda call: call.started.at)
    return past


def _ended(past: Past, offered: AgentOffered | None, fact: CallBridged | AgentDeclined) -> None:
    if offered is None:
        return
    how = "answered" if isinstance(fact, CallBridged) else fact.why
    ringing = Ringing(call=offered.call, at=offered.at, how=how, seconds=max(0.0, fact.at - offered.at))
    past.ringings.setdefault(offered.agent, []).append(ringing)


def _learn(call: PastCall, fact: AnyFact, asked: dict[str, float]) -> None:
    match fact:
        case StepEntered():
            call.steps.add(fact.step)
            asked[fact.call] = fact.at
        case InputTaken():
            after_s = max(0.0, fact.at - asked.get(fact.call, fact.at))
            asked[fact.call] = fact.at
            call.inputs.append(
                Input(step=fact.step, name=fact.name, keys=fact.keys, outcome=fact.outcome, after_s=after_s)
            )
        case TalkEnded():
            call.talks.append(Talk(seconds=fact.talk_s, by=fact.by))
        case LookupAnswered():
            call.lookups.setdefault(fact.service, deque()).append(fact.outcome)
        case MessageLeft():
            call.spoken_s = fact.length_s
        case CallEnded():
            call.record = fact.record
        case _:
            pass


def _why_not(call: PastCall) -> Skipped | None:
    record = call.record
    if call.started.draft:
        return "draft"
    if record is None:
        return "unfinished"
    if record.outcome == "lost":
        return "lost"
    return "adopted" if record.adopted else None
