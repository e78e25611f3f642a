"""What callers keyed is found again in the journal, and nothing older than wanted."""

from __future__ import annotations

from pathlib import Path

from gateway.core.facts.calls import StepEntered
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.steps.memory import KEPT_S, Memory
from gateway.edge.store import Journal


def answer(at: float, value: str) -> AnswerRemembered:
    return AnswerRemembered(at=at, call="c", caller="+48601000101", client="", name="order", value=value)


def test_the_last_30_days_come_back_in_order(tmp_path: Path) -> None:
    now = 1_795_420_800.0
    facts = [answer(now - KEPT_S - 1, "old"), answer(now - 86_400, "1"), answer(now - 60, "2")]
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([*facts, StepEntered(at=now, call="c", flow="f", step="s", verb="say")])
        journal.flush()
        found = journal.of_kinds(("AnswerRemembered",), since=now - KEPT_S)
        assert list(found) == facts[1:]
        assert len(journal.of_kinds(("AnswerRemembered",))) == 3
    memory = Memory()
    memory.recover(found, now)
    recalled = memory.recall("order", client="", caller="+48601000101", now=now)
    assert recalled is not None
    assert recalled.value == "2"
