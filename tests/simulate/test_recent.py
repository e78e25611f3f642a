"""A menu that names an old matter first, tried without a telephone: the story, the scripts, the graph, the options."""

from __future__ import annotations

import shutil

import pytest

from gateway.config.load import load_site
from gateway.core.facts.desk import CaseAsked
from gateway.core.facts.joining import MatterRecognised
from gateway.errors import SettingError
from gateway.graph.drawing import draw
from gateway.simulate import commands
from gateway.simulate.coverage import probed, taken
from gateway.simulate.earlier import parse_cases
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.suite import run_file

from .office import FOLDER, KNOWN, plan

FLOW = """\
flow: desk
languages: [pl, en]
start: matter
human: none
steps:
  matter:
    menu: {pl: "Słucham.", en: "Hello."}
    choices:
      "1": {say: {pl: "Faktura, jeden.", en: "An invoice, one."}, then: office}
      "2":
        say: {pl: "Zamówienie, dwa.", en: "An order, two."}
        recent: order
        say_recent: {pl: "Zamówienie {order}, dwa.", en: "Order {order}, two."}
        then: order
      "3": {recent: case, say_recent: {pl: "Sprawa {case}, trzy.", en: "Case {case}, three."}, then: office}
    no_input: office
    no_match: office
  order:
    collect: order
    say: {pl: "Jaki numer?", en: "Which number?"}
    digits: 4
    remember: yes
    known: skip
    then: office
    no_input: office
    no_match: office
  office: {queue: by_client, team: office, gave_up: sorry}
  sorry: {hang_up: {pl: "Później.", en: "Later."}}
"""
CALLS = """\
flow: desk
calls:
  the order of yesterday:
    from: +48 22 000 02 01
    remembered: {order: "1234"}
    keys: "2"
    expect:
      hears: ["Słucham. Zamówienie jeden dwa trzy cztery , dwa. Faktura, jeden."]
      path: [matter, order, office]
      facts:
        - MatterRecognised: {step: matter, key: "2", name: order, value: "1234", source: memory}
        - AnswerKnown: {how: skipped}
  a case:
    from: +48 22 000 02 01
    cases: {"10008": open}
    keys: "3"
    expect:
      hears: ["Słucham. Sprawa jeden zero zero zero osiem , trzy. Faktura, jeden. Zamówienie, dwa."]
      facts: [MatterRecognised: {key: "3"}, CaseAsked: {case: "10008"}, CaseAnswered: {agent: anna}]
  nobody knows who calls:
    from: withheld
    remembered: {order: "1234"}
    cases: {"10008": open}
    keys: "1"
    expect: {hears: ["Słucham. Faktura, jeden. Zamówienie, dwa."]}
"""


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "site"
    shutil.copytree(FOLDER, target)
    yaml = target / "gateway.yaml"
    yaml.write_text(yaml.read_text().replace('"1004": test_number', '"1004": test_number\n  "1010": desk'))
    (target / "flows").mkdir(exist_ok=True)
    (target / "flows" / "desk.yaml").write_text(FLOW)
    (target / "flows" / "desk.calls.yaml").write_text(CALLS)
    return target


def test_the_scripts_pass(folder):
    site = load_site(folder).site
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "desk"]
    report = run_file(site, file, lengths=Lengths(), mutate=False, scripted={"desk"})
    assert [str(difference) for result in report.results for difference in result.differences] == []


def test_the_story_in_both_languages(folder):
    site = load_site(folder).site
    done = simulate(site, plan(caller=KNOWN, keys="1", called="1010", remembered={"order": "1234"},
                               cases={"10008": False}))  # fmt: skip
    assert [fact.key for fact in done.facts if isinstance(fact, MatterRecognised)] == ["2", "3"]
    assert not [fact for fact in done.facts if isinstance(fact, CaseAsked)]
    polish, english = (transcript(site, done.log, language, started_at=done.log[0][0]) for language in ("pl", "en"))
    assert "order: 1234, podane wcześniej (dni temu: 1), więc menu zaczyna od klawisza 2" in polish
    assert "sprawa 10008 jest w toku (dni: 1), więc menu zaczyna od klawisza 3" in polish
    assert "order: 1234, given before (days ago: 1), so the menu says key 2 first" in english
    assert "case 10008 is open (days: 1), so the menu says key 3 first" in english


def test_probes_change_nothing(folder):
    site = load_site(folder).site
    of_plan = plan(caller=KNOWN, keys="3", called="1010", cases={"10008": False})
    plain, through = simulate(site, of_plan), simulate(probed(site, "desk"), of_plan)
    assert through.heard == plain.heard
    assert plain.heard[0].startswith("Słucham. Sprawa")
    assert taken(through)


def test_the_graph_shows_it(folder):
    drawing = draw(load_site(folder).site.flows, "desk")
    labels = {arrow.label for arrow in drawing.arrows}
    assert {"1", "2 (first when recent: order)", "3 (first when recent: case)"} <= labels


@pytest.mark.parametrize(("case", "first"), [("10008", True), ("10008=open", True), ("10008=closed", False)])
def test_the_option_of_the_command(folder, capsys, case, first):
    options = commands.Options(target="desk", caller="+48220000201", keys="hang up", cases=(case,), lang="en")
    assert commands.simulate(folder, options) == 0
    assert ("case 10008 is open" in capsys.readouterr().out) == first


@pytest.mark.parametrize("wrong", ["10009", "abc", "10008=done", ""])
def test_what_is_no_case_is_said(wrong):
    with pytest.raises(SettingError, match="--case"):
        parse_cases((wrong,))
