"""Runs of one day after another, and the figures of all of them with their confidence intervals.

The figures of a run are those of `core/kpi` over its facts. The first part of a run ("warm-up") fills the empty office
and is not in the figures; what still waits or talks when the run ends is seen to its end, but not in the figures
either: they are those of the time between, as the long run has it. A journal's arrivals have neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.load.balance import Balance, Ledger
from gateway.load.by_hour import HourFigures, HourlyKpi, pooled, weight_of_sl
from gateway.load.driver import BEGINS_AT, Driver
from gateway.load.hours import HOUR_S, Hours
from gateway.load.interval import METHOD, Estimate, estimate
from gateway.load.office import office

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.figures import Figures
    from gateway.load.workload import Workload

    Draw = Callable[[np.random.Generator], Workload]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One team, so many runs. `length_s` None: to the end of the last call (a journal's arrivals)."""

    agents: int
    ring_s: float = 0.0
    max_wait_s: float | None = None
    threshold_s: float = 20.0
    short_s: float = 5.0
    warm_up_s: float = 0.0
    length_s: float | None = None
    runs: int = 10
    seed: int = 1
    by_hour: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Of all runs. `calls` are all that were simulated, run-in included."""

    runs: int
    calls: int
    figures: dict[str, Estimate | None]
    balance: tuple[Balance, ...]
    hours: tuple[HourFigures, ...] = ()
    method: str = METHOD


class _Run(msgspec.Struct):
    figures: Figures
    occupancy: tuple[float | None, float]
    balance: Balance
    hourly: dict[int, Figures]
    hours: Hours
    counted: tuple[int, ...]
    """The hours of the run that are in the figures."""


_WEIGHTS: dict[str, Callable[[Figures], float]] = {
    "sl": weight_of_sl,
    "sl_strict": lambda f: f.answered + f.abandoned,
    "sl_answered": lambda f: f.answered,
    "asa_s": lambda f: f.answered,
    "asa_p90_s": lambda f: f.answered,
    "abandon_rate": lambda f: f.offered,
    "aht_s": lambda f: f.handled,
}
"""Figure -> of how much it is a share or a mean."""


def simulate_load(plan: Plan, draw: Draw, progress: Callable[[int, int], None] | None = None) -> Result:
    """Simulate `plan.runs` runs; each gets its own generator, spawned from the seed. `progress` hears now and then how
    many calls of how many have come; how many there will be in the runs to come it takes from those that were."""
    sequences = np.random.SeedSequence(plan.seed).spawn(plan.runs)
    runs: list[_Run] = []
    calls = 0
    for number, sequence in enumerate(sequences):
        workload = draw(np.random.default_rng(sequence))
        done, total = calls, round((calls + len(workload)) * plan.runs / (number + 1))
        runs.append(_one(plan, workload, (lambda n, d=done, t=total: progress(d + n, t)) if progress else None))  # type: ignore[misc]
        calls += len(workload)
    figures = {name: estimate([(getattr(r.figures, name), w(r.figures)) for r in runs]) for name, w in _WEIGHTS.items()}
    figures["occupancy"] = estimate([run.occupancy for run in runs])
    return Result(
        runs=plan.runs,
        calls=calls,
        figures=figures,
        balance=tuple(run.balance for run in runs),
        hours=pooled([(run.hourly, run.hours) for run in runs], _all_hours(runs)) if plan.by_hour else (),
    )


def _one(plan: Plan, workload: Workload, progress: Callable[[int], None] | None) -> _Run:
    site = office(
        plan.agents,
        threshold_s=plan.threshold_s,
        short_s=plan.short_s,
        ring_s=plan.ring_s,
        max_wait_s=plan.max_wait_s,
    )
    counted_from = BEGINS_AT + plan.warm_up_s
    counted_to = counted_from + plan.length_s if plan.length_s is not None else float("inf")

    def period(at: float) -> float:
        return BEGINS_AT if at < counted_from else counted_from if at < counted_to else counted_to

    kpi = Kpi(site, day_start=period)
    ledger, hours = Ledger(), Hours(site.agents, BEGINS_AT)
    folds: list[Callable[[AnyFact], object]] = [kpi.apply, ledger.apply, hours.apply]
    hourly = HourlyKpi(site, BEGINS_AT)
    if plan.by_hour:
        folds.append(hourly.apply)

    def remember(fact: AnyFact) -> None:
        for fold in folds:
            fold(fact)

    driver = Driver(site, workload, remember, ring_s=plan.ring_s)
    driver.run(progress)
    hours.finish(driver.now)
    hourly.finish()
    kpi.advance(max(driver.now, counted_from))
    counted = _counted(plan, workload)
    return _Run(
        figures=kpi.figures(OFFICE, at=counted_from),
        occupancy=hours.occupancy(counted),
        balance=ledger.close(kpi, driver.board.view()),
        hourly=hourly.hours,
        hours=hours,
        counted=counted,
    )


def _counted(plan: Plan, workload: Workload) -> tuple[int, ...]:
    """The hours that are in the figures: those after the warm-up; of a journal those in which somebody called, because
    it does not tell whether anybody is at work in the others."""
    if plan.length_s is None:
        return tuple(sorted({int(s // HOUR_S) for s in workload.arrivals_s.tolist()}))
    first, last = plan.warm_up_s // HOUR_S, (plan.warm_up_s + plan.length_s) // HOUR_S
    return tuple(range(int(first), int(last)))


def _all_hours(runs: list[_Run]) -> range:
    """From the first hour that counts to the last."""
    counted = [hour for run in runs for hour in run.counted]
    return range(min(counted), max(counted) + 1) if counted else range(0)
