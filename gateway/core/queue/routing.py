"""Who is rung for a waiting caller: his own person (`owners.py`), then the team, then its overflow stage by stage,
then nobody.

A stage starts early when nobody of the one before can answer. Place and wait clock belong to the caller, not to the
stage. Whoever did not answer as the caller's own person is not rung as that again; who gets free later takes him from
the team's stage as well.

Reasons of StageEntered: `stage_reasons.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import StageEntered
from gateway.core.legs import phones
from gateway.core.numbers import is_outside
from gateway.core.queue import leaving, overflow, seeking, sharing, skills, waiting

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined, Stage
    from gateway.core.facts.queue import LeftReason
    from gateway.core.legs.legs import Leg
    from gateway.core.queue.queue import Waiter


def somebody(ex: Exchange, waiter: Waiter) -> bool:
    """Whether anybody could answer in any of his stages, now or later."""
    return _logged_in(ex, waiter) or overflow.anybody(ex, waiter)


def first_stage(ex: Exchange, waiter: Waiter) -> bool:
    """The beginning. False: there is nobody in the team nor behind it."""
    first = waiter.first
    if first.told is not None:
        waiter.call.note(first.told)
    if not waiter.manager:
        return _team(ex, waiter, first.reason)
    why = ex.roster.why_not(waiter.manager)
    if why:
        return _team(ex, waiter, f"{first.role}_{why}")
    _stage(ex, waiter, "manager", waiter.team.id, first.reason)
    seeking.seek(ex, waiter)
    return True


def stage_due(ex: Exchange, call: Call) -> None:
    """The present stage has had its time. A number outside that rings has its own; its end is told."""
    waiter = call.waiter
    if waiter is None or overflow.number_rings(waiter):
        return
    if not _overflow(ex, waiter, "overflow_wait" if waiter.stage == "overflow" else "max_wait"):
        give_up(ex, waiter, "max_wait")


def give_up(ex: Exchange, waiter: Waiter, reason: LeftReason = "") -> None:
    """Nobody will answer: back to the flow. Without a reason there is nobody left who could."""
    leaving.leave(ex, waiter, "overflowed", reason or waiting.why_empty(ex, waiter))
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
    if ex.roster.why_not(agent) in {"off", "paused"}:
        _left_empty(ex, agent)


def skills_due(ex: Exchange, call: Call) -> None:
    """Less is asked of whoever serves the caller: somebody who is free may be able to now. It is looked for when all of
    whom less is asked since this moment are known, the first in order first."""
    if call.waiter is not None:
        skills.due(ex, call.waiter)
        timers = ex.turn.timers
        timers.set("look", call.id, timers.moment, call.waiter.entry[:2])


def look_due(ex: Exchange, call: Call) -> None:
    """Whoever may serve him since this moment."""
    if call.waiter is not None:
        overflow.seek(ex, call.waiter)


def declined(ex: Exchange, leg: Leg, why: Declined, code: int) -> None:
    """A ringing ended without an answer: the next one, at once. `why` "failed" is no fault of the agent: the line
    had no free leg, and the caller keeps his stage until it has one."""
    call = leg.call
    waiter = call.waiter if call is not None else None
    if call is None or waiter is None or waiter.legs.pop(leg.id, None) is not leg:
        return
    phones.note_declined(ex, call, leg, why, code)
    if is_outside(leg.agent):
        waiter.outside = waiter.outside if why == "failed" else ""
    ex.roster.released(leg.agent, moved_back=why != "failed")
    if leg.may("hang_up"):
        ex.hang_up_leg(leg)
    if why == "failed":
        ex.block(waiter)
        seeking.retry_after(ex, waiter, sharing.NO_LEG_PAUSE_S)
    else:
        waiter.declined[leg.agent] = ex.turn.now
        _go_on(ex, waiter, why)


def unblocked(ex: Exchange, waiter: Waiter) -> None:
    """The caller's line has a free leg again."""
    _go_on(ex, waiter)


