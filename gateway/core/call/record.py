"""A call's record is a fold over its facts: the live call and one that is read from the journal come out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.base import SideFact
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallHeld,
    CallRecord,
    CallResumed,
    CallStarted,
    CallTurnedAway,
    ClientIdentified,
    InputTaken,
    LegMeasured,
    MessagePublished,
    QueueEntered,
    QueueLeft,
    StageEntered,
    StepEntered,
    TalkEnded,
    VariantChosen,
    WrapUpEnded,
)
from gateway.core.facts.desk import (
    CallBackRequested,
    ConsentGiven,
    ConsentRefused,
    DeskFact,
    MessageLeft,
    RecordingEnded,
    RecordingStarted,
)
from gateway.core.facts.flow import RingEnded, RoundCounted, SubflowReturned
from gateway.core.facts.hours import HolidayChecked, HoursChecked, HoursOverridden
from gateway.core.facts.joining import AnswerKnown
from gateway.core.facts.lines import GatewayStarted, GatewayStopped, LineLost, LineStarted, TrunkReported
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.pins import PinLocked
from gateway.core.facts.queue import WaitTold
from gateway.core.facts.site import DraftLoaded, SiteLoaded, SiteRefused
from gateway.core.facts.talk import Consulted, Parked, TransferAsked, TransferDone, TransferFailed, Unparked

if TYPE_CHECKING:
    from collections.abc import Iterable


def fold(record: CallRecord, fact: AnyFact) -> CallRecord:
    """`record` after `fact`. Facts that a record does not tell of (an agent's state, a line, after-call work) leave
    it as it is."""
    match fact:
        case StepEntered():
            return replace(record, path=(*record.path, fact.step))
        case VariantChosen():
            return replace(record, variants=(*record.variants, (fact.split, fact.variant)))
        case CallStarted():
            return replace(
                record,
                call=fact.call,
                line=fact.line,
                caller=fact.caller,
                called=fact.called,
                withheld=fact.withheld,
                flow=fact.flow,
                site_version=fact.site_version,
                started_at=fact.at,
                draft=fact.draft,
                direction=fact.direction,
                outcome="not_reached" if fact.direction == "out" else record.outcome,
            )
        case ClientIdentified():
            return replace(record, client=fact.client, identified_by=fact.how, manager=fact.manager, team=fact.team)
        case InputTaken():
            return replace(record, keys=(*record.keys, (fact.name or fact.step, fact.keys))) if fact.keys else record
        case QueueEntered():
            return replace(
                record,
                team=fact.team,
                manager=fact.manager or record.manager,
                area=fact.area,
                queued_at=fact.at if record.queued_at is None else record.queued_at,
            )
        case AgentOffered():
            return replace(record, offered=(*record.offered, (fact.agent, "")))
        case AgentDeclined():
            return replace(record, offered=_closed(record.offered, fact.agent, fact.why))
        case CallBridged(after="transfer"):
            return replace(
                record,
                answered_by=fact.agent,
                answered_stage=fact.stage,
                offered=_closed(record.offered, fact.agent, "answered"),
            )
        case CallBridged():
            out = record.direction == "out"
            return replace(
                record,
                team=fact.team if out else record.team,
                outcome="answered" if out else record.outcome,
                bridged_at=fact.at,
                wait_s=fact.wait_s,
                answered_by=fact.agent,
                answered_stage=fact.stage,
                offered=_closed(record.offered, fact.agent, "answered"),
            )
        case QueueLeft():
            return replace(record, outcome=fact.outcome, wait_s=fact.wait_s)
        case TalkEnded():
            return replace(
                record,
                talk_s=record.talk_s + fact.talk_s,
                hold_s=record.hold_s + fact.hold_s,
                segments=(*record.segments, (fact.agent, fact.talk_s, fact.hold_s)),
            )
        case Consulted():
            return replace(record, offered=_closed(record.offered, fact.agent, "consulted"))
        case LegMeasured():
            if fact.role != "caller":
                return record
            return replace(
                record,
                codec=fact.media.codec,
                loss_pct=loss_pct(fact),
                jitter_ms=fact.media.rx_jitter_ms if fact.media.rx_packets else None,
                rtt_ms=fact.media.rtt_ms,
                mos=fact.mos,
            )
        case MessageLeft():
            return record if record.outcome == "answered" else replace(record, outcome="voicemail")
        case RingEnded():
            return replace(record, outcome="answered") if fact.outcome == "answered" else record
        case CallEnded():
            return fact.record
        case (
            CallTurnedAway()
            | StageEntered()
            | CallHeld()
            | CallResumed()
            | AgentChanged()
            | WrapUpEnded()
            | LineStarted()
            | LineLost()
            | MessagePublished()
            | TrunkReported()
            | GatewayStarted()
            | GatewayStopped()
            | SiteLoaded()
            | SiteRefused()
            | DraftLoaded()
            | HoursOverridden()
            | DeskFact()
            | SideFact()
            | HoursChecked()
            | HolidayChecked()
            | PinLocked()
            | LookupAnswered()
            | SubflowReturned()
            | RoundCounted()
        ):
            return record
    assert_never(fact)


def loss_pct(fact: LegMeasured) -> float | None:
    """Packets that did not come or came too late, of those that should have, in percent; None when there were none."""
    media = fact.media
    expected = media.rx_packets + media.rx_lost
    return 100.0 * (media.rx_lost + media.rx_discarded) / expected if expected > 0 else None


def _closed(offered: tuple[tuple[str, str], ...], agent: str, how: str) -> tuple[tuple[str, str], ...]:
    """`offered` with the last open offer to `agent` closed."""
    for index in range(len(offered) - 1, -1, -1):
        if offered[index] == (agent, ""):
            return (*offered[:index], (agent, how), *offered[index + 1 :])
    return offered


class Story:
    """A call as its facts tell it: the record so far, and what is still open."""

    __slots__ = (
        "answers", "call_backs", "consent", "contact", "ended", "gave_up", "handing", "held_since", "hold_s", "holds",
        "last_talk", "message", "parked", "place", "priority", "record", "recorded", "recordings", "talk",
        "told_place", "told_wait_s",
    )  # fmt: skip

    def __init__(self, call: str) -> None:
        self.record = CallRecord(call=call)
        self.answers: dict[str, str] = {}
        """What the caller keyed to each `collect`, or what was known of it; nothing secret."""
        self.contact: QueueEntered | None = None
        """A QueueEntered that has no QueueLeft yet."""
        self.told_place: int | None = None
        self.told_wait_s: float | None = None
        """The last place and estimated wait that were announced to this contact; they only fall."""
        self.talk: CallBridged | None = None
        """A CallBridged that has no TalkEnded yet."""
        self.holds: dict[str, float] = {}
        """Side that holds -> since when."""
        self.held_since = 0.0
        """Since when anybody holds without a gap."""
        self.hold_s = 0.0
        """Of the open talk, without the hold that still lasts."""
        self.priority = 5
        """Of the last contact."""
        self.gave_up = False
        """The last contact overflowed, and nothing else has come of it."""
        self.recordings: dict[str, RecordingStarted] = {}
        """Those that have no RecordingEnded yet."""
        self.place: StepEntered | None = None
        """The step that the caller is in."""
        self.last_talk: CallBridged | None = None
        """The present talk, or the last one."""
        self.call_backs = 0
        """Asked for so far."""
        self.consent = False
        """The caller agreed that the talk is recorded."""
        self.message = ""
        """The last message that was left."""
        self.recorded = 0
        """Recordings so far."""
        self.handing: TransferAsked | None = None
        """A transfer that has come to no end yet."""
        self.parked: Parked | None = None
        self.ended = False

    @classmethod
    def of(cls, facts: Iterable[AnyFact]) -> Story:
        """Rebuilt from the journal. Raises ValueError when there is no CallStarted among the facts."""
        story: Story | None = None
        for fact in facts:
            if story is None:
                if not isinstance(fact, CallStarted):
                    continue
                story = cls(fact.call)
            story.apply(fact)
        if story is None:
            raise ValueError("no CallStarted among the facts")
        return story

    def apply(self, fact: AnyFact) -> None:
        """One fact more."""
        self.record = fold(self.record, fact)
        match fact:
            case StepEntered():
                self.place = fact
            case InputTaken(outcome="match") if fact.name and fact.keys and fact.name != "language":
                self.answers[fact.name] = fact.keys
            case AnswerKnown(how="skipped" | "confirmed"):
                self.answers[fact.name] = fact.value
            case QueueEntered():
                self.contact, self.gave_up, self.priority = fact, False, fact.priority
                self.told_place = self.told_wait_s = None
            case WaitTold():
                self.told_place = fact.position or self.told_place
                self.told_wait_s = fact.ewt_s or self.told_wait_s
            case QueueLeft():
                self.contact, self.gave_up = None, fact.outcome == "overflowed"
            case RecordingStarted():
                self.recordings[fact.recording] = fact
                self.recorded += 1
            case RecordingEnded():
                self.recordings.pop(fact.recording, None)
            case CallBackRequested():
                self.gave_up = False
                self.call_backs += 1
            case ConsentGiven():
                self.consent = True
            case ConsentRefused():
                self.consent = False
            case MessageLeft():
                self.gave_up, self.message = False, fact.message
            case CallBridged():
                if fact.after == "transfer":
                    self.handing = None
                self.talk, self.hold_s = fact, 0.0
                self.last_talk = fact
                self.holds.clear()
            case CallHeld():
                if not self.holds:
                    self.held_since = fact.at
                self.holds[fact.by] = fact.at
            case CallResumed():
                self.holds.pop(fact.by, None)
                if not self.holds:
                    self.hold_s += fact.at - self.held_since
            case TalkEnded():
                self.talk = None
                self.holds.clear()
            case TransferAsked():
                self.handing = fact
            case TransferDone() | Consulted():
                self.handing = None
            case TransferFailed() if fact.then != "rings_back" and fact.reason != "not_now":
                self.handing = None
            case Parked():
                self.parked = fact
            case Unparked():
                self.parked = None
            case CallEnded():
                self.ended = True
            case _:
                pass

    def hold_until(self, now: float) -> float:
        """Seconds of hold in the open talk up to `now`; both sides holding at once counts once."""
        return self.hold_s + (now - self.held_since if self.holds else 0.0)
