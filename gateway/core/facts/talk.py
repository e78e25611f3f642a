"""Facts of what an agent does with a talk: hands it on, asks somebody first, takes a third into it, parks it.

The contact itself is told by the facts that every call has: TalkEnded by "transfer" ends the agent's part to the
second, CallBridged with `after` "transfer" begins the next one's, QueueEntered stands where a team is the target.
"""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import Fact, SideFact

TransferHow = Literal["blind", "consult"]
TransferVia = Literal[
    "code",  # keys during the talk
    "refer",  # the phone's own transfer (RFC 3515)
]
TargetKind = Literal["agent", "team", "flow", "number", "talk", "unknown"]
"""`talk`: the one that the phone has with somebody on another of its calls (REFER with Replaces)."""
TransferReason = Literal[
    "unknown_target",  # nobody and nothing has this number
    "self",  # the agent named himself
    "emergency",
    "not_allowed",  # `dial:` does not list the number
    "draft",  # a trial rings nobody but its own people
    "consult_first",  # a flow cannot be asked: it is transferred to, or not
    "busy",
    "paused",
    "off",  # not logged in; of a team, nobody is
    "refused",
    "no_answer",
    "unreachable",
    "no_leg",  # the line has none free
    "other_line",  # the leg that is meant is not on the caller's line
    "queue_gave_up",
    "not_now",  # no talk is there that could be transferred, or something else is going on with it
    "gone",  # the caller hung up
    "restart",  # the gateway was started anew meanwhile
]
Afterwards = Literal[
    "stays",  # the agent has the caller (again)
    "rings_back",  # the agent has hung up and is rung again
    "team",  # the caller goes to the agent's team
    "goodbye",  # nobody is left: the office's goodbye
    "anew",  # the caller begins the flow of the number anew
    "gone",  # the caller hung up, or the call was lost
]


class TransferAsked(SideFact, frozen=True, kw_only=True):
    """An agent wants to hand the caller on, and may. `to` is an agent, a team, a flow or a number, by `target`; what
    was keyed or named for one that is unknown."""

    agent: str
    how: TransferHow
    via: TransferVia
    target: TargetKind
    to: str


class TransferDone(SideFact, frozen=True, kw_only=True):
    """The caller is where the agent wanted him; `answered_by` talks with him, empty for a flow."""

    agent: str
    how: TransferHow
    target: TargetKind
    to: str
    answered_by: str = ""
    after_s: float


class TransferFailed(SideFact, frozen=True, kw_only=True):
    """It did not come to that. `then`: what becomes of the caller."""

    agent: str
    how: TransferHow
    target: TargetKind
    to: str
    reason: TransferReason
    then: Afterwards


class Consulted(Fact, frozen=True, kw_only=True):
    """`agent` was asked by `by` while the caller heard music, and how that ended: `back` by the code, the asked one
    hung up (`left`), the caller was handed over (`transferred`), or he hung up (`gone`). A conference is part of it."""

    agent: str
    by: str
    talk_s: float
    outcome: Literal["back", "left", "transferred", "gone"]


class Conferenced(SideFact, frozen=True, kw_only=True):
    """Caller, `agent` and `other` all hear each other from now on."""

    agent: str
    other: str


class Parked(SideFact, frozen=True, kw_only=True):
    """The caller waits with music at a slot, for whoever takes him back."""

    agent: str
    slot: str


class Unparked(SideFact, frozen=True, kw_only=True):
    """He is taken by `agent`, `waited` too long and the one who parked him is rung, is `gone`, or begins his flow anew
    after a `restart` of the gateway."""

    slot: str
    how: Literal["taken", "waited", "gone", "restart"]
    agent: str = ""
    parked_s: float


class CodeRefused(SideFact, frozen=True, kw_only=True):
    """A code was keyed during a talk that can do nothing now. `reason`: `nobody_consulted`, `busy_with_transfer`,
    `no_slot`, `not_connected`, `unfinished` (no end came)."""

    agent: str
    code: str
    reason: Literal["nobody_consulted", "busy_with_transfer", "no_slot", "not_connected", "unfinished"]


AnyTalkFact = (
    TransferAsked
    | TransferDone
    | TransferFailed
    | Consulted
    | Conferenced
    | Parked
    | Unparked
    | CodeRefused
)  # fmt: skip
