"""What comes after the team: other teams and numbers outside, one after the other, each for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.legs import phones
from gateway.core.numbers import is_outside
from gateway.core.queue import seeking, sharing, skills
from gateway.core.site.owners import OverflowStage

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.queue.queue import Waiter
    from gateway.core.site.site import Team


def stages_of(team: Team) -> tuple[OverflowStage, ...]:
    """All that comes after a team, in order."""
    if team.overflow or not team.overflow_team:
        return team.overflow
    return (OverflowStage(team=team.overflow_team, for_s=team.overflow_wait_s),)


def anybody(ex: Exchange, waiter: Waiter) -> bool:
    """Whether somebody may answer after the caller's team cannot. A number always may; a trial rings none."""
    return any(_may_answer(ex, waiter, stage) for stage in stages_of(waiter.team))


def advance(ex: Exchange, waiter: Waiter) -> OverflowStage | None:
    """The next stage in which somebody may answer, which the waiter is in from now on; None: there is none."""
    stages = stages_of(waiter.team)
    for index in range(waiter.overflow + 1, len(stages)):
        stage = stages[index]
        if _may_answer(ex, waiter, stage):
            waiter.overflow, waiter.outside = index, stage.number
            waiter.rung_team = stage.team or waiter.team.id
            return stage
    return None


def is_number(waiter: Waiter) -> bool:
    """Whether he is in a stage that rings a number outside."""
    return waiter.overflow >= 0 and bool(stages_of(waiter.team)[waiter.overflow].number)


def number_rings(waiter: Waiter) -> bool:
    """Whether a number outside is rung for him now."""
    return any(is_outside(leg.agent) for leg in waiter.legs.values())


def seek(ex: Exchange, waiter: Waiter) -> None:
    """Ring whom this stage rings: the number outside, once; else an agent, when one is free."""
    if not waiter.outside:
        seeking.seek(ex, waiter)
    elif not waiter.rings and not waiter.blocked:
        _ring(ex, waiter, stages_of(waiter.team)[waiter.overflow])


def _ring(ex: Exchange, waiter: Waiter, stage: OverflowStage) -> None:
    call = waiter.call
    if ex.is_full(call.leg.line):
        ex.block(waiter)
        seeking.retry_after(ex, waiter, sharing.NO_LEG_PAUSE_S)
        return
    ex.room.unlist(waiter)
    ex.turn.cancel("retry", call.id)
    leg = phones.ring_number(
        ex,
        call,
        stage.number,
        uri=stage.uri or stage.number,
        trunk=stage.trunk,
        ring_s=stage.for_s,
        stage="overflow",
        team=waiter.team.id,
    )
    waiter.legs[leg.id] = leg


def _may_answer(ex: Exchange, waiter: Waiter, stage: OverflowStage) -> bool:
    return not waiter.call.draft if stage.number else skills.anybody(ex, waiter, stage.team)
