"""What a starting box reads of its agents' past: the last word on each, and the locks of PINs that may still hold."""

from __future__ import annotations

from pathlib import Path

from gateway.core.agents.awaited import ENDS_S
from gateway.core.agents.pins import LOCKED_S
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.pins import PinLocked
from gateway.edge.recall import of_agents
from gateway.edge.store import Journal
from tests.core.factory import site

NOW = 1_795_420_800.0


def locked(at: float) -> PinLocked:
    return PinLocked(at=at, call="c", step="who", lock="agent", agent="jan", until=at + LOCKED_S)


def test_the_last_word_on_each_and_the_locks_of_the_last_hour(tmp_path: Path) -> None:
    paused = AgentChanged(at=NOW - 90_000, agent="jan", state="paused", reason="lunch")
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append([AgentChanged(at=NOW - 95_000, agent="jan", state="idle"), paused])
        journal.append([locked(NOW - LOCKED_S - 1), locked(NOW - LOCKED_S + 1), locked(NOW - 5)])
        journal.flush()
        facts = of_agents(journal, site(), NOW)
    assert facts == (paused, locked(NOW - LOCKED_S + 1), locked(NOW - 5))


def test_of_one_who_is_not_in_the_site_what_was_a_moment_ago(tmp_path: Path) -> None:
    lately = AgentChanged(at=NOW - ENDS_S + 1, agent="eve", state="idle")
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append([AgentChanged(at=NOW - ENDS_S - 1, agent="old", state="idle")])
        journal.append([AgentChanged(at=NOW - ENDS_S + 0.5, agent="eve", state="ringing"), lately])
        journal.flush()
        assert of_agents(journal, site(), NOW) == (lately,)


def test_an_empty_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert of_agents(journal, site(), NOW) == ()
