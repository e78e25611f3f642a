"""Any text at all given as a file of a site is answered with Settings or with problems, never with a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.flow.model import Flow
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
FILES = ("gateway.yaml", "flows/main.yaml", "clients.csv")
SIGNS = r"""{ } [ ] : - &a *a !b | > ' " # #: --- << ? \ say play go_to go_to_flow tone echo
subflow return loop each with give takes texts flows not and < ( == x.wav 💥"""
PIECES = [
    *sorted({word for file in FILES for word in (SOUND / file).read_text().split()}),
    *SIGNS.split(),
    *("\t", "\n", "\n  ", "\n    ", ": ", "\u2028", "\x00", "\ud7ff"),
]
soup = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
limits = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return Path(shutil.copytree(SOUND, tmp_path_factory.mktemp("fuzz") / "site"))


def survives(site, file, data):
    path = site / file
    sound = (SOUND / file).read_bytes()
    path.write_bytes(data)
    try:
        made = load_site(site)
    except SiteError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.message
            assert problem.line >= 0
        render(error.problems, colour=True)
        assert [problem.as_json() for problem in error.problems]
    else:
        for flow in made.site.flows.values():
            sound_flow(flow)
    finally:
        path.write_bytes(sound)


def sound_flow(flow: Flow):
    """What the core relies on: every name of a step leads to a step."""
    assert flow.start in flow.steps
    for step in flow.steps.values():
        targets = [getattr(step, name, "") for name in ("then", "gave_up", "no_agents")]
        targets += [getattr(step, name).then for name in ("no_input", "no_match") if hasattr(step, name)]
        targets += [choice.then for choice in getattr(step, "choices", {}).values()]
        targets += [taken.then for taken in getattr(step, "returns", {}).values()]
        targets += [getattr(step, "each", "")]
        targets += [rule.exit.then for rule in getattr(step, "rules", ())]
        assert set(targets) <= {"", *flow.steps}
        if getattr(step, "rules", ()):
            assert step.rules[-1].condition is None


@pytest.mark.parametrize("file", FILES)
@given(data=st.text(max_size=300))
@limits
def test_any_text(site, file, data):
    survives(site, file, data.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("file", FILES)
@given(data=st.binary(max_size=300))
@limits
def test_any_bytes(site, file, data):
    survives(site, file, data)


@pytest.mark.parametrize("file", FILES)
@given(data=soup)
@limits
def test_any_heap_of_words_that_such_files_are_made_of(site, file, data):
    survives(site, file, data.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
@limits
def test_a_sound_file_with_a_piece_replaced(site, file, data):
    text = (SOUND / file).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 12)))
    piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5) | st.just(text[end : end + 30]))
    survives(site, file, (text[:start] + piece + text[end:]).encode("utf-8", "surrogatepass"))
