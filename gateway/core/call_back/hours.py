"""When a client may be called back: within the office's calendar and its window, outside the client's quiet hours.

Pure: the calendar's override comes in. All clocks are the site's wall clock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.hours import calendar

if TYPE_CHECKING:
    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.site.call_backs import CallBacks
    from gateway.core.site.site import Client, Site

Reason = Literal[
    "",
    "closed",  # the calendar of `hours:`
    "window",  # before `not_before:`, or from `not_after:` on
    "quiet_hours",  # the client's
]
DAY_MIN = 24 * 60
_STEPS_MAX = 2_000
"""Each step goes to the next moment at which something changes: about four a day, over more than a year."""


class Allowed(NamedTuple):
    """Whether now, and if not, why. `until`: before that nothing changes; None: not within a year."""

    reason: Reason
    until: float | None

    @property
    def now(self) -> bool:
        return not self.reason


def look(
    site: Site, rules: CallBacks, client: Client | None, at: float, override: HoursOverridden | None = None
) -> Allowed:
    """Whether this client may be called at `at` (Unix seconds)."""
    changes: list[float] = []
    hours = site.hours.get(rules.hours)
    if hours is not None:
        changes_at = calendar.changes_at(site, hours, at, override)
        if not calendar.decide(site, hours, at, override).open:
            return Allowed("closed", changes_at)
        if changes_at is not None:
            changes.append(changes_at)
    window = (rules.not_before or 0, DAY_MIN if rules.not_after is None else rules.not_after)
    if window != (0, DAY_MIN):
        inside, until = _within(site, window, at)
        if not inside:
            return Allowed("window", until)
        changes.append(until)
    quiet = client.quiet_hours if client is not None else None
    if quiet is not None:
        inside, until = _within(site, quiet, at)
        if inside:
            return Allowed("quiet_hours", until)
        changes.append(until)
    return Allowed("", min(changes, default=None))


def next_time(
    site: Site, rules: CallBacks, client: Client | None, at: float, override: HoursOverridden | None = None
) -> float | None:
    """The first moment from `at` on at which this client may be called; None: there is none within a year."""
    last = at + calendar.HORIZON_DAYS * 86_400
    for _ in range(_STEPS_MAX):
        allowed = look(site, rules, client, at, override)
        if allowed.now:
            return at
        if allowed.until is None or allowed.until > last:
            return None
        at = allowed.until
    return None


def _within(site: Site, span: tuple[int, int], at: float) -> tuple[bool, float]:
    """Whether the wall clock is in the span, which may go over midnight, and when that changes."""
    today = calendar.wall(site, at).date()
    zone = calendar.zone_of(site)
    begin, end = span
    if end <= begin:
        end += DAY_MIN
    changes: list[float] = []
    for ahead in (-1, 0, 1, 2):
        day = today + timedelta(days=ahead)
        start, stop = calendar.clock_time(day, begin, zone), calendar.clock_time(day, end, zone, closing=True)
        if start <= at < stop:
            return True, stop
        changes.append(start)
    return False, min(start for start in changes if start > at)
