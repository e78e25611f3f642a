"""Thousands of calls with faults in an office of mobiles that accept by key, with whispers and names before each talk:
`python -m tests.load.test_joining_faults 10000` for the whole of it. Nobody is lost, and no agent is stuck."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from msgspec.structs import replace

from gateway.core.actions import Play
from gateway.core.events import KeyPressed
from gateway.core.facts.calls import CallBridged
from gateway.core.facts.joining import AcceptanceAsked, AcceptanceEnded, JoiningBegan
from gateway.core.kpi.kpi import Kpi
from gateway.load.balance import Ledger
from gateway.load.erlang import Traffic
from gateway.load.faults import Faults, FaultyDriver
from gateway.load.office import TEAM, office
from gateway.load.workload import Workload, poisson
from tests.core.call.rig import WORDS

AGENTS = 8
SILENT, REFUSES, GOES, UNREPORTED = 0.1, 0.06, 0.06, 0.05
"""Of those who pick up: press nothing, press 2, hang up; of the prompts: whose end nobody reports."""


class MobileDriver(FaultyDriver):
    """Agents press 1 sooner or later, or do not."""

    def remember(self, fact) -> None:
        super().remember(fact)
        if isinstance(fact, AcceptanceAsked):
            chance, seconds = float(self._draw.random()), 12.0 * float(self._draw.random())
            if chance < GOES:
                self.after(seconds, self.hung_up, fact.leg)
            elif chance < GOES + REFUSES:
                self.after(seconds, self._presses_2, fact.leg)
            elif chance > GOES + REFUSES + SILENT:
                self.after(seconds, self._takes, fact.leg)
        elif isinstance(fact, JoiningBegan) and self._happens(GOES):
            self.after(2.0 * float(self._draw.random()), self.hung_up, fact.leg)

    def perform(self, action) -> None:
        if isinstance(action, Play) and not action.loop and self._happens(UNREPORTED):
            return
        super().perform(action)

    def _takes(self, leg: str) -> None:
        if leg in self._legs:
            self.tell(KeyPressed(leg=leg, key="1", source="rfc4733"))

    def _presses_2(self, leg: str) -> None:
        if leg in self._legs:
            self.tell(KeyPressed(leg=leg, key="2", source="rfc4733"))


def run(calls: int, seed: int) -> tuple[Ledger, Kpi, MobileDriver, list]:
    """One day of it; with an even seed all phones ring."""
    base = office(AGENTS, threshold_s=20.0, short_s=5.0, ring_s=4.0, max_wait_s=45.0, exits=True)
    team = base.teams[TEAM]
    order = replace(team.order, strategy="longest_idle" if seed % 2 else "ring_all")
    agents = {
        name: replace(agent, accept="key" if number % 2 else "", accept_within_s=8.0)
        for number, (name, agent) in enumerate(base.agents.items())
    }
    site = replace(
        base, joining=WORDS, agents=agents, teams={TEAM: replace(team, whisper=True, say_name=True, order=order)}
    )
    kpi, ledger, facts = Kpi(site, day_start=lambda _: 0.0), Ledger(), []

    def remember(fact) -> None:
        kpi.apply(fact)
        ledger.apply(fact)
        facts.append(fact)

    draw = np.random.default_rng(seed)
    day = poisson(Traffic(per_hour=150.0, handling_s=150.0, patience_s=90.0), 2 * calls / 150.0 * 3600.0, draw)
    work = Workload(*(column[:calls] for column in (day.arrivals_s, day.handling_s, day.patience_s)))
    driver = MobileDriver(site, work, remember, Faults(seed=seed, legs_max=24), ring_s=4.0)
    driver.run()
    return ledger, kpi, driver, facts


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_lost_and_no_agent_is_stuck(seed: int) -> None:
    ledger, kpi, driver, facts = run(500, seed)
    books = ledger.close(kpi, driver.board.view())
    assert books.good, books
    assert not {key: value for key, value in kpi.conservation().items() if value}
    assert {fact.how for fact in facts if isinstance(fact, AcceptanceEnded)} == {"accepted", "refused", "silent"}
    assert any(isinstance(fact, JoiningBegan) for fact in facts)
    told = [fact.whisper_s for fact in facts if isinstance(fact, CallBridged)]
    assert max(told) > 0
    assert not any(leg.acceptance or leg.call.joining for leg in driver.board._ex.legs.values() if leg.call)


def main(calls: int) -> int:
    """Exit status 0 when every day is in order."""
    bad = done = seed = 0
    while done < calls:
        seed += 1
        ledger, kpi, driver, _ = run(2500, seed)
        books = ledger.close(kpi, driver.board.view())
        bad += not books.good
        done += driver.callers
        print(f"seed {seed}: {books}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
