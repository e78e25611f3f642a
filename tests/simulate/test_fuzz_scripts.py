"""Any text at all given as a file of scripted calls is problems or calls that can be made, never a traceback."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import shipped
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.errors import SiteError
from gateway.simulate import script_files, suite
from tests.config.mutations import HOSTILE, mutated

EXAMPLE = shipped.example_site()
SCRIPTS = sorted(path.name for path in (EXAMPLE / "flows").glob("*.calls.yaml"))
SITE = script_files.testable(load_site(EXAMPLE).site)
WORDS = sorted({word for name in SCRIPTS for word in (EXAMPLE / "flows" / name).read_text().split()})
SIGNS = (
    "{",
    "}",
    "[",
    "]",
    ":",
    "-",
    ",",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "#",
    '"',
    "wait",
    "9999999999s",
    "expect:",
)
soup = st.lists(st.sampled_from((*WORDS, *SIGNS)), max_size=80).map(" ".join)
limits = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("scripts") / "site"))


def survives(folder, name, data):
    """The calls of a file that has no mistake are made, too, and judged."""
    path = folder / "flows" / name
    sound = path.read_bytes()
    path.write_bytes(data)
    try:
        files = script_files.load_scripts(folder, SITE)
    except SiteError as error:
        assert error.problems
        assert {problem.file for problem in error.problems} == {f"flows/{name}"}
        assert all(problem.message for problem in error.problems)
        assert render(error.problems, colour=True)
        return
    finally:
        path.write_bytes(sound)
    (file,) = [file for file in files if file.flow == name.removesuffix(script_files.SUFFIX)]
    report = suite.run_file(SITE, file)
    assert len(report.results) == len(file.scripts)


@given(data=st.text(max_size=300))
@limits
def test_any_text(folder, data):
    survives(folder, SCRIPTS[0], data.encode("utf-8", "surrogatepass"))


@given(data=st.binary(max_size=300))
@limits
def test_any_bytes(folder, data):
    survives(folder, SCRIPTS[0], data)


@given(data=soup)
@limits
def test_any_heap_of_words_that_such_files_are_made_of(folder, data):
    survives(folder, SCRIPTS[0], data.encode())


@given(data=soup)
@limits
def test_any_call_of_such_words(folder, data):
    name = SCRIPTS[0].removesuffix(script_files.SUFFIX)
    survives(folder, SCRIPTS[0], f"flow: {name}\ncalls:\n  one:\n    from: withheld\n    {data}".encode())


@pytest.mark.parametrize("name", SCRIPTS)
@given(seed=st.integers(0, 2**32))
@limits
def test_shipped_scripts_with_some_changes(folder, name, seed):
    survives(folder, name, mutated((EXAMPLE / "flows" / name).read_bytes(), random.Random(seed)))


@pytest.mark.parametrize("key", ["from", "to", "at", "keys", "hang_up_after", "agents", "expect"])
def test_each_hostile_piece_as_each_setting_of_a_call(folder, key):
    name = SCRIPTS[0].removesuffix(script_files.SUFFIX)
    for hostile in HOSTILE:
        head = f"flow: {name}\ncalls:\n  one:\n    from: withheld\n    {key}: "
        survives(folder, SCRIPTS[0], head.encode() + hostile + b"\n    expect: {outcome: abandoned}\n")
