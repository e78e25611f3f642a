"""Facts of call-backs that the box dials by itself. What was asked for, and how it ended, stands in `desk/desk.py`.

`call` is the call in which it was asked for (or cut off); the calls that the box makes for it are others, whose
CallStarted has `direction` "out".
A call-back is no new contact: the contact that overflowed becomes called back by CallBackClosed with `reached`.
"""

from __future__ import annotations

from typing import Literal, TypeGuard, get_args

from gateway.core.facts.base import SideFact

HeldReason = Literal[
    "closed",  # outside the calendar
    "window",  # before `not_before:`, or from `not_after:` on
    "quiet_hours",  # of the client
    "nobody",  # nobody is logged in who could make the call
    "no_line",  # no line is up
    "same_number",  # another call-back for this number is being made
    "nobody_took",  # everybody who was free has declined it, or did not answer
    "retry",  # the pause after a try
]
Missed = Literal[
    "busy",
    "no_answer",
    "refused",
    "unreachable",  # the network cannot reach the number, or the trunk is down
    "no_leg",  # our own line had no leg left
    "no_key",  # somebody or something answered, and 1 was not pressed
    "hung_up",  # the client answered, and hung up before anybody talked
    "no_agent",  # the agent hung up before the client was there, or nobody was left to talk
    "line_lost",  # the line process died
    "restart",  # the gateway was started anew meanwhile
]
OURS: tuple[Missed, ...] = ("no_leg", "line_lost", "restart")
"""Faults of our own: they do not count as one of the tries that a client is given."""
GivenUp = Literal[
    "retries",  # as many tries as there may be
    "no_number",
    "emergency",
    "own_number",
    "agents_phone",
    "premium",
    "not_listed",
    "do_not_call_back",  # the client does not want it
    "nobody_for_it",  # it is for a box, or for somebody or a team that the site does not have
    "never_open",  # the calendar, the window and the quiet hours leave no time
]


class CallBackFact(SideFact, frozen=True, kw_only=True):
    """Root of the facts in here."""

    call_back: str


class CallBackQueued(CallBackFact, frozen=True, kw_only=True):
    """A virtual caller stands in the queue with the place of `waiting_since`; nobody has been called yet."""

    team: str
    manager: str = ""
    position: int
    waiting_since: float
    outbound: str
    """The call that will be made."""


class CallBackHeld(CallBackFact, frozen=True, kw_only=True):
    """It is kept and does not stand in the queue. `until`: when it will be dialled at the earliest; None: it is not
    known, it waits for somebody."""

    reason: HeldReason
    until: float | None = None


class CallBackTried(CallBackFact, frozen=True, kw_only=True):
    """The client's number is dialled from this moment on, for `agent` who is on the telephone already. Comes before
    the dialling, so that a restart does not dial twice."""

    attempt: int
    agent: str
    trunk: str
    outbound: str
    """The call of it."""


class CallBackMissed(CallBackFact, frozen=True, kw_only=True):
    """That try ended without a talk; `next_at` is when it is tried again, None for never."""

    attempt: int
    why: Missed
    code: int = 0
    rang_s: float = 0.0
    next_at: float | None = None
    outbound: str = ""


class CallBackGivenUp(CallBackFact, frozen=True, kw_only=True):
    """The box does not dial (any more): it is a task for people, as `gateway callbacks` lists it."""

    reason: GivenUp


class CallBackWithdrawn(CallBackFact, frozen=True, kw_only=True):
    """The client calls in with `by_call`: nobody is dialled meanwhile."""

    by_call: str


class CallBackRestored(CallBackFact, frozen=True, kw_only=True):
    """That call ended and nobody had talked with the client: the call-back stands again."""


class CallBackOverdue(CallBackFact, frozen=True, kw_only=True):
    """Its 24 hours are over, and nobody has called back."""

    due_at: float


class CallBackRefused(SideFact, frozen=True, kw_only=True):
    """A caller asked in `step` to be called back and it is not done: the number may not be dialled, or the client's
    row says `do_not_call_back`."""

    step: str
    reason: GivenUp


AnyCallBackFact = (
    CallBackQueued
    | CallBackHeld
    | CallBackTried
    | CallBackMissed
    | CallBackGivenUp
    | CallBackWithdrawn
    | CallBackRestored
    | CallBackOverdue
    | CallBackRefused
)

CALL_BACK_KINDS = tuple(kind.__name__ for kind in get_args(AnyCallBackFact) if issubclass(kind, CallBackFact))
"""As the journal names those that the desk folds."""


def is_of_call_back(fact: object) -> TypeGuard[AnyCallBackFact]:
    """Whether a fact of the journal is one of those."""
    return isinstance(fact, CallBackFact)
