"""The steps that know the calendar in `gateway simulate` and in scripted calls, at moments that an admin picks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.simulate import commands
from gateway.simulate.script_files import TEST_PIN

from .office import FOLDER

DOOR = """
flow: door
language: pl
start: open?
steps:
  open?: {hours: office, open: tomorrow?, closed: sorry, holiday: feast}
  tomorrow?: {holiday: tomorrow, yes: eve, no: office}
  office: {queue: office}
  eve: {say: "Jutro święto.", then: office}
  feast: {hang_up: "Dziś święto."}
  sorry: {hang_up: "Zapraszamy {opens.date as date weekday}, {opens.time as time}."}
"""
CODE = """
flow: code
language: pl
human: none
start: close
steps:
  close:
    override: office
    to: closed
    say: "PIN."
    then: done
    no_input: wrong
    no_match: {say: "To nie PIN.", tries: 2, then: wrong}
  done: {hang_up: "Zamknięte."}
  wrong: {hang_up: "Do widzenia."}
"""
CALLS = f"""
flow: code
calls:
  with the PIN:
    from: withheld
    at: "2026-11-23 09:05"
    keys: "99#, {TEST_PIN}#"
    expect:
      hears: ["PIN.", "To nie PIN.", "Zamknięte."]
      path: [close, done]
      facts:
        - HoursOverridden: {{calendar: office, to: closed, by: phone}}
  without it:
    from: withheld
    keys: "99#, 98#"
    expect: {{path: [close, wrong]}}
  nothing keyed:
    from: withheld
    keys: "nothing, nothing"
    expect: {{path: [close, wrong]}}
"""


@pytest.fixture
def site(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "site"))
    for path in (folder / "flows").iterdir():
        path.unlink()
    (folder / "pin").write_text("481516")
    (folder / "pin").chmod(0o600)
    text = (folder / "gateway.yaml").read_text().replace("site:\n", "site:\n  pin_file: pin\n", 1)
    start = text.index("numbers:")
    text = f'{text[:start]}numbers: {{"200": door, "201": code}}\n{text[text.index("agents:") :]}'
    (folder / "gateway.yaml").write_text(text)
    (folder / "flows" / "door.yaml").write_text(DOOR)
    (folder / "flows" / "code.yaml").write_text(CODE)
    return folder


def story(site, capsys, target, at, keys="", *, lang="en"):
    options = commands.Options(target=target, at=at, keys=keys, hang_up_after="60s", lang=lang)
    assert commands.simulate(site, options) == 0
    return capsys.readouterr().out


def test_the_story_tells_why_it_is_open_or_closed(site, capsys):
    told = story(site, capsys, "200", "2026-11-23 09:05")
    assert "office: open: Monday has the hours 08:00-16:00" in told
    assert "2026-11-24 is no public holiday" in told
    told = story(site, capsys, "200", "2026-12-24 09:05", lang="pl")
    assert "2026-12-25 to święto: Boże Narodzenie (pierwszy dzień)" in told
    told = story(site, capsys, "200", "2026-12-25 09:05")
    assert "office: closed: 2026-12-25 is a public holiday: Christmas Day" in told
    assert "Dziś święto." in told


def test_the_caller_hears_when_it_opens(site, capsys):
    told = story(site, capsys, "200", "2026-12-24 13:00", lang="pl")
    assert "poniedziałek dwudziesty ósmy grudnia" in told.replace(",", "")
    assert "ósma" in told


def test_a_pin_is_told_without_its_digits(site, capsys):
    told = story(site, capsys, "201", "2026-11-23 09:05", f"1#, {TEST_PIN}#")
    assert "this is not the PIN" in told
    assert "the PIN is right" in told
    assert "office: closed until 24:00" in told
    assert "taken: " + TEST_PIN not in told


def test_scripts_key_the_test_pin_and_try_every_exit(site, capsys):
    (site / "flows" / "code.calls.yaml").write_text(CALLS)
    assert load_site(site).site.pin
    assert commands.run_scripts(site) == 0
    told = capsys.readouterr().out
    assert "3 of 3 (100 %)" in told
    assert "3 calls, all good" in told
