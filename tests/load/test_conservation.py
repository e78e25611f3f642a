"""A smaller number of the calls with faults; the ten thousand are `python -m tests.load.conservation`."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from gateway.core.agents.agents import Roster
from gateway.core.board.exchange import Exchange
from gateway.core.facts.calls import CallEnded, QueueEntered, QueueLeft
from gateway.core.kpi.kpi import Kpi
from gateway.errors import TransitionError
from gateway.load.balance import Ledger
from gateway.load.driver import Driver
from gateway.load.erlang import Traffic
from gateway.load.office import office
from gateway.load.workload import poisson
from tests.load.conservation import AGENTS, chaos


@pytest.mark.parametrize("seed", [1, 2])
def test_faults_lose_nobody_and_leave_no_agent_stuck(seed: int) -> None:
    outcome = chaos(600, seed)
    books = outcome.balance
    assert books.good, books
    assert not outcome.kpi_differences
    assert {difference for _, difference in outcome.on_the_way} == {0}
    assert max(waiting for waiting, _ in outcome.on_the_way) > 1
    assert len(outcome.answered_last) == AGENTS
    assert min(books.answered, books.abandoned, books.overflowed, books.voicemail) > 0, books
    assert outcome.lines_lost > 0
    assert {"refused", "busy", "no_answer", "unreachable", "cancelled", "failed"} <= outcome.declined.keys()
    assert outcome.callers == 600 + AGENTS


def test_the_same_seed_is_the_same_chaos() -> None:
    assert chaos(200, 3) == chaos(200, 3)


@pytest.mark.parametrize(("where", "what"), [(Exchange, "agent_let_go"), (Roster, "wrap_up_ended")])
def test_a_switchboard_that_forgets_something_is_found_out(
    monkeypatch: pytest.MonkeyPatch, where: type, what: str
) -> None:
    """An agent's phone that is never free again; after-call work without end."""
    monkeypatch.setattr(where, what, lambda *_, **__: None)
    try:
        outcome = chaos(150, 2)
    except TransitionError:
        return
    assert not outcome.balance.good or len(outcome.answered_last) < AGENTS


def _facts() -> tuple[list, Driver]:
    facts: list = []
    draw = np.random.default_rng(1)
    site = office(2, threshold_s=20.0, short_s=5.0, ring_s=0.0)
    day = poisson(Traffic(per_hour=60.0, handling_s=120.0, patience_s=60.0), 3600.0, draw)
    driver = Driver(site, day, facts.append)
    driver.run()
    return facts, driver


def _close(facts: list, driver: Driver):  # noqa: ANN202
    kpi, ledger = Kpi(office(2, threshold_s=20.0, short_s=5.0, ring_s=0.0)), Ledger()
    for fact in facts:
        kpi.apply(fact)
        ledger.apply(fact)
    return ledger.close(kpi, driver.board.view())


def test_the_books_notice_a_caller_who_is_nowhere_or_twice() -> None:
    facts, driver = _facts()
    assert _close(facts, driver).good
    left = next(n for n, fact in enumerate(facts) if isinstance(fact, QueueLeft))
    without = _close(facts[:left] + facts[left + 1 :], driver)
    assert (without.in_progress, without.good) == (1, True)  # still waiting, as far as anybody knows
    other = replace(facts[left], call="nobody")
    assert not _close([*facts, other], driver).good
    entered = next(n for n, fact in enumerate(facts) if isinstance(fact, QueueEntered))
    assert not _close(facts[:entered] + facts[entered + 1 :], driver).good
    twice = _close([*facts[:entered], facts[entered], *facts[entered:]], driver)
    assert twice.difference or twice.doubled
    ended = next(n for n, fact in enumerate(facts) if isinstance(fact, CallEnded))
    assert _close(facts[:ended] + facts[ended + 1 :], driver).stuck
