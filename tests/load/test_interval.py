from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gateway.load.interval import estimate, student_t


def test_students_t_against_scipy() -> None:
    for df in range(1, 200):
        assert student_t(df) == pytest.approx(stats.t.ppf(0.975, df), abs=0.005)


def test_equal_weights_are_the_textbooks_interval() -> None:
    values = [3.0, 5.0, 4.0, 6.0, 2.0]
    told = estimate([(value, 7.0) for value in values])
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (told.mean - told.half_width, told.mean + told.half_width) == pytest.approx((low, high), abs=0.01)
    assert told.holds(4.5)
    assert not told.holds(9.0)


def test_weights_make_it_the_figure_of_all_together() -> None:
    assert estimate([(0.5, 10.0), (1.0, 30.0)]).mean == pytest.approx(35 / 40)


def test_what_has_no_figure_is_left_out_and_one_run_has_no_interval() -> None:
    assert estimate([(None, 3.0), (1.0, 0.0)]) is None
    assert estimate([(None, 3.0), (0.4, 2.0)]).half_width is None


def test_it_covers_the_truth_nineteen_times_of_twenty() -> None:
    draw = np.random.default_rng(7)
    hits = 0
    for _ in range(1000):
        runs = [(draw.random(n := int(draw.integers(50, 100))), n) for _ in range(10)]
        hits += estimate([(float(sample.mean()), float(n)) for sample, n in runs]).holds(0.5)
    assert 930 <= hits <= 970
