"""Files of scripted calls: read with every mistake at once, held against what came, and never a traceback.

Each file in broken/ is read as `reception_pl.calls.yaml` of the example office; beside it stands what a person is told.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.problems import render
from gateway.errors import SiteError
from gateway.simulate.script_files import load_scripts
from gateway.simulate.suite import run_file

from .golden import same_as_golden
from .office import FOLDER, LENGTHS, SITE

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
SOUND = (FOLDER / "flows" / "reception_pl.calls.yaml").read_text()
PAGE = (Path(__file__).parents[2] / "docs" / "testing-flows.md").read_text()
limits = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("site")
    (made / "flows").mkdir()
    return made


def load(folder, text, name="reception_pl.calls.yaml"):
    path = folder / "flows" / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        return load_scripts(folder, SITE)
    finally:
        path.unlink()


def problems(folder, text, **more):
    with pytest.raises(SiteError) as caught:
        load(folder, text, **more)
    return caught.value.problems


def one(folder, expect, *, keys="", agents="{}"):
    """The differences of one call of a known client that expects this."""
    text = (
        "flow: reception_pl\ncalls:\n  one:\n    from: +48 22 000 02 01\n"
        f'    keys: "{keys}"\n    agents: {agents}\n    expect: {expect}\n'
    )
    (file,) = load(folder, text)
    (result,) = run_file(SITE, file, lengths=LENGTHS).results
    return [str(difference) for difference in result.differences]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_told_in_these_words(path, folder):
    same_as_golden(render(problems(folder, path.read_bytes())), path.with_suffix(".txt"))


def test_a_file_whose_flow_is_not_there(folder):
    (problem,) = problems(folder, SOUND, name="reception_lp.calls.yaml")
    assert str(problem) == "flows/reception_lp.calls.yaml: there is no flow 'reception_lp' to call"
    assert problem.nearest == "reception_pl"
    (problem,) = problems(folder, SOUND, name="reception_pl.calls.yml")
    assert problem.hint == "rename it"


def test_the_example_of_the_language_page_is_sound_and_true(folder):
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (text,) = [block for block in blocks if "calls:" in block]
    (file,) = load(folder, text)
    (result,) = run_file(SITE, file, lengths=LENGTHS).results
    assert [str(difference) for difference in result.differences] == []


@pytest.mark.parametrize(
    "expect",
    [
        '{hears: ["Dzień dobry", "Anną Nowak"]}',
        "{path: [welcome, who, manager], outcome: answered, answered_by: anna, stage: manager}",
        "{facts: [StepEntered, {StageEntered: {reason: manager_free}}, {CallBridged: {wait_s: 4}}]}",
        "{facts: [{CallBridged: {wait_s: 3..5}}, {TalkEnded: {talk_s: 30s, by: caller}}]}",
        "{facts: [{CallStarted: {withheld: no, caller: +48220000201}}]}",
        "{facts: [{AgentChanged: {agent: anna, state: wrap_up}}]}",
    ],
)
def test_what_comes_as_expected(folder, expect):
    assert one(folder, expect) == []


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        (
            '{hears: ["Anną Nowak", "Dzień dobry"]}',
            (
                'flows/reception_pl.calls.yaml:7:36: hears, after "Łączę z Państwa opiekunem, Anną Nowak"\n'
                '  expected: "Dzień dobry"\n  got:      nothing more'
            ),
        ),
        (
            "{path: [welcome, who, client_number]}",
            (
                "flows/reception_pl.calls.yaml:7:14: path differs at step 3\n"
                "  expected: welcome who >client_number<\n  got:      welcome who >manager<"
            ),
        ),
        (
            "{path: [welcome, who]}",
            (
                "flows/reception_pl.calls.yaml:7:14: path differs at step 3\n"
                "  expected: welcome who (ends)\n  got:      welcome who >manager<"
            ),
        ),
        (
            "{outcome: abandoned}",
            "flows/reception_pl.calls.yaml:7:14: outcome\n  expected: abandoned\n  got:      answered",
        ),
        (
            "{answered_by: nobody}",
            "flows/reception_pl.calls.yaml:7:14: answered_by\n  expected: nobody\n  got:      anna",
        ),
        (
            "{stage: team}",
            "flows/reception_pl.calls.yaml:7:14: stage\n  expected: team\n  got:      manager",
        ),
        (
            "{facts: [{StageEntered: {stage: team, reason: manager_busy}}]}",
            (
                "flows/reception_pl.calls.yaml:7:23: facts\n"
                "  expected: StageEntered {stage: team, reason: manager_busy}\n"
                "  got:      StageEntered {stage: manager, reason: manager_free}"
            ),
        ),
        (
            "{facts: [CallBridged, CallBridged]}",
            "flows/reception_pl.calls.yaml:7:35: facts\n  expected: CallBridged\n  got:      no CallBridged any more",
        ),
        (
            "{facts: [{CallBridged: {wait_s: 5..9}}]}",
            (
                "flows/reception_pl.calls.yaml:7:23: facts\n  expected: CallBridged {wait_s: 5..9}\n"
                "  got:      CallBridged {wait_s: 4}"
            ),
        ),
    ],
)
def test_what_does_not_is_told_with_both_sides(folder, expect, told):
    assert one(folder, expect) == [told]


def test_keys_that_were_never_asked_for_are_a_difference(folder):
    (told,) = one(folder, "{outcome: answered}", keys="1, nothing")
    assert told.endswith(
        "keys were never asked for\n  expected: every key to be used\n  got:      1, nothing left over"
    )


PIECES = [
    *sorted(set(SOUND.split())),
    "\t",
    "\n",
    "\n  ",
    "\n    ",
    ": ",
    "#",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    "&",
    "*",
    "💥",
]


def survives(folder, data):
    try:
        files = load(folder, data)
    except SiteError as error:
        assert error.problems
        assert all(problem.message for problem in error.problems)
        render(error.problems, colour=True)
    else:
        for file in files:
            report = run_file(SITE, file, lengths=LENGTHS)
            assert len(report.results) == len(file.scripts)
            assert all(str(difference) for result in report.results for difference in result.differences)


@given(data=st.text(max_size=200) | st.binary(max_size=200))
@limits
def test_any_text_and_any_bytes(folder, data):
    survives(folder, data)


@given(words=st.lists(st.sampled_from(PIECES), max_size=50))
@limits
def test_any_heap_of_words_that_such_files_are_made_of(folder, words):
    survives(folder, " ".join(words))


@given(data=st.data())
@limits
def test_a_sound_file_with_a_piece_replaced(folder, data):
    start = data.draw(st.integers(0, len(SOUND)))
    end = min(len(SOUND), start + data.draw(st.integers(0, 15)))
    piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5))
    survives(folder, SOUND[:start] + piece + SOUND[end:])


def test_a_site_without_scripts_and_without_flows_of_its_own(tmp_path):
    assert load_scripts(tmp_path, SITE) == ()
    shutil.copytree(FOLDER / "flows", tmp_path / "flows")
    own = {"reception_en", "reception_pl", "test_number", "voicemail_en", "voicemail_pl"}
    assert {file.flow for file in load_scripts(tmp_path, SITE)} == own
