"""What a journal tells of the calls that were: who called when, which keys came, how long waits and talks were."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.events import MemoryRecovered, OwnersRecovered
from gateway.core.events_desk import DeskRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallRecord,
    CallStarted,
    InputTaken,
    StepEntered,
    TalkEnded,
)
from gateway.core.facts.desk import CaseClosed, CaseOpened, RecordingEnded, RecordingStarted
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.owner import ManagerAssigned
from gateway.core.facts.usual import HourCounted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import Declined
    from gateway.core.service_model import LookupOutcome

KINDS = tuple(
    kind.__name__
    for kind in (
        AgentChanged, AgentDeclined, AgentOffered, AnswerRemembered, CallBridged, CallEnded, CallStarted, CaseClosed,
        CaseOpened, HourCounted, HoursOverridden, InputTaken, LookupAnswered, ManagerAssigned, RecordingEnded,
        RecordingStarted, StepEntered, TalkEnded,
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


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller did behind one beep: was recorded for `seconds`, `sound_s` of it no silence, and then pressed the
    key ("stopped"), hung up ("leg_over") or came to the longest time ("longest")."""

    seconds: float
    sound_s: float
    how: Literal["stopped", "leg_over", "longest"]


class PastCall(msgspec.Struct, kw_only=True):
    """One call as it was."""

    started: CallStarted
    record: CallRecord | None = None
    inputs: list[Input] = msgspec.field(default_factory=list)
    last_step: tuple[str, str] = ("", "")
    """Where the call ended: the step's name and verb."""
    talks: list[Talk] = msgspec.field(default_factory=list)
    lookups: dict[str, deque[LookupOutcome]] = msgspec.field(default_factory=dict)
    spoken: list[Spoken] = msgspec.field(default_factory=list)
    """Beep by beep, as far as it is known; also where no message came of it."""
    messages: set[str] = msgspec.field(default_factory=set)
    """The recordings of what the caller said, not of talks."""

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
    known: list[AnswerRemembered | ManagerAssigned | CallEnded] = msgspec.field(default_factory=list)
    """What was known of callers; only what is of before the first call is told: the rest comes about again."""

    hours: list[HourCounted] = msgspec.field(default_factory=list)
    """What was usual; of before the first call, too."""

    def told_before(self, first: float) -> tuple[DeskRecovered, MemoryRecovered, OwnersRecovered, WatchRecovered]:
        """What the box knew when the call of `first` came."""
        known = [fact for fact in self.known if fact.at < first]
        return (
            DeskRecovered(facts=tuple(fact for fact in self.cases if fact.at < first)),
            MemoryRecovered(facts=tuple(fact for fact in known if isinstance(fact, AnswerRemembered))),
            OwnersRecovered(facts=tuple(fact for fact in known if not isinstance(fact, AnswerRemembered))),
            WatchRecovered(facts=tuple(fact for fact in self.hours if fact.at < first)),
        )


def read(facts: Iterable[AnyFact], *, since: float = 0.0, until: float = float("inf")) -> Past:
    """The calls that began in since <= at < until (Unix seconds), and what agents did in all of the facts."""
    calls: dict[str, PastCall] = {}
    asked: dict[str, float] = {}
    rung: dict[str, AgentOffered] = {}
    past = Past(calls=[], skipped={}, ringings={}, agents=[], overrides=[], cases=[])
    for fact in facts:
        if isinstance(fact, AnswerRemembered | ManagerAssigned | CallEnded):
            past.known.append(fact)
        match fact:
            case AgentChanged():
                past.agents.append(fact)
            case HourCounted():
                past.hours.append(fact)
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
            call.last_step = fact.step, fact.verb
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
        case RecordingStarted(purpose="message"):
            call.messages.add(fact.recording)
        case RecordingEnded(how="stopped" | "leg_over" | "longest" as how, length_s=float(seconds)):
            if fact.recording in call.messages:
                sound_s = seconds if fact.sound_s is None else fact.sound_s
                call.spoken.append(Spoken(seconds=seconds, sound_s=sound_s, how=how))
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
