"""`hours:` in gateway.yaml: named calendars of days and hours, public holidays and exceptions; and `timezone:`.

    hours:
      office:
        mon-fri: 08:00-16:00
        sat: 09:00-13:00
        holidays: closed
        exceptions:
          2026-12-24: 08:00-12:00
          2026-08-10..2026-08-14: closed

A day that no key names is closed. `holidays` is `closed` when it is left out.
"""

from __future__ import annotations

import difflib
import zoneinfo
from typing import TYPE_CHECKING

import msgspec
import phonenumbers
from phonenumbers import timezone

from gateway.config import hours_words as words
from gateway.config.fields import Section, clean, kind, sections, shown
from gateway.config.network import secret
from gateway.config.problems import Place
from gateway.config.public_holidays import public_holidays
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.core.agents.pins import DIGITS, digest
from gateway.core.hours.words import WEEKDAYS, span_text
from gateway.core.site.site import Hours

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.problems import Problems
    from gateway.config.source import Node
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Spans

DEFAULT_ZONES = {"PL": "Europe/Warsaw"}
DAYS_EXPECTED = 'mon-fri: 08:00-16:00, sat: 09:00-13:00, holidays: closed, exceptions: {2026-12-24: "08:00-12:00"}'
HOLIDAYS_EXPECTED = "closed, open (as on any other such day of the week), or hours such as 10:00-14:00"
EXCEPTION_DAYS_MAX = 5000
OWN_KEYS = ("holidays", "exceptions")


class _Told(msgspec.Struct):
    """What a day has, and the key that says so."""

    spans: Spans
    place: Place


def read_timezone(section: Section, problems: Problems, country: str, *, hours: bool) -> str:
    """`timezone:` under `site:`. Left out, it is the country's: Poland has one; elsewhere the numbering plan's guess
    does as long as no calendar depends on it."""
    expected = "the name of a time zone, such as Europe/Warsaw"
    node = section.scalar("timezone", expected=expected)
    if node is None:
        if hours and country not in DEFAULT_ZONES and not section.has("timezone"):
            problems.add(section.place, "'site' has no 'timezone', and the hours need one", expected=expected)
        return DEFAULT_ZONES.get(country) or _guess(country)
    name = clean(node.value)
    if not _exists(name):
        near = _near_zone(name)
        hint = "" if _exists("Europe/Warsaw") else "this machine has no time zones: install the package tzdata"
        problems.add(
            node.place,
            f"there is no time zone '{shown(name)}'",
            expected=expected,
            hint=hint,
            wrong=near,
            among=[near] if near else [],
        )
        return DEFAULT_ZONES["PL"]
    return name


def _exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _near_zone(name: str) -> str:
    """The zone that was probably meant, by its city: "Warszawa" and "Europa/Warszawa" are near Europe/Warsaw."""
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(zoneinfo.available_timezones())}
    close = difflib.get_close_matches(name.rpartition("/")[2].casefold()[:40], cities, 1)
    return cities[close[0]] if close else ""


def _guess(country: str) -> str:
    example = phonenumbers.example_number(country)
    names = timezone.time_zones_for_geographical_number(example) if example is not None else ()
    return next((name for name in names if _exists(name)), "UTC")


def read_pin(section: Section, secrets: Path, site: str) -> str | None:
    """The digest of the PIN that `pin_file:` or `pin_env:` under `site:` points to; empty: there is none; None: there
    is one that cannot be looked at."""
    pin = secret(section, secrets, "pin")
    key = "pin_file" if section.has("pin_file") else "pin_env"
    if not pin:
        return None if section.has(key) else ""
    if not (pin.isascii() and pin.isdigit() and DIGITS[0] <= len(pin) <= DIGITS[1]):
        place = section.node.items[key][1].place
        expected = f"one line of {DIGITS[0]} to {DIGITS[1]} digits"
        section.problems.add(place, "the PIN cannot be keyed on a telephone", expected=expected)
        return None
    return digest(pin, site)


