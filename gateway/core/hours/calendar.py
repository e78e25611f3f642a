"""When the office is open: a site's calendar, a moment and an override give open or closed, why, and until when.

Pure: the calendar has every public holiday as a date, so no library is asked here. The wall clock is the site's. On
the nights in which clocks are set, hours open when the clock first shows their beginning or a later time of that day,
and close when it shows for the last time something before their end: an hour that comes twice is in the hours both
times, hours that lie in one that never comes do not open. Hours that go over midnight belong to the day on which they
begin, so a holiday or an exception of the next day does not cut them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.site.site import Hours, Site, Spans

Reason = Literal[
    "hours",  # open: the hours of this day of the week
    "closed_day",  # no hours on this day of the week
    "before_hours",  # the day's first hours are still to come
    "break",  # between two hours of the day
    "after_hours",  # the day's last hours are over
    "holiday",  # a public holiday, closed
    "holiday_hours",  # a public holiday with hours of its own, open or not at this moment
    "exception",  # a date under `exceptions:`, open or not at this moment
    "override",  # somebody has said so
]
Source = Literal["week", "holiday", "date", "yearly"]

HORIZON_DAYS = 400
"""How far the next change is looked for: longer than a year, so that a calendar of one day a year has one."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class DayPlan(NamedTuple):
    """The hours of one day and which rule gives them."""

    day: date
    spans: Spans
    source: Source


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Open or closed at one moment. `day` is the day whose hours decided (the one before, after midnight)."""

    calendar: str
    at: float
    open: bool
    reason: Reason
    day: str
    spans: Spans
    """The hours of `day`, in minutes of its wall clock."""
    holiday: dict[str, str] = {}
    """Language -> name, when `day` is a public holiday."""
    override: HoursOverridden | None = None


class _Opening(NamedTuple):
    """One stretch of hours in Unix seconds, and the day that it belongs to."""

    start: float
    end: float
    plan: DayPlan


class _Known:
    """What was worked out of one calendar. Keeps what it came of, not the whole site, so that ids stay theirs."""

    __slots__ = ("days", "holidays", "hours", "since", "timezone", "until")

    def __init__(self, site: Site, hours: Hours) -> None:
        self.hours, self.holidays, self.timezone = hours, site.holidays, site.timezone
        self.days: dict[date, tuple[DayPlan, tuple[_Opening, ...]]] = {}
        self.since = self.until = 0.0
        """From one to the other nothing changes by itself."""


_CALENDARS_MAX, _DAYS_MAX = 64, 1000
_known: dict[int, _Known] = {}
"""By the id of the hours: every caller of an office asks for the same few days."""


def _of(site: Site, hours: Hours) -> _Known:
    known = _known.get(id(hours))
    if known is None or known.holidays is not site.holidays or known.timezone != site.timezone:
        if len(_known) >= _CALENDARS_MAX:
            _known.clear()
        known = _known[id(hours)] = _Known(site, hours)
    return known


def _day(site: Site, hours: Hours, day: date) -> tuple[DayPlan, tuple[_Opening, ...]]:
    """The plan of a day, and when it is open."""
    days = _of(site, hours).days
    found = days.get(day)
    if found is None:
        if len(days) >= _DAYS_MAX:
            days.clear()
        plan = plan_of(site, hours, day)
        found = days[day] = (plan, tuple(_openings(plan, zone_of(site))))
    return found


def zone_of(site: Site) -> ZoneInfo:
    """The site's time zone. `config` has seen that it exists."""
    return ZoneInfo(site.timezone)


def holiday_on(site: Site, day: date) -> dict[str, str]:
    """Language -> name of the public holiday on that day; empty: it is none."""
    return site.holidays.get(day.isoformat(), {})


def local_day(site: Site, at: float) -> date:
    """The date that the site's calendars show at a moment."""
    return datetime.fromtimestamp(at, zone_of(site)).date()


def plan_of(site: Site, hours: Hours, day: date) -> DayPlan:
    """The hours of a day by the first rule that knows it: date, day of every year, public holiday, day of the week."""
    usual = hours.week[day.weekday()]
    text = day.isoformat()
    if text in hours.dates:
        spans = hours.dates[text]
        return DayPlan(day, usual if spans is None else spans, "date")
    if text[5:] in hours.yearly:
        spans = hours.yearly[text[5:]]
        return DayPlan(day, usual if spans is None else spans, "yearly")
    if hours.holidays is not None and text in site.holidays:
        return DayPlan(day, hours.holidays, "holiday")
    return DayPlan(day, usual, "week")


