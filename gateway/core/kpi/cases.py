"""The figures of cases: how fast a human answered, how fast it was solved. A fold over facts, like `kpi`.

A case is booked for the office, for the team and for the manager that it is for, each figure on the day on which it
came: a first response when it was given, a solution when the case was closed. A case that is reopened was no solution:
it is taken out of the day in which it was booked, and booked again when it is closed again, from its first opening.
Each span is measured by the clock and in business hours: open seconds of the site's calendar for cases
(`business_hours`), by the version of the site that folds and by what was said by hand until then. Cases of drafts are
counted nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gateway.core.facts.desk import CaseAnswered, CaseBreached, CaseClosed, CaseOpened, CaseReopened
from gateway.core.facts.hours import HoursOverridden
from gateway.core.hours.business_hours import Overrides, open_seconds
from gateway.core.kpi.figures import percentile, utc_day
from gateway.core.kpi.kpi import DAYS_KEPT, OFFICE, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

SOON_S = 3 * 3600.0
"""Within that most who complain expect a solution."""
Clock = Literal["first_response", "resolution"]


CASE_KINDS = tuple(
    kind.__name__ for kind in (CaseOpened, CaseAnswered, CaseBreached, CaseClosed, CaseReopened, HoursOverridden)
)
"""The facts that it folds."""


class CaseFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a team, a manager or the office. Spans in seconds, shares between 0 and 1; None without cases, and in
    business hours without a calendar (`cases: calendar:`) that says which they are."""

    start: float
    """Of the day, in Unix seconds."""
    opened: int
    complaints: int
    """Of those that were opened."""
    breached: int
    """Cases that came over their limit."""
    unsolved: int
    """Open now, whenever they were opened."""
    first_response_n: int
    """Cases that a human spoke about for the first time."""
    first_response_p50_s: float | None
    first_response_p90_s: float | None
    first_response_in_3h: float | None
    first_response_business_p50_s: float | None
    first_response_business_p90_s: float | None
    first_response_business_in_3h: float | None
    resolution_n: int
    """Cases that were closed and have not been reopened."""
    resolution_p50_s: float | None
    resolution_p90_s: float | None
    resolution_in_3h: float | None
    resolution_business_p50_s: float | None
    resolution_business_p90_s: float | None
    resolution_business_in_3h: float | None


class _Span(NamedTuple):
    """How long it took, by the clock and in business hours."""

    clock_s: float
    business_s: float | None


class _Case(msgspec.Struct):
    """One that is known: whose, since when, and on which day its solution is booked."""

    keys: tuple[Key, ...]
    opened_at: float
    answered: bool = False
    closed_on: float | None = None


class _Day:
    """What is booked on one day, by case."""

    __slots__ = ("breached", "complaints", "opened", "spans")

    def __init__(self) -> None:
        self.opened = self.complaints = self.breached = 0
        self.spans: dict[Clock, dict[str, _Span]] = {"first_response": {}, "resolution": {}}


