"""Facts of what the office pays its providers for: legs over a trunk, from the answer to the end."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import SideFact

Direction = Literal["in", "out"]


class TrunkLegAnswered(SideFact, frozen=True, kw_only=True):
    """A leg over `trunk` was answered, and its minutes count from here on: a caller's (in), or one that the box dialled
    (out: a mobile, a number that a flow rings or an agent hands on to, a client who is called back)."""

    leg: str
    line: str
    trunk: str
    direction: Direction


class TrunkLegEnded(SideFact, frozen=True, kw_only=True):
    """It is over, or its call is, with which it was told to end; exactly one for each TrunkLegAnswered. `team`: whose
    phone it was, of a caller's leg the team of the call's record; empty where the call came to none. After a restart in
    whose course it ended, `at` is when that was seen."""

    leg: str
    trunk: str
    direction: Direction
    team: str = ""
    up_s: float


AnyCostFact = TrunkLegAnswered | TrunkLegEnded
