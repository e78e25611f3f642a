"""What a starting box reads of the past for the strategies: what they ask for, and nothing that no team asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.facts.calls import AgentOffered, CallBridged, StepEntered
from gateway.core.flow.queue_order import Order
from gateway.core.queue.tallies import Tallies
from gateway.edge.recall import of_order
from gateway.edge.store import Journal
from tests.core.factory import site, team

NOON = 1_795_431_600.0
"""2026-11-23, 12:00 in Warsaw."""


def answered(at: float, agent: str) -> CallBridged:
    return CallBridged(at=at, call=f"c{at}", agent=agent, leg="l", stage="team", team="office", wait_s=2.0)


def offered(at: float, agent: str, why: str) -> AgentOffered:
    return AgentOffered(at=at, call=f"c{at}", agent=agent, leg="l", stage="team", team="office", why=why)


FACTS = [
    answered(NOON - 86_400, "ewa"),
    offered(NOON - 3000, "jan", "round_robin"),
    answered(NOON - 2990, "jan"),
    StepEntered(at=NOON - 2500, call="x", flow="f", step="s", verb="say"),
    offered(NOON - 2000, "ewa", "round_robin"),
    answered(NOON - 1990, "ewa"),
    offered(NOON - 1000, "jan", "next_caller"),
    answered(NOON - 990, "jan"),
]


@pytest.mark.parametrize(
    ("strategy", "kinds", "today", "turn"),
    [
        ("longest_idle", set(), {}, ""),
        ("random", set(), {}, ""),
        ("fewest_calls", {CallBridged}, {"jan": 2, "ewa": 1}, ""),
        ("weighted", {CallBridged}, {"jan": 2, "ewa": 1}, ""),
        ("round_robin", {AgentOffered}, {}, "ewa"),
    ],
)
def test_what_the_strategies_know_after_a_restart(tmp_path: Path, strategy, kinds, today, turn) -> None:
    of = team(site(), "office", order=Order(strategy=strategy))
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append(FACTS)
        journal.flush()
        facts = of_order(journal, of)
    assert {type(fact) for fact in facts} == kinds
    tallies = Tallies()
    tallies.recover(of, facts)
    assert tallies.answered_today(of, NOON) == today
    assert tallies.turn_of("office") == turn
