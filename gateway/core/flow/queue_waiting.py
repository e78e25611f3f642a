"""What a team settles about waiting for it: who is let in, when a wait ends, what is said meanwhile. Structs only."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.flow.base import Prompt

JoinEmpty = Literal["nobody_logged_in", "nobody_free_soon", "always"]
"""When a caller is not let in: when nobody is logged in, or also when everybody who is has a pause; or he always is."""
LeaveEmpty = Literal["nobody_logged_in", "nobody_free_soon", "never"]
"""When callers who wait are sent on: when the last who could answer has logged out, or also when he has a pause."""

POSITION = "queue.position"
WAIT = "queue.wait"
"""The variables of the announcements: the place (1 is the next), and the estimated wait in seconds."""
POSITION_MAX = 99
"""A place behind that is not announced."""
WAIT_STEP_S, WAIT_STEPS_UNTIL_S, WAIT_MAX_S = 30, 120, 3600
"""An estimate is rounded up to half minutes, above two minutes to minutes; one above an hour is not announced."""


class Announce(msgspec.Struct, frozen=True, kw_only=True):
    """Place and estimated wait, told every `every_s`. Both only ever fall for one caller."""

    position: Prompt | None = None
    """Says `queue.position`; None: the place is not told."""
    wait: Prompt | None = None
    """Says `queue.wait`; None: the wait is not told."""
    thanks: Prompt | None = None
    """Said in their place when neither can be told, because it would be more than what was told before."""
    first_s: float = 30.0
    """From entering the queue."""
    every_s: float = 30.0
    while_ringing: bool = False
    """Whether an announcement may also begin while a phone rings for the caller."""


class Periodic(msgspec.Struct, frozen=True, kw_only=True):
    """Texts that are said by turns, one every `every_s`."""

    texts: tuple[Prompt, ...] = ()
    every_s: float = 45.0


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one team."""

    queue_max: int = 0
    """So many may wait; 0: any number. Whoever somebody free can take at once is let in all the same."""
    ewt_max_s: float = 0.0
    """Whose estimated wait is longer is not let in; 0: no limit."""
    join_empty: JoinEmpty = "nobody_logged_in"
    leave_empty: LeaveEmpty = "nobody_logged_in"
    redial_s: float = 60.0
    """Who was cut off, or hung up in the queue, and calls again within that gets his old place; 0: never."""
    announce: Announce | None = None
    periodic: Periodic | None = None


def places() -> range:
    """Every place that can be announced."""
    return range(1, POSITION_MAX + 1)


def waits() -> tuple[int, ...]:
    """Every wait that can be announced, in seconds."""
    short = range(WAIT_STEP_S, WAIT_STEPS_UNTIL_S + 1, WAIT_STEP_S)
    return (*short, *range(WAIT_STEPS_UNTIL_S + 60, WAIT_MAX_S + 1, 60))


def rounded_up(wait_s: float) -> int | None:
    """The wait that is announced for an estimate; None when there is nothing to say: no wait, or too long a one."""
    if not 0 < wait_s <= WAIT_MAX_S:
        return None
    size = WAIT_STEP_S if wait_s <= WAIT_STEPS_UNTIL_S else 60
    return -int(-wait_s // size) * size
