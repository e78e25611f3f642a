"""Every fact there is, in one type."""

from __future__ import annotations

from gateway.core.facts.agents import AgentChanged, AnyAgentFact
from gateway.core.facts.call_back import AnyCallBackFact
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallHeld,
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
from gateway.core.facts.costs import AnyCostFact
from gateway.core.facts.desk import AnyDeskFact
from gateway.core.facts.flow import RingEnded, RoundCounted, SubflowReturned
from gateway.core.facts.hours import HolidayChecked, HoursChecked, HoursOverridden
from gateway.core.facts.joining import AnyJoiningFact
from gateway.core.facts.lines import GatewayStarted, GatewayStopped, LineLost, LineStarted, TrunkReported
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.owner import AnyOwnerFact
from gateway.core.facts.pins import PinLocked
from gateway.core.facts.quality import AnyQualityFact
from gateway.core.facts.queue import AnyQueueFact
from gateway.core.facts.site import DraftLoaded, SiteLoaded, SiteRefused
from gateway.core.facts.skills import AnySkillsFact
from gateway.core.facts.talk import AnyTalkFact
from gateway.core.facts.usual import AnyUsualFact
from gateway.core.facts.watch import AnyWatchFact

AnyFact = (
    CallStarted
    | CallTurnedAway
    | ClientIdentified
    | StepEntered
    | InputTaken
    | SubflowReturned
    | RoundCounted
    | RingEnded
    | VariantChosen
    | MessagePublished
    | QueueEntered
    | StageEntered
    | AgentOffered
    | AgentDeclined
    | CallBridged
    | CallHeld
    | CallResumed
    | TalkEnded
    | QueueLeft
    | LegMeasured
    | CallEnded
    | AgentChanged
    | WrapUpEnded
    | LineStarted
    | LineLost
    | TrunkReported
    | GatewayStarted
    | GatewayStopped
    | SiteLoaded
    | SiteRefused
    | DraftLoaded
    | HoursOverridden
    | HoursChecked
    | HolidayChecked
    | PinLocked
    | LookupAnswered
    | AnyDeskFact
    | AnyTalkFact
    | AnyOwnerFact
    | AnyJoiningFact
    | AnyQueueFact
    | AnyAgentFact
    | AnyWatchFact
    | AnyCallBackFact
    | AnySkillsFact
    | AnyQualityFact
    | AnyCostFact
    | AnyUsualFact
)


"""For decoding a journal row: `msgspec.json.decode(body, type=AnyFact)`."""
