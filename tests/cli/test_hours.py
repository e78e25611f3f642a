"""`gateway hours` as it is typed: against files alone, and against a running box."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from gateway.cli import main as cli
from gateway.config.load import load_site
from tests.sip.harness import ROOT

HOURS = """
hours:
  office:
    mon-fri: 08:00-16:00
    exceptions: {12-24: "08:00-12:00"}
  night: {fri-sat: "22:00-06:00 next day", holidays: open}
"""


@pytest.fixture
def site(tmp_path):
    folder = Path(shutil.copytree(ROOT / "firmware_config" / "site.example", tmp_path / "site"))
    text = (folder / "gateway.yaml").read_text()
    start, end = text.index("hours:"), text.index("mqtt:")
    (folder / "gateway.yaml").write_text(text[:start] + text[end:] + HOURS)
    return folder


@pytest.fixture
def gateway(monkeypatch, capsys, tmp_path, site):
    """Runs a command in this process: (exit status, stdout, stderr)."""
    monkeypatch.setenv("GATEWAY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("GATEWAY_SITE", str(site))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["gateway", "hours", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        told = capsys.readouterr()
        return left.value.code or 0, told.out, told.err

    return command


def test_explain_says_open_or_closed_why_and_until_when(gateway):
    assert gateway("explain", "2026-12-24 14:30", "--calendar", "office", "--lang", "en") == (
        0,
        (
            "2026-12-24 14:30 (Thursday, Europe/Warsaw)\n"
            "office: closed: 2026-12-24 is an exception: 08:00-12:00 (Christmas Eve); "
            "opens at 08:00 on Monday 2026-12-28\n"
        ),
        "",
    )
    assert gateway("explain", "2026-11-23 09:05", "--calendar", "office") == (
        0,
        (
            "2026-11-23 09:05 (poniedziałek, Europe/Warsaw)\n"
            "office: otwarte: poniedziałek ma godziny 08:00-16:00; do 16:00\n"
        ),
        "",
    )


def test_explain_tells_every_calendar_in_the_night_of_the_clock_change(gateway):
    _, told, _ = gateway("explain", "2026-10-25 02:30", "--lang", "en")
    assert "office: closed: Sunday has no hours; opens at 08:00 on Monday 2026-10-26\n" in told
    assert "night: open: Saturday has the hours 22:00-06:00 next day; until 06:00\n" in told


def test_explain_as_json(gateway):
    status, told, _ = gateway("explain", "2026-12-25 10:00", "--json")
    office, night = json.loads(told)
    assert status == 0
    assert (office["open"], office["reason"], office["holiday"]["en"]) == (False, "holiday", "Christmas Day")
    assert (night["open"], night["reason"], night["timezone"]) == (False, "before_hours", "Europe/Warsaw")
    assert night["hours"] == [["22:00", "30:00"]]


def test_the_next_days_are_listed(gateway):
    status, told, _ = gateway("--days", "400", "--lang", "en")
    assert status == 0
    assert told.splitlines()[0] == "office"
    assert re.search(
        r"^  \d{4}-12-24  \w+ +08:00-12:00 \(exception of every year; Christmas Eve\)$", told, re.MULTILINE
    )
    assert re.search(r"^  \d{4}-12-25  \w+ +closed \(Christmas Day\)$", told, re.MULTILINE)
    _, told, _ = gateway("--json", "--calendar", "night", "--days", "7")
    (night,) = json.loads(told)
    assert sorted(day["weekday"] for day in night["days"] if day["hours"]) == ["piątek", "sobota"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("explain", "2026-02-30 10:00"), "no such day"),
        (("explain", "2026-03-29 02:30"), "the clocks go forward"),
        (("explain", "tomorrow"), "expected is a day and a time"),
        (("--calendar", "ofice"), "did you mean office?"),
        (("--lang", "de"), "pl or en"),
        (("close", "office"), "no gateway runs"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(gateway, arguments, told):
    status, out, err = gateway(*arguments)
    assert (status, out) == (2, "")
    assert told in err


def test_a_site_without_calendars_is_told_how_to_get_one(gateway, site):
    text = (site / "gateway.yaml").read_text()
    text = text[: text.index("\nhours:")].replace("  calendar: office\n", "")
    (site / "gateway.yaml").write_text(text)
    assert not load_site(site).site.hours
    status, _, err = gateway()
    assert status == 2
    assert "hours: {office:" in err
