"""Who may call, and when: one caller of each sort, and one moment of each sort, that the flows tell apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import phonenumbers

from gateway.core.flow import expr
from gateway.core.flow.base import Comparison
from gateway.core.hours import calendar
from gateway.core.hours.moment import clock_values
from gateway.core.site.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.site.site import Client, Site

CALLERS_MAX = 60
MOMENTS_MAX = 24
DAYS = 8
HOLIDAYS_WITHIN = 400
HOURS = (0, 12, 18)
"""Of a holiday and of the day before it."""


def stranger(site: Site) -> str:
    """A number of the site's country that belongs to no client."""
    example = phonenumbers.example_number(site.country) or phonenumbers.example_number("PL")
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else "+48123456789"
    directory = Directory(site)
    last = int(number[-4:])
    for more in range(10_000):
        other = f"{number[:-4]}{(last + more) % 10_000:04}"
        if directory.by_number(other) is None and other not in site.numbers:
            return other
    return number


def sorts_of_clients(site: Site) -> tuple[Client, ...]:
    """One client for each manager, team and language; with a number if any of the sort has one."""
    found: dict[tuple[str, str, str, bool], Client] = {}
    for client in site.clients.values():
        sort = (client.manager, client.team, client.language, client.do_not_record)
        if sort not in found or (client.numbers and not found[sort].numbers):
            found[sort] = client
    return tuple(found.values())[:CALLERS_MAX]


def moments(site: Site, start: float) -> tuple[float, ...]:
    """`start`, and the first moment after it of every other sort: each calendar open or closed and why, public holiday
    today or tomorrow, and what the flows compare the clock with."""
    told = tuple(dict.fromkeys(clocked(tuple(site.flows.values()))))
    found: dict[object, float] = {}
    for at in _grid(site, start):
        day = calendar.local_day(site, at)
        decided = [calendar.decide(site, hours, at) for hours in site.hours.values()]
        values = clock_values(site, at) if told else {}
        sort = (
            tuple((each.open, each.reason == "holiday") for each in decided),
            bool(calendar.holiday_on(site, day)),
            bool(calendar.holiday_on(site, day + timedelta(days=1))),
            tuple(expr.holds(each, values) for each in told),
        )
        found.setdefault(sort, at)
        if len(found) >= MOMENTS_MAX:
            break
    return tuple(found.values())


def _grid(site: Site, start: float) -> Iterator[float]:
    """Every half hour of some days; then the special days of the year."""
    yield start
    for half in range(1, DAYS * 48):
        yield start - start % 1800 + half * 1800
    zone = calendar.zone_of(site)
    today = calendar.local_day(site, start)
    listed = set(site.holidays) | {text for hours in site.hours.values() for text in hours.dates}
    for text in sorted(listed):
        day = date.fromisoformat(text)
        if timedelta(0) < day - today <= timedelta(days=HOLIDAYS_WITHIN):
            for near in (day - timedelta(days=1), day):
                for hour in HOURS:
                    yield datetime(near.year, near.month, near.day, hour, 30, tzinfo=zone).timestamp()


def clocked(value: object) -> Iterator[Comparison]:
    """Every comparison that the clock decides."""
    if isinstance(value, Comparison):
        if value.variable.startswith("now.") or value.function == "days_since":
            yield value
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from clocked(inner)
    elif isinstance(value, dict):
        yield from clocked(tuple(value.values()))
    elif hasattr(value, "__struct_fields__"):
        for field in value.__struct_fields__:
            yield from clocked(getattr(value, field))
