"""`gateway callbacks`: how far the box has come with those that it dials by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.facts.all import AnyFact
from gateway.core.facts.call_back import (
    CallBackGivenUp,
    CallBackHeld,
    CallBackMissed,
    CallBackQueued,
    CallBackTried,
    CallBackWithdrawn,
)
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from gateway.edge.store import Journal
from gateway.errors import SettingError

T = 1_795_420_800.0


def wanted(name: str) -> CallBackRequested:
    return CallBackRequested(
        at=T, call=name, call_back=name, number="+48601000101", whose="team", to="care", due_at=T + 86400
    )


def of(name: str) -> dict[str, object]:
    return {"at": T + 1, "call": name, "call_back": name}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    queued = {"team": "care", "position": 1, "waiting_since": T}
    tried = {"attempt": 1, "agent": "anna", "trunk": "provider", "outbound": "x"}
    facts: list[AnyFact] = [
        *(wanted(name) for name in ("asked", "held", "queued", "dialled", "again", "people", "in", "done")),
        CallBackHeld(**of("held"), reason="quiet_hours", until=T + 3600),
        CallBackQueued(**of("queued"), **queued, outbound="q"),
        CallBackTried(**of("dialled"), **tried),
        CallBackTried(**of("again"), **tried),
        CallBackMissed(**of("again"), attempt=1, why="no_answer", next_at=T + 600),
        CallBackGivenUp(**of("people"), reason="not_listed"),
        CallBackWithdrawn(**of("in"), by_call="y"),
        CallBackClosed(**of("done"), result="called_in", who="anna"),
    ]
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append(facts)
    journal.close()
    return tmp_path


def run(state: Path, *words: str) -> dict[str, str]:
    result = CliRunner().invoke(app, ["callbacks", *words, "--state", str(state)], catch_exceptions=False)
    assert result.exit_code == 0
    return {line.split()[0]: line for line in result.output.splitlines()[1:]}


def test_each_says_how_far_it_is(state: Path) -> None:
    rows = run(state)
    assert "held: quiet hours until 20" in rows["held"]
    assert "in the queue" in rows["queued"]
    assert "dialling, tries: 1" in rows["dialled"]
    assert "held: no answer until 20" in rows["again"]
    assert "for people: not listed" in rows["people"]
    assert "the client calls in" in rows["in"]
    assert "done" not in rows
    assert not any(word in rows["asked"] for word in ("held", "queue", "people"))


def test_what_the_client_settled_by_calling_in_is_told_as_that(state: Path) -> None:
    assert run(state, "--all")["done"].endswith("called in")


def test_to_cancel_one_the_gateway_must_run(state: Path) -> None:
    with pytest.raises(SettingError, match="no gateway runs"):
        run(state, "cancel", "held")
