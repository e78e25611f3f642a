"""From the answer of a phone that rings for a waiting caller to the moment when both hear each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core import leaving, talk

if TYPE_CHECKING:
    from gateway.core.exchange import Exchange
    from gateway.core.facts import Stage
    from gateway.core.legs import Leg


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
    leaving.leave(ex, waiter, "answered")
    return True
