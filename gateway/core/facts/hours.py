"""Facts of calendars: what is said by hand, and what flows asked."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.facts.base import Fact


class HoursOverridden(Fact, frozen=True, kw_only=True):
    """Somebody said that a calendar is open or closed until a moment (Unix seconds), or goes by its hours again
    ("normal", `until` 0). `who` as far as it is known: what the command named, the user of the command line, the
    client or number that called. The last one of a calendar counts, also after a restart."""

    calendar: str
    to: Literal["open", "closed", "normal"]
    until: float = 0.0
    by: Literal["phone", "mqtt", "cli"] = "cli"
    who: str = ""


class HoursChecked(Fact, frozen=True, kw_only=True):
    """A flow asked a calendar, and the caller went the way of the answer. `reason` is a code of
    `core/hours/calendar.py`, `day` the date whose hours decided, `holiday` the language -> name of that day's public
    holiday."""

    step: str
    calendar: str
    open: bool
    reason: str
    day: str = ""
    holiday: dict[str, str] = msgspec.field(default_factory=dict)


class HolidayChecked(Fact, frozen=True, kw_only=True):
    """A flow asked whether `day` is a public holiday; `holiday` (language -> name) is empty when it is none."""

    step: str
    day: str
    holiday: dict[str, str] = msgspec.field(default_factory=dict)
