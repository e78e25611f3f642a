"""What the scripts prove: every exit of every kind of step is counted, and a flow with a mistake is another flow."""

from __future__ import annotations

import shutil
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from gateway.config.load import load_site
from gateway.core.exits import edges_of, removed, rewired
from gateway.core.flow_model import AnyStep, HangUpStep
from gateway.simulate.edge_places import EdgePlaces
from gateway.simulate.junit import junit
from gateway.simulate.mutants import mutants_of
from gateway.simulate.office import simulate
from gateway.simulate.report import render
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from .office import FOLDER, KNOWN, plan

FLOW = """\
flow: every_step
language: pl
start: hello
human: none
steps:
  hello:
    say: "Halo."
    then: note
  note: {set: {area: invoices}, then: over}
  over: {go_to: choose}
  choose:
    menu: "Jeden albo dwa."
    choices:
      "1": {set: {area: orders}, then: number}
      "2": listen
    no_match: {tries: 1, then: elsewhere}
    no_input: {tries: 1, then: tone}
  number:
    collect: number
    say: "Numer."
    digits: 2
    then: split
    no_input: {tries: 1, then: split}
  split:
    branch:
      - {if: number == 11, then: wait}
      - {then: hang_up}
  wait: {queue: office, gave_up: bye, no_agents: tone}
  listen: {echo: 5s, then: hang_up}
  tone: {tone: 1004 Hz, length: 2s, then: bye}
  elsewhere: {go_to_flow: test_number}
  bye: {hang_up: "Pa."}
"""
CALLS = """\
flow: every_step
calls:
  the queue:
    from: withheld
    keys: "1, 11"
    expect: {path: [hello, note, over, choose, number, split, wait], answered_by: anna}
  the other flow:
    from: withheld
    keys: "9, #"
    expect: {path: [hello, note, over, choose, elsewhere, test_number/welcome, test_number/choose, test_number/hang_up]}
  a call that fails:
    from: withheld
    keys: "2, nothing"
    expect: {outcome: answered, hears: [Nikt]}
"""


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(FOLDER, folder)
    (folder / "flows" / "every_step.yaml").write_text(FLOW)
    (folder / "flows" / "every_step.calls.yaml").write_text(CALLS)
    return folder


@pytest.fixture(scope="module")
def site(site_folder):
    return with_all_numbers(load_site(site_folder).site)


@pytest.fixture(scope="module")
def report(site_folder, site):
    (file,) = [file for file in load_scripts(site_folder, site) if file.flow == "every_step"]
    return run_file(site, file, mutate=True)


def test_the_flow_has_every_kind_of_step(site):
    assert {type(step) for step in site.flows["every_step"].steps.values()} == set(get_args(AnyStep))


def test_every_exit_is_an_edge(site):
    assert [str(edge) for edge in edges_of(site.flows["every_step"])] == [
        "hello, then -> note",
        "note, then -> over",
        "over, then -> choose",
        'choose, choice "1" -> number',
        'choose, choice "2" -> listen',
        "choose, no_input -> tone",
        "choose, no_match -> elsewhere",
        "number, then -> split",
        "number, no_input -> split",
        "number, no_match -> (goodbye)",
        "split, rule 1 -> wait",
        "split, rule 2 -> hang_up",
        "wait, gave_up -> bye",
        "wait, no_agents -> tone",
        "listen, then -> hang_up",
        "tone, then -> bye",
        "elsewhere, then -> flow test_number",
    ]


def test_exits_that_nobody_tried_are_told_with_their_line(site_folder, site, report):
    places = {"every_step": EdgePlaces(site.flows["every_step"], FLOW, "flows/every_step.yaml")}
    text = render(site, [report], places)
    assert [line.strip() for line in text.splitlines() if "never tried" in line] == [
        "flows/every_step.yaml:16:5: never tried: choose, no_input -> tone",
        "flows/every_step.yaml:22:5: never tried: number, no_input -> split",
        "flows/every_step.yaml:17:3: never tried: number, no_match -> (goodbye)",
        "flows/every_step.yaml:26:9: never tried: split, rule 2 -> hang_up",
        "flows/every_step.yaml:27:25: never tried: wait, gave_up -> bye",
        "flows/every_step.yaml:27:39: never tried: wait, no_agents -> tone",
        "flows/every_step.yaml:29:37: never tried: tone, then -> bye",
    ]
    assert "exits tried: 10 of 17 (58 %)" in text
    assert "FAIL  a call that fails" in text
    assert "3 calls, 1 failed." in text
    assert "reception_pl: no scripted calls" in text


def test_with_a_failing_call_no_mutants_are_counted(report):
    assert not report.good
    assert report.mutation is None


def test_each_exit_can_be_removed_and_rewired_alone(site):
    flow = site.flows["every_step"]
    edges = edges_of(flow)
    for number, edge in enumerate(edges):
        changed = edges_of(rewired(flow, edge, "bye"))
        assert changed[number].to == "bye"
        for index, (before, after) in enumerate(zip(edges, changed, strict=True)):
            assert index == number or before == after
        gone = edges_of(removed(flow, edge))
        if edge.option in {"choices", "rules"}:
            assert len(gone) == len(edges) - 1
        else:
            assert (gone[number].to, gone[number].to_flow) in {("", ""), ("hang_up", "")}


def test_every_mutant_is_another_flow_that_the_core_survives(site):
    flow = site.flows["every_step"]
    mutants = list(mutants_of(flow))
    assert len(mutants) == 2 * len(edges_of(flow)) - 1  # one exit is the goodbye already: nothing to remove
    for mutant in mutants:
        assert mutant.flow != flow
        changed = replace(site, flows={**site.flows, flow.id: mutant.flow})
        for keys in ("1, 11", "1, 12", "2, nothing", "9, #", "nothing, nothing"):
            assert simulate(changed, plan(called="flow:every_step", keys=keys)).record is not None
    assert not any(isinstance(flow.steps[mutant.edge.step], HangUpStep) for mutant in mutants)


def test_a_weak_script_lets_mutants_live(site_folder, site):
    (site_folder / "flows" / "every_step.calls.yaml").write_text(
        'flow: every_step\ncalls:\n  weak: {from: withheld, keys: "1, 11", expect: {hears: [Halo]}}\n'
    )
    (file,) = [file for file in load_scripts(site_folder, site) if file.flow == "every_step"]
    weak = run_file(site, file, mutate=True)
    assert weak.good
    assert 0 < weak.mutation.score < 0.5
    assert any("rewired to" in str(mutant) for mutant in weak.mutation.survivors)
    text = render(site, [weak], {"every_step": EdgePlaces(site.flows["every_step"], FLOW, "flows/every_step.yaml")})
    assert "not noticed: split, rule 2 -> hang_up: removed" in text


def test_junit(report):
    root = ET.fromstring(junit([report]))
    (suite,) = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("flows/every_step.calls.yaml", "3", "1")
    assert [case.get("name") for case in suite] == ["the queue", "the other flow", "a call that fails"]
    failures = suite.findall("testcase/failure")
    assert [failure.get("message") for failure in failures] == ["hears", "outcome"]
    assert failures[1].text.splitlines()[1:] == ["expected: answered", "got: in_menu"]
    assert suite[0].get("line") == "3"


def test_a_flow_that_no_number_leads_to_can_be_called(site):
    assert simulate(site, plan(called="flow:every_step", caller=KNOWN, keys="1, 11")).record.answered_by == "anna"
