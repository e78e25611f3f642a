"""`gateway prompts`: the table tells each text once, with every place; the check tells every recording's figures."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gateway import prompt_table, shipped
from gateway.audio.prompts import PromptStore
from gateway.config.load import load_site
from gateway.config.own_recordings import file_name
from tests.audio.sounds import spoken, wav

SOUND = Path(__file__).parent / "config" / "sound"


@pytest.fixture
def site(tmp_path):
    return Path(shutil.copytree(SOUND, tmp_path / "site"))


def record(site, name, samples=None):
    path = site / "prompts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(spoken(16000) if samples is None else samples, 16000))


def gateway(*words):
    return subprocess.run(
        [sys.executable, "-m", "gateway", "prompts", *map(str, words)],
        cwd=SOUND.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_text_has_a_row_with_its_step_and_the_name_of_its_recording(site):
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace("Nie znam tego numeru.", "Nikt nie odbiera."))
    table = {row.text: row for row in prompt_table.rows(load_site(site))}
    twice = table["Nikt nie odbiera."]
    assert twice.where == ("main.ask (flows/main.yaml:15)", "main.sorry (flows/main.yaml:30)")
    assert (twice.file, twice.recorded, twice.voice) == ("prompts/pl/nikt-nie-odbiera.wav", False, "pl")
    assert table["Do widzenia."].where == ("gateway.yaml:4",)
    assert {row.value for row in table.values()} == {"", "{manager}", "{client.name}"}  # who calls, said to a mobile


def test_the_words_of_a_variable_are_one_row_or_each_its_own(site):
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace("Nikt nie odbiera.", "Klucz {keyed as minute}."))
    settings = load_site(site)
    (row,) = [row for row in prompt_table.rows(settings) if row.value == "{keyed as minute}"]
    each = [row for row in prompt_table.rows(settings, values=True) if row.value == "{keyed as minute}"]
    assert row.count == len(each) > 60
    assert not any(row.recorded for row in each)
    record(site, f"pl/{file_name(each[3].text)}")
    settings = load_site(site)
    (row,) = [row for row in prompt_table.rows(settings) if row.value == "{keyed as minute}"]
    assert (row.recorded_count, row.recorded) == (1, False)
    (note,) = prompt_table.check(settings).notes
    assert note.startswith(f"1 of the {len(each)} pl texts of {{keyed as minute}} are recorded")


def test_a_studio_records_from_the_sheet_and_every_text_is_theirs(site, tmp_path):
    sheet = prompt_table.sheet(prompt_table.rows(load_site(site), values=True))
    wanted = list(csv.DictReader(io.StringIO(sheet), delimiter=";"))
    assert {row["voice"] for row in wanted} == {"pl", "en-gb"}
    for number, row in enumerate(wanted):
        name = row["file"].removeprefix("prompts/")
        record(site, name, np.concatenate([spoken(16000), np.zeros(number + 1)]))  # no two files are alike
    settings = load_site(site)
    assert all(row.recorded for row in prompt_table.rows(settings) if row.text)
    assert all(source.recording for source in settings.clips if source.text)
    checked = prompt_table.check(settings)
    assert checked.good
    assert checked.notes == ()
    assert checked.texts == checked.texts_recorded == len(wanted)
    assert PromptStore(tmp_path / "clips").prepare(settings.clips).made == len({s.key for s in settings.clips})


def test_the_check_tells_each_recording_and_what_nothing_plays(site):
    record(site, "pl/nikt-nie-odbiera.wav", spoken(16000) * 0.1)
    record(site, "pl/nie-znam-tego-numeru.wav", np.zeros(8000))
    record(site, "pl/nie-znam-numeru.wav")
    checked = prompt_table.check(load_site(site))
    assert not checked.good
    silent, faint = checked.recordings
    assert (silent.file, silent.wrong) == ("prompts/pl/nie-znam-tego-numeru.wav", "is silent")
    assert faint.notes[0].startswith("is faint: -3")
    assert (faint.rate, faint.channels, faint.bits) == (16000, 1, 16)
    (note,) = checked.notes
    assert note.startswith("prompts/pl/nie-znam-numeru.wav is a recording of nothing that is said")
    assert (checked.texts_recorded, checked.voices) == (2, ())


def test_a_voice_that_is_not_there_is_told(site):
    yaml = site / "gateway.yaml"
    yaml.write_text(yaml.read_text().replace("pl: pl,", "pl: klingon,"))
    checked = prompt_table.check(load_site(site))
    assert not checked.good
    assert "no voice 'klingon'" in checked.voices[0]


def test_the_commands(site, tmp_path):
    record(site, "pl/nikt-nie-odbiera.wav")
    told = gateway("list", site)
    assert told.returncode == 0, told.stderr
    assert (
        'pl  "Nikt nie odbiera."\n      recorded, prompts/pl/nikt-nie-odbiera.wav\n      said in main.sorry'
        in told.stdout
    )
    rows = json.loads(gateway("list", site, "--json", "--values", "--language", "pl").stdout)
    assert {row["language"] for row in rows} == {"pl"}
    written = gateway("sheet", tmp_path / "sheet.csv", site)
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "sheet.csv").read_bytes().startswith(b"\xef\xbb\xbffile;language;text;")
    good = gateway("check", site)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (
        0,
        "Recordings looked at: 1. Texts in a person's voice: 1 of 14.",
    )
    record(site, "pl/nikt-nie-odbiera.wav", np.zeros(8000))
    bad = gateway("check", site)
    assert bad.returncode == 2
    assert "BAD   prompts/pl/nikt-nie-odbiera.wav is silent" in bad.stdout
    assert json.loads(gateway("check", site, "--json").stdout)["recordings"][0]["wrong"] == "is silent"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", SOUND, "--language", "de"), "does not speak 'de'; it speaks pl, en"),
        (("sheet", "/proc/none.csv", SOUND), "cannot be written"),
        (("check", "/nowhere"), "there is no such folder"),
    ],
)
def test_what_is_wrong_with_a_command_is_a_sentence(words, told):
    done = gateway(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_example_site_has_a_row_for_every_clip():
    settings = load_site(shipped.example_site())
    table = prompt_table.rows(settings, values=True)
    assert len(table) == len([source for source in settings.clips if source.text])
    assert all(row.where and row.file.startswith(f"prompts/{row.language}/") for row in table)


def test_the_check_of_the_site_refuses_what_no_caller_could_hear(site):
    def check(*words):
        command = [sys.executable, "-m", "gateway", "check", str(site), *words]
        return subprocess.run(command, cwd=SOUND.parents[2], capture_output=True, text=True, check=False)

    record(site, "pl/nie-znam-numeru.wav")
    spare = check()
    assert spare.returncode == 0, spare.stderr
    assert "Recordings of nothing that is said: 1 (gateway prompts check" in spare.stdout
    record(site, "pl/nikt-nie-odbiera.wav", np.zeros(8000))
    bad = check()
    assert bad.returncode == 2
    assert bad.stderr.startswith("prompts/pl/nikt-nie-odbiera.wav: the recording is silent\n")
    (problem,) = json.loads(check("--json").stdout)
    assert (problem["file"], problem["message"]) == ("prompts/pl/nikt-nie-odbiera.wav", "the recording is silent")