def look_anew(ex: Exchange) -> None:
    """Other people, other teams: whoever waits looks again, the longest first; who has nobody left goes on at once."""
    for agent in list(ex.roster.seats):
        serve(ex, agent)
    for waiter in sorted((call.waiter for call in ex.calls.values() if call.waiter), key=lambda w: w.entry):
        if waiter.call.waiter is waiter and not waiter.rings and not waiter.blocked:
            _go_on(ex, waiter)


def _left_empty(ex: Exchange, agent: str) -> None:
    """The agent is logged out or has a pause: whoever waits and has nobody left goes on at once, the longest first."""
    teams = ex.roster.teams_of(agent)
    lacks = ex.roster.why_not(agent) == "off" and skills.is_asked_for(ex, agent)
    if not lacks and all(waiting.staffed(ex, team) for team in teams):
        return
    for waiter in sorted((call.waiter for call in ex.calls.values() if call.waiter), key=lambda w: w.entry):
        there = waiter.call.waiter is waiter and not waiter.rings and not waiter.blocked
        if there and waiter.stage != "manager" and {waiter.team.id, waiter.rung_team} & set(teams):
            if not _hope(ex, waiter):
                waiter.gave_up = waiter.no_agents or waiter.gave_up
            _go_on(ex, waiter)


def _go_on(ex: Exchange, waiter: Waiter, why: str = "") -> None:
    """After a ringing (that ended with `why`) or a pause: the next in this stage, or the next stage."""
    if waiter.stage == "manager":
        why = why or ex.roster.why_not(waiter.manager)
        if why and not _team(ex, waiter, f"{waiter.first.role}_{why}"):
            give_up(ex, waiter)
            return
    elif not waiter.rings and overflow.is_number(waiter) and not waiter.outside:
        if not _overflow(ex, waiter, f"number_{why or 'no_answer'}"):
            give_up(ex, waiter, "max_wait" if _logged_in(ex, waiter) else "")
        return
    elif not waiter.rings and not _hope(ex, waiter):
        if not _overflow(ex, waiter, "overflow_exhausted" if waiter.stage == "overflow" else "team_exhausted"):
            give_up(ex, waiter)
        return
    overflow.seek(ex, waiter)


def _team(ex: Exchange, waiter: Waiter, reason: str) -> bool:
    """The team's stage. False: there is nobody in it nor behind it."""
    _stage(ex, waiter, "team", waiter.team.id, reason)
    if not skills.anybody(ex, waiter, waiter.team.id):
        if _overflow(ex, waiter, "team_exhausted"):
            return True
        if not _hope(ex, waiter):
            return False
    seeking.seek(ex, waiter)
    return True


def _overflow(ex: Exchange, waiter: Waiter, reason: str) -> bool:
    """The next stage of the overflow. False: there is none, or nobody in it. The phone that rings goes on ringing, and
    the first team's agents may still take him, but for the time in which a number outside is rung."""
    stage = overflow.advance(ex, waiter)
    if stage is None:
        return False
    _stage(ex, waiter, "overflow", waiter.rung_team, reason, stage.number)
    ex.turn.after(stage.for_s, "wait", waiter.call.id)
    overflow.seek(ex, waiter)
    return True


def _hope(ex: Exchange, waiter: Waiter) -> bool:
    """Whether he may go on waiting: anybody may yet take him, or his team lets him wait all the same."""
    return waiting.may_stay(ex, waiter, somebody=_logged_in(ex, waiter))


def _logged_in(ex: Exchange, waiter: Waiter) -> bool:
    """Whether anybody is logged in who may yet take him."""
    manager = waiter.manager not in waiter.declined and ex.roster.why_not(waiter.manager) != "off"
    teams = skills.anybody(ex, waiter, waiter.team.id) or skills.anybody(ex, waiter, waiter.rung_team)
    return manager or teams or bool(waiter.outside)


def _stage(ex: Exchange, waiter: Waiter, stage: Stage, team: str, reason: str, number: str = "") -> None:  # noqa: PLR0917
    waiter.stage = stage
    call = waiter.call
    call.note(StageEntered(at=ex.turn.now, call=call.id, stage=stage, team=team, reason=reason, number=number))
