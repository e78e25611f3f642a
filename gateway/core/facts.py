"""What to remember. Past tense, frozen, for ever: the journal, the figures, MQTT and the screens know only these.

`at` is Unix time in seconds. `call` is the id of the caller's leg; empty where a fact is about no call.
A field may be added with a default; none is ever renamed, removed or given another meaning.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.media import MediaStats

Stage = Literal["manager", "team", "overflow"]
Declined = Literal["busy", "refused", "no_answer", "unreachable", "cancelled", "failed"]
Outcome = Literal[
    "answered",  # a human of ours spoke with the caller
    "abandoned",  # the caller hung up in the queue
    "overflowed",  # the queue gave up: spoken goodbye, or a number outside
    "in_menu",  # the caller hung up, or the flow ended, before any queue
    "refused",  # no flow for the number, or not able to take the call
    "lost",  # ended by a fault of the box
]


class Fact(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all facts."""

    at: float
    call: str = ""


class CallStarted(Fact, frozen=True, kw_only=True):
    """A call was offered to a flow."""

    line: str
    caller: str
    caller_name: str = ""
    called: str
    flow: str = ""
    site_version: str = ""
    withheld: bool = False
    diverted_from: str = ""
    sip_call_id: str = ""


class CallTurnedAway(Fact, frozen=True, kw_only=True):
    """An INVITE was refused: no flow for the number (404), no leg free (503), no control (503)."""

    line: str
    caller: str
    called: str
    code: int
    reason: str


class ClientIdentified(Fact, frozen=True, kw_only=True):
    client: str
    how: Literal["caller_id", "keyed"]
    manager: str
    team: str


class StepEntered(Fact, frozen=True, kw_only=True):
    """The caller came to a step of the flow."""

    flow: str
    step: str
    verb: str


class InputTaken(Fact, frozen=True, kw_only=True):
    """Keys that the caller gave to a menu or collect, as the flow used them; `name` for a collect.
    `outcome` is "match", "no_match" or "no_input"."""

    step: str
    keys: str
    outcome: Literal["match", "no_match", "no_input"]
    name: str = ""


class QueueEntered(Fact, frozen=True, kw_only=True):
    """The contact was offered: the wait clock starts."""

    team: str
    manager: str = ""
    area: str = ""
    position: int


class StageEntered(Fact, frozen=True, kw_only=True):
    """Who is rung from now on, and why, in a code (`reason`)."""

    stage: Stage
    team: str
    reason: str


class AgentOffered(Fact, frozen=True, kw_only=True):
    """One agent's phone is rung for this call."""

    agent: str
    leg: str
    stage: Stage
    team: str


class AgentDeclined(Fact, frozen=True, kw_only=True):
    """That ringing ended without an answer."""

    agent: str
    leg: str
    why: Declined
    code: int
    rang_s: float


class CallBridged(Fact, frozen=True, kw_only=True):
    """A human answered and both hear each other: the wait clock stops. `wait_s` counts from QueueEntered."""

    agent: str
    leg: str
    stage: Stage
    team: str
    wait_s: float


class CallHeld(Fact, frozen=True, kw_only=True):
    """One side put the other on hold."""

    by: Literal["caller", "agent"]


class CallResumed(Fact, frozen=True, kw_only=True):
    by: Literal["caller", "agent"]
    held_s: float


class TalkEnded(Fact, frozen=True, kw_only=True):
    """The bridge came apart. `talk_s` includes `hold_s`."""

    agent: str
    talk_s: float
    hold_s: float
    by: Literal["caller", "agent", "line"]


class QueueLeft(Fact, frozen=True, kw_only=True):
    """The contact left the queue; exactly one for each QueueEntered."""

    team: str
    outcome: Literal["answered", "abandoned", "overflowed", "lost"]
    wait_s: float


class LegMeasured(Fact, frozen=True, kw_only=True):
    """What the network did to one leg; written when it ended."""

    leg: str
    role: Literal["caller", "agent"]
    agent: str = ""
    media: MediaStats
    mos: float | None = None


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One call in one row (CDR). Times are Unix seconds, None where it never came to that."""

    call: str
    line: str = ""
    caller: str = ""
    called: str = ""
    withheld: bool = False
    flow: str = ""
    site_version: str = ""
    client: str = ""
    identified_by: str = ""
    manager: str = ""
    team: str = ""
    area: str = ""
    path: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    started_at: float = 0.0
    queued_at: float | None = None
    bridged_at: float | None = None
    ended_at: float = 0.0
    wait_s: float | None = None
    offered: tuple[tuple[str, str], ...] = ()
    """(agent, how it ended: answered or a word of Declined), in order."""
    answered_by: str = ""
    answered_stage: str = ""
    talk_s: float = 0.0
    hold_s: float = 0.0
    outcome: Outcome = "in_menu"
    ended_by: Literal["caller", "agent", "flow", "line", "box"] = "caller"
    end_code: int = 0
    end_reason: str = ""
    codec: str = ""
    loss_pct: float | None = None
    jitter_ms: float | None = None
    rtt_ms: float | None = None
    mos: float | None = None
    adopted: bool = False
    """The control process was started anew during this call."""


class CallEnded(Fact, frozen=True, kw_only=True):
    """Exactly one for each CallStarted."""

    record: CallRecord


class AgentChanged(Fact, frozen=True, kw_only=True):
    """An agent's state, whenever it changes. `reason` says why (a call id, a pause reason)."""

    agent: str
    state: Literal["off", "idle", "ringing", "talking", "wrap_up", "paused"]
    reason: str = ""


class WrapUpEnded(Fact, frozen=True, kw_only=True):
    """After-call work ended: the contact is handled, `aht_s` counts it here."""

    agent: str
    team: str
    talk_s: float
    hold_s: float
    wrap_up_s: float


class LineStarted(Fact, frozen=True, kw_only=True):
    line: str
    boot: str
    legs_max: int
    callers_max: int


class LineLost(Fact, frozen=True, kw_only=True):
    line: str
    reason: str
    calls_lost: int


class TrunkReported(Fact, frozen=True, kw_only=True):
    line: str
    trunk: str
    up: bool
    code: int = 0
    reason: str = ""


class GatewayStarted(Fact, frozen=True, kw_only=True):
    """A control process began with this version of the site."""

    site: str
    site_version: str
    version: str


class GatewayStopped(Fact, frozen=True, kw_only=True):
    reason: str


AnyFact = (
    CallStarted
    | CallTurnedAway
    | ClientIdentified
    | StepEntered
    | InputTaken
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
)
"""For decoding a journal row: `msgspec.json.decode(body, type=AnyFact)`."""
