"""What happened. Past participles, frozen, the same types inside the process and on the line's socket.

An Event carries no time: whoever receives it passes `now=` beside it. A `leg` is one SIP dialogue of one
line; its id is unique for ever (it holds the boot id of the line). The id of a caller's leg is also the id
of its call.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import RecordingEnd
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.media import MediaStats
from gateway.core.service_model import LookupOutcome, LookupReason

KeySource = Literal["rfc4733", "info", "inband"]
EndedBy = Literal["far", "us", "line"]


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all events."""


class LegSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One leg as a line reports it to a control process that has just connected."""

    leg: str
    call: str
    direction: Literal["in", "out"]
    state: Literal["offered", "dialled", "ringing", "answered", "ending"]
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    agent: str = ""
    codec: str = ""
    held: bool = False
    bridged_with: str = ""


class LineUp(Event, frozen=True, kw_only=True):
    """A line process greets: what it can carry, and which legs are up already."""

    line: str
    boot: str
    legs_max: int
    callers_max: int
    codecs: tuple[str, ...]
    listening: tuple[str, ...]
    legs: tuple[LegSnapshot, ...] = ()
    version: str = ""
    tls: str = ""


class LineDown(Event, frozen=True, kw_only=True):
    """The line process is gone, with every leg it had."""

    line: str
    reason: str


class CallOffered(Event, frozen=True, kw_only=True):
    """An INVITE came in. `caller` is the user part of P-Asserted-Identity, else of From, as received;
    empty and `withheld` when the caller hides it. `called` is the user part of the request URI."""

    line: str
    leg: str
    caller: str
    caller_name: str = ""
    called: str
    withheld: bool = False
    diverted_from: str = ""
    sip_call_id: str = ""
    source: str = ""
    trunk: str = ""


class CallRefused(Event, frozen=True, kw_only=True):
    """The line refused an INVITE by itself, before the core could see it (503: no leg is free)."""

    line: str
    caller: str
    called: str
    code: int
    reason: str


class LegProceeded(Event, frozen=True, kw_only=True):
    """A provisional answer (100-199) to our INVITE. 180 and 183 mean that a phone rings."""

    leg: str
    code: int


class LegAnswered(Event, frozen=True, kw_only=True):
    """Our INVITE was answered, or our answer to theirs was confirmed (ACK); media can flow."""

    leg: str


class TransferRequested(Event, frozen=True, kw_only=True):
    """The phone wants to hand its call on (REFER; RFC 3515). `target` is the URI in Refer-To without its headers.
    `replaces`: the leg of this line whose dialogue is to be taken over (RFC 3891), "?" when no leg of it is."""

    leg: str
    target: str
    replaces: str = ""


class LegMediaChanged(Event, frozen=True, kw_only=True):
    """Codec or direction changed: a first SDP answer, a hold, a resume, a re-INVITE.
    `held` is true while the far end has put us on hold."""

    leg: str
    codec: str
    held: bool


class LegEnded(Event, frozen=True, kw_only=True):
    """The dialogue is over. `code` is the SIP status that ended it (200 after a BYE). A call of the far end
    refused by us counts as ended by us."""

    leg: str
    code: int
    reason: str
    by: EndedBy
    media: MediaStats | None = None


class LegFreed(Event, frozen=True, kw_only=True):
    """The library has given the leg back; only now another call can use it."""

    line: str
    leg: str
    legs_used: int
    callers: int


class KeyPressed(Event, frozen=True, kw_only=True):
    """One report of a key: 0-9, *, #, A-D. The same press can be reported by several sources; the core
    merges them (`legs/keys.py`). `relayed`: the line has passed it on to the bridged leg already."""

    leg: str
    key: str
    source: KeySource
    duration_ms: int = 0
    relayed: bool = False


class PlayEnded(Event, frozen=True, kw_only=True):
    """A `Play` is over: its clips ran out, a key stopped it, or it was stopped or replaced by command."""

    leg: str
    play: str
    how: Literal["end", "key", "stopped"]
    played_ms: int = 0


class Recorded(Event, frozen=True, kw_only=True):
    """A recording is over; `leg` is the caller's. Of one side alone: `sound_ms` of it are not silence, at `level_dbm0`.
    What is in the file can be played, also when it `failed` (disk full: `reason`)."""

    leg: str
    recording: str
    how: RecordingEnd
    length_ms: int = 0
    sound_ms: int | None = None
    level_dbm0: float | None = None
    reason: str = ""


class LevelMeasured(Event, frozen=True, kw_only=True):
    """Levels of one leg over the last window: what the far end sent (rx) and what it was sent (tx)."""

    leg: str
    rx_dbm0: float
    tx_dbm0: float
    window_ms: int


class ActionFailed(Event, frozen=True, kw_only=True):
    """An edge could not do what it was told. `code` as SIP would say it; 503 with reason "no free leg" means
    that trying again after the next LegFreed can help."""

    leg: str
    action: str
    code: int
    reason: str


class TrunkChanged(Event, frozen=True, kw_only=True):
    """A registration or the health of a trunk changed."""

    line: str
    trunk: str
    up: bool
    code: int = 0
    reason: str = ""


class LineReconfigured(Event, frozen=True, kw_only=True):
    """The line has taken other trunks and another limit."""

    line: str
    callers_max: int


class LegDialog(Event, frozen=True, kw_only=True):
    """What is needed to say BYE for this leg from another process (RFC 3261, 12). For the edge that watches
    the line, not for the core."""

    leg: str
    sip_call_id: str
    local_uri: str
    local_tag: str
    remote_uri: str
    remote_tag: str
    target: str
    route: tuple[str, ...] = ()
    cseq: int = 0
    transport: str = "udp"


LineEvent = (
    LineUp
    | CallOffered
    | CallRefused
    | LegProceeded
    | LegAnswered
    | LegMediaChanged
    | TransferRequested
    | LegEnded
    | LegFreed
    | KeyPressed
    | PlayEnded
    | Recorded
    | LevelMeasured
    | ActionFailed
    | TrunkChanged
    | LineReconfigured
    | LegDialog
)
"""What may come up a line's socket."""


