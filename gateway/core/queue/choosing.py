"""Whom a team's strategy names of its free agents, for a caller in its queue or one for whom a step rings the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.queue import skills, strategies
from gateway.core.queue.strategies import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.flow.queue_order import Order

_IN_ORDER = frozenset({"longest_idle", "ring_all"})
"""Strategies that ask nothing of the past."""


class Pick(NamedTuple):
    """An agent to ring, and the code of why."""

    agent: str
    why: str


def chosen(  # noqa: PLR0917
    ex: Exchange, call: Call, order: Order, team: str, free: Sequence[str], asks: skills.Asks
) -> Pick:
    """Whom the strategy of the team names, of those of the free who have the most of what is preferred. `free` are at
    least one, the longest idle first, and may serve the caller."""
    best = skills.preferred(ex, free, asks)
    if len(best) == 1 and len(free) > 1:
        return Pick(best[0], "preferred_skill")
    if order.strategy in _IN_ORDER:
        return Pick(best[0], "longest_idle")
    members = ex.roster.members(team)
    turn = ex.tallies.turn_of(team)
    agent = strategies.choose(
        order.strategy,
        _candidates(ex, order, members, best),
        after=members.index(turn) if turn in members else -1,
        lot=f"{ex.seed}:{call.id}:{call.dialled}",
    )
    return Pick(agent, order.strategy)


def rung(ex: Exchange, team: str, pick: Pick) -> None:
    """The agent is rung: who is next in turn is another one, within the same turn of the switchboard already."""
    if pick.why == "round_robin":
        ex.tallies.turn_taken(team, pick.agent)


def _candidates(ex: Exchange, order: Order, members: Sequence[str], free: Sequence[str]) -> list[Candidate]:
    listed = {agent: at for at, agent in enumerate(members)}
    answered, last_at, weights = ex.tallies.answered_today(ex.site, ex.turn.now), ex.tallies.last_at, order.weights
    return [
        Candidate(agent, listed[agent], answered.get(agent, 0), last_at.get(agent, 0.0), weights.get(agent, 1))
        for agent in free
    ]
