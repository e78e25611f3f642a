"""Facts of what is usual: each hour of each team in short, and what was unusual when callers waited too long."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.facts.base import SideFact

Cause = Literal[
    "volume",  # more contacts came than usual
    "handling_time",  # each took longer than usual
    "staff",  # fewer people were there than usual
]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A number of now, and what it usually is on this day of the week at this hour; None: too little is known."""

    now: float | None = None
    usual: float | None = None


class WaitCause(msgspec.Struct, frozen=True, kw_only=True):
    """Why callers waited: `alarms/wait_causes.py` has the rule."""

    causes: tuple[Cause, ...]
    """The most unusual first; empty: nothing was."""
    contacts: Compared
    """Offered in a quarter of an hour."""
    handling_s: Compared
    """Mean of talk, hold and after-call work of the contacts of an hour."""
    staff: Compared
    """People of the team who were logged in without a pause."""
    weeks: int
    """Of how many such hours of earlier weeks the usual is made."""
    said: dict[str, str]
    """The same in a sentence, by language (pl, en)."""


class HourCounted(SideFact, frozen=True, kw_only=True):
    """What the hour from `start` (Unix seconds) was like for `team` (empty: the whole office), as far as the gateway
    saw it (`seen_s`). None is written for an hour without contacts in which nobody was there."""

    team: str
    start: float
    seen_s: float
    offered: int
    handled: int
    handling_s: float
    """Of all that were handled, together."""
    staff_s: float
    """Seconds of all people together, logged in without a pause."""


class IntervalMissed(SideFact, frozen=True, kw_only=True):
    """In the quarter of an hour from `start` the team's service level was below its target."""

    team: str
    start: float
    sl: float
    target: float
    contacts: int
    """That count in it."""
    cause: WaitCause | None = None
    """None: there is no history to compare with."""


AnyUsualFact = HourCounted | IntervalMissed
HOUR_KINDS = (HourCounted.__name__,)
"""As the journal names them."""
