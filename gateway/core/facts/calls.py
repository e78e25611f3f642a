"""What to remember. Past tense, frozen, for ever: the journal, the figures, MQTT and the screens know only these.

`at` is Unix time in seconds. `call` is the id of the caller's leg; empty where a fact is about no call.
A field may be added with a default; none is ever renamed, removed or given another meaning.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.facts.base import Fact
from gateway.core.facts.media import MediaStats
from gateway.core.facts.queue import LeftReason

Stage = Literal["manager", "team", "overflow"]


Declined = Literal["busy", "refused", "no_answer", "unreachable", "cancelled", "failed", "elsewhere"]


Outcome = Literal[
    "answered",  # a human spoke with the caller: one of ours, or at a number that a flow rang
    "abandoned",  # the caller hung up in the queue
    "overflowed",  # the queue gave up: spoken goodbye, or a number outside
    "voicemail",  # the caller left a message, after the queue or without one
    "in_menu",  # the caller hung up, or the flow ended, before any queue
    "refused",  # no flow for the number, or not able to take the call
    "lost",  # ended by a fault of the box
    "not_reached",  # a call that the box made: nobody talked with the client
]


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
    draft: bool = False
    """A trial of a version that is not published (`site_version` is its own); in no figure."""
    direction: Literal["in", "out"] = "in"
    """Out: the box calls a client back. `caller` is the number that it shows then, empty for the trunk's own."""


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


class VariantChosen(Fact, frozen=True, kw_only=True):
    """The caller belongs to `variant` of a `split`, on this call and every other."""

    split: str
    variant: str


class MessagePublished(Fact, frozen=True, kw_only=True):
    """A flow has something to tell subscribers: the last level of the topic, and values by name."""

    topic: str
    values: dict[str, str]


class QueueEntered(Fact, frozen=True, kw_only=True):
    """The contact was offered: the wait clock starts."""

    team: str
    manager: str = ""
    area: str = ""
    position: int
    priority: int = 5
    threshold_s: float | None = None
    """T and S of the team by the version that the call is on; the figures count this contact with them."""
    short_abandon_s: float | None = None
    ewt_s: float | None = None
    """How long the wait was estimated to be (`core/queue/ewt.py`); None: nobody could tell."""


class StageEntered(Fact, frozen=True, kw_only=True):
    """Who is rung from now on, and why, in a code (`reason`, those of `core/queue/routing.py`). `number`: a number
    outside in place of the team."""

    stage: Stage
    team: str
    reason: str
    number: str = ""


class AgentOffered(Fact, frozen=True, kw_only=True):
    """One agent's phone is rung for this call. `why` that one is a code of `core/queue/seeking.py`; empty where a step
    rings one person or a number, and in journals of before there were any."""

    agent: str
    leg: str
    stage: Stage
    team: str
    why: str = ""


class AgentDeclined(Fact, frozen=True, kw_only=True):
    """That ringing ended without an answer."""

    agent: str
    leg: str
    why: Declined
    code: int
    rang_s: float


class CallBridged(Fact, frozen=True, kw_only=True):
    """A human answered and both hear each other: the wait clock stops. `wait_s` counts from QueueEntered, or,
    without a queue, from when the step began to ring; `whisper_s` of it the agent was there and heard who calls,
    or the caller heard who has answered."""

    agent: str
    leg: str
    stage: Stage
    team: str
    wait_s: float
    whisper_s: float = 0.0
    after: Literal["", "transfer"] = ""
    """`transfer`: somebody else had the caller before; `wait_s` counts from when he let go. When the call was answered,
    and after which wait, was settled before."""


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
    by: Literal["caller", "agent", "line", "transfer"]
    """`transfer`: the agent handed the caller on, or parked him."""


class QueueLeft(Fact, frozen=True, kw_only=True):
    """The contact left the queue; exactly one for each QueueEntered."""

    team: str
    outcome: Literal["answered", "abandoned", "overflowed", "lost"]
    wait_s: float
    reason: LeftReason = ""
    """Why it overflowed. One who was not let in has waited 0 s, and is offered and overflowed all the same."""


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
    variants: tuple[tuple[str, str], ...] = ()
    """(split, variant), in order."""
    keys: tuple[tuple[str, str], ...] = ()
    started_at: float = 0.0
    queued_at: float | None = None
    bridged_at: float | None = None
    ended_at: float = 0.0
    wait_s: float | None = None
    offered: tuple[tuple[str, str], ...] = ()
    """(agent, how it ended: answered, consulted or a word of Declined), in order."""
    answered_by: str = ""
    """Who talked with the caller last; `segments` has them all."""
    answered_stage: str = ""
    talk_s: float = 0.0
    hold_s: float = 0.0
    segments: tuple[tuple[str, float, float], ...] = ()
    """Each talk as (agent, talk_s with hold_s in it, hold_s), in order."""
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
    draft: bool = False
    """A trial of a version that is not published; in no figure."""
    direction: Literal["in", "out"] = "in"


class CallEnded(Fact, frozen=True, kw_only=True):
    """Exactly one for each CallStarted."""

    record: CallRecord


class WrapUpEnded(Fact, frozen=True, kw_only=True):
    """After-call work ended: the contact is handled, `aht_s` counts it here."""

    agent: str
    team: str
    talk_s: float
    hold_s: float
    wrap_up_s: float
