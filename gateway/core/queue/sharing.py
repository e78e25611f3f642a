"""How callers share the legs of their line: the first phone of any caller comes before a further one of another, and a
line that takes another caller keeps a leg for him. The rule is the same in a queue and for a step that rings a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.legs import phones
from gateway.core.numbers import is_outside

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.legs.legs import Leg

NO_LEG_PAUSE_S = 5.0
"""A full line is tried again after that, even if it has not told of a freed leg."""


def may_ring(ex: Exchange, call: Call) -> bool:
    """Whether another phone may ring for this caller on his line. Where the line is full and none rings for him yet,
    one that rings for another beside others is told to stop."""
    line, rings = ex.line(call.leg.line), bool(_rung(call))
    if ex.is_full(line.id):
        if not rings:
            _make_room(ex, line.id)
        return False
    if not rings or not line.legs_max:
        return True
    callers = sum(not leg.agent for leg in line.legs.values())
    return callers >= line.callers_max or line.legs_max - len(line.legs) > 1


def is_coming(ex: Exchange, line: str) -> bool:
    """Whether a leg of the line is about to be free: it was told to end, and the network has not reported that yet."""
    return ex.line(line).up and any(leg.state == "ending" for leg in ex.line(line).legs.values())


def _make_room(ex: Exchange, line: str) -> None:
    """Somebody on a full line has no phone that rings, another has several: the last phone of whoever came last is let
    go. Its leg is free when the network has reported its end."""
    if not ex.line(line).up or is_coming(ex, line):
        return
    spare = (call for call in ex.calls.values() if call.leg.line == line and _spare(call))
    last = max(spare, key=_came, default=None)
    if last is None:
        return
    leg = _rung(last).pop(_spare(last)[-1].id)
    phones.note_declined(ex, last, leg, "failed", 0)
    ex.roster.released(leg.agent, moved_back=False)
    ex.hang_up_leg(leg)
    if last.waiter is not None:
        ex.block(last.waiter)
    elif last.ringing is not None:
        last.ringing.tried.discard(leg.agent)
        ex.line(line).wanting[last.id] = last


def _rung(call: Call) -> dict[str, Leg]:
    """The phones that ring for a caller, by the id of their legs, in the order in which they were dialled."""
    holder = call.waiter or call.ringing
    return holder.legs if holder is not None else {}


def _spare(call: Call) -> list[Leg]:
    """The phones that ring for him beside another, and that nobody has picked up."""
    legs = _rung(call)
    if len(legs) < 2:
        return []
    return [leg for leg in legs.values() if leg.may("answered") and not is_outside(leg.agent)]


def _came(call: Call) -> tuple[float, int]:
    """The order of those whose phones are compared."""
    if call.waiter is not None:
        return call.waiter.entry[:2]
    return (call.ringing.since if call.ringing is not None else 0.0, 0)
