"""What gateway.yaml says of cases, alarms and supervision, as it is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.site.site import AlarmRules, CaseRules, Site, SurgeRules

SOUND = Path(__file__).parent / "sound"


def read(tmp_path: Path, more: str = "", *, team: str = "", agent: str = "") -> Site:
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    text = (folder / "gateway.yaml").read_text()
    text = text.replace("qa: {agents: [jan]", f"qa: {{agents: [jan]{team}").replace(
        "trunk: provider}", f"trunk: provider{agent}}}"
    )
    (folder / "gateway.yaml").write_text(text + more)
    return load_site(folder).site


def test_what_is_written(tmp_path):
    site = read(
        tmp_path,
        "hours: {office: {mon-fri: 08:00-16:00}, night: {daily: 24h}}\n"
        "cases: {calendar: office, director: anna, escalation: {leader: 30 min, director: 2h}, repeat: 10 days}\n"
        "alarms: {calendar: office, nobody: 2 min, contacts: 5, people: 4}\nsupervision: announce\n",
        team=", leader: anna, calendar: night, longest_wait: 45s",
        agent=", supervises: [office, qa]",
    )
    assert site.cases == CaseRules(
        calendar="office", director="anna", leader_after_s=1800.0, director_after_s=7200.0, repeat_s=10 * 86_400.0
    )
    assert site.alarms == AlarmRules(calendar="office", nobody_s=120.0, contacts_min=5, people_max=4)
    assert site.supervision == "announce"
    qa = site.teams["qa"]
    assert (qa.leader, qa.calendar, qa.longest_wait_s) == ("anna", "night", 45.0)
    assert site.agents["jan"].supervises == ("office", "qa")


def test_what_is_left_out(tmp_path):
    site = read(tmp_path)
    assert (site.cases, site.alarms, site.supervision) == (CaseRules(), AlarmRules(), "off")
    qa = site.teams["qa"]
    assert (qa.leader, qa.calendar, qa.longest_wait_s) == ("", "", None)
    assert site.agents["jan"].supervises == ()


@pytest.mark.parametrize(
    ("hours", "calendar"),
    [("hours: {desk: {daily: 24h}}\n", "desk"), ("hours: {desk: {daily: 24h}, night: {daily: 24h}}\n", "")],
)
def test_the_only_calendar_is_that_of_the_alarms(tmp_path, hours, calendar):
    assert read(tmp_path, hours).alarms.calendar == calendar


def test_a_director_comes_no_earlier_than_a_late_leader(tmp_path):
    assert read(tmp_path, "cases: {escalation: {leader: 5h}}\n").cases.director_after_s == 5 * 3600.0


def test_no_longest_wait_is_an_alarm_when_it_is_nothing(tmp_path):
    assert read(tmp_path, team=", longest_wait: 0s").teams["qa"].longest_wait_s == 0.0


def test_when_a_surge_is_one(tmp_path):
    alarms = read(tmp_path, "alarms: {surge: {within: 30 min, factor: 2.5 times, waiting: 3}}\n").alarms
    assert alarms.surge == SurgeRules(within_s=1800.0, factor=2.5, waiting=3.0)
    assert AlarmRules().surge == SurgeRules(within_s=900.0, factor=1.5, waiting=2.0)
