"""What the scripts prove: every exit of every kind of step is counted, and a flow with a mistake is another flow."""

from __future__ import annotations

import itertools
import shutil
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from gateway.config.load import load_site
from gateway.core.flow.exits import edges_of, removed, rewired
from gateway.core.flow.model import AnyStep, HangUpStep
from gateway.simulate.coverage import probed, taken
from gateway.simulate.edge_places import EdgePlaces
from gateway.simulate.junit import junit
from gateway.simulate.mutants import mutants_of
from gateway.simulate.office import simulate
from gateway.simulate.report import render
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from .office import AT, FOLDER, KNOWN, plan

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
OTHER = """\
flow: every_other
language: pl
start: now
human: none
steps:
  now: {hours: office, open: tomorrow, closed: later}
  later: {refuse: later}
  tomorrow: {holiday: tomorrow, yes: ringing, no: ringing}
  ringing: {answer: 2s, then: half}
  half: {split: greeting, shares: {tongue: 50 %, still: 50 %}}
  still: {wait: 1s, then: tongue}
  tongue: {language: {"1": pl}, say: {pl: "Po polsku, jeden."}, then: rounds, no_input: {tries: 1, then: rounds}}
  rounds: {loop: 2, each: under, then: bye}
  under: {subflow: below, done: told, left: right}
  told: {publish: chosen, with: {number: caller}, then: right}
  right: {confirm: "Dobrze? Jeden.", yes: order, no: client, no_input: agree}
  order: {lookup: orders, with: {order: caller}, found: agree, not_found: agree, failed: client}
  client: {lookup: client, with: {number: caller}, found: agree, not_found: agree}
  agree: {consent: "Nagrywamy? Jeden.", yes: anna, no: anna}
  anna: {ring: anna, for: 20s, busy: message, served: asked}
  asked: {survey: nps, say: "Od zera do dziesięciu.", then: rounds}
  message: {voicemail: office, then: call_back, too_short: {tries: 1, then: call_back}, failed: new}
  call_back: {callback: office, say: "Oddzwonimy na {call_back_number}.", another: "Numer?", then: new}
  new: {case: open, for: office, say: "Numer {case}.", then: old}
  old: {case: status, say: "Numer?", open: close, closed: close, no_input: {tries: 1, then: close}}
  close: {override: office, to: closed, say: "PIN.", then: who}
  who: {sign_in: "Kod.", pin: "PIN.", then: hear, no_input: {tries: 1, then: out}, no_match: {tries: 1, then: out}}
  hear: {supervise: "Kogo?", then: deal, no_input: {tries: 1, then: deal}, no_match: {tries: 1, then: out}}
  deal:
    case_desk: "Sprawa?"
    choose: "Jeden, dwa, trzy."
    then: out
    refused: away
    no_input: {tries: 1, then: out}
    no_match: {tries: 1, then: away}
  out: {agent_set: logout, then: away}
  away: {transfer: anna, for: 20s, failed: bye}
  bye: {hang_up: "Pa."}
flows:
  below:
    human: none
    start: which
    steps:
      which: {menu: "Jeden, dwa.", choices: {"1": one, "2": two}, no_input: {tries: 1, then: two}}
      one: {return: done}
      two: {return: left}
"""
FLOWS = ("every_step", "every_other", "below")
SIGNED_IN = "1, 2, 2, 2, speak 5s, #, 1, 10008#, 1234#, 2001#, 1234#, "
"""The keys by which a known client whose manager is busy comes to `hear`."""
KEYS = (
    "1, 11", "1, 12", "2, nothing", "9, #", "nothing, nothing",
    "1, 1, 1, 1, 10", "1, 2, 2, 2, speak 5s, #, 1, 10008#, 1234#", "1, 1, nothing, 1, #, 2, 601000101#, 1, 7#, 7#",
    SIGNED_IN + "#, 10008#, 1",
)  # fmt: skip
OF_THE_OFFICE = {
    "#, 10008#, 1": {"hear, then", "deal, then"},
    "2002#": {"hear, no_match"},
    "nothing, nothing": {"hear, no_input", "deal, no_input"},
    "#, 99999#": {"hear, then", "deal, no_match"},
    "#, 10008#, 3": {"hear, then", "deal, refused"},
}
"""Keys behind SIGNED_IN -> the exits of `hear` and `deal` that they take: a case that is open cannot be reopened."""
SERVICES = """
services:
  orders:
    url: "https://crm.example/{order}"
    answer: {status: {one_of: [new, sent]}}
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
    (folder / "flows" / "every_other.yaml").write_text(OTHER)
    (folder / "pin").write_text("481516")
    (folder / "pin").chmod(0o600)
    gateway = (folder / "gateway.yaml").read_text().replace("site:\n", "site:\n  pin_file: pin\n", 1)
    gateway = gateway.replace("  anna:\n", "  anna:\n    code: 2001\n    pin_file: pin\n    supervises: [office]\n", 1)
    (folder / "gateway.yaml").write_text(gateway + SERVICES + "supervision: on\n")
    return folder


@pytest.fixture(scope="module")
def site(site_folder):
    return with_all_numbers(load_site(site_folder).site)


@pytest.fixture(scope="module")
def report(site_folder, site):
    (file,) = [file for file in load_scripts(site_folder, site) if file.flow == "every_step"]
    return run_file(site, file, mutate=True)


def test_the_flows_have_every_kind_of_step(site):
    assert {type(step) for flow in FLOWS for step in site.flows[flow].steps.values()} == set(get_args(AnyStep))


def test_the_calls_of_the_mutation_come_to_every_step(site):
    """Else the core would not be seen to survive them."""
    moments = (AT, AT + 10 * 3600)  # open, closed
    habits = ("answers", "busy")
    met = set()
    for called, keys, at, everyone in itertools.product(FLOWS[:2], KEYS, moments, habits):
        for caller in (KNOWN, ""):
            run = simulate(
                site,
                plan(called=f"flow:{called}", caller=caller, keys=keys, at=at, everyone=everyone, agent_hangs_up=True),
            )
            met |= set(run.steps)
    assert {(flow, step) for flow in FLOWS for step in site.flows[flow].steps if step != "hang_up"} <= met


def test_the_exits_of_the_steps_for_the_office_are_taken(site):
    flow = "every_other"
    edges, there = edges_of(site.flows[flow]), probed(site, flow)
    for keys, exits in OF_THE_OFFICE.items():
        run = simulate(there, plan(called=f"flow:{flow}", caller=KNOWN, keys=SIGNED_IN + keys, everyone="busy"))
        tried = [edges[number] for number in taken(run)]
        assert {f"{edge.step}, {edge.option}" for edge in tried if edge.step in {"hear", "deal"}} == exits
    tried_by_all = set().union(*OF_THE_OFFICE.values())
    assert {f"{edge.step}, {edge.option}" for edge in edges if edge.step in {"hear", "deal"}} == tried_by_all


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
        "flows/every_step.yaml:17:5: never tried: choose, no_input -> tone",
        "flows/every_step.yaml:23:5: never tried: number, no_input -> split",
        "flows/every_step.yaml:18:3: never tried: number, no_match -> (goodbye)",
        "flows/every_step.yaml:27:9: never tried: split, rule 2 -> hang_up",
        "flows/every_step.yaml:28:25: never tried: wait, gave_up -> bye",
        "flows/every_step.yaml:28:39: never tried: wait, no_agents -> tone",
        "flows/every_step.yaml:30:37: never tried: tone, then -> bye",
    ]
    assert "exits tried: 10 of 17 (58 %)" in text
    assert "FAIL  a call that fails" in text
    assert "3 calls, 1 failed." in text
    assert "reception_pl: no scripted calls" in text


def test_with_a_failing_call_no_mutants_are_counted(report):
    assert not report.good
    assert report.mutation is None


@pytest.mark.parametrize("name", FLOWS)
def test_each_exit_can_be_removed_and_rewired_alone(site, name):
    flow = site.flows[name]
    edges = edges_of(flow)
    for number, edge in enumerate(edges):
        changed = edges_of(rewired(flow, edge, "hang_up"))
        assert changed[number].to == "hang_up"
        for index, (before, after) in enumerate(zip(edges, changed, strict=True)):
            assert index == number or before == after
        gone = edges_of(removed(flow, edge))
        listed = {"choices", "rules", "ways", "returns"} | flow.steps[edge.step].OPTIONAL
        if edge.option in listed:
            assert len(gone) == len(edges) - 1
        else:
            assert (gone[number].to, gone[number].to_flow) in {("", ""), ("hang_up", "")}


@pytest.mark.parametrize("name", FLOWS)
def test_every_mutant_is_another_flow_that_the_core_survives(site, name):
    flow = site.flows[name]
    mutants = list(mutants_of(flow))
    goodbyes = sum(not edge.to and not edge.to_flow for edge in edges_of(flow))  # nothing to remove
    assert len(mutants) == 2 * len(edges_of(flow)) - goodbyes
    for mutant in mutants:
        assert mutant.flow != flow
        changed = replace(site, flows={**site.flows, flow.id: mutant.flow})
        called = "every_step" if name == "every_step" else "every_other"
        for keys in KEYS:
            assert simulate(changed, plan(called=f"flow:{called}", keys=keys)).record is not None
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
