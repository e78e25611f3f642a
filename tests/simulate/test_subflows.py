"""Files of several flows, simulated: the story, the exits of every flow and their places, the mistakes noticed."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.load import load_site
from gateway.core.facts.flow import RoundCounted, SubflowReturned
from gateway.core.flow.exits import edges_of
from gateway.simulate.commands import _places
from gateway.simulate.mutants import mutants_of
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.report import render
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import covered, run_file

from .office import FOLDER, plan

FLOW = """\
flow: several
language: pl
human: none
texts:
  bye: "Pa."
start: ask
steps:
  ask:
    subflow: ask_number
    with: {reason: faktury}
    done: {set: {area: invoices}, then: thanks}
    gave_up: bye
  thanks: {say: "Mam {number}, {how}.", then: once_more}
  once_more: {subflow: ask_number, with: {reason: zamowienia}, then: bye}
  bye: {hang_up: {text: bye}}
flows:
  ask_number:
    takes: [reason]
    human: none
    start: rounds
    steps:
      rounds: {loop: 2, count: round, each: number, then: lost}
      number:
        collect: typed
        say: "Runda {round}, {reason}."
        digits: 2
        then: check
        no_input: {tries: 1, then: rounds}
        no_match: {tries: 1, then: rounds}
      check:
        branch:
          - {if: typed > 50, then: found}
          - {then: rounds}
      found: {return: done, give: {number: "{typed}", how: keyed}}
      lost: {say: {text: bye}, then: back}
      back: {return: gave_up}
"""
CALLS = """\
flow: several
calls:
  twice at once:
    from: withheld
    keys: "77, 88"
    expect:
      hears: ["Runda jeden faktury", "Mam siedem siedem keyed", "zamowienia", "Pa."]
      path: [ask, ask_number/rounds, ask_number/number, ask_number/check, ask_number/found, thanks, once_more,
             ask_number/rounds, ask_number/number, ask_number/check, ask_number/found, bye]
      facts: [SubflowReturned: {flow: ask_number, outcome: done, to: several}]
  too low, then nothing, and too short the second time:
    from: withheld
    keys: "11, 66, 5#, nothing"
    expect:
      path: [ask, ask_number/rounds, ask_number/number, ask_number/check, ask_number/rounds, ask_number/number,
             ask_number/check, ask_number/found, thanks, once_more, ask_number/rounds, ask_number/number,
             ask_number/rounds, ask_number/number, ask_number/rounds, ask_number/lost, ask_number/back, bye]
      facts: [RoundCounted: {round: 2, of: 2, used_up: "no"}, RoundCounted: {used_up: "yes"},
              SubflowReturned: {outcome: gave_up}]
  gives up:
    from: withheld
    keys: "nothing, nothing"
    expect:
      path: [ask, ask_number/rounds, ask_number/number, ask_number/rounds, ask_number/number, ask_number/rounds,
             ask_number/lost, ask_number/back, bye]
      outcome: in_menu
