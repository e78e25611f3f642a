"""Who is rung for a waiting caller: the assigned manager, then the team, then the overflow team, then nobody.

A stage starts early when nobody of the one before can answer. Place and wait clock belong to the caller, not to the
stage.

Reasons of StageEntered: manager_free, no_manager, manager_busy, manager_paused, manager_off, manager_refused,
manager_no_answer, manager_unreachable, team_exhausted (nobody of the team is logged in), max_wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core import leaving, phones, seeking
from gateway.core.facts import StageEntered

if TYPE_CHECKING:
    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.facts import Declined, Stage
    from gateway.core.legs import Leg
    from gateway.core.queue import Waiter


def first_stage(ex: Exchange, waiter: Waiter) -> bool:
    why = ex.roster.why_not(waiter.manager) if waiter.manager else ""
    if not waiter.manager:
        return _team(ex, waiter, "no_manager")
    if why:
        return _team(ex, waiter, f"manager_{why}")
    _stage(ex, waiter, "manager", waiter.team.id, "manager_free")
    seeking.seek(ex, waiter)
    return True


def stage_due(ex: Exchange, call: Call) -> None:
    """The team (or the overflow team) has had its time."""
    waiter = call.waiter
    if waiter is None:
        return
    if waiter.stage == "overflow" or not _overflow(ex, waiter, "max_wait"):
        give_up(ex, waiter)


def give_up(ex: Exchange, waiter: Waiter) -> None:
    """Nobody will answer: back to the flow."""
    leaving.leave(ex, waiter, "overflowed")
    waiter.call.advance("gave_up")
    waiter.call.gave_up(waiter.gave_up)


def retry_due(ex: Exchange, call: Call) -> None:
    """Somebody who declined, or a line that was full, may be tried again."""
    if call.waiter is not None:
        ex.unblock(call.waiter)
        _go_on(ex, call.waiter)


def serve(ex: Exchange, agent: str) -> None:
    """The agent may have got free, or is logged out now."""
    seeking.serve(ex, agent)
    if ex.roster.why_not(agent) == "off":
        _left_empty(ex, agent)


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
        ex.turn.after(seeking.NO_LEG_PAUSE_S, "retry", call.id)
    else:
        waiter.declined[leg.agent] = ex.turn.now
        _go_on(ex, waiter, f"manager_{why}")


def unblocked(ex: Exchange, waiter: Waiter) -> None:
    """The caller's line has a free leg again."""
    _go_on(ex, waiter)


def look_anew(ex: Exchange) -> None:
    """Other people, other teams: whoever waits looks again, the longest first; who has nobody left goes on at once."""
    for agent in list(ex.roster.seats):
        serve(ex, agent)
    for waiter in sorted((call.waiter for call in ex.calls.values() if call.waiter), key=lambda w: w.entry):
        if waiter.call.waiter is waiter and waiter.leg is None and not waiter.blocked:
            _go_on(ex, waiter)


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
    seeking.seek(ex, waiter)


def _team(ex: Exchange, waiter: Waiter, reason: str) -> bool:
    """The team's stage. False: there is nobody in it nor behind it."""
    _stage(ex, waiter, "team", waiter.team.id, reason)
    if not ex.roster.logged_in(waiter.team.id):
        if _overflow(ex, waiter, "team_exhausted"):
            return True
        if not _hope(ex, waiter):
            return False
    seeking.seek(ex, waiter)
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
    seeking.seek(ex, waiter)
    return True


def _hope(ex: Exchange, waiter: Waiter) -> bool:
    """Whether anybody is logged in who may yet take him."""
    manager = waiter.manager not in waiter.declined and ex.roster.why_not(waiter.manager) != "off"
    return manager or ex.roster.logged_in(waiter.team.id) or ex.roster.logged_in(waiter.rung_team)


def _stage(ex: Exchange, waiter: Waiter, stage: Stage, team: str, reason: str) -> None:
    waiter.stage = stage
    waiter.call.note(StageEntered(at=ex.turn.now, call=waiter.call.id, stage=stage, team=team, reason=reason))
