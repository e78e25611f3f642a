"""Many more callers than usual before a simulated call: `surge: yes` of a scripted call.

Quiet hours in the weeks before, and in the last minutes more contacts, all answered at once, than any `alarms: surge:`
takes for usual.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.core.alarms.usual import HOUR_S, OFFICE, WEEKS
from gateway.core.facts.calls import QueueEntered, QueueLeft
from gateway.core.facts.usual import HourCounted
from gateway.core.hours import calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site
    from gateway.simulate.plan import Plan

CAME = 60
GAP_S = 2.0


def before(plan: Plan, site: Site) -> Iterator[AnyFact]:
    """The facts of it, as the journal would hold them; none without a surge."""
    if not plan.surge:
        return
    zone = calendar.zone_of(site)
    wall = calendar.wall(site, plan.at).replace(tzinfo=None)
    for week in range(WEEKS, 0, -1):
        start = (wall - timedelta(weeks=week)).replace(tzinfo=zone).timestamp() // HOUR_S * HOUR_S
        yield HourCounted(
            at=start + HOUR_S,
            team=OFFICE,
            start=start,
            seen_s=HOUR_S,
            offered=1,
            handled=1,
            handling_s=120.0,
            staff_s=HOUR_S,
        )
    team = next(iter(site.teams), "")
    for number in range(CAME, 0, -1):
        at, call = plan.at - number * GAP_S, f"before-{number}"
        yield QueueEntered(at=at, call=call, team=team, position=1)
        yield QueueLeft(at=at, call=call, team=team, outcome="answered", wait_s=0.0)
