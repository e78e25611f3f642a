"""The week of a team as its journal has it: contacts by weekday and hour of the site's own clock, and how much more
comes at the end of a month.

An hour counts as seen when the whole of it lies inside the journal and the gateway was not stopped for more than ten
minutes of it. Public holidays that the site knows are left out, and the month's last three working days are kept apart.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container
    from zoneinfo import ZoneInfo

    from gateway.load.history import History

HOUR_S = 3600.0
DOWN_MAX_S = 600.0
MONTH_END_DAYS = 3


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """`seen` and `contacts`: (weekday from 0 for Monday, hour) -> how many such hours the journal has, and how many
    contacts came in all of them. `month_end_factor`: contacts of the seen month-end days / what other weeks lead to
    expect of them; None when there are none, or nothing to compare them with."""

    seen: dict[tuple[int, int], int]
    contacts: dict[tuple[int, int], int]
    month_end_days: int
    month_end_factor: float | None
    weeks: float
    """All seen hours, month-end and all, in weeks of 168."""

    def per_hour(self, weekday: int, hour: int) -> float | None:
        """Contacts in such an hour on average; None: none was seen."""
        seen = self.seen.get((weekday, hour), 0)
        return self.contacts.get((weekday, hour), 0) / seen if seen else None


def is_month_end(day: date) -> bool:
    """Whether `day` is one of the last three days from Monday to Friday of its month."""
    if day.weekday() > 4:
        return False
    last = date(day.year, day.month, monthrange(day.year, day.month)[1])
    left = sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (last - day).days + 1))
    return left < MONTH_END_DAYS


def profile(history: History, zone: ZoneInfo, holidays: Container[str] = ()) -> Profile:
    """The week of this history. `holidays`: dates as 2026-12-25."""
    came = Counter(int(at // HOUR_S) for at in history.arrivals)
    seen: Counter[tuple[int, int]] = Counter()
    contacts: Counter[tuple[int, int]] = Counter()
    month_end: list[tuple[tuple[int, int], int]] = []
    days: set[date] = set()
    for hour in range(ceil(history.begins_at / HOUR_S), int(history.ends_at // HOUR_S)):
        local = datetime.fromtimestamp(hour * HOUR_S, zone)
        if f"{local:%Y-%m-%d}" in holidays or _down_s(history, hour * HOUR_S) > DOWN_MAX_S:
            continue
        cell = local.weekday(), local.hour
        if is_month_end(local.date()):
            days.add(local.date())
            month_end.append((cell, came[hour]))
        else:
            seen[cell] += 1
            contacts[cell] += came[hour]
    known = [(cell, count) for cell, count in month_end if seen[cell]]
    expected = sum(contacts[cell] / seen[cell] for cell, _ in known)
    return Profile(
        seen=dict(seen),
        contacts=dict(contacts),
        month_end_days=len(days),
        month_end_factor=sum(count for _, count in known) / expected if expected > 0 else None,
        weeks=(sum(seen.values()) + len(month_end)) / 168.0,
    )


def _down_s(history: History, at: float) -> float:
    """For how much of the hour from `at` the gateway was stopped."""
    return sum(max(0.0, min(to, at + HOUR_S) - max(since, at)) for since, to in history.down)
