"""Saying by hand that the office is open or closed: what is asked becomes an event with a moment, or a sentence.

An override always ends by itself, at the end of the day if nothing else is said: nobody's office stays closed for a
week because somebody forgot. What lasts longer than DAYS_MAX is an exception in gateway.yaml.
"""

from __future__ import annotations

import difflib
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gateway.core.events import HoursCommanded
from gateway.core.facts.hours import HoursOverridden
from gateway.core.hours import calendar

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.site.site import Site

DAYS_MAX = 31
WHO_MAX = 60
FIRST_YEAR, LAST_YEAR = 1990, 2099
END_OF_DAY = "end of day"
UNTIL = 'a time such as "18:00", a length such as "2h", a moment such as "2026-12-24 12:00", or "end of day"'

_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_KEYED = re.compile(r"(\d{2})(\d{2})")
_LENGTH = re.compile(r"(?:(\d{1,3})\s*h)?\s*(?:(\d{1,3})\s*min)?")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T]+(\d{1,2}):(\d{2})")
_ENDS = {END_OF_DAY, "midnight", "24:00", "2400", "koniec dnia", "północ"}


class OverrideError(ValueError):
    """What was asked cannot be done. `place` is the field (calendar, to, until); the text is a sentence, `remedy` the
    next."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place, self.problem, self.remedy = place, problem, remedy
        super().__init__(f"{problem}; {remedy}" if remedy else problem)


class OverrideRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody asks for. `until` as people write it (UNTIL); empty: the end of the day."""

    to: Literal["open", "closed", "normal"]
    until: str = ""
    who: str = ""


def commanded(
    site: Site, name: str, request: OverrideRequest, *, by: Literal["phone", "mqtt", "cli"], now: float
) -> HoursCommanded:
    """The event for calendar `name`; it may be empty where there is one only. Raises OverrideError: no such calendar,
    or an end that cannot be."""
    if not name and len(site.hours) == 1:
        name = next(iter(site.hours))
    if name not in site.hours:
        near = difflib.get_close_matches(name, site.hours, 1)
        known = f"it has {', '.join(site.hours)}" if site.hours else "it has none: write some under hours:"
        hint = f"did you mean {near[0]}?" if near else known
        problem = f"this site has no calendar {name[:40]!r}" if name else "which calendar?"
        raise OverrideError("calendar", problem, hint)
    who = "".join(c for c in request.who if c.isprintable()).strip()[:WHO_MAX]
    if request.to == "normal":
        if request.until:
            raise OverrideError("until", "back to normal has no end", "leave out until")
        return HoursCommanded(calendar=name, to="normal", until=0.0, by=by, who=who)
    return HoursCommanded(calendar=name, to=request.to, until=ends_at(site, request.until, now), by=by, who=who)


class End(NamedTuple):
    """An end as it was written: `minutes` of a length, or of the wall clock of `day` (None: the day it is said on)."""

    kind: Literal["end_of_day", "clock", "moment", "length"]
    minutes: int
    day: date | None = None


def read_end(text: str) -> End | None:
    """What UNTIL tells, or None. An empty text is the end of the day."""
    text = " ".join(text.lower().split())
    if not text or text in _ENDS:
        return End("end_of_day", 24 * 60)
    found = _TIME.fullmatch(text) or _KEYED.fullmatch(text)
    if found:
        hour, minute = int(found[1]), int(found[2])
        return End("clock", hour * 60 + minute) if hour < 24 and minute < 60 else None
    found = _MOMENT.fullmatch(text)
    if found:
        year, month, number, hour, minute = (int(part) for part in found.groups())
        try:
            day = date(year, month, number)
        except ValueError:
            return None
        sound = FIRST_YEAR <= year <= LAST_YEAR and hour < 24 and minute < 60
        return End("moment", hour * 60 + minute, day) if sound else None
    found = _LENGTH.fullmatch(text)
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
    return End("length", minutes) if minutes else None


def ends_at(site: Site, text: str, now: float) -> float:
    """Unix seconds of an override's end. A time of day is the next one: today's, or tomorrow's when it has passed.
    Raises OverrideError."""
    read = read_end(text)
    if read is None:
        raise OverrideError("until", f"'{text[:40]}' is no end", f"expected is {UNTIL}")
    zone, today = calendar.zone_of(site), calendar.wall(site, now).date()
    if read.kind == "length":
        end = now + read.minutes * 60.0
    else:
        end = calendar.clock_time(read.day or today, read.minutes, zone, closing=True)
        if read.kind == "clock" and end <= now:
            end = calendar.clock_time(today + timedelta(days=1), read.minutes, zone, closing=True)
    if end <= now:
        raise OverrideError("until", f"'{text[:40]}' is over already", f"expected is {UNTIL}")
    if end > now + DAYS_MAX * 86_400:
        raise OverrideError(
            "until",
            f"'{text[:40]}' is more than {DAYS_MAX} days away",
            "write an exception into gateway.yaml, below hours:",
        )
    return end


def take(ex: Exchange, event: HoursCommanded, *, call: str = "") -> None:
    """From now on the override holds. A calendar that the present site does not have is left alone."""
    if event.calendar in ex.site.hours:
        remember(
            ex,
            HoursOverridden(
                at=ex.turn.now,
                call=call,
                calendar=event.calendar,
                to=event.to,
                until=event.until,
                by=event.by,
                who=event.who,
            ),
        )


def remember(ex: Exchange, fact: HoursOverridden) -> None:
    """Note an override and let it hold."""
    ex.overrides[fact.calendar] = fact
    ex.turn.note(fact)


def recovered(ex: Exchange, facts: tuple[HoursOverridden, ...]) -> None:
    """What the journal holds, oldest first. Whatever was said since the start is newer."""
    told = {fact.calendar: fact for fact in facts}
    ex.overrides = {**told, **ex.overrides}


def current(ex: Exchange, name: str, now: float) -> HoursOverridden | None:
    """The override of a calendar that holds at `now`."""
    override = ex.overrides.get(name)
    return override if override is not None and calendar.in_force(override, now) else None
