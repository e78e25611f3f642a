"""The figures of the quality sample: mean score and number of scores, of a day and of a week. A fold over facts, like
`kpi`.

A score is booked when it was given, whenever the talk was, for the office, for the team and for the agent. One that is
given again takes the place of the one before, which is taken out of the day in which it was booked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gateway.core.facts.desk import TaskClosed, TaskOverdue
from gateway.core.facts.quality import QualitySampled, QualityScored
from gateway.core.kpi.figures import utc_day
from gateway.core.quality.draw import week_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

QualityScope = Literal["office", "team", "agent"]

QUALITY_FIGURE_KINDS = tuple(kind.__name__ for kind in (QualitySampled, QualityScored, TaskClosed, TaskOverdue))
"""The facts that it folds."""
WEEK_S = 8 * 86_400.0
"""A week and more: one in which clocks go back is an hour longer."""


class _Booked(NamedTuple):
    """A score, and the beginnings of the day and of the week in which it was given."""

    fact: QualityScored
    day: float
    week: float


class QualityFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of the office, a team or an agent. Scores are 0 to 100; None without one."""

    start: float
    """Of the day, in Unix seconds."""
    score_mean: float | None
    score_n: int
    critical_n: int
    """Of those that are 0 because a critical question was answered with no."""
    week_start: float
    week_score_mean: float | None
    week_score_n: int
    week_critical_n: int
    open_n: int
    """Talks that were drawn and wait for their score now."""
    overdue_n: int
    """Of those whose time is over."""


class QualityKpi:
    """Feed it the facts in the journal's order. `day_start` as of `Kpi`."""

    def __init__(self, site: Site, *, day_start: Callable[[float], float] = utc_day) -> None:
        self._site = site
        self._day_start = day_start
        self._scored: dict[str, _Booked] = {}
        """The last score of a recording; of this week and the one before."""
        self._open: dict[str, QualitySampled] = {}
        """By task."""
        self._overdue: set[str] = set()
        self._agents: dict[str, None] = {}
        self._made: dict[tuple[QualityScope, str, float], QualityFigures] = {}

    def load(self, site: Site) -> None:
        """A new version: its clock from now on."""
        self._site = site
        self._made.clear()

    def apply(self, fact: AnyFact) -> bool:
        """One fact more, of any kind; whether it was one that it folds."""
        match fact:
            case QualitySampled():
                self._open[fact.task] = fact
                self._agents[fact.agent] = None
            case QualityScored():
                self._scored.pop(fact.recording, None)
                week = week_of(self._site, fact.at).start
                self._scored[fact.recording] = _Booked(fact, self._day_start(fact.at), week)
                self._agents[fact.agent] = None
                while (first := next(iter(self._scored.values()))).week < week - WEEK_S:
                    del self._scored[first.fact.recording]
            case TaskOverdue():
                if fact.task in self._open:
                    self._overdue.add(fact.task)
            case TaskClosed():
                self._open.pop(fact.task, None)
                self._overdue.discard(fact.task)
            case _:
                return False
        self._made.clear()
        return True

    def agents(self) -> tuple[str, ...]:
        """Those of whom a talk was ever drawn."""
        return tuple(self._agents)

    def figures(self, scope: QualityScope, name: str = "", *, at: float) -> QualityFigures:
        """The figures of the day and of the week that hold `at`; `name` of a team or an agent."""
        start = self._day_start(at)
        made = self._made.get((scope, name, start))
        if made is None:
            if len(self._made) > 1000:  # nights in which nothing is scored
                self._made.clear()
            made = self._made[scope, name, start] = self._figures(scope, name, start, at)
        return made

    def _figures(self, scope: QualityScope, name: str, start: float, at: float) -> QualityFigures:
        week_start = week_of(self._site, at).start
        booked = [one for one in self._scored.values() if one.week == week_start and _is_of(one.fact, scope, name)]
        week, day = [one.fact for one in booked], [one.fact for one in booked if one.day == start]
        waiting = [task for task, one in self._open.items() if _is_of(one, scope, name)]
        return QualityFigures(
            start=start,
            score_mean=_mean(day),
            score_n=len(day),
            critical_n=sum(bool(one.critical) for one in day),
            week_start=week_start,
            week_score_mean=_mean(week),
            week_score_n=len(week),
            week_critical_n=sum(bool(one.critical) for one in week),
            open_n=len(waiting),
            overdue_n=sum(task in self._overdue for task in waiting),
        )


def _is_of(fact: QualitySampled | QualityScored, scope: QualityScope, name: str) -> bool:
    return scope == "office" or (fact.team if scope == "team" else fact.agent) == name


def _mean(scores: list[QualityScored]) -> float | None:
    return sum(one.score for one in scores) / len(scores) if scores else None
