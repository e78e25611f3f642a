"""What `gateway hours` shows: a site's calendars over the next days, or the answer for one moment, as text or as data.

Pure functions of a site, a moment and the overrides; the command (`cli/hours.py`) prints what comes back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.config.problems import nearest
from gateway.core.hours import calendar, words
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.hours.words import Language
    from gateway.core.site.site import Hours, Site

NO_CALENDARS = "this site has no calendar; write one into gateway.yaml, such as hours: {office: {mon-fri: 08:00-16:00}}"


def chosen(site: Site, name: str) -> tuple[Hours, ...]:
    """The calendar of that name, or all. Raises SettingError when there is none."""
    if not site.hours:
        raise SettingError(NO_CALENDARS)
    if not name:
        return tuple(site.hours.values())
    if name not in site.hours:
        near = nearest(name, tuple(site.hours))
        hint = f"did you mean {near}?" if near else f"it has {', '.join(site.hours)}"
        raise SettingError(f"--calendar: this site has no calendar '{name}'; {hint}")
    return (site.hours[name],)


def explained(
    site: Site, hours: Hours, at: float, language: Language, override: HoursOverridden | None = None
) -> dict[str, Any]:
    """One calendar at one moment. Moments are Unix seconds; `changes_at` None: not within a year."""
    decision = calendar.decide(site, hours, at, override)
    changes_at = calendar.changes_at(site, hours, at, override)
    return {
        "calendar": hours.id,
        "at": at,
        "local": calendar.wall(site, at).strftime("%Y-%m-%d %H:%M"),
        "timezone": site.timezone,
        "open": decision.open,
        "reason": decision.reason,
        "day": decision.day,
        "hours": clock_spans(decision.spans),
        "holiday": decision.holiday,
        "override": override_data(decision.override),
        "changes_at": changes_at,
        "why": words.sentence(site, decision, changes_at, language),
    }


def listed(  # noqa: PLR0917 - the same order as `explained`
    site: Site, hours: Hours, now: float, days: int, language: Language, override: HoursOverridden | None = None
) -> dict[str, Any]:
    """One calendar now, and its hours for so many days from today."""
    today = calendar.local_day(site, now)
    rows = []
    for number in range(days):
        day = today + timedelta(days=number)
        plan = calendar.plan_of(site, hours, day)
        rows.append(
            {
                "date": day.isoformat(),
                "weekday": words.WEEKDAYS[language][day.weekday()],
                "hours": clock_spans(plan.spans),
                "rule": plan.source,
                "holiday": calendar.holiday_on(site, day),
                "text": words.day_text(site, hours, day, language),
            }
        )
    return {"calendar": hours.id, "now": explained(site, hours, now, language, override), "days": rows}


def clock_spans(spans: tuple[tuple[int, int], ...]) -> list[list[str]]:
    """Hours as clocks show them; beyond 24:00 on the next day, such as ["22:00", "30:00"]."""
    return [[words.clock_text(start), words.clock_text(end)] for start, end in spans]


def override_data(override: HoursOverridden | None) -> dict[str, Any] | None:
    """An override for programs."""
    if override is None:
        return None
    return {"to": override.to, "since": override.at, "until": override.until, "by": override.by, "who": override.who}


def explained_text(site: Site, told: list[dict[str, Any]], at: float, language: Language) -> str:
    """Several calendars at one moment, for people."""
    moment = calendar.wall(site, at)
    weekday = words.WEEKDAYS[language][moment.weekday()]
    rows = [f"{moment:%Y-%m-%d %H:%M} ({weekday}, {site.timezone})"]
    rows += [f"{one['calendar']}: {one['why']}" for one in told]
    return "\n".join(rows) + "\n"


def listed_text(told: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Several calendars over the next days, for people."""
    pages = []
    for one in told:
        width = max(len(row["weekday"]) for row in one["days"])
        label = "teraz" if language == "pl" else "now"
        rows = [one["calendar"], f"  {label} {one['now']['why']}"]
        rows += [f"  {row['date']}  {row['weekday']:<{width}}  {row['text']}" for row in one["days"]]
        pages.append("\n".join(rows) + "\n")
    return "\n".join(pages)
