"""The line of `gateway status` that tells of continuity, made of a real fold's figures."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec.structs import replace

from gateway.edge.figures import Figures
from gateway.edge.store import Journal
from gateway.status import _continuity
from tests.core.kpi.continuity_facts import closed, opened, visit
from tests.edge.broker import until
from tests.edge.calls_made_up import MONDAY, SITE

DAY = 86_400.0


def told(tmp_path: Path, facts: list, at: float) -> list[str]:
    with Journal(tmp_path / "journal.db") as journal:
        journal.append(facts)
        journal.flush()
        figures = Figures(journal, replace(SITE, timezone="Europe/Warsaw"))
        until(lambda: figures.ready and figures.seq == journal.last_seq(), "the fold")
        answer = msgspec.to_builtins(figures.continuity(at))
        figures.close()
    return _continuity(answer, "Europe/Warsaw")


def test_the_last_final_day_the_present_one_people_and_handoffs(tmp_path: Path) -> None:
    first, today = MONDAY, MONDAY + 9 * DAY
    facts = [
        *visit(first, "1001", "qa", "anna"), *visit(first + 60, "2002", "qa"), *visit(first + 120, "2002", "qa"),
        *visit(first + DAY, "1001", "training", "jan", "ewa"),
        opened(today, "1", "a"), *visit(today + 60, "2002", "qa", "ola", "anna", case="1"), closed(today + 3600, "1"),
    ]  # fmt: skip
    (line,) = told(tmp_path, facts, today + 4000)
    assert line == (
        "continuity  one contact was enough for 100.0 % of 1 on 2026-11-24 and 100.0 % of 1 today so far; "
        "2.5 people a client in 30 days, at most 3 (2 clients); 1.0 handoffs a case (1 closed today)"
    )


def test_an_office_of_which_there_is_nothing_has_no_line(tmp_path: Path) -> None:
    assert told(tmp_path, [], MONDAY) == []
    assert _continuity(None, "UTC") == []
