"""What a site says of the order in a queue: who is rung of the free ones, who may serve whom, who goes first."""

from __future__ import annotations

from typing import Literal

import msgspec

Strategy = Literal[
    "ring_all", "longest_idle", "fewest_calls", "least_recent", "round_robin", "random", "weighted", "linear"
]
PRIORITIES = 10
PRIORITY = 5
"""0 to 9; of callers of whom nothing is said."""
SKILL_MAX = 10
"""A skill is had at a level from 1 to that."""
WEIGHT_MAX = 100


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a matter asks of whoever serves it: skill -> level at least."""

    needs: dict[str, int] = {}
    """Nobody below that is rung, but for what time has taken off (`Order.relax_every_s`)."""
    prefers: dict[str, int] = {}
    """Of the free ones those with the most of these are rung, for a time."""


NOTHING = Wish()


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One team's order."""

    strategy: Strategy = "longest_idle"
    weights: dict[str, int] = {}
    """Agent -> share of the calls, with the strategy `weighted`; 1 for whoever is not named."""
    ageing_s: float = 60.0
    """A caller who has waited so much longer goes before one whose priority is higher by one."""
    areas: dict[str, Wish] = {}
    """Area that the caller chose (variable `area`) -> what it asks of whoever serves it."""
    relax_every_s: float = 30.0
    """After each such time of waiting every needed level is lower by one, down to 1; 0: never."""
    prefer_for_s: float = 30.0
    """After that time of waiting nobody is preferred; 0: the preference stays."""