def read_hours(node: Mapping | None, problems: Problems, country: str) -> dict[str, Hours]:
    """`hours:`, calendar by calendar."""
    return {name: _calendar(name, section, country) for name, section in sections(node, problems, "calendar")}


def _calendar(name: str, section: Section, country: str) -> Hours:
    problems = section.problems
    week: dict[int, _Told] = {}
    sound = len(problems)
    for key, (typed, value) in section.node.items.items():
        if key not in OWN_KEYS:
            _weekdays(section, typed, value, week)
    _overlaps(week, problems)
    holidays = _holidays(section, country)
    dates, yearly = _exceptions(section)
    made = Hours(
        id=name,
        week=tuple(week[day].spans if day in week else () for day in range(7)),
        holidays=holidays,
        dates=dates,
        yearly=yearly,
    )
    if len(problems) == sound and not any((*made.week, made.holidays, *dates.values(), *yearly.values())):
        problems.add(
            section.place,
            f"{section.what} never opens",
            expected=DAYS_EXPECTED,
            hint="a day that is not named is closed",
        )
    return made


def _weekdays(section: Section, typed: Scalar, value: Node, week: dict[int, _Told]) -> None:
    problems = section.problems
    try:
        named = words.days(typed.value)
    except words.WordsError as error:
        _unknown_key(section, typed, value, error)
        return
    spans = _hours_of(value, typed, problems)
    for day in named:
        if day in week:
            first = week[day].place
            problems.add(
                typed.place,
                f"{WEEKDAYS['en'][day]} stands twice; the first is in line {first.line}",
                hint="delete it in one of them" if len(named) > 1 else "delete one of them",
            )
        elif spans is not None:
            week[day] = _Told(spans, typed.place)


def _unknown_key(section: Section, typed: Scalar, value: Node, error: words.WordsError) -> None:
    """A key that is no day: perhaps a date, perhaps hours that a brace has cut off, perhaps misspelt."""
    problems = section.problems
    if _reads(words.dates, typed.value):
        hint = "dates stand below 'exceptions:', indented"
    elif isinstance(value, Scalar) and value.missing and _reads(words.spans, typed.value):
        hint = 'between { and } a comma begins a new key: put several hours in quotes, "08:00-12:00, 13:00-17:00"'
    else:
        hint = error.hint
    message = str(error) if typed.value.strip() else "a key without a name"
    problems.add(
        _within(typed, error),
        message,
        expected=f"{words.DAYS}; holidays; exceptions",
        hint=hint,
        wrong=error.word if not hint else "",
        among=(*words.KNOWN_DAYS, *OWN_KEYS),
    )


def _reads(read: object, text: str) -> bool:
    try:
        read(text)  # type: ignore[operator]
    except words.WordsError:
        return False
    return True


def _hours_of(value: Node, key: Scalar, problems: Problems, expected: str = words.HOURS) -> Spans | None:
    """The hours that a value names; None with a problem when it names none."""
    if isinstance(value, Mapping) or (isinstance(value, Scalar) and value.missing):
        hint = "no hours are written: closed" if isinstance(value, Scalar) else ""
        place = key.place if isinstance(value, Scalar) else value.place
        what = "has no value" if isinstance(value, Scalar) else f"is {kind(value)}"
        problems.add(place, f"'{shown(key.value)}' {what}", expected=expected, hint=hint)
        return None
    texts = value.items if isinstance(value, Sequence) else [value]
    odd = next((item for item in texts if not isinstance(item, Scalar) or item.missing), None)
    if odd is not None or not texts:
        problems.add((odd or value).place, f"an entry of '{shown(key.value)}' is no hours", expected=expected)
        return None
    scalars = [item for item in texts if isinstance(item, Scalar)]
    try:
        if len(scalars) == 1:
            return words.spans(scalars[0].value)
        for scalar in scalars:
            words.spans(scalar.value)
    except words.WordsError as error:
        wrong = next(scalar for scalar in scalars if not _reads(words.spans, scalar.value))
        _hours_problem(wrong, error, problems, expected)
        return None
    try:
        return words.spans(", ".join(scalar.value for scalar in scalars))
    except words.WordsError as error:
        problems.add(value.place, str(error), expected=expected, hint=error.hint)
        return None


