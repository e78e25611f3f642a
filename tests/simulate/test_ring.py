"""ring and transfer, simulated: the story in words, every exit reached by scripts, a number's phone that behaves."""

from __future__ import annotations

import ast
import inspect
import shutil

import pytest

from gateway.config.load import load_site
from gateway.core.steps import ringing
from gateway.simulate import words
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from .office import AT, FOLDER, plan

FLOW = """\
flow: direct
language: pl
start: call_anna
steps:
  call_anna: {ring: anna, for: 12s, say: "Łączę z Anną.", busy: call_team, no_answer: outside, unreachable: over,
              served: thanks}
  call_team: {ring: technical, busy: sorry}
  outside: {ring: "22 000 02 99", for: 25s, busy: sorry, no_answer: over, unreachable: thanks}
  over: {transfer: ewa, failed: sorry}
  thanks: {hang_up: "Dziękujemy."}
  sorry: {hang_up: "Nikt nie odbiera."}
"""
CALLS = """\
flow: direct
calls:
  she answers:
    {from: withheld, hangs_up: agent, expect: {hears: ["Łączę z Anną", Dziękujemy], answered_by: anna,
     outcome: answered, facts: [RingEnded: {outcome: answered, to: anna}]}}
  busy, the team takes it:
    {from: withheld, agents: {anna: busy}, expect: {answered_by: ewa, path: [call_anna, call_team]}}
  busy everywhere:
    {from: withheld, agents: {everyone: busy}, expect: {path: [call_anna, call_team, sorry], outcome: in_menu,
     facts: [RingEnded: {reason: busy}, RingEnded: {step: call_team, outcome: busy}]}}
  the team does not answer:
    {from: withheld, agents: {anna: busy, everyone: silent}, expect: {path: [call_anna, call_team, sorry]}}
  the team is gone:
    {from: withheld, agents: {anna: busy, everyone: "off"}, expect: {path: [call_anna, call_team, sorry]}}
  a number takes it:
    {from: withheld, agents: {anna: silent}, expect: {answered_by: "+48220000299", hears: ["Łączę z Anną"],
     path: [call_anna, outside], outcome: answered}}
  the number is busy:
    {from: withheld, agents: {anna: silent, "+48220000299": busy}, expect: {path: [call_anna, outside, sorry]}}
  the number is silent:
    {from: withheld, agents: {anna: silent, "+48220000299": silent, ewa: refuses},
     expect: {path: [call_anna, outside, over, sorry], hears: [Nikt]}}
  the number is not there:
    {from: withheld, agents: {anna: silent, "+48220000299": unreachable},
     expect: {path: [call_anna, outside, thanks]}}
  she is off:
    {from: withheld, agents: {anna: "off"}, expect: {path: [call_anna, over], answered_by: ewa}}
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "site"
    shutil.copytree(FOLDER, folder)
    gateway = folder / "gateway.yaml"
    gateway.write_text(gateway.read_text() + '\ntrunks: {provider: {host: sip.example.net}}\ndial: ["+48*"]\n')
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "direct.yaml").write_text(FLOW)
    (folder / "flows" / "direct.calls.yaml").write_text(CALLS)
    return folder


def test_scripts_reach_every_exit_and_notice_every_mistake(folder):
    site = with_all_numbers(load_site(folder).site)
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "direct"]
    report = run_file(site, file, mutate=True)
    assert [str(difference) for result in report.results for difference in result.differences] == []
    assert report.coverage.missed == ()
    assert report.mutation.mutants > 10
    assert report.mutation.survivors == ()


STORY = {
    "pl": [
        "dzwoni    Anna Nowak", "agent     Anna Nowak: zajęte (po 0.0 s)", "agent     Anna Nowak nie odbiera: zajęte",
        "dzwoni    Ewa Wójcik (najdłużej wolny telefon: Dział techniczny)", "rozmowa   odbiera Ewa Wójcik, po 4.0 s",
    ],
    "en": [
        "rings     Anna Nowak", "agent     Anna Nowak: is busy (after 0.0 s)",
        "agent     Anna Nowak does not take the call: busy", "rings     Ewa Wójcik (longest idle of Dział techniczny)",
        "talk      Ewa Wójcik answers, after 4.0 s",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_story_tells_who_is_rung_and_why_it_goes_on(folder, language):
    site = with_all_numbers(load_site(folder).site)
    called = next(number for number, flow in site.numbers.items() if flow == "direct")
    run = simulate(site, plan(called=called, agents={"anna": "busy"}))
    told = transcript(site, run.log, language, started_at=AT).splitlines()
    for wanted in STORY[language]:
        assert any(line.endswith(wanted) for line in told), (wanted, told)


def test_every_reason_has_its_sentence():
    tree = ast.parse(inspect.getsource(ringing))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    whys = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Why"]
    codes = {c.value for why in whys for c in ast.walk(why.args[1]) if isinstance(c, ast.Constant)}
    codes |= {"absent", "no_manager"}  # of a manager, put together there
    codes -= {"manager"}  # what one of them is compared with
    assert len(codes) > 5
    for language in ("pl", "en"):
        assert set(words.RINGS[language]) == codes
