"""The simulator tells who is rung before and after the team, and why: absences, the last talk, rules, numbers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.site.owners import OverflowStage, OwnerRule
from gateway.errors import SiteError
from gateway.simulate.narrator import transcript
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers

from .office import AT, FOLDER, KNOWN, SITE, run

NUMBER = "+48600000301"
ABSENCES = "agent,from,to,deputy\nanna,2026-11-23,2026-11-27,ewa\npiotr,2026-11-23 12:00,,-\n"
OVERFLOW = (OverflowStage(team="technical", for_s=60.0), OverflowStage(number=NUMBER, trunk="p", for_s=30.0))


def told(language="pl", of=SITE, **plan):
    happened = run(of, **plan)
    return [line[10:] for line in transcript(of, happened.log, language, started_at=AT).splitlines()], happened.record


def team(of, **changes):
    return replace(of, teams={**of.teams, "office": replace(of.teams["office"], overflow_team="", **changes)})


def test_a_manager_who_is_absent_and_the_deputy_who_is_rung():
    lines, record = told(caller=KNOWN, agents={"anna": "absent"})
    assert "opiekun   Anna Nowak: nieobecność (koniec: 09:05 we wtorek 24.11.2026), dzwoni Piotr Zieliński" in lines
    assert "dzwoni    Piotr Zieliński (w zastępstwie opiekuna)" in lines
    assert "słyszy    „Państwa opiekun jest dziś nieobecny. Łączę z Piotrem Zielińskim”" in lines
    assert (record.answered_by, record.manager) == ("piotr", "anna")


def test_a_deputy_who_does_not_answer():
    lines, _ = told("en", caller=KNOWN, agents={"anna": "absent", "piotr": "silent"})
    assert "decision  Biuro: who stands in for the manager did not answer in time, so the team is rung" in [
        line.replace("team (Biuro)", "Biuro") for line in lines
    ]


def test_nobody_stands_in():
    lines, record = told("en", caller="+48220000202", agents={"piotr": "absent"})
    assert any("Piotr Zieliński is away (until 09:05 on Tuesday" in line for line in lines)
    assert any("the assigned manager is away and nobody stands in" in line for line in lines)
    assert record.answered_stage == "team"


def test_who_spoke_last_is_rung_first():
    of = team(SITE, last_spoke_s=30 * 86_400.0)
    lines, record = told("en", of, keys="nothing, 1", last_spoke="ewa")
    assert "manager   this number spoke last with Ewa Wójcik (09:05 on Sunday 2026-11-22)" in lines
    assert "rings     Ewa Wójcik (who spoke with the caller last)" in lines
    assert (record.answered_by, record.manager) == ("ewa", "")


def test_a_new_client_gets_a_manager_by_the_rules():
    of = replace(SITE, new_clients=(OwnerRule(name="all", managers=("anna", "piotr")),))
    step = replace(of.flows["reception_pl"].steps["office"], to="by_client", team="office")
    flow = replace(of.flows["reception_pl"], steps={**of.flows["reception_pl"].steps, "office": step})
    lines, record = told(of=replace(of, flows={**of.flows, "reception_pl": flow}), keys="nothing, 1")
    assert "opiekun   Piotr Zieliński zostaje opiekunem tego numeru (reguła all, klientów do tej pory: 1)" in lines
    assert (record.manager, record.answered_by) == ("piotr", "piotr")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("pl", f"decyzja   zespół rezerwowy ({NUMBER}): minął czas zespołu rezerwowego, więc dzwoni pod numer"),
        ("en", f"decision  overflow team ({NUMBER}): the time of the overflow team is over, so the number is rung"),
    ],
)
def test_a_number_outside_after_the_overflow_team(language, wanted):
    of = team(SITE, overflow=OVERFLOW)
    lines, record = told(language, of, caller=KNOWN, everyone="silent", agents={NUMBER: "answers after 5s"})
    assert wanted in lines
    assert any(NUMBER in line and ("odbiera" in line or "answers" in line) for line in lines)
    assert (record.answered_by, record.answered_stage, record.outcome) == (NUMBER, "overflow", "answered")


@pytest.fixture
def folder(tmp_path):
    site = Path(shutil.copytree(FOLDER, tmp_path / "site"))
    (site / "absences.csv").write_text(ABSENCES)
    return site


def simulated(folder, *options):
    arguments = ["simulate", "reception_pl", "--site", str(folder), "--keys", "", "--json", *options]
    result = CliRunner().invoke(app, arguments)
    return result, json.loads(result.stdout) if result.exit_code == 0 else {}


@pytest.mark.parametrize(
    ("caller", "at", "answered_by"),
    [
        (KNOWN, "2026-11-22 23:59", "anna"),
        (KNOWN, "2026-11-23 00:00", "ewa"),
        (KNOWN, "2026-11-27 23:59", "ewa"),
        (KNOWN, "2026-11-28 00:00", "anna"),
        ("+48220000202", "2026-11-23 11:59", "piotr"),
    ],
)
def test_at_a_moment_inside_an_absence_and_beside_it(folder, caller, at, answered_by):
    _, made = simulated(folder, "--from", caller, "--at", at)
    assert made["record"]["answered_by"] == answered_by


def test_the_options_of_the_command(folder):
    _, made = simulated(folder, "--from", KNOWN, "--at", "2026-11-30 09:00", "--manager", "absent")
    assert made["record"]["answered_by"] == "piotr"
    result, _ = simulated(folder, "--from", "+48220009999", "--last-spoke", "ana")
    assert (result.exit_code, "did you mean anna?" in str(result.exception)) == (1, True)
    result, _ = simulated(folder, "--last-spoke", "anna")
    assert "withheld" in str(result.exception)


def test_a_scripted_call_says_who_spoke_last_and_is_told_when_nobody_is_called_so(folder):
    calls = folder / "flows" / "reception_pl.calls.yaml"
    calls.write_text(
        f'flow: reception_pl\ncalls:\n  one: {{from: "{NUMBER}", last_spoke: ewa, expect: {{path: [welcome]}}}}\n'
    )
    site = with_all_numbers(load_site(folder).site)
    (script,) = next(file for file in load_scripts(folder, site) if file.flow == "reception_pl").scripts
    assert script.plan.last_spoke == "ewa"
    calls.write_text(calls.read_text().replace("ewa", "eva"))
    with pytest.raises(SiteError) as caught:
        load_scripts(folder, site)
    assert "'eva' cannot be the 'last_spoke' of a call" in render(caught.value.problems)
