"""Absences begin and end by the clock: whoever goes away is logged out with the reason "absent", and logged in again
when the absence is over, unless he was logged out before by other means.

So nobody away is rung, neither as a manager nor in a team, and his state tells why. Who logs in during an absence is
rung in his teams again; his own clients still go to the deputy until absences.csv says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.agents.agents import NEW
from gateway.core.queue import routing
from gateway.core.site.absences import absence_at, next_change

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange

ABSENT = "absent"
"""Reason of AgentChanged."""


def follow(ex: Exchange) -> None:
    """Look who is away now. Asked when the first line greets, when a version is loaded, and when an absence begins or
    ends. After a start whoever was there last since the absence began is left as he is."""
    now, started = ex.turn.now, ex.away is None
    before = ex.away or frozenset()
    away = {name: absence for name in ex.site.agents if (absence := absence_at(ex.site, name, now)) is not None}
    ex.away = frozenset(away)
    for name, seat in list(ex.roster.seats.items()):
        was_there = started and name in away and seat.since > away[name].since and seat.reason != NEW
        if name in away and name not in before and not was_there:
            ex.roster.command(name, "logout", ABSENT)
        elif name not in away and (seat.state, seat.reason) == ("off", ABSENT):
            ex.roster.command(name, "login", "")
        else:
            continue
        routing.serve(ex, name)
    change = next_change(ex.site, now)
    if change is not None:
        ex.turn.after(change - now, "away", "")
    else:
        ex.turn.cancel("away", "")
