"""A recording is found by the text that it says, never by one that was changed since."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.load import load_site
from gateway.config.own_recordings import PLAIN_MAX, OwnRecordings, file_name, plain
from gateway.config.problems import Problems
from gateway.core.speech.clips import clip_for
from gateway.core.speech.saying import clips_of
from gateway.errors import SiteError
from tests.audio.sounds import tone, wav

SOUND = Path(__file__).parent / "sound"
LONG = "Dzień dobry, tu biuro rachunkowe Kowalski. Jeśli dzwonią Państwo w sprawie faktury, proszę wybrać jeden."


@pytest.fixture
def site(tmp_path):
    return Path(shutil.copytree(SOUND, tmp_path / "site"))


def record(site, name, hz=440):
    path = site / "prompts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(tone(hz, 0.3), 8000))
    return path


def played(site, step="sorry", **values):
    made = load_site(site)
    return made, clips_of(made.site.flows["main"].steps[step].prompt, values, language="pl", fallback="pl",
                          site=made.site)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dzień dobry.", "dzień-dobry.wav"),
        ("dwadzieścia dwa", "dwadzieścia-dwa.wav"),
        ("  PIĘĆ  ", "pięć.wav"),
        ("I'm 5 minutes late!", "i-m-5-minutes-late.wav"),
        ("../../etc/passwd", "etc-passwd.wav"),
        ("a_b", "a-b.wav"),
        (unicodedata.normalize("NFD", "łąkę żółć"), "łąkę-żółć.wav"),
    ],
)
def test_the_name_is_the_text(text, name):
    assert file_name(text) == name


def test_a_long_text_has_a_name_that_stands_for_the_whole_of_it():
    name = file_name(LONG)
    assert name.startswith("dzień-dobry-tu-biuro-rachunkowe-kowalski-")
    assert file_name(LONG.upper() + "!") == name
    assert file_name(LONG.replace("jeden", "dwa")) != name
    assert len(file_name("x" * 2000)) < 60


@given(st.text(max_size=200))
def test_any_text_has_a_name_that_is_one_plain_file_and_names_itself(text):
    name = file_name(text)
    assert "/" not in name
    assert "\0" not in name
    assert len(name.encode()) < 255
    assert not name.startswith(".") or name == ".wav"
    if 0 < len(plain(text)) <= PLAIN_MAX:
        assert file_name(name.removesuffix(".wav")) == name


def test_a_recording_is_played_wherever_its_text_is_said(site):
    _, (spoken,) = played(site)
    record(site, "pl/nikt-nie-odbiera.wav")
    made, (clip,) = played(site)
    assert clip.key != spoken.key
    assert clip.words == spoken.words == "Nikt nie odbiera."
    assert spoken.key not in {source.key for source in made.clips}
    (source,) = [source for source in made.clips if source.key == clip.key]
    assert (source.text, source.language) == ("Nikt nie odbiera.", "pl")
    assert source.recording.endswith("prompts/pl/nikt-nie-odbiera.wav")
    assert made.spare_recordings == {}


@pytest.mark.parametrize("name", ["Nikt nie odbiera.wav", "NIKT_NIE_ODBIERA.WAV", "nikt - nie - odbiera!.wav"])
def test_capitals_spaces_and_signs_do_not_count(site, name):
    _, before = played(site)
    record(site, f"pl/{name}")
    _, after = played(site)
    assert before != after


def test_a_name_of_a_decomposing_file_system_is_the_same(site):
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace("Nikt nie odbiera.", "Żółć."))
    _, before = played(site)
    record(site, f"pl/{unicodedata.normalize('NFD', 'żółć')}.wav")
    _, after = played(site)
    assert before != after


def test_a_long_text_is_found_under_both_its_names(site):
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace("Nikt nie odbiera.", LONG))
    _, spoken = played(site)
    short = record(site, f"pl/{file_name(LONG)}")
    _, by_short = played(site)
    short.rename(short.with_name(f"{plain(LONG)}.wav"))
    _, by_full = played(site)
    assert by_short == by_full != spoken


def test_only_the_language_of_the_folder(site):
    _, before = played(site)
    record(site, "en/nikt-nie-odbiera.wav")
    made, after = played(site)
    assert before == after
    assert list(made.spare_recordings) == ["prompts/en/nikt-nie-odbiera.wav"]


def test_the_words_of_values_are_recorded_by_name_too(site):
    _, (begins, name) = played(site, "manager", manager="anna")
    record(site, "pl/anną-nowak.wav")
    made, (same, own) = played(site, "manager", manager="anna")
    assert same == begins
    assert own.words == name.words == "Anną Nowak"
    assert own.key != name.key
    assert made.site.recorded == {name.key: own.key}
    (source,) = [source for source in made.clips if source.key == own.key]
    assert source.value == "{manager}"


def test_a_recording_of_a_changed_text_is_not_played_and_told(site):
    record(site, "pl/nikt-nie-odbiera.wav")
    flow = site / "flows/main.yaml"
    flow.write_text(flow.read_text().replace("Nikt nie odbiera.", "Nikt nie odbierze."))
    made, (clip,) = played(site)
    assert clip.key == clip_for("Nikt nie odbierze.", language="pl", voice="pl").key
    assert made.spare_recordings == {"prompts/pl/nikt-nie-odbiera.wav": "prompts/pl/nikt-nie-odbierze.wav"}


def test_another_recording_is_another_clip_and_another_version(site):
    record(site, "pl/nikt-nie-odbiera.wav", 440)
    before, (first,) = played(site)
    record(site, "pl/nikt-nie-odbiera.wav", 500)
    after, (second,) = played(site)
    assert first.key != second.key
    assert before.site.version != after.site.version


def test_one_name_in_a_flow_can_have_a_file_for_each_language(site):
    gateway = site / "gateway.yaml"
    gateway.write_text(gateway.read_text().replace('{pl: "Do widzenia.", en: "Goodbye."}', "bye.wav"))
    record(site, "pl/bye.wav", 440)
    record(site, "en/bye.wav", 500)
    made = load_site(site)
    (polish,), (english,) = made.site.goodbye.parts["pl"], made.site.goodbye.parts["en"]
    assert polish.clip.key != english.clip.key
    assert made.spare_recordings == {}
    (site / "prompts/en/bye.wav").unlink()
    with pytest.raises(SiteError) as caught:
        load_site(site)
    (problem,) = caught.value.problems
    assert (problem.message, problem.expected) == ("the recording is missing in en", "prompts/en/bye.wav")
    record(site, "bye.wav")
    shared = load_site(site)
    assert {source.recording.rpartition("/prompts/")[2] for source in shared.clips if source.recording} == {
        "bye.wav",
        "pl/bye.wav",
    }


def test_music_and_a_prompt_of_the_same_file_are_two_clips(site):
    record(site, "jingle.wav")
    gateway, flow = site / "gateway.yaml", site / "flows/main.yaml"
    gateway.write_text(gateway.read_text().replace("qa: {agents: [jan]}", "qa: {agents: [jan], music: jingle.wav}"))
    flow.write_text(flow.read_text().replace('"Nikt nie odbiera."', "jingle.wav"))
    made, (clip,) = played(site)
    assert made.site.teams["qa"].music != clip.key
    assert {source.key: source.music for source in made.clips if source.recording} == {
        clip.key: False,
        made.site.teams["qa"].music: True,
    }


def test_files_that_a_system_leaves_behind_are_no_recordings(site):
    for name in ("pl/.nikt-nie-odbiera.wav", "pl/~nikt-nie-odbiera.wav", "pl/nikt-nie-odbiera.wav.txt"):
        record(site, name)
    made, _ = played(site)
    assert made.spare_recordings == {}
    assert made.site.recorded == {}


@given(names=st.lists(st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1,
                              max_size=40), max_size=6), text=st.text(max_size=60))  # fmt: skip
def test_any_names_of_files_are_survived(tmp_path_factory, names, text):
    folder = tmp_path_factory.mktemp("own")
    (folder / "prompts/pl").mkdir(parents=True)
    for name in names:
        (folder / f"prompts/pl/{name}.wav").write_bytes(b"")
    own = OwnRecordings(folder, ["pl"], Problems())
    found = own.find(text, "pl")
    assert found is None or plain(found.path.name[: -len(".wav")]) == plain(text)
    assert set(own.unused()) <= {f"prompts/pl/{name}.wav" for name in names}
