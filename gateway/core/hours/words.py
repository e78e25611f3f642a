"""A calendar's decisions in sentences, Polish and English: one table of reasons, one way of writing days and hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from gateway.core.hours import calendar

if TYPE_CHECKING:
    from gateway.core.facts.hours import HoursChecked, HoursOverridden
    from gateway.core.hours.calendar import Decision
    from gateway.core.site.site import Hours, Site, Spans

Language = Literal["pl", "en"]

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_ON_WEEKDAY_PL = ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę")

REASONS: dict[Language, dict[str, str]] = {
    "pl": {
        "hours": "{weekday} ma godziny {spans}",
        "closed_day": "{weekday} nie ma godzin otwarcia",
        "before_hours": "{weekday} ma godziny {spans}, a te jeszcze się nie zaczęły",
        "break": "{weekday} ma godziny {spans}, a teraz jest przerwa",
        "after_hours": "{weekday} ma godziny {spans}, a te już minęły",
        "holiday": "{date} to święto: {holiday}",
        "holiday_hours": "{date} to święto ({holiday}), z godzinami {spans}",
        "exception": "{date} jest wyjątkiem: {spans}{also}",
        "override": "tak ustawiono {by}",
    },
    "en": {
        "hours": "{weekday} has the hours {spans}",
        "closed_day": "{weekday} has no hours",
        "before_hours": "{weekday} has the hours {spans}, and they have not begun yet",
        "break": "{weekday} has the hours {spans}, and this is the break",
        "after_hours": "{weekday} has the hours {spans}, and they are over",
        "holiday": "{date} is a public holiday: {holiday}",
        "holiday_hours": "{date} is a public holiday ({holiday}), with the hours {spans}",
        "exception": "{date} is an exception: {spans}{also}",
        "override": "it was set so {by}",
    },
}
"""Decision.reason."""

_BY: dict[Language, dict[str, str]] = {
    "pl": {"phone": "telefonem", "mqtt": "przez MQTT", "cli": "poleceniem"},
    "en": {"phone": "by telephone", "mqtt": "over MQTT", "cli": "by command"},
}


def sentence(site: Site, decision: Decision, until: float | None, language: Language) -> str:
    """Open or closed, why, and until when: one sentence."""
    polish = language == "pl"
    state = ("otwarte" if decision.open else "zamknięte") if polish else ("open" if decision.open else "closed")
    change = ""
    if until is not None:
        moment = moment_text(site, until, language, near=decision.at, end=decision.open)
        word = ("do" if decision.open else "otwiera się o") if polish else ("until" if decision.open else "opens at")
        change = f"; {word} {moment}"
    elif decision.open:
        change = "; bez końca" if polish else "; without an end"
    return f"{state}: {reason_text(site, decision, language)}{change}"


def reason_text(site: Site, decision: Decision, language: Language) -> str:
    """Why, in words."""
    forced = decision.override
    by = ""
    if forced is not None:
        end = moment_text(site, forced.until, language, near=decision.at, end=True)
        by = f"{by_text(forced, language)}, {'do' if language == 'pl' else 'until'} {end}"
    return _reason(decision.reason, decision.day, decision.spans, decision.holiday, by, language)


def _reason(  # noqa: PLR0917 - one template, and what it is filled with
    reason: str, iso_day: str, spans: Spans, names: dict[str, str], by: str, language: Language
) -> str:
    day, holiday = date.fromisoformat(iso_day), holiday_text(names, language)
    return REASONS[language][reason].format(
        weekday=WEEKDAYS[language][day.weekday()],
        date=date_text(day, language),
        spans=spans_text(spans, language),
        holiday=holiday,
        also=f" ({holiday})" if holiday else "",
        by=by,
    )


def fact_text(site: Site, fact: HoursChecked, language: Language) -> str:
    """What a flow was told, in words: open or closed, and why. The calendar is that of `site`."""
    state = ("otwarte" if fact.open else "zamknięte") if language == "pl" else ("open" if fact.open else "closed")
    hours = site.hours.get(fact.calendar)
    if hours is None or not fact.day or fact.reason not in REASONS[language]:
        return f"{state} ({fact.reason})"
    spans = calendar.plan_of(site, hours, date.fromisoformat(fact.day)).spans
    by = "ręcznie" if language == "pl" else "by hand"
    return f"{state}: {_reason(fact.reason, fact.day, spans, fact.holiday, by, language)}"


def by_text(override: HoursOverridden, language: Language) -> str:
    """How an override came, and who sent it if that is known."""
    way = _BY[language][override.by]
    return f"{way} ({override.who})" if override.who else way


def spans_text(spans: Spans, language: Language) -> str:
    """The hours of a day as the admin writes them."""
    if not spans:
        return "zamknięte" if language == "pl" else "closed"
    return ", ".join(span_text(*span, language) for span in spans)


def span_text(start: int, end: int, language: Language) -> str:
    """One stretch of hours; minutes after midnight."""
    if (start, end) == (0, 1440):
        return "24h"
    tail = "" if end <= 1440 else " następnego dnia" if language == "pl" else " next day"
    return f"{clock_text(start)}-{clock_text(end if end <= 1440 else end - 1440)}{tail}"


def clock_text(minute: int) -> str:
    """Minutes after midnight as a clock shows them; 1440 is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def holiday_text(names: dict[str, str], language: Language) -> str:
    """The holiday's name in that language, or in whichever there is."""
    return names.get(language) or next(iter(names.values()), "")


def date_text(day: date, language: Language) -> str:
    """A date as people of that language write it."""
    return day.strftime("%d.%m.%Y") if language == "pl" else day.isoformat()


def moment_text(site: Site, at: float, language: Language, *, near: float, end: bool = False) -> str:
    """A moment without "at" or "until": the time alone when it is on the day of `near`, else with the day. With `end`
    a midnight is the 24:00 of the day before."""
    moment = calendar.wall(site, at)
    time = f"{moment:%H:%M}"
    if end and time == "00:00":
        moment, time = calendar.wall(site, at - 1), "24:00"
    if moment.date() == calendar.wall(site, near).date():
        return time
    day = date_text(moment.date(), language)
    if language == "pl":
        return f"{time} {_ON_WEEKDAY_PL[moment.weekday()]} {day}"
    return f"{time} on {WEEKDAYS[language][moment.weekday()]} {day}"


def day_text(site: Site, hours: Hours, day: date, language: Language) -> str:
    """The hours of one day, and whose rule they are when it is not the day of the week."""
    plan = calendar.plan_of(site, hours, day)
    told = spans_text(plan.spans, language)
    names = holiday_text(calendar.holiday_on(site, day), language)
    why = {
        "week": "",
        "holiday": names,
        "date": "wyjątek" if language == "pl" else "exception",
        "yearly": "wyjątek każdego roku" if language == "pl" else "exception of every year",
    }[plan.source]
    if plan.source in {"date", "yearly"} and names:
        why += f"; {names}"
    return f"{told} ({why})" if why else told
