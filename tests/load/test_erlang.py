"""The formulas against published figures, against their limits, and against another way to the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gateway.load.erlang import Traffic, agents_needed, erlang_b, erlang_c, expected


@pytest.mark.parametrize(("per_hour", "agents", "level"), [(20, 2, 49.5), (20, 3, 84.3), (60, 6, 75.9)])
def test_erlang_c_gives_the_published_service_levels(per_hour: float, agents: int, level: float) -> None:
    told = expected(Traffic(per_hour=per_hour, handling_s=240.0), agents)
    assert 100 * told.sl == pytest.approx(level, abs=0.05)


def test_fifty_agents_with_and_without_patience_as_in_the_literature() -> None:
    # Garnett, Mandelbaum, Reiman, "Designing a call center with impatient customers" (2002): 48 calls a minute of
    # one minute, 50 agents, patience two minutes: 20.8 s against 3.7 s of wait, 3.1 % abandon, 96 against 93 % busy.
    patient = expected(Traffic(per_hour=2880.0, handling_s=60.0), 50)
    assert patient.asa_s == pytest.approx(20.8, abs=0.05)
    assert patient.occupancy == pytest.approx(0.96)
    real = expected(Traffic(per_hour=2880.0, handling_s=60.0, patience_s=120.0), 50)
    assert 100 * real.abandon_rate == pytest.approx(3.1, abs=0.05)
    assert real.abandon_rate * 120.0 == pytest.approx(3.7, abs=0.05)  # the mean wait of all who call
    assert real.occupancy == pytest.approx(0.93, abs=0.005)


def test_erlang_b_by_its_sum() -> None:
    terms = [stats.poisson.pmf(n, 4.5) for n in range(8)]
    assert erlang_b(4.5, 7) == pytest.approx(terms[-1] / sum(terms))
    assert erlang_b(4.5, 0) == 1.0


def test_endless_patience_is_erlang_c() -> None:
    for agents in (3, 5, 9):
        load = 0.8 * agents
        traffic = Traffic(per_hour=load * 15.0, handling_s=240.0, patience_s=1e8)
        without = expected(Traffic(per_hour=load * 15.0, handling_s=240.0), agents)
        told = expected(traffic, agents)
        assert told.waits == pytest.approx(erlang_c(load, agents), rel=1e-4)
        assert (told.sl, told.asa_s) == pytest.approx((without.sl, without.asa_s), rel=1e-4)


def test_patience_as_long_as_a_talk_is_a_house_without_a_queue() -> None:
    # Every caller leaves at the same rate, waiting or talking: the number in the house is Poisson.
    told = expected(Traffic(per_hour=60.0, handling_s=240.0, patience_s=240.0), 6)
    assert told.waits == pytest.approx(stats.poisson.sf(5, 4.0), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 30.0), st.integers(1, 30), st.floats(0.1, 20.0))
def test_erlang_a_agrees_with_the_chain_of_states(load: float, agents: int, patience: float) -> None:
    """The same from the stationary distribution of the number in the house, state by state (mean handling 1)."""
    theta, chances = 1.0 / patience, [1.0]
    while len(chances) < 20_000 and (chances[-1] > 1e-14 * max(chances) or len(chances) <= agents + load):
        n = len(chances)
        chances.append(chances[-1] * load / (min(n, agents) + max(0, n - agents) * theta))
        if chances[-1] > 1e200:
            chances = [c * 1e-200 for c in chances]
    p = np.array(chances) / sum(chances)
    number = np.arange(len(p))
    told = expected(Traffic(per_hour=3600.0 * load, handling_s=1.0, patience_s=patience), agents)
    assert told.waits == pytest.approx(p[agents:].sum(), rel=1e-5, abs=1e-9)
    assert told.abandon_rate == pytest.approx(
        theta * (p * np.maximum(0, number - agents)).sum() / load, rel=1e-4, abs=1e-8
    )
    assert told.occupancy == pytest.approx((p * np.minimum(number, agents)).sum() / agents, rel=1e-5)


def test_overload_has_no_long_run_without_patience_and_one_with() -> None:
    assert expected(Traffic(per_hour=60.0, handling_s=240.0), 4).sl is None
    crowded = expected(Traffic(per_hour=60.0, handling_s=240.0, patience_s=60.0), 2)
    assert crowded.abandon_rate > 0.5
    far = expected(Traffic(per_hour=6000.0, handling_s=240.0, patience_s=24_000.0), 6)
    assert far.abandon_rate == pytest.approx(1 - 6 / 400, rel=1e-6)


def test_the_fewest_agents_and_not_one_less() -> None:
    for traffic in (
        Traffic(per_hour=20.0, handling_s=240.0),
        Traffic(per_hour=60.0, handling_s=240.0),
        Traffic(per_hour=300.0, handling_s=180.0, patience_s=90.0),
    ):
        agents = agents_needed(traffic, target=0.8)
        assert expected(traffic, agents).sl >= 0.8
        fewer = expected(traffic, agents - 1).sl
        assert fewer is None or fewer < 0.8
    assert agents_needed(Traffic(per_hour=0.0, handling_s=240.0), target=0.8) == 0
    assert agents_needed(Traffic(per_hour=20.0, handling_s=240.0), target=0.8) == 3
