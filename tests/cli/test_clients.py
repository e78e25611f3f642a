"""`gateway clients`: what the journal and clients.csv tell together."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.config.load import load_site
from gateway.core.facts.owner import ManagerAssigned
from gateway.edge.store import Journal

SITE = Path(__file__).parents[2] / "firmware_config" / "site.example"
NEW, KNOWN = "+48501000111", "+48220000201"
T = 1_795_420_800.0


def assigned(at: float, number: str, manager: str) -> ManagerAssigned:
    return ManagerAssigned(at=at, call="c", number=number, manager=manager, rule="all", team="office", clients=1)


@pytest.fixture
def state(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append([assigned(T, NEW, "ewa"), assigned(T + 1, KNOWN, "ewa"), assigned(T + 2, NEW, "piotr")])
    journal.flush()
    journal.close()
    return tmp_path


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["clients", str(SITE), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_new_numbers_are_rows_that_clients_csv_takes(state, tmp_path):
    text = told("--new", "--state", str(state))
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["number"], row["manager"], row["team"], row["#rule"]) == (NEW, "piotr", "office", "all")
    folder = shutil.copytree(SITE, tmp_path / "site")
    header, line = text.splitlines()
    (folder / "clients.csv").write_text(f"{header}\n{line.replace(',,,', ',1999,New,')}\n")
    assert [client.manager for client in load_site(folder).site.clients.values()] == ["piotr"]


def test_how_many_clients_each_has(state):
    lines = [line.split() for line in told("--state", str(state)).splitlines()]
    assert lines[0] == ["manager", "clients", "new", "numbers"]
    assert {name: (filed, new) for name, filed, new in lines[1:]} == {
        "anna": ("2", "0"),
        "piotr": ("1", "1"),
        "ewa": ("2", "0"),
        "marek": ("1", "0"),
    }
