"""The formulas of Erlang for one team of like agents: B, C (nobody hangs up) and A (callers have a patience).

Arrivals are Poisson, handling times and patience exponential, callers are served in order. Sources: A. K. Erlang (1917)
for B and C; for A, C. Palm (1957), and for its waiting time F. Baccelli and G. Hebuterne (1981): the wait that an
arriving caller would have to sit through has, beyond 0, the density

    pi_n * n*mu * exp(-n*mu*v + (lambda/theta) * (1 - exp(-theta*v)))

where pi_n is the probability of n callers in the house, mu, lambda and theta the rates of handling, arrivals and losing
patience. Everything about A here is an integral over this density, by Simpson's rule. Times are in seconds.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_POINTS = 4001
"""Of Simpson's rule: odd."""
_NOTHING = 45.0
"""exp(-45) of the peak is no part of an integral any more."""
AGENTS_MAX = 10_000


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """What comes in. `patience_s` is the mean time a caller waits before hanging up; None: for ever."""

    per_hour: float
    handling_s: float
    patience_s: float | None = None

    @property
    def erlangs(self) -> float:
        """The work that comes in, in agents who are always busy."""
        return self.per_hour * self.handling_s / 3600.0


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the formulas expect in the long run. The names are those of the figures. None: there is no long run, the
    queue grows without an end."""

    sl: float | None
    """Answered within T / (answered + abandoned - abandoned before S)."""
    sl_strict: float | None
    asa_s: float | None
    abandon_rate: float
    occupancy: float
    waits: float | None
    """The share of callers who have to wait at all."""


def erlang_b(erlangs: float, agents: int) -> float:
    """The share of callers who find all agents busy when nobody waits."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def erlang_c(erlangs: float, agents: int) -> float:
    """The share of callers who have to wait; 1 when the agents cannot keep up."""
    if agents <= erlangs:
        return 1.0
    blocked = erlang_b(erlangs, agents)
    return blocked / (1.0 - erlangs / agents * (1.0 - blocked))


def expected(traffic: Traffic, agents: int, *, threshold_s: float = 20.0, short_s: float = 5.0) -> Expected:
    """Erlang A where callers have a patience, else Erlang C. `agents` is at least 1."""
    if traffic.per_hour <= 0 or traffic.handling_s <= 0:
        return Expected(sl=None, sl_strict=None, asa_s=None, abandon_rate=0.0, occupancy=0.0, waits=None)
    if traffic.patience_s is not None:
        return _expected_a(traffic, traffic.patience_s, agents, threshold_s, short_s)
    load = traffic.erlangs
    if agents <= load:
        return Expected(sl=None, sl_strict=None, asa_s=None, abandon_rate=0.0, occupancy=1.0, waits=None)
    waits = erlang_c(load, agents)
    level = 1.0 - waits * exp(-(agents - load) * threshold_s / traffic.handling_s)
    return Expected(
        sl=level,
        sl_strict=level,
        asa_s=waits * traffic.handling_s / (agents - load),
        abandon_rate=0.0,
        occupancy=load / agents,
        waits=waits,
    )


def agents_needed(traffic: Traffic, *, target: float, threshold_s: float = 20.0, short_s: float = 5.0) -> int:
    """The fewest agents with whom the service level reaches `target` (0 to 1); 0 when nothing comes in. Raises
    ValueError when AGENTS_MAX do not."""
    if traffic.per_hour <= 0 or traffic.handling_s <= 0:
        return 0

    def enough(agents: int) -> bool:
        level = expected(traffic, agents, threshold_s=threshold_s, short_s=short_s).sl
        return level is not None and level >= target

    above = 1
    while not enough(above):
        above *= 2
        if above > AGENTS_MAX:
            raise ValueError(f"no number of agents below {AGENTS_MAX} reaches {target:.0%}")
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if enough(middle) else (middle, above)
    return above


def _expected_a(traffic: Traffic, patience_s: float, agents: int, threshold_s: float, short_s: float) -> Expected:
    arriving, leaving = traffic.per_hour / 3600.0, 1.0 / patience_s
    serving = agents / traffic.handling_s
    crowd = arriving / leaving

    def exponent(v: np.ndarray) -> np.ndarray:
        return -serving * v - crowd * np.expm1(-leaving * v)

    peak_at = log(arriving / serving) / leaving if arriving > serving else 0.0
    peak = float(exponent(np.array([peak_at]))[0])
    end_s = max(peak_at, 1.0 / serving)
    while peak - float(exponent(np.array([end_s]))[0]) < _NOTHING:
        end_s *= 1.3
    blocked = erlang_b(traffic.erlangs, agents)
    nobody_waits = (1.0 / blocked - 1.0) * exp(-peak) if blocked > 0 else float("inf")

    def integral(of: Callable[[np.ndarray], np.ndarray], upto_s: float) -> float:
        """Of `of`(v) times the density, but for a factor, from 0 to `upto_s`."""
        v = np.linspace(0.0, min(upto_s, end_s), _POINTS)
        y = of(v) * serving * np.exp(exponent(v) - peak)
        step = v[1] - v[0]
        return float(step / 3.0 * (y[0] + y[-1] + 4.0 * y[1:-1:2].sum() + 2.0 * y[2:-1:2].sum()))

    def stays(v: np.ndarray) -> np.ndarray:
        return np.exp(-leaving * v)

    waiting = integral(np.ones_like, end_s)
    factor = 1.0 / (nobody_waits + waiting)
    waits = waiting * factor
    answered = 1.0 - waits + factor * integral(stays, end_s)
    in_t = 1.0 - waits + factor * integral(stays, threshold_s)
    longer_than_s = waits - factor * integral(np.ones_like, short_s)
    lost_early = factor * integral(lambda v: -np.expm1(-leaving * v), short_s) + longer_than_s * (
        1.0 - exp(-leaving * short_s)
    )
    return Expected(
        sl=in_t / (1.0 - lost_early),
        sl_strict=in_t,
        asa_s=factor * integral(lambda v: v * stays(v), end_s) / answered,
        abandon_rate=1.0 - answered,
        occupancy=traffic.erlangs * answered / agents,
        waits=waits,
    )
