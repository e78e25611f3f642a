"""Verbs that know the calendar: hours, holiday, override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.config.fields import clean, shown
from gateway.config.public_holidays import public_holidays
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import steps_hours as model
from gateway.core.hours.override import read_end

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep

WAIT_S = (0.5, 60.0)
UNTIL = 'a time such as "18:00", a length such as 2h, or end of day'
_Day = Literal["today", "tomorrow"]
_To = Literal["open", "closed", "normal"]
_DAYS: dict[str, _Day] = {"today": "today", "tomorrow": "tomorrow"}
_TO: dict[str, _To] = {"open": "open", "closed": "closed", "normal": "normal"}


def _calendar(parts: StepParts, section: Section, key: str) -> str:
    """The calendar that a verb names; a problem when the site has none of that name."""
    calendars = parts.names.calendars
    node = section.scalar(key, expected="the name of a calendar below hours: in gateway.yaml", needed=True)
    name = clean(node.value) if node else ""
    if node and calendars is not None and name not in calendars:
        parts.problems.add(
            node.place,
            f"there is no calendar '{shown(name)}'",
            expected=", ".join(calendars),
            hint="" if calendars else "write one into gateway.yaml, such as hours: {office: {mon-fri: 08:00-16:00}}",
            wrong=name,
            among=calendars,
        )
    return name


def _hours(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.HoursStep(
        name=name,
        place=str(section.place),
        calendar=_calendar(parts, section, "hours"),
        open=parts.then(section, "open"),
        closed=parts.then(section, "closed"),
        holiday=parts.then(section, "holiday", needed=False),
    )


def _holiday(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("holiday", expected=" or ".join(_DAYS), needed=True)
    day = clean(node.value) if node else "today"
    if node and day not in _DAYS:
        parts.problems.add(node.place, f"'{shown(day)}' is no day", expected=" or ".join(_DAYS), wrong=day, among=_DAYS)
    if parts.names.country and public_holidays(parts.names.country) is None:
        parts.problems.add(
            section.key_place("holiday"),
            f"the public holidays of the country {parts.names.country} are not known",
            hint="use a calendar with exceptions and the verb hours",
        )
    return model.HolidayStep(
        name=name,
        place=str(section.place),
        day=_DAYS.get(day, "today"),
        yes=parts.then(section, "yes"),
        no=parts.then(section, "no"),
    )


def _override(parts: StepParts, section: Section, name: str) -> AnyStep:
    problems = parts.problems
    calendar = _calendar(parts, section, "override")
    node = section.scalar("to", expected=", ".join(_TO), needed=True)
    to = clean(node.value) if node else "closed"
    if node and to not in _TO:
        problems.add(node.place, f"'{shown(to)}' is no state", expected=", ".join(_TO), wrong=to, among=_TO)
    end = section.scalar("until", expected=UNTIL)
    until = clean(end.value) if end else ""
    read = read_end(until)
    if end and (read is None or read.kind == "moment"):
        problems.add(end.place, f"'{shown(until)}' is no end", expected=UNTIL)
    elif end and to == "normal":
        problems.add(end.place, "'normal' has no end", hint="delete 'until'")
    if parts.names.pin is False:
        problems.add(
            section.key_place("override"),
            "the site has no PIN, so nobody could do this",
            hint="write pin_file: secrets/pin below 'site:' in gateway.yaml, and the digits into that file",
        )
    return model.OverrideStep(
        name=name,
        place=str(section.place),
        calendar=calendar,
        to=_TO.get(to, "closed"),
        until=until,
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


VERBS = {
    "hours": Verb(_hours, Shape.WORD, {"open": STEP, "closed": STEP, "holiday": STEP}, needs=("open", "closed")),
    "holiday": Verb(_holiday, Shape.WORD, {"yes": STEP, "no": STEP}, needs=("yes", "no")),
    "override": Verb(
        _override,
        Shape.WORD,
        {
            "to": Shape.WORD,
            "until": Shape.WORD,
            "say": Shape.SAID,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("to", "say", "then"),
    ),
}
