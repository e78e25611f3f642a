"""What a starting box reads of the queues' past: the last handling times, and the last hour of who came and went."""

from __future__ import annotations

from pathlib import Path

from gateway.core.facts.calls import CallEnded, CallRecord, InputTaken, QueueEntered, QueueLeft, WrapUpEnded
from gateway.core.queue.ewt import Handling
from gateway.core.queue.redial import Redials
from gateway.edge.recall import HANDLED_MAX, QUEUES_S, of_queues
from gateway.edge.store import Journal

NOW = 1_795_420_800.0


def call(number: int, at: float) -> list:
    """A caller who hung up after 10 s in the queue."""
    name, record = f"c{number}", CallRecord(call=f"c{number}", caller=f"+4850000{number:04}", team="care")
    return [
        InputTaken(at=at, call=name, step="menu", keys="1", outcome="match"),
        QueueEntered(at=at, call=name, team="care", position=1),
        QueueLeft(at=at + 10, call=name, team="care", outcome="abandoned", wait_s=10.0),
        CallEnded(at=at + 10, call=name, record=record),
    ]


def wrapped(at: float, talk_s: float) -> WrapUpEnded:
    return WrapUpEnded(at=at, agent="anna", team="care", talk_s=talk_s, hold_s=0.0, wrap_up_s=0.0)


def test_what_came_lately_and_the_handling_times_of_whenever(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append([wrapped(NOW - 90_000, 100.0), wrapped(NOW - 80_000, 200.0)])
        journal.append(call(1, NOW - QUEUES_S - 100))
        for number in range(2, 600):
            journal.append(call(number, NOW - 2000))
        journal.append(call(600, NOW - 40))
        journal.flush()
        facts = of_queues(journal, NOW)
    assert {type(fact) for fact in facts} == {WrapUpEnded, QueueEntered, QueueLeft, CallEnded}
    assert [fact.call for fact in facts if isinstance(fact, QueueEntered)] == [f"c{n}" for n in range(2, 601)]
    handling, redials = Handling(), Redials()
    for fact in facts:
        handling.apply(fact)
        redials.apply(fact)
    assert handling.aht_s("care") == 150.0
    left = redials.take("+48500000600", "care", now=NOW, within_s=60.0)
    assert left is not None
    assert (left.call, left.since, left.at) == ("c600", NOW - 40, NOW - 30)
    assert redials.take("+48500000599", "care", now=NOW, within_s=60.0) is None


def test_no_more_handling_times_than_are_of_use(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append([wrapped(NOW - 90_000 + number, 1.0) for number in range(HANDLED_MAX + 50)])
        journal.flush()
        assert len(of_queues(journal, NOW)) == HANDLED_MAX


def test_an_empty_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert of_queues(journal, NOW) == ()
