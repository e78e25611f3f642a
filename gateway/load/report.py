"""Results in words and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from gateway.core.hours.moment import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.load.balance import Balance
    from gateway.load.erlang import Expected
    from gateway.load.forecast import TeamForecast
    from gateway.load.interval import Estimate
    from gateway.load.run import Result

_ROWS: tuple[tuple[str, str, float, str], ...] = (
    ("sl", "service level", 100.0, "%"),
    ("sl_strict", "  of answered and abandoned", 100.0, "%"),
    ("asa_s", "ASA", 1.0, "s"),
    ("asa_p90_s", "  90th percentile", 1.0, "s"),
    ("abandon_rate", "abandoned", 100.0, "%"),
    ("occupancy", "occupancy", 100.0, "%"),
    ("aht_s", "handling time", 1.0, "s"),
)
"""Figure, words, factor, unit."""


def load_text(head: Sequence[str], result: Result, formula: str, expected: Expected | None) -> str:
    """The table of a simulation; beside it what the formula expects, where one holds."""
    lines = [*head, "", f"{'':30}{'simulated':>12}{'95 % interval':>22}{formula:>13}".rstrip()]
    for name, words, factor, unit in _ROWS:
        figure = result.figures[name]
        other = getattr(expected, name, None) if expected is not None else None
        lines.append(
            f"{words:30}{_value(figure, factor, unit):>12}{_interval(figure, factor, unit):>22}"
            f"{'' if other is None else f'{factor * other:.1f} {unit}':>13}".rstrip()
        )
    lines += ["", *_books(result.balance), result.method + "."]
    return "\n".join(lines) + "\n"


def load_json(settings: dict[str, Any], result: Result, formula: str, expected: Expected | None) -> dict[str, Any]:
    """The same for programs."""
    told: dict[str, Any] = msgspec.to_builtins(result)
    told["balance"] = _sum(result.balance)
    return {**settings, **told, formula.lower().replace(" ", "_"): msgspec.to_builtins(expected)} if formula else {
        **settings, **told}  # fmt: skip


def forecast_text(forecasts: Sequence[TeamForecast], zone: str) -> str:
    """One table a team: people (contacts) by hour and weekday; a dash where the journal has seen no such hour."""
    return "\n".join(line for one in forecasts for line in (*_head(one, zone), *_table(one), ""))


def _head(one: TeamForecast, zone: str) -> list[str]:
    since, until = (f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%Y-%m-%d}" for at in (one.begins_at, one.ends_at))
    lines = [f"Team {one.team}: {one.contacts} contacts from {since} to {until}; {one.weeks:.1f} weeks were seen."]
    if one.few_weeks:
        lines.append("  Few weeks: these means are still mostly chance; four or more make a forecast.")
    if one.handling_s is None:
        lines.append("  Nothing was handled yet, so the handling time is not known and no people can be counted.")
        return lines
    patience = (
        f", patience {one.patience_s:.0f} s"
        if one.patience_s is not None
        else ", too few hang-ups to tell the patience"
    )
    lines += [
        (
            f"  {one.target:.0%} in {one.threshold_s:g} s by {one.formula.replace('_', ' ').title()}: handling "
            f"{one.handling_s:.0f} s ({one.handled} handled){patience} ({one.abandoned} abandoned)."
        ),
    ]
    if one.month_end_factor is None:
        lines.append("  Month end: not known; the journal has none that could be compared with other weeks.")
    else:
        lines.append(
            f"  Month end (last three working days): {one.month_end_factor:.2f} times the contacts of other days; "
            f"{one.month_end_days} such days were seen. People then: after the slash."
        )
    lines.append("  People on the telephone at once (contacts an hour); breaks and leave come on top.")
    return lines


def _table(one: TeamForecast) -> list[str]:
    if not any(cell.contacts_per_hour for cell in one.cells):
        return []
    hours = sorted({cell.hour for cell in one.cells if cell.contacts_per_hour})
    cells = {(cell.weekday, cell.hour): cell for cell in one.cells}
    lines = ["       " + "".join(f"{day[:3].title():>14}" for day in WEEKDAYS)]
    for hour in range(hours[0], hours[-1] + 1):
        row = ""
        for day in WEEKDAYS:
            cell = cells[day, hour]
            people = "-" if cell.people is None else str(cell.people)
            more = "" if cell.people_month_end is None else f"/{cell.people_month_end}"
            came = "" if cell.contacts_per_hour is None else f" ({cell.contacts_per_hour:.1f})"
            row += f"{people + more + came:>14}"
        lines.append(f"  {hour:02d}:00{row}")
    return lines


def _value(figure: Estimate | None, factor: float, unit: str) -> str:
    return f"{factor * figure.mean:.1f} {unit}" if figure is not None else "-"


def _interval(figure: Estimate | None, factor: float, unit: str) -> str:
    if figure is None or figure.half_width is None:
        return "-"
    low, high = figure.mean - figure.half_width, figure.mean + figure.half_width
    return f"{factor * low:.1f} .. {factor * high:.1f} {unit}"


def _sum(balance: Sequence[Balance]) -> dict[str, Any]:
    names = ("offered", "answered", "abandoned", "overflowed", "called_back", "voicemail", "lost", "in_progress")
    total: dict[str, Any] = {name: sum(getattr(one, name) for one in balance) for name in (*names, "difference")}
    return {**total, "stuck": [words for one in balance for words in one.stuck]}


def _books(balance: Sequence[Balance]) -> list[str]:
    total = _sum(balance)
    parts = " + ".join(
        f"{total[name]} {name.replace('_', ' ')}"
        for name in ("answered", "abandoned", "overflowed", "called_back", "voicemail", "lost", "in_progress")
        if total[name] or name in {"answered", "abandoned"}
    )
    good = not total["difference"] and not total["stuck"]
    verdict = (
        "every caller accounted for, nobody stuck" if good else f"DIFFERENCE {total['difference']}, {total['stuck']}"
    )
    return [f"{total['offered']} offered = {parts}: {verdict}."]
