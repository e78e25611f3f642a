"""`gateway messages`: what the journal tells, what a running gateway is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import MessageDone, MessageLeft, RecordingDeleted
from gateway.errors import SettingError, StoreError
from tests.cli.desk_state import ids, run, written

T = 1_795_420_800.0
CALLER = "+48601000101"


def left(message: str, to: str = "anna", **more: object) -> MessageLeft:
    return MessageLeft(
        at=T, call=message, message=message, whose="agent", to=to, file=f"recordings/{message}.wav", length_s=11.0,
        caller=CALLER, due_at=T + 86400, **more,
    )  # fmt: skip


@pytest.fixture
def state(tmp_path: Path) -> Path:
    facts: list[AnyFact] = [
        left("m1"), left("m2", "ewa"), left("m3"), left("m4"), left("m5", draft=True),
        MessageDone(at=T + 1, message="m3", who="anna"),
        RecordingDeleted(at=T + 2, file="recordings/m4.wav", recorded_at=T),
    ]  # fmt: skip
    return written(tmp_path, facts)


def test_messages_that_wait_are_listed_with_masked_numbers(state: Path) -> None:
    told = run(state, "messages")
    assert ids(told) == ["m1", "m2"]
    assert CALLER not in told
    assert ids(run(state, "messages", "--for", "ewa")) == ["m2"]
    assert ids(run(state, "messages", "--all")) == ["m1", "m2", "m3", "m4"]
    assert [one["left"]["caller"] for one in json.loads(run(state, "messages", "--json"))] == [CALLER] * 2


def test_the_way_to_the_sound(state: Path) -> None:
    assert run(state, "messages", "path", "m1").strip() == str(state / "recordings" / "m1.wav")
    for message, why in (("m4", "deleted"), ("m9", "no message")):
        with pytest.raises(SettingError, match=why):
            run(state, "messages", "path", message)


def test_who_deals_with_one_needs_the_gateway(state: Path) -> None:
    with pytest.raises(SettingError, match="no gateway runs"):
        run(state, "messages", "done", "m1")


def test_without_a_journal_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no journal"):
        run(tmp_path, "messages")