class CaseKpi:
    """Feed it the facts in the journal's order; of a case whose CaseOpened it has not seen it counts nothing.
    `day_start` as of `Kpi`."""

    def __init__(self, site: Site, *, day_start: Callable[[float], float] = utc_day) -> None:
        self._site = site
        self._day_start = day_start
        self._cases: dict[str, _Case] = {}
        self._days: dict[Key, dict[float, _Day]] = {}
        self._unsolved: dict[Key, int] = {}
        self._overrides = Overrides()

    def load(self, site: Site) -> None:
        """A new version: its calendar from now on."""
        self._site = site

    def apply(self, fact: AnyFact) -> bool:
        """One fact more, of any kind; whether it was one that it folds."""
        match fact:
            case CaseOpened():
                if not fact.draft:
                    self._opened(fact)
            case CaseAnswered():
                case_ = self._cases.get(fact.case)
                if case_ is not None and not case_.answered:
                    case_.answered = True
                    self._book(fact.case, case_, "first_response", fact.at)
            case CaseBreached():
                case_ = self._cases.get(fact.case)
                for day in self._on(case_, fact.at) if case_ is not None else ():
                    day.breached += 1
            case CaseClosed():
                case_ = self._cases.get(fact.case)
                if case_ is not None and case_.closed_on is None:
                    self._book(fact.case, case_, "resolution", fact.at)
                    case_.closed_on = self._day_start(fact.at)
                    self._count(case_, -1)
            case CaseReopened():
                case_ = self._cases.get(fact.case)
                if case_ is not None and case_.closed_on is not None:
                    for key in case_.keys:
                        booked = self._days.get(key, {}).get(case_.closed_on)
                        if booked is not None:
                            booked.spans["resolution"].pop(fact.case, None)
                    case_.closed_on = None
                    self._count(case_, 1)
            case HoursOverridden():
                self._overrides.apply(fact)
            case _:
                return False
        return True

    def whose(self) -> tuple[Key, ...]:
        """Everybody who has had a case, the office first."""
        return (OFFICE, *(key for key in self._unsolved if key != OFFICE))

    def figures(self, key: Key, *, at: float) -> CaseFigures:
        """The figures of the day that holds `at`."""
        start = self._day_start(at)
        day = self._days.get(key, {}).get(start) or _Day()
        found: dict[str, float | None] = {}
        for clock, spans in day.spans.items():
            by_clock = sorted(span.clock_s for span in spans.values())
            business = sorted(span.business_s for span in spans.values() if span.business_s is not None)
            found |= {f"{clock}_n": len(by_clock)}
            found |= _spread(clock, by_clock) | _spread(f"{clock}_business", business)
        return msgspec.convert(
            {
                "start": start,
                "opened": day.opened,
                "complaints": day.complaints,
                "breached": day.breached,
                "unsolved": self._unsolved.get(key, 0),
                **found,
            },
            CaseFigures,
        )

    def _opened(self, fact: CaseOpened) -> None:
        case = self._cases[fact.case] = _Case(keys=tuple(case_keys(self._site, fact)), opened_at=fact.at)
        for day in self._on(case, fact.at):
            day.opened += 1
            day.complaints += fact.kind == "complaint"
        self._count(case, 1)

    def _count(self, case: _Case, change: int) -> None:
        for key in case.keys:
            self._unsolved[key] = self._unsolved.get(key, 0) + change

    def _on(self, case: _Case, at: float) -> Iterator[_Day]:
        """The days of a case's keys that hold `at`."""
        start = self._day_start(at)
        for key in case.keys:
            days = self._days.setdefault(key, {})
            if start not in days:
                days[start] = _Day()
                if len(days) > DAYS_KEPT:
                    del days[next(iter(days))]
            yield days[start]

    def _book(self, number: str, case: _Case, clock: Clock, at: float) -> None:
        hours = self._site.hours.get(self._site.cases.calendar)
        business_s = None
        if hours is not None:
            business_s = open_seconds(self._site, hours, case.opened_at, at, self._overrides)
        for day in self._on(case, at):
            day.spans[clock][number] = _Span(at - case.opened_at, business_s)


def case_keys(site: Site, fact: CaseOpened) -> Iterator[Key]:
    """Whose a case is: an agent's is his client's team's, too."""
    yield OFFICE
    client = site.clients.get(fact.client)
    if fact.whose == "team":
        yield Key("team", fact.to)
    elif fact.whose == "agent":
        yield Key("manager", fact.to)
        if client is not None:
            yield Key("team", client.team)


def _spread(name: str, ordered: list[float]) -> dict[str, float | None]:
    return {
        f"{name}_p50_s": percentile(ordered, 0.5),
        f"{name}_p90_s": percentile(ordered, 0.9),
        f"{name}_in_3h": sum(span_s <= SOON_S for span_s in ordered) / len(ordered) if ordered else None,
    }
