"""Who meets whom: the agents for a caller who looks, the caller for an agent who gets free.

Two rules keep the order fair: a caller who starts to look takes the agent whom the team's strategy names; an agent who
gets free takes the first caller in order of all whom he may serve.

Where all phones are to ring, a caller goes on looking while some ring. Then the legs of his line are shared: the first
phone of any caller comes before a further one of another, and a line that takes another caller keeps a leg for him.

Why an agent is rung (AgentOffered.why): manager (the caller's own person), ring_all, longest_idle, fewest_calls,
least_recent, round_robin, random, weighted, linear (the team's strategy), preferred_skill (the only one of the free
ones who has as much of what is preferred), next_caller (the agent got free, and the caller was the first in order),
again (declined before, and nobody else is free).
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.legs import phones
from gateway.core.queue import choosing, sharing, skills
from gateway.core.queue.choosing import Pick
from gateway.core.queue.queue import AGAIN_S, manager_list, team_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.board.exchange import Exchange
    from gateway.core.flow.queue_order import Order
    from gateway.core.queue.queue import Waiter


def seek(ex: Exchange, waiter: Waiter) -> None:
    """Ring whoever should be rung for this caller now; where nobody is, or all are to ring, wait for one to get
    free."""
    rings_all = _rings_all(waiter)
    if waiter.blocked or waiter.call.joining is not None or (waiter.rings and not rings_all):
        return
    picks = _all(ex, waiter) if rings_all else _one(ex, waiter)
    for pick in picks:
        if not _offer(ex, waiter, pick):
            return
    if picks and not rings_all:
        return
    ex.room.list_(waiter)
    if not waiter.rings:
        _seek_again(ex, waiter)


def _seek_again(ex: Exchange, waiter: Waiter) -> None:
    """Nobody is free but those who declined him: each who may be rung again takes the first in order, who may be
    another one that he declined at the same time."""
    ready, again_at = _again(ex, waiter)
    for agent in ready:
        serve(ex, agent)
    if not waiter.rings and not waiter.blocked and again_at is not None:
        retry_after(ex, waiter, again_at - ex.turn.now)


def retry_after(ex: Exchange, waiter: Waiter, seconds: float) -> None:
    """Look again then; of those who look at the same moment the first in order is first."""
    ex.turn.after(seconds, "retry", waiter.call.id, waiter.entry[:2])


def serve(ex: Exchange, agent: str) -> None:
    """The agent may have got free: take the first caller in order of those whom he may serve."""
    if not ex.roster.is_free(agent):
        return
    now, able = ex.turn.now, skills.judge_of(ex, agent)

    def may(waiting: Waiter) -> bool:
        declined = waiting.declined
        return (not declined or now - declined.get(agent, now - AGAIN_S) >= AGAIN_S) and able(waiting)

    while ex.roster.is_free(agent):
        keys = [manager_list(agent), *(team_list(team) for team in ex.roster.teams_of(agent))]
        waiter = ex.room.first(keys, may)
        if waiter is None:
            break
        if _offer(ex, waiter, Pick(agent, _why(waiter, agent))) and _rings_all(waiter):
            ex.room.list_(waiter)


def _why(waiter: Waiter, agent: str) -> str:
    """Why an agent who got free is rung for the first in order."""
    if agent in waiter.declined:
        return "again"
    return "manager" if agent == waiter.manager else "ring_all" if _rings_all(waiter) else "next_caller"


def _order(waiter: Waiter, team: str) -> Order:
    """The order of a team, by the version that the call is on."""
    return waiter.call.site.teams.get(team, waiter.team).order


def _rings_all(waiter: Waiter) -> bool:
    """Whether all phones are to ring for him at once."""
    return waiter.stage != "manager" and _order(waiter, waiter.rung_team).strategy == "ring_all"


def _teams(waiter: Waiter) -> tuple[str, ...]:
    """Whose agents are rung for him, the present stage's first."""
    return (waiter.rung_team,) if waiter.rung_team == waiter.team.id else (waiter.rung_team, waiter.team.id)


def _own(ex: Exchange, waiter: Waiter) -> tuple[Pick, ...]:
    """The caller's own person, unless he declined or is not free."""
    person = waiter.manager
    free = person and person not in waiter.declined and ex.roster.is_free(person)
    return (Pick(person, "manager"),) if free else ()


def _one(ex: Exchange, waiter: Waiter) -> Sequence[Pick]:
    """Whom to ring, at most one: the caller's own person, or whom the strategy names of those who have not declined."""
    own = _own(ex, waiter)
    if own or waiter.stage == "manager":
        return own
    for team in _teams(waiter):
        free = skills.who_may(ex, ex.roster.free_of(team), waiter)
        free = [agent for agent in free if agent not in waiter.declined] if waiter.declined else free
        if free:
            return (choosing.chosen(ex, waiter.call, _order(waiter, team), team, free, waiter),)
    return ()


def _all(ex: Exchange, waiter: Waiter) -> Sequence[Pick]:
    """Everybody who is free, may serve him and has not declined."""
    picks = {pick.agent: pick for pick in _own(ex, waiter)}
    for team in _teams(waiter):
        for agent in skills.who_may(ex, ex.roster.free_of(team), waiter):
            if agent not in waiter.declined:
                picks.setdefault(agent, Pick(agent, "ring_all"))
    return tuple(picks.values())


def _again(ex: Exchange, waiter: Waiter) -> tuple[Sequence[str], float | None]:
    """Those who declined him, may be rung again and are free, the longest ago first; and when the next may be."""
    if not waiter.declined or waiter.stage == "manager":
        return (), None
    now, members = ex.turn.now, {agent for team in _teams(waiter) for agent in ex.roster.members(team)}
    asked = [
        (agent, at)
        for agent, at in sorted(waiter.declined.items(), key=itemgetter(1))
        if agent in members and skills.may_serve(ex, agent, waiter)
    ]
    ready = [agent for agent, at in asked if now - at >= AGAIN_S and ex.roster.is_free(agent)]
    return ready, min((at + AGAIN_S for _, at in asked if at + AGAIN_S > now), default=None)


def _offer(ex: Exchange, waiter: Waiter, pick: Pick) -> bool:
    """Ring the agent for the caller. False: the line has no leg for it; the caller waits for one."""
    call, agent = waiter.call, pick.agent
    if not (call_back_virtual.has_room(ex, call) and sharing.may_ring(ex, call)):
        ex.block(waiter)
        retry_after(ex, waiter, sharing.NO_LEG_PAUSE_S)
        return False
    ex.room.unlist(waiter)
    if not waiter.rings:
        ex.turn.cancel("retry", call.id)
    team = next((t for t in (waiter.rung_team, waiter.team.id) if agent in ex.roster.members(t)), waiter.team.id)
    leg = phones.ring_agent(
        ex,
        call,
        agent,
        stage="manager" if agent == waiter.manager else waiter.stage,
        team=team,
        ring_s=waiter.team.manager_ring_s if waiter.stage == "manager" else waiter.team.agent_ring_s,
        since=waiter.since,
        why=pick.why,
    )
    waiter.legs[leg.id] = leg
    choosing.rung(ex, team, pick)
    return True
