"""Who is rung for a waiting caller: the assigned manager, then the team, then the overflow team, then nobody.

A stage starts early when nobody of the one before can answer. Place and wait clock belong to the caller, not to the
stage. Two rules keep the order fair: a caller who starts to look takes the longest idle agent; an agent who gets free
takes the caller who has waited longest of all who may have him.

Reasons of StageEntered: manager_free, no_manager, manager_busy, manager_paused, manager_off, manager_refused,
manager_no_answer, manager_unreachable, team_exhausted (nobody of the team is logged in), max_wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core import phones, talk
from gateway.core.facts import QueueEntered, QueueLeft, StageEntered
from gateway.core.queue import AGAIN_S, Waiter, manager_list, team_list

if TYPE_CHECKING:
    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.facts import Declined, Stage
    from gateway.core.flow_model import Queue
    from gateway.core.legs import Leg

NO_LEG_PAUSE_S = 5.0
"""A full line is tried again after that, even if it has not told of a freed leg."""

Left = Literal["answered", "abandoned", "overflowed", "lost"]


def enter(ex: Exchange, call: Call, step: Queue) -> str | None:
    """Put the caller into the queue of `step`. None: he waits; else the step to go to at once (may be empty).

    A contact that was open before (adopted after a restart) keeps its place and its wait clock when it comes back
    to the same team, and is not offered a second time.
    """
    by_client = step.to == "by_client"
    client = call.client if by_client else None
    team = call.site.teams.get((client.team if client is not None else step.team) if by_client else step.to)
    if team is None:
        return step.no_agents or step.gave_up
    manager = client.manager if client is not None else ""
    contact = call.story.contact
    if contact is not None and contact.team != team.id:
        close_contact(call, "overflowed")
        contact = None
    call.advance("queue")
    call.stop_play()
    call.walk.stop_waiting()
    entered_at = contact.at if contact is not None else call.now
    waiter = ex.room.enter(call, team, manager=manager, area=call.values.get("area", ""), entered_at=entered_at)
    waiter.gave_up, waiter.no_agents = step.gave_up, step.no_agents
    call.waiter = waiter
    if contact is None:
        call.note(
            QueueEntered(
                at=call.now,
                call=call.id,
                team=team.id,
                manager=manager,
                area=waiter.area,
                position=ex.room.position(waiter),
                threshold_s=team.threshold_s,
                short_abandon_s=team.short_abandon_s,
            )
        )
    anybody = ex.roster.logged_in(team.id) or ex.roster.logged_in(team.overflow_team)
    if not anybody and ex.roster.why_not(manager) == "off":
        leave(ex, waiter, "overflowed")
        call.advance("gave_up")
        return step.no_agents or step.gave_up
    left_s = entered_at + team.max_wait_s - call.now
    ex.turn.after(left_s, "wait", call.id)
    if _first_stage(ex, waiter):
        return None
    leave(ex, waiter, "overflowed")
    call.advance("gave_up")
    return step.gave_up


def leave(ex: Exchange, waiter: Waiter, outcome: Left) -> None:
    """He waits no more: whoever rings for him is let go, and the contact is closed."""
    call = waiter.call
    ex.room.leave(waiter)
    ex.unblock(waiter)
    call.waiter = None
    ex.turn.cancel("wait", call.id)
    ex.turn.cancel("retry", call.id)
    leg, waiter.leg = waiter.leg, None
    if leg is not None and outcome != "answered":
        phones.note_declined(ex, call, leg, "cancelled", 0)
        ex.roster.released(leg.agent, moved_back=False)
        ex.hang_up_leg(leg)
    close_contact(call, outcome)


def close_contact(call: Call, outcome: Left) -> None:
    """QueueLeft for the open QueueEntered."""
    contact = call.story.contact
    if contact is not None:
        call.note(
            QueueLeft(at=call.now, call=call.id, team=contact.team, outcome=outcome, wait_s=call.now - contact.at)
        )


def stage_due(ex: Exchange, call: Call) -> None:
    """The team (or the overflow team) has had its time."""
    waiter = call.waiter
    if waiter is None:
        return
    if waiter.stage == "overflow" or not _overflow(ex, waiter, "max_wait"):
        give_up(ex, waiter)


def give_up(ex: Exchange, waiter: Waiter) -> None:
    """Nobody will answer: back to the flow."""
    leave(ex, waiter, "overflowed")
    waiter.call.advance("gave_up")
    waiter.call.gave_up(waiter.gave_up)


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


def retry_due(ex: Exchange, call: Call) -> None:
    """Somebody who declined, or a line that was full, may be tried again."""
    if call.waiter is not None:
        ex.unblock(call.waiter)
        _go_on(ex, call.waiter)


def serve(ex: Exchange, agent: str) -> None:
    """The agent may have got free: take the caller who has waited longest of those who may have him."""
    now = ex.turn.now
    while ex.roster.is_free(agent):
        keys = [manager_list(agent), *(team_list(team) for team in ex.roster.teams_of(agent))]
        waiter = ex.room.longest(keys, lambda waiting: now - waiting.declined.get(agent, now - AGAIN_S) >= AGAIN_S)
        if waiter is None:
            break
        _offer(ex, waiter, agent)
    if ex.roster.why_not(agent) == "off":
        _left_empty(ex, agent)


def _left_empty(ex: Exchange, agent: str) -> None:
    """The agent is logged out: whoever waits and has nobody left goes on at once, the longest first."""
    teams = ex.roster.teams_of(agent)
    if all(ex.roster.logged_in(team) for team in teams):
        return
    for waiter in sorted((call.waiter for call in ex.calls.values() if call.waiter), key=lambda w: w.entry):
        there = waiter.call.waiter is waiter and waiter.leg is None and not waiter.blocked
        if there and waiter.stage != "manager" and {waiter.team.id, waiter.rung_team} & set(teams):
            if not _hope(ex, waiter):
                waiter.gave_up = waiter.no_agents or waiter.gave_up
            _go_on(ex, waiter)


def look_anew(ex: Exchange) -> None:
    """Other people, other teams: whoever waits looks again, the longest first; who has nobody left goes on at once."""
    for agent in list(ex.roster.seats):
        serve(ex, agent)
    for waiter in sorted((call.waiter for call in ex.calls.values() if call.waiter), key=lambda w: w.entry):
        if waiter.call.waiter is waiter and waiter.leg is None and not waiter.blocked:
            _go_on(ex, waiter)


def declined(ex: Exchange, leg: Leg, why: Declined, code: int) -> None:
    """A ringing ended without an answer: the next one, at once. `why` "failed" is no fault of the agent: the line
    had no free leg, and the caller keeps his stage until it has one."""
    call = leg.call
    waiter = call.waiter if call is not None else None
    if call is None or waiter is None or waiter.leg is not leg:
        return
    waiter.leg = None
    phones.note_declined(ex, call, leg, why, code)
    ex.roster.released(leg.agent, moved_back=why != "failed")
    if leg.may("hang_up"):
        ex.hang_up_leg(leg)
    if why == "failed":
        ex.block(waiter)
        ex.turn.after(NO_LEG_PAUSE_S, "retry", call.id)
    else:
        waiter.declined[leg.agent] = ex.turn.now
        _go_on(ex, waiter, f"manager_{why}")


def unblocked(ex: Exchange, waiter: Waiter) -> None:
    """The caller's line has a free leg again."""
    _go_on(ex, waiter)


