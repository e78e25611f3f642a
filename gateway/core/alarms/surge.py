"""Whether many more people call than usual: `now.surge` of the flows, so that a caller can be told before the menu.

The rule, of the whole office: in the last `within` (15 min) `factor` (1.5) times as many contacts as usual on this day
of the week at this hour have come, and more than chance brings (`wait_causes.more_than_chance`). Where too little is
known of what is usual: `waiting` (2) callers or more wait for each person who is logged in without a pause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.alarms.usual import OFFICE
from gateway.core.alarms.wait_causes import more_than_chance

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange

SURGE = "now.surge"
"""The variable; "yes", or without a value."""


def holds(ex: Exchange) -> bool:
    """Whether it is so at this moment."""
    rules, now = ex.site.alarms.surge, ex.turn.now
    expected = ex.usual.expected(ex.site, OFFICE, now - rules.within_s, now)
    lately = ex.usual.of(OFFICE)
    if expected is not None:
        came = lately.contacts(now - rules.within_s, now)
        return came >= rules.factor * expected.contacts and more_than_chance(came, expected.contacts)
    people = lately.staff[-1][1] if lately.staff else 0
    if people == 0 or ex.room.length() < rules.waiting * people:  # the common case, and quick
        return False
    callers = (waiter for team in ex.site.teams for waiter in ex.room.waiting(team))
    return sum(w.call.leg.state != "planned" for w in callers) >= rules.waiting * people
