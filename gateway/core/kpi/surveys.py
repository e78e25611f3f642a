"""What answers to surveys make: csat, nps, ces and the customer's own word on whether the matter is solved.

A figure without answers is None, and each has its number of answers beside it: a share of three says little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from gateway.core.facts.desk import SurveyKind

CSAT_GOOD = 4
"""4 and 5 of 5 are content."""
NPS_PROMOTER, NPS_DETRACTOR = 9, 6
"""9 and 10 recommend, 0 to 6 warn."""
CES_GOOD = 5
"""5 to 7 of 7 found it easy."""


class SurveyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of one period, booked when the answer was given. Shares are between 0 and 1, nps in points from -100 to 100."""

    csat: float | None = None
    csat_mean: float | None = None
    csat_n: int = 0
    nps: float | None = None
    nps_n: int = 0
    ces: float | None = None
    ces_mean: float | None = None
    ces_n: int = 0
    fcr_customer: float | None = None
    fcr_customer_n: int = 0


class Answers:
    """The answers of one period, counted by score."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[SurveyKind, dict[int, int]] = {}

    def add(self, kind: SurveyKind, score: int) -> None:
        """One answer more."""
        counts = self._counts.setdefault(kind, {})
        counts[score] = counts.get(score, 0) + 1

    def figures(self) -> SurveyFigures:
        """What they make."""
        promoters, detractors = self._share("nps", NPS_PROMOTER), self._share("nps", 0, NPS_DETRACTOR)
        return SurveyFigures(
            csat=self._share("csat", CSAT_GOOD),
            csat_mean=self._mean("csat"),
            csat_n=self._n("csat"),
            nps=None if promoters is None or detractors is None else 100 * (promoters - detractors),
            nps_n=self._n("nps"),
            ces=self._share("ces", CES_GOOD),
            ces_mean=self._mean("ces"),
            ces_n=self._n("ces"),
            fcr_customer=self._share("solved", 1),
            fcr_customer_n=self._n("solved"),
        )

    def _n(self, kind: SurveyKind) -> int:
        return sum(self._counts.get(kind, {}).values())

    def _share(self, kind: SurveyKind, low: int, high: int = 10) -> float | None:
        """Of the answers, those from `low` to `high`."""
        n = self._n(kind)
        within = sum(count for score, count in self._counts.get(kind, {}).items() if low <= score <= high)
        return within / n if n else None

    def _mean(self, kind: SurveyKind) -> float | None:
        n = self._n(kind)
        return sum(score * count for score, count in self._counts.get(kind, {}).items()) / n if n else None