def answered(ex: Exchange, leg: Leg) -> bool:
    """Whether the agent who answered on `leg` is the one who is rung for a caller that still waits."""
    call = leg.call
    waiter = call.waiter if call is not None else None
    if call is None or waiter is None or waiter.leg is not leg:
        return False
    call.advance("bridge")
    ex.turn.cancel("ring", leg.id)
    ex.turn.cancel("proceed", leg.id)
    ex.roster.answered(leg.agent)
    stage: Stage = "manager" if leg.agent == waiter.manager else waiter.stage
    wait_s = ex.turn.now - waiter.entered_at
    talk.begin(call, leg, stage=stage, team=leg.team, wait_s=wait_s, music=waiter.team.music)
    leave(ex, waiter, "answered")
    return True


def _go_on(ex: Exchange, waiter: Waiter, reason: str = "") -> None:
    """After a ringing or a pause: the next in this stage, or the next stage."""
    if waiter.stage == "manager":
        why = ex.roster.why_not(waiter.manager)
        if (reason or why) and not _team(ex, waiter, reason or f"manager_{why}"):
            give_up(ex, waiter)
            return
    elif not _hope(ex, waiter):
        if waiter.stage == "overflow" or not _overflow(ex, waiter, "team_exhausted"):
            give_up(ex, waiter)
        return
    seek(ex, waiter)


def _first_stage(ex: Exchange, waiter: Waiter) -> bool:
    why = ex.roster.why_not(waiter.manager) if waiter.manager else ""
    if not waiter.manager:
        return _team(ex, waiter, "no_manager")
    if why:
        return _team(ex, waiter, f"manager_{why}")
    _stage(ex, waiter, "manager", waiter.team.id, "manager_free")
    seek(ex, waiter)
    return True


def _team(ex: Exchange, waiter: Waiter, reason: str) -> bool:
    """The team's stage. False: there is nobody in it nor behind it."""
    _stage(ex, waiter, "team", waiter.team.id, reason)
    if not ex.roster.logged_in(waiter.team.id):
        if _overflow(ex, waiter, "team_exhausted"):
            return True
        if not _hope(ex, waiter):
            return False
    seek(ex, waiter)
    return True


def _overflow(ex: Exchange, waiter: Waiter, reason: str) -> bool:
    """The overflow's stage. False: there is none, or nobody in it. The phone that rings goes on ringing, and the
    first team's agents may still take him."""
    team = waiter.team.overflow_team
    if not team or not ex.roster.logged_in(team):
        return False
    waiter.rung_team = team
    _stage(ex, waiter, "overflow", team, reason)
    ex.turn.after(waiter.team.overflow_wait_s, "wait", waiter.call.id)
    seek(ex, waiter)
    return True


def _hope(ex: Exchange, waiter: Waiter) -> bool:
    """Whether anybody is logged in who may yet take him."""
    manager = waiter.manager not in waiter.declined and ex.roster.why_not(waiter.manager) != "off"
    return manager or ex.roster.logged_in(waiter.team.id) or ex.roster.logged_in(waiter.rung_team)


def _stage(ex: Exchange, waiter: Waiter, stage: Stage, team: str, reason: str) -> None:
    waiter.stage = stage
    waiter.call.note(StageEntered(at=ex.turn.now, call=waiter.call.id, stage=stage, team=team, reason=reason))


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
