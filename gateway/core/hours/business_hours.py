"""How much of a span of time an office was open: the sum of its calendar's open seconds between two moments.

By the hours in gateway.yaml and by what was said by hand (`gateway hours`): an office that was closed early has no
business hours from then on, and one that was open for longer has more. Both come from the journal, so that a figure is
the same whenever it is worked out.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.hours import calendar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.site.site import Hours, Site

_DAY = timedelta(days=1)


class Stretch(NamedTuple):
    """From `start` to `end` (Unix seconds) somebody had said that the office is open, or is not."""

    start: float
    end: float
    open: bool


class Overrides:
    """What was said of each calendar, a fold over facts in the journal's order. The last word holds, up to its end."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[str, list[Stretch]] = {}
        """Stretches of a calendar that do not overlap, in order."""

    def apply(self, fact: HoursOverridden) -> None:
        """One word more."""
        said = self._of.setdefault(fact.calendar, [])
        while said and said[-1].end > fact.at:
            last = said.pop()
            if last.start < fact.at:
                said.append(last._replace(end=fact.at))
        if fact.to != "normal" and fact.at < fact.until:
            said.append(Stretch(fact.at, fact.until, fact.to == "open"))

    def between(self, name: str, since: float, until: float) -> Sequence[Stretch]:
        """The stretches of a calendar that touch a span, cut to it."""
        said = self._of.get(name, [])
        first = bisect_right(said, since, key=lambda stretch: stretch.end)
        last = bisect_right(said, until, key=lambda stretch: stretch.start)
        return [Stretch(max(one.start, since), min(one.end, until), one.open) for one in said[first:last]]


def open_seconds(site: Site, hours: Hours, since: float, until: float, overrides: Overrides | None = None) -> float:
    """Open seconds from `since` to `until` (Unix seconds); 0 for a span that ends before it begins. Costs a few
    microseconds for each day of it."""
    if until <= since:
        return 0.0
    said = overrides.between(hours.id, since, until) if overrides is not None else ()
    total, reached = 0.0, since
    for stretch in said:
        total += _by_itself(site, hours, reached, stretch.start) + (stretch.end - stretch.start) * stretch.open
        reached = stretch.end
    return total + _by_itself(site, hours, reached, until)


def _by_itself(site: Site, hours: Hours, since: float, until: float) -> float:
    """By the hours alone."""
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
