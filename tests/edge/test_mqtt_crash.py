"""Kill -9 between a fact and its cursor, at every point; a foreign subscriber says whether anything was lost."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from gateway.core.facts.journal import JournalRow
from gateway.edge.store import JournalReader
from tests.edge.broker import Mosquitto, Subscriber, until
from tests.edge.children import Child, promised


def journal_rows(path: Path) -> tuple[JournalRow, ...]:
    with JournalReader(path) as reader:
        return reader.read_from(0, 100_000)


def expect_all_and_only(foreign: Subscriber, path: Path) -> list[int]:
    """The subscriber has every committed fact and no other; a repetition has the seq of the first. Returns all
    numbers as they came."""
    rows = journal_rows(path)
    until(lambda: rows[-1].seq in {fact["seq"] for fact in foreign.facts()}, "the last fact at the subscriber")
    firsts: dict[int, dict] = {}
    for fact in foreign.facts():
        assert firsts.setdefault(fact["seq"], fact) == fact, "the same number, the same fact"
    assert list(firsts) == [row.seq for row in rows], "none is missing, first comings are in order"
    assert [firsts[row.seq]["fact"]["step"] for row in rows] == [row.fact().step for row in rows]
    assert [firsts[row.seq]["kind_seq"] for row in rows] == [row.kind_seq for row in rows]
    assert len({fact["journal"] for fact in foreign.facts()}) == 1
    return [fact["seq"] for fact in foreign.facts()]


@pytest.mark.parametrize("stage", ["appended", "committed", "published", "acked", "cursor_written"])
def test_a_kill_there_loses_nothing_and_repeats_only_with_the_same_number(
    tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber, stage: str
) -> None:
    path = tmp_path / "journal.db"
    first = Child(path, tmp_path, run="first", port=mosquitto.port, kill_at=stage, kill_from=450)
    killed_at = first.wait_killed()
    kept = {row.fact().step for row in journal_rows(path)}
    must = promised(first, killed_at)
    assert must, "some facts were old enough to be promised"
    assert must <= kept
    with JournalReader(path) as reader:
        cursor = reader.cursor("mqtt")
    assert cursor > 0
    # Nobody publishes now: what the cursor has passed must reach the subscriber from the broker alone.
    until(lambda: cursor in {fact["seq"] for fact in foreign.facts()}, "all that the cursor has passed")
    again = Child(path, tmp_path, run="again", port=mosquitto.port, kill_at=stage, kill_from=len(kept) + 40)
    again.wait_killed()
    Child(path, tmp_path, run="last", port=mosquitto.port, facts=30).wait_done()
    numbers = expect_all_and_only(foreign, path)
    names = [row.fact().step for row in journal_rows(path)]
    assert names[-30:] == [f"last-{n}" for n in range(30)]
    if stage == "acked":
        assert len(numbers) > len(set(numbers)), "published, confirmed, not noted: it comes again with its number"


def test_kills_from_outside_at_any_moment(tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    path = tmp_path / "journal.db"
    for round_ in range(4):
        child = Child(path, tmp_path, run=f"run{round_}", port=mosquitto.port, facts=4000)
        until(lambda child=child: len(child.appended()) > 90 + 61 * round_, "facts of the child")
        killed_at = time.monotonic()
        child.process.kill()
        child.process.wait()
        assert promised(child, killed_at) <= {row.fact().step for row in journal_rows(path)}
    Child(path, tmp_path, run="last", port=mosquitto.port, facts=5).wait_done()
    expect_all_and_only(foreign, path)


def test_the_broker_says_offline_for_a_killed_gateway_and_online_is_the_last_word_after_a_new_start(
    tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber
) -> None:
    path = tmp_path / "journal.db"
    Child(path, tmp_path, run="first", port=mosquitto.port, kill_at="acked", kill_from=20).wait_killed()
    until(lambda: len(foreign.on("/status")) >= 2, "the last will")
    birth, will = (message.data for message in foreign.on("/status"))
    assert (birth["state"], birth["reason"]) == ("online", "connected")
    assert (will["state"], will["reason"]) == ("offline", "connection lost")
    second = Child(path, tmp_path, run="second", port=mosquitto.port, facts=4000)
    try:
        until(lambda: len(foreign.on("/status")) >= 3, "the second birth")
        assert foreign.on("/status")[-1].data["state"] == "online"
        # One client id for all connections of a journal: the broker ends a half-dead one, and sends its will, before
        # it takes the next, so that no late will overtakes a birth.
        clients = set(re.findall(r"New client connected from \S+ as (gw\w+)", mosquitto.log()))
        assert len(clients) == 1
    finally:
        second.process.kill()
        second.process.wait()


def test_gateway_and_broker_killed_together(tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    path = tmp_path / "journal.db"
    child = Child(path, tmp_path, run="first", port=mosquitto.port, facts=4000)
    until(lambda: len(child.appended()) > 150, "facts of the child")
    mosquitto.kill()
    until(lambda: len(child.appended()) > 400, "facts without a broker")
    child.process.kill()
    child.process.wait()
    mosquitto.start()
    # The subscriber has to be there again before the gateway is: a broker keeps nothing for who it does not know.
    until(lambda: mosquitto.log().count("Received SUBSCRIBE from foreign") >= 2, "the subscriber's return")
    Child(path, tmp_path, run="last", port=mosquitto.port, facts=5).wait_done()
    expect_all_and_only(foreign, path)
