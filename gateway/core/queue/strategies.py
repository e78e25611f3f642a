"""Who of the free ones is rung: the strategies of a team, each a pure function of what is known of its free agents.

Whoever is equal before a strategy stands as the longest idle does. `ring_all` chooses nobody: all are rung.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, assert_never

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.flow.queue_order import Strategy


class Candidate(NamedTuple):
    """A free agent of a team. `answered` counts since the midnight of the site, `last_at` is when a call was answered
    last (Unix seconds; 0: never that anybody knows), `listed` is the place in the team's list, from 0."""

    agent: str
    listed: int = 0
    answered: int = 0
    last_at: float = 0.0
    weight: int = 1


def choose(strategy: Strategy, free: Sequence[Candidate], *, after: int = -1, lot: str = "") -> str:
    """The agent to ring, of at least one; `free` stands in the order of the longest idle.

    longest_idle: has been free for the longest time. fewest_calls: has answered the fewest calls today.
    least_recent: answered a call the longest ago. round_robin: the next in the team's list behind place `after`, whom
    this strategy chose last. random: by lot; the same `lot` gives the same agent. linear: the first in the team's list.
    weighted: whoever is farthest behind the own share, which is the weight; of weight 0 only where nobody of another
    is free.
    """
    match strategy:
        case "longest_idle" | "ring_all":
            return free[0].agent
        case "fewest_calls":
            return min(free, key=lambda one: one.answered).agent
        case "least_recent":
            return min(free, key=lambda one: one.last_at).agent
        case "round_robin":
            return min(free, key=lambda one: (one.listed <= after, one.listed)).agent
        case "random":
            return free[_drawn(lot, len(free))].agent
        case "weighted":
            return min(free, key=_burden).agent
        case "linear":
            return min(free, key=lambda one: one.listed).agent
    assert_never(strategy)


def _burden(one: Candidate) -> tuple[bool, float]:
    """What one more call would be, measured by the weight: the smallest is rung (the highest averages of D'Hondt), so
    that over a day the calls are shared out as the weights are."""
    return (one.weight == 0, (one.answered + 1) / max(one.weight, 1))


def _drawn(lot: str, below: int) -> int:
    """0 to `below` - 1, each as often as any other over many lots."""
    return int.from_bytes(blake2b(lot.encode(), digest_size=8).digest()) % below
