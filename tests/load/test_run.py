"""The simulated office against Erlang, its books, and that the same seed is the same day.

The seeds are fixed, and the runs are the same on every machine; by the nature of a 95 % interval about one seed in
twenty would not hold the formula's figure. That the intervals are as wide as they should be, `test_interval` looks at.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from gateway.load.erlang import Traffic, expected
from gateway.load.hours import HOUR_S
from gateway.load.run import Plan, Result, simulate_load
from gateway.load.workload import Workload, poisson


def simulated(traffic: Traffic, agents: int, *, hours: int, runs: int = 10, warm_up: int = 3, **more: object) -> Result:
    plan = Plan(agents=agents, warm_up_s=warm_up * HOUR_S, length_s=hours * HOUR_S, runs=runs, **more)
    return simulate_load(plan, partial(poisson, traffic, (warm_up + hours) * HOUR_S))


@pytest.mark.parametrize(
    ("per_hour", "agents", "hours", "level"), [(20, 2, 40, 0.495), (20, 3, 40, 0.843), (60, 6, 14, 0.759)]
)
def test_without_abandons_it_agrees_with_erlang_c(per_hour: float, agents: int, hours: int, level: float) -> None:
    traffic = Traffic(per_hour=per_hour, handling_s=240.0)
    result, theory = simulated(traffic, agents, hours=hours, seed=2), expected(traffic, agents)
    assert theory.sl == pytest.approx(level, abs=0.0005)
    for name in ("sl", "sl_strict", "asa_s", "occupancy"):
        assert result.figures[name].holds(getattr(theory, name)), (name, result.figures[name], theory)
    assert result.figures["sl"].half_width < 0.08
    assert result.figures["abandon_rate"].mean == 0.0
    assert all(books.good for books in result.balance)


def test_with_patience_it_agrees_with_erlang_a() -> None:
    traffic = Traffic(per_hour=60.0, handling_s=240.0, patience_s=120.0)
    result, theory = simulated(traffic, 5, hours=16, seed=2), expected(traffic, 5)
    for name in ("sl", "sl_strict", "asa_s", "abandon_rate", "occupancy"):
        assert result.figures[name].holds(getattr(theory, name)), (name, result.figures[name], theory)
    assert theory.abandon_rate > 0.1
    without = expected(Traffic(per_hour=60.0, handling_s=240.0), 5)
    assert not result.figures["sl"].holds(without.sl)
    assert all(books.good and books.abandoned for books in result.balance)


def test_agents_who_let_it_ring_keep_every_caller_waiting_so_long() -> None:
    traffic = Traffic(per_hour=10.0, handling_s=60.0)
    at_once, rung = (simulated(traffic, 4, hours=5, runs=2, ring_s=ring_s) for ring_s in (0.0, 12.0))
    assert rung.figures["asa_s"].mean == pytest.approx(at_once.figures["asa_s"].mean + 12.0, abs=0.3)
    assert rung.figures["sl"].mean < 1.0 or rung.figures["asa_p90_s"].mean >= 12.0
    late = simulated(traffic, 4, hours=5, runs=2, ring_s=21.0)
    assert late.figures["sl"].mean == 0.0


def test_who_waits_too_long_overflows() -> None:
    result = simulated(Traffic(per_hour=60.0, handling_s=240.0), 3, hours=4, runs=2, max_wait_s=30.0)
    assert all(books.good and books.overflowed for books in result.balance)
    assert result.figures["asa_s"].mean < 30.0


def test_the_same_seed_is_the_same_day_and_another_is_not() -> None:
    traffic = Traffic(per_hour=30.0, handling_s=200.0, patience_s=60.0)
    first, again, other = (simulated(traffic, 2, hours=3, runs=2, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first.figures != other.figures


def test_three_calls_counted_by_hand() -> None:
    """One agent: the second caller waits 30 s, the third gives up after 10 s; occupancy over the one hour."""
    day = Workload(np.array([0.0, 30.0, 40.0]), np.array([60.0, 60.0, 60.0]), np.array([np.inf, np.inf, 10.0]))
    result = simulate_load(Plan(agents=1, length_s=HOUR_S, runs=1, by_hour=True), lambda _: day)
    figures = {name: figure.mean for name, figure in result.figures.items()}
    assert figures["asa_s"] == pytest.approx(15.0, abs=0.01)
    assert figures["sl"] == pytest.approx(1 / 3)
    assert figures["abandon_rate"] == pytest.approx(1 / 3)
    assert figures["aht_s"] == pytest.approx(60.0, abs=0.01)
    (books,) = result.balance
    assert (books.offered, books.answered, books.abandoned, books.good) == (3, 2, 1, True)
    (hour,) = result.hours
    assert hour.waiting == pytest.approx(40 / 3600, abs=1e-5)
    assert (hour.waiting_max, hour.sl, hour.offered) == (2, pytest.approx(1 / 3), 3)


def test_the_hours_add_up_to_the_run() -> None:
    result = simulated(Traffic(per_hour=30.0, handling_s=200.0, patience_s=60.0), 2, hours=6, runs=3, by_hour=True)
    assert [hour.hour for hour in result.hours] == list(range(6))
    assert sum(hour.offered for hour in result.hours) < sum(books.offered for books in result.balance) / 3
    mean = sum(hour.occupancy for hour in result.hours) / 6
    assert mean == pytest.approx(result.figures["occupancy"].mean, abs=1e-3)


def test_the_progress_ends_at_the_number_of_calls() -> None:
    told: list[tuple[int, int]] = []
    traffic = Traffic(per_hour=60.0, handling_s=60.0)
    result = simulate_load(
        Plan(agents=3, length_s=3 * HOUR_S, runs=2),
        partial(poisson, traffic, 3 * HOUR_S),
        lambda n, of: told.append((n, of)),
    )
    assert told[-1] == (result.calls, result.calls)
    assert told == sorted(told, key=lambda one: one[0])
