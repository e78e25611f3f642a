"""A figure of several runs with its 95 % confidence interval, by batch means.

Every run is a batch. A figure of all runs is the mean of the runs' figures, each weighted by what it was a share of
(contacts, answered contacts, seconds of agents): so it is the very figure of all runs together. The interval is that of
a ratio estimator, Student's t with one degree of freedom less than there are runs (A. M. Law, Simulation Modeling and
Analysis, chapter 9, on replications; W. G. Cochran, Sampling Techniques, chapter 6, on ratios).
"""

from __future__ import annotations

from math import pi, sqrt, tan
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

METHOD = (
    "95 % confidence interval by batch means: each run is one batch, weighted by what its figure is a share of (ratio "
    "estimator); Student's t, runs - 1 degrees of freedom"
)
_NORMAL = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A mean, and how far the true one may be off either way (None: of one run nothing can be said)."""

    mean: float
    half_width: float | None
    runs: int

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the interval."""
        return self.half_width is not None and abs(value - self.mean) <= self.half_width


def student_t(df: int) -> float:
    """97.5 % quantile of Student's t: exact for one and two degrees of freedom, else by Cornish and Fisher's expansion
    (Abramowitz and Stegun, 26.7.5), which is off by less than 0.005 from three on."""
    if df == 1:
        return tan(pi * 0.475)
    if df == 2:
        return 0.95 * sqrt(2.0 / (1.0 - 0.95 * 0.95))
    z = _NORMAL
    return (
        z
        + (z**3 + z) / 4 / df
        + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / df**2
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / df**3
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160 / df**4
    )


def estimate(values: Sequence[tuple[float | None, float]]) -> Estimate | None:
    """Of (figure, weight) of each run; runs without a figure are left out, None when none has one."""
    known = [(value, weight) for value, weight in values if value is not None and weight > 0]
    if not known:
        return None
    runs, total = len(known), sum(weight for _, weight in known)
    mean = sum(value * weight for value, weight in known) / total
    if runs == 1:
        return Estimate(mean=mean, half_width=None, runs=1)
    spread = sum((weight * (value - mean)) ** 2 for value, weight in known) / (runs - 1)
    half_width = student_t(runs - 1) * sqrt(spread / runs) / (total / runs)
    return Estimate(mean=mean, half_width=half_width, runs=runs)
