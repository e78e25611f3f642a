"""Shipped files as they are after a slip, a bad copy or malice: problems or a sound site, never a traceback; and what
is far too large or too deep is refused before it is taken apart."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway import shipped
from gateway.audio.prompts import PromptStore
from gateway.audio.speech import EspeakNg
from gateway.config.files import YAML_MAX
from gateway.config.load import load_site
from gateway.config.problems import PROBLEMS_MAX, render
from gateway.errors import SettingError, SiteError
from gateway.simulate import script_files
from tests.audio.sounds import spoken, wav
from tests.config.mutations import HOSTILE, mutated

EXAMPLE = shipped.example_site()
FILES = sorted(
    path.relative_to(EXAMPLE).as_posix()
    for path in EXAMPLE.rglob("*")
    if path.suffix in {".yaml", ".csv"} and path.is_file()
)
OF_A_SITE = [file for file in FILES if not file.endswith(".calls.yaml")]
limits = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("mutated") / "site"))


def problems_of(site, file, data):
    """What is wrong with the site when `file` holds `data`; () when nothing is."""
    path = site / file
    sound = path.read_bytes() if path.exists() else None
    path.write_bytes(data)
    try:
        made = load_site(site)
        script_files.load_scripts(site, script_files.testable(made.site))
    except SiteError as error:
        assert error.problems
        assert len(error.problems) <= PROBLEMS_MAX + len(FILES)
        assert all(problem.message and problem.file for problem in error.problems)
        assert render(error.problems, colour=True)
        assert [problem.as_json() for problem in error.problems]
        return error.problems
    finally:
        path.unlink() if sound is None else path.write_bytes(sound)
    return ()


@pytest.mark.parametrize("file", FILES)
@given(seed=st.integers(0, 2**32))
@limits
def test_a_shipped_file_with_some_changes(site, file, seed):
    problems_of(site, file, mutated((EXAMPLE / file).read_bytes(), random.Random(seed)))


@pytest.mark.parametrize("file", FILES)
def test_each_hostile_piece_in_the_middle(site, file):
    data = (EXAMPLE / file).read_bytes()
    for hostile in HOSTILE:
        problems_of(site, file, data[: len(data) // 2] + hostile + data[len(data) // 2 :])


@pytest.mark.parametrize("file", ["gateway.yaml", "clients.csv", "flows/reception_pl.yaml"])
def test_each_hostile_piece_alone(site, file):
    for hostile in HOSTILE:
        assert problems_of(site, file, hostile)


def of_size(line, size=YAML_MAX - 100):
    return line * (size // len(line))


LARGE = {
    "dashes": (b"- " * 400_000, "nested deeper than 40 levels"),
    "brackets": (b"[" * 900_000, "nested deeper than 40 levels"),
    "braces": (of_size(b"{a: "), "nested deeper than 40 levels"),
    "indentation": (b"".join(b" " * depth + b"a:\n" for depth in range(1300)), "nested deeper than 40 levels"),
    "laughs": (
        b"a: &a [ha, ha]\n" + b"".join(b"b%d: &b%d [*a, *a, *a]\n" % (number, number) for number in range(60)),
        "a value cannot begin with & here",
    ),
    "quote": (b'"' + b"a" * 900_000, ""),
    "documents": (of_size(b"---\n"), "a second document begins here (---)"),
    "one_key_again": (of_size(b"a: b\n"), "'a' stands twice; the first is in line 1"),
    "keys": (b"".join(b"k%d: v\n" % number for number in range(80_000)), ""),
    "nul": (bytes(900_000), "an invisible character (U+0000) stands here"),
    "utf16": (("flow: a\n" * 1000).encode("utf-16"), 'the file is saved as UTF-16 ("Unicode")'),
    "utf16_without_mark": (("flow: a\n" * 1000).encode("utf-16-be"), 'the file is saved as UTF-16 ("Unicode")'),
}


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".yaml")])
@pytest.mark.parametrize("name", LARGE)
def test_large_and_deep_files_have_few_problems(site, file, name):
    data, told = LARGE[name]
    found = problems_of(site, file, data)
    assert found
    assert found[0].file == file or file == "gateway.yaml"
    assert any(told in problem.message for problem in found)


@pytest.mark.parametrize("file", FILES)
def test_fifty_megabytes_are_refused_for_their_size_alone(site, file):
    """A file with a hole: it takes no room on the disk, and nobody who reads it whole would be done soon."""
    path = site / file
    sound = path.read_bytes()
    with path.open("r+b") as stream:
        stream.truncate(50_000_000)
    try:
        with pytest.raises(SiteError) as caught:
            made = load_site(site)
            script_files.load_scripts(site, script_files.testable(made.site))
    finally:
        path.write_bytes(sound)
    assert any("larger than" in problem.message and problem.file == file for problem in caught.value.problems)


@pytest.mark.parametrize("file", OF_A_SITE)
def test_what_is_no_file_at_all_is_told(site, file):
    path = site / file
    kept = path.with_suffix(".kept")
    path.rename(kept)
    try:
        for make in (Path.mkdir, os.mkfifo, lambda at: at.symlink_to("/dev/zero"), lambda at: at.symlink_to(at)):
            make(path)
            with pytest.raises(SiteError):
                load_site(site)
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    finally:
        kept.rename(path)


RECORDED = wav(spoken(8000), 8000)


@given(seed=st.integers(0, 2**32), data=st.none() | st.binary(max_size=200))
@limits
def test_any_bytes_as_a_recording_are_a_problem_or_a_clip(site, tmp_path_factory, seed, data):
    """A named recording and one in place of a text, both through the reader and the store of clips."""
    folder = site / "prompts/pl"
    folder.mkdir(parents=True, exist_ok=True)
    if data is None:
        data = mutated(RECORDED, random.Random(seed))
    name = "prompts/pl/łączę-z-biurem.wav"
    (site / name).write_bytes(data)
    try:
        made = load_site(site)
    except SiteError as error:
        assert [problem.file for problem in error.problems] == [name]
        return
    finally:
        path = (site / name).rename(tmp_path_factory.mktemp("kept") / "kept.wav")
    (source,) = [source for source in made.clips if source.recording]
    store = PromptStore(tmp_path_factory.mktemp("clips"), EspeakNg())
    try:
        store.prepare([replace(source, recording=str(path))])
    except SettingError as error:
        assert "kept.wav" in str(error)
    else:
        assert store.load([source.key])[source.key].size
