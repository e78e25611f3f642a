"""The site's wall clock: how people write a moment in its time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from gateway.core.hours import calendar

if TYPE_CHECKING:
    from gateway.core.site.site import Site

EXPECTED = 'a day and a time such as "2026-11-23 09:05"'
YEARS = (1990, 2099)
_MOMENT = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*")


class MomentError(ValueError):
    """A text that is no moment; the text is a whole sentence."""


def zone_of(site: Site) -> tzinfo:
    """The time zone of the site."""
    return calendar.zone_of(site)


def moment(text: str, zone: tzinfo) -> float:
    """Unix seconds of a wall-clock time. An hour that comes twice (clocks go back) is the first of the two.
    Raises MomentError when it cannot be read, or when there is no such time."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise MomentError(f"'{text[:40]}' is no moment")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise MomentError(f"there is no such day or time: {text.strip()}") from None
    if not YEARS[0] <= year <= YEARS[1]:
        raise MomentError(f"a year from {YEARS[0]} to {YEARS[1]} is expected, not {year}")
    back = local.astimezone(UTC).astimezone(zone)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise MomentError(f"there is no {hour:02}:{minute:02} on that day: the clocks go forward over it")
    return local.timestamp()


def wall_clock(at: float, zone: tzinfo) -> str:
    """A moment as people write it, with seconds."""
    return (datetime.fromtimestamp(0, tz=UTC) + timedelta(seconds=at)).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
