"""How much of a span of time an office was open: the sum of its calendar's open seconds between two moments.

By the hours in gateway.yaml; what was said by hand for a day does not change how long a case took.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.core import calendar

if TYPE_CHECKING:
    from gateway.core.site import Hours, Site

_DAY = timedelta(days=1)


def open_seconds(site: Site, hours: Hours, since: float, until: float) -> float:
    """Open seconds from `since` to `until` (Unix seconds); 0 for a span that ends before it begins. Costs a few
    microseconds for each day of it."""
    if until <= since:
        return 0.0
    # Hours of the day before may go over midnight, those of the day after begin at it where a clock is set.
    day, last = calendar.local_day(site, since) - _DAY, calendar.local_day(site, until) + _DAY
    stretches: list[tuple[float, float]] = []
    while day <= last:
        stretches += calendar.openings(site, hours, day)
        day += _DAY
    total, counted = 0.0, since
    for start, end in sorted(stretches):  # they may overlap: the next day opens before the hours over midnight end
        total += max(0.0, min(end, until) - max(start, counted))
        counted = max(counted, min(end, until))
    return total