def decide(site: Site, hours: Hours, at: float, override: HoursOverridden | None = None) -> Decision:
    """Open or closed at `at` (Unix seconds), and why."""
    zone = zone_of(site)
    today = datetime.fromtimestamp(at, zone).date()
    plan, _ = _day(site, hours, today)
    opening = _covering(site, hours, zone, at)
    if opening is not None:
        plan = opening.plan
    is_open, reason = opening is not None, _reason(plan, zone, at, is_open=opening is not None)
    forced = override if override is not None and in_force(override, at) else None
    if forced is not None:
        is_open, reason = forced.to == "open", "override"
    return Decision(
        calendar=hours.id,
        at=at,
        open=is_open,
        reason=reason,
        day=plan.day.isoformat(),
        spans=plan.spans,
        holiday=holiday_on(site, plan.day),
        override=forced,
    )


def changes_at(site: Site, hours: Hours, at: float, override: HoursOverridden | None = None) -> float | None:
    """Until when what holds at `at` holds, in Unix seconds; None: nothing changes within HORIZON_DAYS."""
    if override is None or not in_force(override, at):
        return _changes_by_itself(site, hours, at)
    forced_open = override.to == "open"
    opens_then = _covering(site, hours, zone_of(site), override.until) is not None
    if forced_open != opens_then:
        return override.until
    return _changes_by_itself(site, hours, override.until)


def in_force(override: HoursOverridden, at: float) -> bool:
    """Whether an override says something at that moment."""
    return override.to != "normal" and override.at <= at < override.until


def openings(site: Site, hours: Hours, day: date) -> tuple[tuple[float, float], ...]:
    """The stretches in Unix seconds in which the hours of a day are open, after the nights of a clock change."""
    return tuple((opening.start, opening.end) for opening in _day(site, hours, day)[1])


def clock_time(day: date, minute: int, zone: ZoneInfo, *, closing: bool = False) -> float:
    """Unix seconds of the moment when the wall clock of `day` comes to `minute` (after its midnight, also beyond 1440).
    Of an hour that comes twice it is the first, with `closing` the last; one that never comes is the moment of the
    leap over it."""
    wall = datetime.combine(day, datetime.min.time()) + minute * _MINUTE
    first, last = wall.replace(tzinfo=zone).timestamp(), wall.replace(tzinfo=zone, fold=1).timestamp()
    if first == last:
        return first
    if first < last:
        return last if closing and _comes_twice(wall - _MINUTE, zone) else first
    low, high = int(last), int(first)  # at `low` the clock shows less than `wall`, at `high` more
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return float(high)


def _comes_twice(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).timestamp() < wall.replace(tzinfo=zone, fold=1).timestamp()


def _openings(plan: DayPlan, zone: ZoneInfo) -> Iterator[_Opening]:
    for begin, end in plan.spans:
        start = clock_time(plan.day, begin, zone)
        stop = clock_time(plan.day, end, zone, closing=True)
        if start < stop:
            yield _Opening(start, stop, plan)


def _covering(site: Site, hours: Hours, zone: ZoneInfo, at: float) -> _Opening | None:
    """The stretch that `at` lies in. Today's before one that began yesterday."""
    today = datetime.fromtimestamp(at, zone).date()
    # On the day before too: hours over midnight; and one more on either side where a clock is set at midnight.
    for day in (today, today - _DAY, today + _DAY):
        plan, day_openings = _day(site, hours, day)
        if plan.spans and (day <= today or plan.spans[0][0] == 0):
            for opening in day_openings:
                if opening.start <= at < opening.end:
                    return opening
    return None


def _changes_by_itself(site: Site, hours: Hours, at: float) -> float | None:
    """As `changes_at` without an override. What was found holds until then, so it is looked for once in between."""
    known = _of(site, hours)
    if known.since <= at < known.until:
        return known.until
    until = _look_for_change(site, hours, at)
    if until is not None:
        known.since, known.until = at, until
    return until


def _look_for_change(site: Site, hours: Hours, at: float) -> float | None:
    zone = zone_of(site)
    opening = _covering(site, hours, zone, at)
    last = at + HORIZON_DAYS * 86_400
    if opening is not None:
        end = opening.end
        while (further := _covering(site, hours, zone, end)) is not None:
            end = further.end
            if end > last:
                return None
        return end
    today = datetime.fromtimestamp(at, zone).date()
    for ahead in range(-1, HORIZON_DAYS):
        _, day_openings = _day(site, hours, today + ahead * _DAY)
        starts = [opening.start for opening in day_openings if opening.start > at]
        if starts:
            return min(starts)
    return None


def _reason(plan: DayPlan, zone: ZoneInfo, at: float, *, is_open: bool) -> Reason:
    match plan.source:
        case "date" | "yearly":
            return "exception"
        case "holiday":
            return "holiday_hours" if plan.spans else "holiday"
        case "week":
            pass
    if is_open:
        return "hours"
    if not plan.spans:
        return "closed_day"
    if at < clock_time(plan.day, plan.spans[0][0], zone):
        return "before_hours"
    return "after_hours" if at >= clock_time(plan.day, plan.spans[-1][1], zone, closing=True) else "break"


def wall(site: Site, at: float) -> datetime:
    """The site's wall clock at a moment."""
    return datetime.fromtimestamp(at, UTC).astimezone(zone_of(site))
