"""Scripts over real SIP and RTP: shipped ones that are good, wrong ones that are told, and a core without an edge."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import gateway
from gateway.live.commands import Options, run_live
from gateway.shipped import example_site, flows_folder

GOOD = "a known client reaches the assigned manager"
QUEUED = "who hangs up in the queue has abandoned"
WRONG = """
  the wrong name:
    from: "+48 22 000 02 01"
    expect:
      hears: ["Good morning", "account manager, Piotr"]
      outcome: answered

  somebody else is expected to answer:
    from: "+48 22 000 99 99"
    keys: "wait 1s, 0"
    agents: {anna: refuses, piotr: busy, ewa: answers after 1s}
    expect:
      path: [welcome, who, client_number, human, office]
      answered_by: anna
      facts:
        - AgentDeclined: {agent: anna, why: refused}
"""
NIGHT = """
flow: night
language: en
start: which
steps:
  which: {hours: office, open: day, closed: away, holiday: away}
  day: {hang_up: "Good day."}
  away:
    voicemail: office
    say: "Please leave a message."
    then: bye
    too_short: {tries: 1, then: bye}
    failed: bye
  bye: {hang_up: "Thank you, goodbye for now."}
"""
NIGHT_CALLS = """
flow: night
calls:
  at night a message:
    from: withheld
    at: "2026-11-23 22:05"
    keys: "speak 4s, #"
    expect:
      hears: ["Please leave a message.", "Thank you"]
      path: [which, away, bye]
      outcome: voicemail
      facts: [MessageLeft: {length_s: 4..6}]
  by day a greeting:
    from: withheld
    at: "2026-11-23 10:05"
    expect: {hears: ["Good day."], path: [which, day]}
"""
"""Two times of day, and neither needs to be now. No number leads to this flow."""
LIMIT_S = 240


def office(folder: Path, scripts: str = "") -> Path:
    """The example office with the English reception's own scripts and some more, and a flow for the night."""
    shutil.copytree(example_site(), folder)
    for path in folder.glob("flows/*.calls.yaml"):
        path.unlink()
    calls = folder / "flows" / "reception_en.calls.yaml"
    calls.write_text((flows_folder() / "reception_en.calls.yaml").read_text("utf-8") + scripts, "utf-8")
    (folder / "flows" / "night.yaml").write_text(NIGHT)
    (folder / "flows" / "night.calls.yaml").write_text(NIGHT_CALLS)
    return folder


@pytest.mark.sip
def test_good_scripts_pass_and_wrong_ones_are_told(tmp_path, capsys):
    site, xml = office(tmp_path / "site", WRONG), tmp_path / "junit.xml"
    calls = (GOOD, QUEUED, "the wrong name", "somebody else", "at night", "by day")
    assert run_live(site, Options(calls=calls, jobs=len(calls), junit_file=xml, keep=tmp_path / "kept")) == 1
    told = capsys.readouterr().out
    verdicts = {line[8:].partition(" (")[0]: line[2:6] for line in told.splitlines() if line[2:6] in {"ok  ", "FAIL"}}
    assert verdicts == {
        GOOD: "ok  ",
        QUEUED + ", and is not lost": "ok  ",
        "the wrong name": "FAIL",
        "somebody else is expected to answer": "FAIL",
        "at night a message": "ok  ",
        "by day a greeting": "ok  ",
    }, told
    assert (
        'hears, after "Good morning, thank you for calling."\n'
        '          expected: "account manager, Piotr"\n'
        '          got:      "I am connecting you with your account manager," | "Anna Nowak"\n'
    ) in told
    assert "answered_by\n          expected: anna\n          got:      ewa\n" in told
    assert told.count("\n          expected:") == 2, told  # and nothing else is wrong with these two
    assert "6 calls over SIP and RTP, 2 failed.\n" in told
    kept = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert kept == ["005-the-wrong-name.wav", "006-somebody-else-is-expected-to-answer.wav"]
    suites = ET.parse(xml).getroot()
    assert [(suite.get("tests"), suite.get("failures")) for suite in suites] == [("2", "0"), ("4", "2")]


@pytest.mark.sip
def test_an_edge_less_in_the_core_fails_the_simulator_the_scripts_and_the_live_call(tmp_path):
    """The exits of branches are taken out of a copy of the program; nothing else is touched."""
    program, site = tmp_path / "program", office(tmp_path / "site")
    shutil.copytree(Path(gateway.__file__).parent, program / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("ivr_flows", "firmware_config"):
        source = Path(gateway.__file__).parent.parent / folder
        if source.is_dir():
            (program / folder).symlink_to(source)
    commands = {
        "simulate": ("simulate", "reception_en", "--site", str(site), "--from", "+48220000201", "--json"),
        "scripts": ("test", str(site)),
        "live": ("test", str(site), "--live", "--call", GOOD),
    }
    # Unbroken, the copy is as good as the program (live it is so in the test before).
    sound = {name: _run(program, command) for name, command in commands.items() if name != "live"}
    assert json.loads(sound["simulate"][1])["path"] == ["welcome", "who", "manager"]
    assert sound["scripts"][0] == 0, sound

    kind = program / "gateway" / "core" / "steps" / "kind.py"
    assert "\ndef take(walk: Walk, chosen: Exit) -> Move:\n" in kind.read_text("utf-8")
    with kind.open("a", encoding="utf-8") as file:
        file.write("\n\ndef take(walk, chosen):\n    return Move()\n")

    broken = {name: _run(program, command) for name, command in commands.items()}
    assert json.loads(broken["simulate"][1])["path"] == ["welcome", "who"]
    assert broken["scripts"][0] == 1, broken
    assert broken["live"][0] == 1, broken
    assert f"FAIL  {GOOD}" in broken["live"][1]
    assert "path differs at step 3" in broken["live"][1]
    assert '"Do widzenia."' in broken["live"][1]  # the site's goodbye, where the manager's name was expected


def _run(program: Path, arguments: tuple[str, ...]) -> tuple[int, str]:
    """(exit status, everything it said) of that copy of the program."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout
