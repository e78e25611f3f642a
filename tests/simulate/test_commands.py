"""`gateway simulate` and `gateway test` as they are typed."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli import main as cli
from gateway.errors import SettingError, SiteError
from gateway.simulate import commands
from gateway.simulate.deeds import GiveUp
from gateway.simulate.interactive import asker

from .office import FOLDER

ROOT = Path(__file__).parents[2]
SITE = ("--site", str(FOLDER))


@pytest.fixture
def gateway(monkeypatch, capsys, tmp_path):
    """Runs a command in this process: (exit status, stdout, stderr)."""
    monkeypatch.setenv("GATEWAY_STATE", str(tmp_path))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["gateway", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        told = capsys.readouterr()
        return left.value.code or 0, told.out, told.err

    return command


def test_the_example_of_the_manual(gateway):
    code, out, _ = gateway(
        "simulate", "reception_pl", *SITE, "--from", "+48 22 000 02 01", "--at", "2026-11-23 09:05",
        "--keys", "", "--manager", "busy", "--lang", "en",
    )  # fmt: skip
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "2026-11-23 09:05:00 (Europe/Warsaw)"
    assert "  0:02.9  decision  team (Biuro): the assigned manager is busy, so the team is rung" in lines
    assert lines[-1].endswith("the caller hangs up; outcome: talked with a person")


def test_a_number_can_be_called_and_the_story_is_in_the_flows_language(gateway):
    code, out, _ = gateway("simulate", "22 000 01 00", *SITE, "--keys", "1002#,wait 3s,1", "--hang-up-after", "20s")
    assert code == 0
    assert "numer zastrzeżony dzwoni na +48220000100" in out
    assert out.splitlines()[-1].endswith("rozłącza się dzwoniący; wynik: rozmowa z człowiekiem")


def test_json(gateway):
    code, out, _ = gateway(
        "simulate", "1004", *SITE, "--keys", "1,5,#,7", "--at", "2026-11-23 09:05", "--agent", "everyone=off", "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert told["path"] == ["welcome", "choose", "echo", "again", "choose", "hang_up"]
    assert told["record"]["outcome"] == "in_menu"
    assert told["unused_keys"] == [{"type": "press", "keys": "7"}]
    assert told["record"]["started_at"] == 1795421100.0
    heard = [
        moment["data"]["words"] for moment in told["moments"] if moment["kind"] == "hears" and "words" in moment["data"]
    ]
    assert heard[0] == "Test number."


def test_made_prompts_last_as_long_as_they_are(gateway, tmp_path):
    (tmp_path / "clips").mkdir()
    welcome = next(clip for clip in commands.load_site(FOLDER).clips if clip.text.startswith("Dzień dobry"))
    (tmp_path / "clips" / f"{welcome.key}.pcm").write_bytes(bytes(16_000 * 7))
    _, out, _ = gateway("simulate", "reception_pl", *SITE, "--keys", "", "--hang-up-after", "8s")
    assert "  0:07.0  krok      who (branch)" in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["reception_lp"], "'reception_lp' is neither a flow nor a number of this site; did you mean reception_pl?"),
        (["555"], "neither a flow nor a number of this site"),
        (["1004", "--from", "me"], "--from: 'me' is no telephone number; write it like +48 22 000 02 01, or withheld"),
        (["1004", "--at", "noon"], "--at: 'noon' is no moment; expected is a day and a time such as"),
        (["1004", "--keys", "1,wat"], "--keys:1:3: 'wat' is nothing that a caller can press or do"),
        (["1004", "--hang-up-after", "long"], "--hang-up-after: 'long' cannot be read"),
        (["1004", "--agent", "ana=busy"], "--agent: there is no agent 'ana'; did you mean anna?"),
        (["1004", "--agent", "anna=asleep"], "--agent: 'asleep' is nothing that an agent does"),
        (["1004", "--agent", "anna"], "--agent: '' is nothing that an agent does"),
        (["1004", "--manager", "busy"], "--manager: --from is no known client's number"),
        (["1004", "--lang", "de"], "--lang: the story is told in pl or en, not in 'de'"),
    ],
)
def test_mistakes_are_sentences(gateway, arguments, told):
    code, out, err = gateway("simulate", *arguments, *SITE, *([] if "--keys" in arguments else ["--keys", ""]))
    assert code == 2
    assert told in err
    assert out == ""


texts = st.text(max_size=30).filter(lambda text: "\0" not in text)


@given(
    target=texts, caller=texts, at=texts, keys=texts, patience=texts, agents=st.lists(texts, max_size=2), manager=texts
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_options_give_a_story_or_a_sentence(*, target, caller, at, keys, patience, agents, manager):
    for which in (target, "reception_pl"):
        options = commands.Options(
            target=which, caller=caller, at=at, keys=keys, hang_up_after=patience, agents=tuple(agents), manager=manager
        )
        for of in (options, commands.Options(target=which, keys=keys)):
            try:
                assert commands.simulate(FOLDER, of) == 0
            except (SettingError, SiteError) as error:
                assert str(error)


def test_scripts_that_are_good(gateway, tmp_path):
    code, out, _ = gateway("test", str(FOLDER), "--junit", str(tmp_path / "calls.xml"), "--mutate")
    assert code == 0
    assert out.count("exits tried: 27 of 27 (100 %)") == 2  # the receptions
    assert out.count("mistakes noticed: 54 of 54 (100 %)") == 2
    assert "exits tried: 10 of 10 (100 %)" in out
    assert out.endswith("all good.\n")
    suites = ET.parse(tmp_path / "calls.xml").getroot()
    assert sum(int(suite.get("tests")) for suite in suites) == out.count("  ok  ")


def test_a_script_that_fails_and_one_that_cannot_be_read(gateway, tmp_path):
    site = Path(shutil.copytree(FOLDER, tmp_path / "site"))
    calls = site / "flows" / "test_number.calls.yaml"
    sound = calls.read_text()
    calls.write_text(sound.replace("choose, echo]", "choose, tone]"))
    code, out, _ = gateway("test", str(site))
    assert code == 1
    assert "  expected: welcome choose >tone<\n          got:      welcome choose >echo<" in out
    calls.write_text(sound.replace("expect:", "expects:"))
    code, out, err = gateway("test", str(site))
    assert (code, out) == (2, "")
    assert (
        "flows/test_number.calls.yaml:8:5: call 'echo until a key, then the tone to it...' has no setting 'expects'"
        in err
    )
    for path in (site / "flows").glob("*.calls.yaml"):
        path.unlink()
    code, _, err = gateway("test", str(site))
    assert code == 2
    assert "there are no scripted calls in" in err
    code, _, err = gateway("test", str(FOLDER), "--junit", str(tmp_path / "no" / "such.xml"))
    assert code == 2
    assert "such.xml cannot be written: No such file or directory" in err


def test_without_keys_a_person_is_asked(tmp_path):
    """A real terminal: wrong keys are told, Enter is nothing, the rest is pressed."""
    here, there = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "gateway", "simulate", "1004", *SITE, "--lang", "en"],
        cwd=ROOT, stdin=there, stdout=there, stderr=there, env={**os.environ, "GATEWAY_STATE": str(tmp_path)},
    )  # fmt: skip
    os.close(there)
    told = ""
    answers = iter(["x", "1", "", "#"])
    try:
        while chunk := os.read(here, 4096):
            told += chunk.decode()
            if told.endswith("> "):
                os.write(here, (next(answers) + "\n").encode())
    except OSError:  # the terminal is closed with the program
        pass
    finally:
        os.close(here)
    assert program.wait(20) == 0
    assert "'x' is nothing that a caller can press or do" in told
    assert told.count("keys (Enter: nothing; wait 3s; hang up) > ") == 4
    assert "the flow hangs up; outcome: no queue" in told


def test_an_end_of_input_hangs_up():
    def nothing(_prompt):
        raise EOFError

    assert asker("pl", nothing, print)() == (GiveUp(),)
