"""An agent is reserved for a caller by a lease: it ends with the answer or the ringing, and at the latest by itself.

Every way on which a reservation ends has its own deadline (the ringing's, the answer's, the hanging up's). The lease
lies behind them all: whatever an edge does not report, and whatever part of the core forgets an agent, he is free again
LEASE_MARGIN_S after his phone should have stopped ringing, and what happened is a fact that somebody can look into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.call import joining
from gateway.core.facts.agents import LeaseExpired
from gateway.core.queue import routing

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange


def due(ex: Exchange, agent: str) -> None:
    """The lease of a reservation is over. One who has answered, or is rung no more, has none."""
    seat = ex.roster.seats.get(agent)
    if seat is None or seat.state != "ringing":
        return
    leg = ex.legs.get(seat.leg)
    held_s = ex.turn.now - seat.since
    ex.turn.note(LeaseExpired(at=ex.turn.now, call=seat.call, agent=agent, leg=seat.leg, held_s=held_s))
    if leg is not None:
        joining.ended(ex, leg, "no_answer", 0, far=False)
        ex.hang_up_leg(leg)
    if seat.state == "ringing":  # nobody knew of that ringing any more
        ex.roster.released(agent, moved_back=True)
    if leg is None:
        for freed in ex.roster.leg_gone(seat.leg):
            routing.serve(ex, freed)