"""


def made_folder(at):
    folder = at / "site"
    shutil.copytree(FOLDER, folder)
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "several.yaml").write_text(FLOW)
    (folder / "flows" / "several.calls.yaml").write_text(CALLS)
    return folder


@pytest.fixture
def folder(tmp_path):
    return made_folder(tmp_path)


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    return with_all_numbers(load_site(made_folder(tmp_path_factory.mktemp("several"))).site)


def run(folder, scripted=(), *, mutate=False, flow="several"):
    site = with_all_numbers(load_site(folder).site)
    (file,) = [file for file in load_scripts(folder, site) if file.flow == flow]
    return site, run_file(site, file, mutate=mutate, scripted=scripted)


def test_the_calls_of_a_file_answer_for_all_its_flows(folder):
    site, report = run(folder)
    assert [difference for result in report.results for difference in result.differences] == []
    assert report.coverage.flows == ("several", "ask_number")
    assert set(report.coverage.edges) == set(edges_of(site.flows["several"]) + edges_of(site.flows["ask_number"]))
    assert report.coverage.missed == ()


def test_the_mistakes_of_all_its_flows_are_noticed(folder):
    site, report = run(folder, mutate=True)
    count = sum(1 for flow in ("several", "ask_number") for _ in mutants_of(site.flows[flow]))
    assert report.mutation.mutants == count
    assert report.mutation.survivors == ()


def test_a_flow_with_calls_of_its_own_counts_there(folder):
    calls = 'flow: ask_number\ncalls:\n  direct: {from: withheld, keys: "77", expect: {outcome: in_menu}}\n'
    (folder / "flows" / "ask_number.calls.yaml").write_text(calls)
    _, report = run(folder, scripted={"several", "ask_number"})
    assert report.coverage.flows == ("several",)
    _, own = run(folder, flow="ask_number")
    assert own.good
    assert own.coverage.flows == ("ask_number",)
    assert own.coverage.missed


def test_exits_nobody_tried_are_told_where_they_stand(folder):
    text = CALLS[: CALLS.index("  too low")]
    (folder / "flows" / "several.calls.yaml").write_text(text)
    site, report = run(folder)
    settings = load_site(folder)
    told = render(site, [report], {flow: _places(folder, settings, flow) for flow in report.coverage.flows})
    lines = FLOW.splitlines()
    missed = [row.strip() for row in told.splitlines() if "never tried" in row]
    assert len(missed) == len(report.coverage.missed)
    for row, begins in {
        "never tried: ask, gave_up -> bye": "gave_up: bye",
        "never tried: once_more, gave_up -> bye": "then: bye}",
        "never tried: rounds, then -> lost": "then: lost}",
        "never tried: check, rule 2 -> rounds": "{then: rounds}",
        "never tried: number, no_input -> rounds": "no_input: {tries",
    }.items():
        (place,) = [line.removesuffix(row) for line in missed if line.endswith(row)]
        file, line, column, _ = place.split(":")
        assert file == "flows/several.yaml"
        assert lines[int(line) - 1][int(column) - 1 :].startswith(begins)


def test_which_flows_the_calls_of_a_flow_answer_for(folder):
    site = load_site(folder).site
    assert covered(site, "ask_number") == ("ask_number",)
    assert covered(site, "reception_pl") == ("reception_pl",)
    assert covered(site, "several", {"ask_number"}) == ("several",)


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", ["ask (subflow)", "ask_number/rounds (loop)", "round 1 of 2", "ask_number/found (return)",
                "ask_number returns to several: done", "thanks (say)"]),
        ("pl", ["runda 1 z 2", "ask_number wraca do several: done"]),
    ],
)  # fmt: skip
def test_the_story_names_the_flow(folder, language, rows):
    site = with_all_numbers(load_site(folder).site)
    made = plan(called="flow:several", keys="77")
    ran = simulate(site, made)
    story = transcript(site, ran.log, language, started_at=made.at)
    at = 0
    for row in rows:
        assert row in story[at:], story
        at = story.index(row, at)
    assert [type(fact) for fact in ran.facts if isinstance(fact, RoundCounted | SubflowReturned)][:2] == [
        RoundCounted, SubflowReturned,
    ]  # fmt: skip


@given(
    keys=st.lists(st.sampled_from(["1", "77", "11", "5#", "*", "0", "nothing", "wait 9s", "hang up"]), max_size=9),
    patience=st.sampled_from([1.0, 20.0, 900.0]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_caller_does_the_call_has_one_end(several, keys, patience):
    made = plan(called="flow:several", keys=", ".join(keys), hang_up_after_s=patience)
    ran = simulate(several, made)
    assert ran.record is not None
    assert ran.record.outcome == "in_menu"
    calls = sum(step.endswith(("ask", "once_more")) for step in ran.path)
    assert len([fact for fact in ran.facts if isinstance(fact, SubflowReturned)]) in {calls, calls - 1}
