"""Random faults upon thousands of simulated calls, and the books afterwards: `python -m tests.load.conservation 10000`.

So many in an office that uses everything a queue can do (`everything.py`), and a run in the plain one. Exit status 1
when a caller is nowhere or in two places, when a call, an agent, a call-back or a deadline is stuck, or an agent
answers no more.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gateway.core.facts.calls import CallBridged
from gateway.core.kpi.kpi import Kpi
from gateway.load.balance import Balance, Ledger
from gateway.load.erlang import Traffic
from gateway.load.faults import Faults, FaultyDriver
from gateway.load.office import office
from gateway.load.workload import Workload, poisson
from tests.load.everything import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENTS = 8
CALLS_A_RUN = 2500
EVERY = 197
"""So many facts lie between two looks into the books."""
LAST_TALK_S = 100.0


@dataclass
class Outcome:
    """Of one run: the books, and who answered when everybody was called at once afterwards."""

    balance: Balance
    kpi_differences: dict
    on_the_way: list[tuple[int, int]]
    """(in progress, difference) at moments in the middle of it."""
    answered_last: set[str]
    callers: int
    lines_lost: int
    declined: dict[str, int]


def chaos(calls: int, seed: int) -> Outcome:
    """A run of so many calls with faults, then a quiet caller for every agent."""
    site = office(AGENTS, threshold_s=20.0, short_s=5.0, ring_s=4.0, max_wait_s=45.0, exits=True)
    kpi, ledger, facts = Kpi(site, day_start=lambda _: 0.0), Ledger(), []
    folds = (kpi.apply, ledger.apply, facts.append)

    on_the_way: list[tuple[int, int]] = []

    def remember(fact) -> None:
        for fold in folds:
            fold(fact)
        if len(facts) % EVERY == 0:
            books = ledger.close(kpi, driver.board.view())
            on_the_way.append((books.in_progress, books.difference))

    draw = np.random.default_rng(seed)
    day = poisson(Traffic(per_hour=200.0, handling_s=180.0, patience_s=90.0), 2 * calls / 200.0 * 3600.0, draw)
    driver = FaultyDriver(
        site, Workload(*(column[:calls] for column in (day.arrivals_s, day.handling_s, day.patience_s))),
        remember, Faults(seed=seed, legs_max=16 if seed % 2 else 40), ring_s=4.0,
    )  # fmt: skip
    driver.run()
    before = len(facts)
    driver.calm(AGENTS, LAST_TALK_S)
    driver.run()
    last = {fact.agent for fact in facts[before:] if isinstance(fact, CallBridged)}
    declined: dict[str, int] = {}
    for fact in facts:
        if (why := getattr(fact, "why", None)) is not None:
            declined[why] = declined.get(why, 0) + 1
    return Outcome(
        balance=ledger.close(kpi, driver.board.view()),
        kpi_differences={key: value for key, value in kpi.conservation().items() if value},
        on_the_way=on_the_way,
        answered_last=last,
        callers=driver.callers,
        lines_lost=driver.lines_lost,
        declined=declined,
    )


def main(contacts: int) -> int:
    """Run as many days as it takes for so many contacts; 0 when every one is in order."""
    began, bad, seen, seed = time.monotonic(), 0, 0, 0
    while seen < contacts:
        seed += 1
        day = whole(CALLS_A_RUN, seed)
        seen += day.balance.offered
        bad += not day.good
        _tell(f"seed {seed}, everything", day.balance, day.seen, good=day.good, lines_lost=day.lines_lost)
        for what in (*day.left, *day.differences.items()):
            print(f"  left: {what}")
    outcome = chaos(CALLS_A_RUN, 1)
    good = outcome.balance.good and not outcome.kpi_differences and len(outcome.answered_last) == AGENTS
    good = good and not any(difference for _, difference in outcome.on_the_way)
    bad += not good
    seen += outcome.balance.offered
    _tell("plain", outcome.balance, outcome.declined, good=good, lines_lost=outcome.lines_lost)
    took_s = time.monotonic() - began
    print(
        f"{seen} contacts in {took_s:.0f} s: "
        + ("zero difference, nobody stuck" if not bad else f"{bad} runs are not in order")
    )
    return 1 if bad else 0


def _tell(name: str, books: Balance, seen: Mapping[str, int], *, good: bool, lines_lost: int) -> None:
    print(
        f"{name}: {'good' if good else 'BAD'}; difference {books.difference}; {books.offered} offered = "
        f"{books.answered} answered + {books.abandoned} abandoned + {books.overflowed} overflowed + "
        f"{books.called_back} called back + {books.voicemail} voicemail + {books.lost} lost + {books.in_progress} "
        f"in progress; {books.turned_away} turned away, {lines_lost} lines lost; stuck: {books.stuck or 'nobody'}; "
        + ", ".join(f"{what} {count}" for what, count in sorted(seen.items())),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