class TimerDue(Event, frozen=True, kw_only=True):
    """A deadline that the core asked for has come."""


class LookedUp(Event, frozen=True, kw_only=True):
    """What an HTTP service answered to the `LookUp` with the id `lookup` of the call `call`, or that it did not.
    Exactly one comes for each; `values` by field name, checked as declared; `took_ms` from the question to here."""

    call: str
    lookup: str
    outcome: LookupOutcome
    reason: LookupReason = ""
    values: dict[str, str] = msgspec.field(default_factory=dict)
    took_ms: int = 0
    cached: bool = False


class AgentCommanded(Event, frozen=True, kw_only=True):
    """Somebody with the right to do so changed an agent's state. `agents.commands.problem` has found it sound."""

    agent: str
    command: Literal["login", "logout", "pause", "unpause", "ready"]
    reason: str = ""
    by: Literal["phone", "cli", "mqtt"] = "cli"


class HoursCommanded(Event, frozen=True, kw_only=True):
    """Somebody with the right to do so said that a calendar is open or closed until a moment (Unix seconds), or goes
    by its hours again ("normal", `until` 0). `core/hours/override.py` makes it of what people write."""

    calendar: str
    to: Literal["open", "closed", "normal"]
    until: float
    by: Literal["phone", "mqtt", "cli"]
    who: str = ""


class HoursRecovered(Event, frozen=True, kw_only=True):
    """The overrides that the journal holds, oldest first: after a start the last one of each calendar counts."""

    overrides: tuple[HoursOverridden, ...] = ()


class MemoryRecovered(Event, frozen=True, kw_only=True):
    """What the journal holds of what callers keyed on earlier days: every AnswerRemembered, oldest first."""

    facts: tuple[AnyFact, ...] = ()


class AgentsRecovered(Event, frozen=True, kw_only=True):
    """What the journal tells of each agent: the last AgentChanged, then AgentTold of those who could not obey at once,
    and before one of after-call work the facts of its call; and PinLocked of the last hour. Comes before
    CallsRecovered."""

    facts: tuple[AnyFact, ...] = ()


class QueueRecovered(Event, frozen=True, kw_only=True):
    """What the journal tells of waiting: the last handling times (WrapUpEnded), and who was in a queue lately. Comes
    before CallsRecovered."""

    facts: tuple[AnyFact, ...] = ()


class OwnersRecovered(Event, frozen=True, kw_only=True):
    """What past calls tell of who belongs to whom (`queue/owners.py`): CallEnded and ManagerAssigned, oldest first.
    Comes before CallsRecovered."""

    facts: tuple[AnyFact, ...] = ()


class CallsRecovered(Event, frozen=True, kw_only=True):
    """The journal holds calls that started and did not end: their facts in order, one tuple a call.
    Comes first after a start; each is adopted by the LineUp that shows its leg, or ends as lost. `lines`: all lines of
    the box, of which a leg may be ending whose call is over."""

    calls: tuple[tuple[AnyFact, ...], ...] = ()
    lines: tuple[str, ...] = ()
