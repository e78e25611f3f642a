"""How many people a team needs on the telephone in each hour of the week: the journal's profile, put into Erlang's
formulas with the team's own threshold. Breaks, leave and other work come on top.

Erlang A is used where enough callers have hung up to tell their patience, else Erlang C, which asks for more people.
What the journal has not seen is None, never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from gateway.core.hours.moment import WEEKDAYS
from gateway.core.kpi.kpi import DEFAULT_S_S, DEFAULT_T_S
from gateway.load.erlang import Traffic, agents_needed
from gateway.load.profile import profile

if TYPE_CHECKING:
    from gateway.core.site.site import Site
    from gateway.load.history import History

ABANDONED_MIN = 30
"""So many hang-ups tell the patience within a fifth or so (the error of the mean is 1 / the root of their number)."""
WEEKS_MIN = 4
"""Of fewer weeks a mean is mostly chance, and is called so."""
TARGET = 0.8


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of the week. `weeks`: how many such hours were seen; nothing is known where there was none."""

    weekday: str
    hour: int
    weeks: int
    contacts_per_hour: float | None
    people: int | None
    people_month_end: int | None


class TeamForecast(msgspec.Struct, frozen=True, kw_only=True):
    """One team. `begins_at`, `ends_at`: the journal's, in Unix seconds; `weeks` as many as were seen of it."""

    team: str
    begins_at: float
    ends_at: float
    weeks: float
    few_weeks: bool
    contacts: int
    handling_s: float | None
    handled: int
    abandoned: int
    patience_s: float | None
    formula: str
    """erlang_a or erlang_c."""
    target: float
    threshold_s: float
    month_end_days: int
    month_end_factor: float | None
    cells: tuple[Cell, ...]


def forecast(history: History, site: Site) -> TeamForecast:
    """Of one team's history; target and wall clock are those of the site, T that of the team's last contacts."""
    week = profile(history, ZoneInfo(site.timezone), site.holidays)
    team = site.teams.get(history.team)
    threshold_s = history.threshold_s if history.threshold_s is not None else DEFAULT_T_S
    short_s = history.short_s if history.short_s is not None else DEFAULT_S_S
    patience_s = history.patience_s() if history.abandoned >= ABANDONED_MIN else None
    handling_s = history.mean_handling_s()
    target = team.sl_target if team is not None else TARGET

    def people(per_hour: float | None) -> int | None:
        if per_hour is None or handling_s is None:
            return None
        traffic = Traffic(per_hour=per_hour, handling_s=handling_s, patience_s=patience_s)
        return agents_needed(traffic, target=target, threshold_s=threshold_s, short_s=short_s)

    def cell(weekday: int, hour: int) -> Cell:
        per_hour, factor = week.per_hour(weekday, hour), week.month_end_factor
        ends = weekday < 5 and per_hour is not None and factor is not None
        return Cell(
            weekday=WEEKDAYS[weekday],
            hour=hour,
            weeks=week.seen.get((weekday, hour), 0),
            contacts_per_hour=per_hour,
            people=people(per_hour),
            people_month_end=people((per_hour or 0.0) * (factor or 0.0)) if ends else None,
        )

    return TeamForecast(
        team=history.team,
        begins_at=history.begins_at,
        ends_at=history.ends_at,
        weeks=week.weeks,
        few_weeks=week.weeks < WEEKS_MIN,
        contacts=len(history.arrivals),
        handling_s=handling_s,
        handled=len(history.handling_s),
        abandoned=history.abandoned,
        patience_s=patience_s,
        formula="erlang_a" if patience_s is not None else "erlang_c",
        target=target,
        threshold_s=threshold_s,
        month_end_days=week.month_end_days,
        month_end_factor=week.month_end_factor,
        cells=tuple(cell(weekday, hour) for weekday in range(7) for hour in range(24)),
    )
