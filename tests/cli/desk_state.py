"""The commands of the desk without a running gateway: a journal that tells, and what they print of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.facts.all import AnyFact
from gateway.edge.store import Journal


def written(folder: Path, facts: Iterable[AnyFact]) -> Path:
    """A state folder whose journal has these facts."""
    journal = Journal(folder / "journal.sqlite")
    journal.append(list(facts))
    journal.close()
    return folder


def run(state: Path, *words: str) -> str:
    """What `gateway` prints; it must end well."""
    result = CliRunner().invoke(app, [*words, "--state", str(state)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def ids(text: str) -> list[str]:
    """First column of a table."""
    return [line.split()[0] for line in text.splitlines()[1:]]