def _hours_problem(scalar: Scalar, error: words.WordsError, problems: Problems, expected: str) -> None:
    problems.add(
        _within(scalar, error),
        str(error),
        expected=expected,
        hint=error.hint,
        wrong=error.word if not error.hint else "",
        among=("closed", "24h"),
    )


def _within(scalar: Scalar, error: words.WordsError) -> Place:
    """The part of a text that an error means, where the text stands in one line as it was typed."""
    place = scalar.place
    if place.width < len(scalar.value) or not error.width:
        return place
    return place._replace(column=place.column + error.at + (1 if scalar.quoted else 0), width=error.width)


def _overlaps(week: dict[int, _Told], problems: Problems) -> None:
    """Hours over midnight that reach into hours of the next day: both are shown as they are read."""
    for day, told in week.items():
        after = week.get((day + 1) % 7)
        if not told.spans or told.spans[-1][1] <= words.DAY_MIN or after is None or not after.spans:
            continue
        end = told.spans[-1][1] - words.DAY_MIN
        start, stop = after.spans[0]
        if end > start:
            today, tomorrow = WEEKDAYS["en"][day], WEEKDAYS["en"][(day + 1) % 7]
            problems.add(
                max(told.place, after.place),
                f"{today} {span_text(*told.spans[-1], 'en')} and {tomorrow} {span_text(start, stop, 'en')} overlap: "
                f"{tomorrow} {span_text(start, min(end, stop), 'en')} is in both",
                hint="let one of them end or begin at the other",
            )


def _holidays(section: Section, country: str) -> Spans | None:
    problems = section.problems
    node = section.get("holidays", expected=HOLIDAYS_EXPECTED)
    known = public_holidays(country) is not None
    if node is None:
        return ()
    if not known:
        problems.add(
            section.key_place("holidays"),
            f"the public holidays of the country {country} are not known",
            hint="delete this line and write the dates below 'exceptions:'",
        )
    if isinstance(node, Scalar) and clean(node.value).lower() in words.USUAL:
        return None
    return _hours_of(node, section.node.items["holidays"][0], problems, HOLIDAYS_EXPECTED)


def _exceptions(section: Section) -> tuple[dict[str, Spans | None], dict[str, Spans | None]]:
    """Dates, and days of every year. The same day twice is a problem; a date beside a day of every year is none."""
    problems = section.problems
    dates: dict[str, Spans | None] = {}
    yearly: dict[str, Spans | None] = {}
    places: dict[str, Place] = {}
    node = section.mapping("exceptions", expected=f"{words.DATES}, each with its hours")
    for typed, value in node.items.values() if node is not None else ():
        if problems.full:
            break
        try:
            once, every_year = words.dates(typed.value)
        except words.WordsError as error:
            problems.add(_within(typed, error), str(error), expected=words.DATES, hint=error.hint)
            once, every_year = (), ()
        if isinstance(value, Scalar) and clean(value.value).lower() in words.USUAL:
            spans: Spans | None = None
        else:
            before = len(problems)
            spans = _hours_of(value, typed, problems)
            if len(problems) > before:
                continue
        for day in (*once, *every_year):
            if day in places:
                message = f"{day} stands twice; the first is in line {places[day].line}"
                problems.add(typed.place, message, hint="delete one of them, or shorten the range")
                break
            places[day] = typed.place
        dates.update(dict.fromkeys(once, spans))
        yearly.update(dict.fromkeys(every_year, spans))
        if len(places) > EXCEPTION_DAYS_MAX:
            problems.add(typed.place, f"there are more than {EXCEPTION_DAYS_MAX} days of exceptions")
            break
    return dates, yearly


def holidays_for(country: str, hours: dict[str, Hours], flows: dict[str, Flow]) -> dict[str, dict[str, str]]:
    """The public holidays that the site needs to know: all, when a calendar or a step asks for them."""
    asked = bool(hours) or any(step.VERB == "holiday" for flow in flows.values() for step in flow.steps.values())
    return (public_holidays(country) or {}) if asked else {}
