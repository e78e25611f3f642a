"""The two commands as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.errors import SettingError
from gateway.load.workload import read_erlang
from tests.load.journals import office_hours, weeks, write

EXAMPLE = Path(__file__).parents[2] / "firmware_config" / "site.example"


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def load(*words: object):
    return run("simulate-load", *words)


def refused(*words: object) -> str:
    result = run(*words)
    assert isinstance(result.exception, SettingError), result.output
    return str(result.exception)


def test_the_table_has_the_formula_beside_it() -> None:
    result = load("--erlang", "20/h,240s", "--agents", 3, "--hours", "2h", "--runs", 3)
    assert result.exit_code == 0, result.output
    assert "3 runs of 2 h after 1 h to fill up" in result.output
    level = next(line for line in result.output.splitlines() if line.startswith("service level"))
    assert level.endswith("84.3 %")
    assert "every caller accounted for, nobody stuck" in result.output
    assert "batch means" in result.output


def test_with_patience_it_is_erlang_a_and_with_ringing_no_formula() -> None:
    short = ("--erlang", "20/h,240s", "--agents", 2, "--hours", "1h", "--runs", 2)
    assert "Erlang A" in load(*short, "--patience", "60s").output
    assert "Erlang" not in load(*short, "--ring", "5s").output


def test_json_has_everything(tmp_path: Path) -> None:
    result = load(
        "--erlang", "20/h,240s", "--agents", 3, "--hours", "2h", "--runs", 2, "--json", "--plot", tmp_path / "a.svg"
    )
    told = json.loads(result.stdout)
    assert told["erlang_c"]["sl"] == pytest.approx(0.843, abs=0.001)
    assert told["figures"]["sl"]["runs"] == 2
    assert len(told["hours"]) == 2
    assert told["balance"]["difference"] == 0
    assert "batch means" in told["method"]
    assert (tmp_path / "a.svg").read_text().startswith("<svg")


def test_a_journals_calls_with_other_staffing(tmp_path: Path) -> None:
    journal = write(weeks(1, office_hours), tmp_path / "journal.sqlite")
    few, many = (
        json.loads(load("--from-journal", journal, "--agents", n, "--runs", 2, "--json").stdout) for n in (1, 5)
    )
    assert few["balance"]["offered"] == 2 * 800
    assert few["plan"]["ring_s"] == 6.0
    assert few["plan"]["threshold_s"] == 30.0
    assert few["figures"]["aht_s"]["mean"] == pytest.approx(240.0, abs=0.1)
    assert few["figures"]["sl"]["mean"] < many["figures"]["sl"]["mean"]
    assert many["figures"]["occupancy"]["mean"] == pytest.approx(20 * 246 / 3600 / 5, abs=0.01)
    assert "erlang_c" not in few
    assert "office" in refused("simulate-load", "--from-journal", journal, "--agents", 2, "--team", "nobody")


def test_a_forecast_as_a_table_and_as_json(tmp_path: Path) -> None:
    journal = write(weeks(2, office_hours), tmp_path / "journal.sqlite")
    table = run("forecast", "--from-journal", journal, "--site", EXAMPLE)
    assert table.exit_code == 0, table.output
    assert "Team office: 1600 contacts from 2026-03-02 to 2026-03-16; 2.0 weeks were seen." in table.output
    assert "  09:00      3 (20.0)      3 (20.0)" in table.output
    (told,) = json.loads(run("forecast", "--from-journal", journal, "--site", EXAMPLE, "--json").stdout)
    assert len(told["cells"]) == 168
    assert told["few_weeks"] is True
    assert told["month_end_factor"] is None
    assert "nobody" in refused("forecast", "--from-journal", journal, "--site", EXAMPLE, "--team", "nobody")


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("--agents", 3), "either --erlang"),
        (("--agents", 3, "--erlang", "20"), "20/h,240s"),
        (("--agents", 3, "--erlang", "0/h,240s"), "some call"),
        (("--agents", 0, "--erlang", "20/h,240s"), "--agents"),
        (("--agents", 3, "--erlang", "20/h,240s", "--patience", "soon"), "--patience soon"),
        (("--agents", 3, "--erlang", "20/h,240s", "--hours", "90s"), "whole hours"),
        (("--agents", 3, "--erlang", "20/h,240s", "--service-level", "x"), "80% in 20s"),
    ],
)
def test_options_that_cannot_work_are_refused_in_a_sentence(words: tuple, about: str) -> None:
    assert about in refused("simulate-load", *words)


def test_reading_the_traffic() -> None:
    assert read_erlang("20/h,240s") == (20.0, 240.0)
    assert read_erlang(" 7,5 / h , 4 min ") == (7.5, 240.0)
