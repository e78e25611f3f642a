"""Who meets whom: the agent for a caller who looks, the caller for an agent who gets free.

Two rules keep the order fair: a caller who starts to look takes the longest idle agent; an agent who gets free takes
the caller who has waited longest of all who may have him.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core import phones
from gateway.core.queue import AGAIN_S, manager_list, team_list

if TYPE_CHECKING:
    from gateway.core.exchange import Exchange
    from gateway.core.queue import Waiter


NO_LEG_PAUSE_S = 5.0
"""A full line is tried again after that, even if it has not told of a freed leg."""


def seek(ex: Exchange, waiter: Waiter) -> None:
    """Ring the agent who should be rung for this caller now, if there is one; else wait for one to get free."""
    if waiter.leg is not None or waiter.blocked:
        return
    agent, again_at = _pick(ex, waiter)
    if agent:
        _offer(ex, waiter, agent)
        return
    ex.room.list_(waiter)
    if again_at is not None:
        ex.turn.after(again_at - ex.turn.now, "retry", waiter.call.id)


def serve(ex: Exchange, agent: str) -> None:
    """The agent may have got free: take the caller who has waited longest of those who may have him."""
    now = ex.turn.now
    while ex.roster.is_free(agent):
        keys = [manager_list(agent), *(team_list(team) for team in ex.roster.teams_of(agent))]
        waiter = ex.room.longest(keys, lambda waiting: now - waiting.declined.get(agent, now - AGAIN_S) >= AGAIN_S)
        if waiter is None:
            break
        _offer(ex, waiter, agent)


def _pick(ex: Exchange, waiter: Waiter) -> tuple[str, float | None]:
    """(agent to ring, or "" and when to look again, if that is known). His own manager first; then the longest idle
    who has not declined him; then, after a pause, the one whose declining is longest ago."""
    roster, now = ex.roster, ex.turn.now
    if waiter.manager and waiter.manager not in waiter.declined and roster.is_free(waiter.manager):
        return waiter.manager, None
    if waiter.stage == "manager":
        return "", None
    teams = (waiter.rung_team,) if waiter.rung_team == waiter.team.id else (waiter.rung_team, waiter.team.id)
    for team in teams:
        for agent in roster.free_of(team):
            if agent not in waiter.declined:
                return agent, None
    if not waiter.declined:
        return "", None
    free = [(at, agent) for agent, at in waiter.declined.items() if any(agent in roster.members(t) for t in teams)]
    ready = [(at, agent) for at, agent in free if now - at >= AGAIN_S and roster.is_free(agent)]
    if ready:
        return min(ready)[1], None
    return "", min((at + AGAIN_S for at, _ in free if at + AGAIN_S > now), default=None)


def _offer(ex: Exchange, waiter: Waiter, agent_id: str) -> bool:
    """Ring the agent for the caller. False: the line has no free leg; the caller waits for one."""
    call = waiter.call
    if ex.is_full(call.leg.line):
        ex.block(waiter)
        ex.turn.after(NO_LEG_PAUSE_S, "retry", call.id)
        return False
    ex.room.unlist(waiter)
    ex.turn.cancel("retry", call.id)
    team = next((t for t in (waiter.rung_team, waiter.team.id) if agent_id in ex.roster.members(t)), waiter.team.id)
    waiter.leg = phones.ring_agent(
        ex,
        call,
        agent_id,
        stage="manager" if agent_id == waiter.manager else waiter.stage,
        team=team,
        ring_s=waiter.team.manager_ring_s if waiter.stage == "manager" else waiter.team.agent_ring_s,
        since=waiter.entered_at,
    )
    return True
