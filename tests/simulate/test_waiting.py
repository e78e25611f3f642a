"""Waiting, simulated: the story in words, every exit of a queue reached by scripts, and by the search for ways."""

from __future__ import annotations

import shutil
from typing import get_args

import pytest

from gateway.config.load import load_site
from gateway.core.facts.queue import LeftReason
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.graph.reach import reach
from gateway.graph.target import Target
from gateway.simulate import queue_story
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from .office import AT, FOLDER, plan

FLOW = """\
flow: patient
language: pl
start: human
steps:
  human:
    queue: office
    say: "Proszę czekać."
    max_wait: 4 min
    announce: {first: 20s, every: 60s}
    periodic: {say: ["Strona czynna całą dobę.", "Dziękujemy."], every: 45s}
    keys: {"1": call_back, "2": message, "*": {set: {area: menu}, then: choose}}
    full: no_room
    waited: long
    no_agents: night
    gave_up: sorry
  choose: {menu: "Jeden: oddzwonimy.", choices: {"1": call_back}, no_input: sorry, no_match: sorry}
  message: {voicemail: office, say: "Proszę mówić.", then: sorry, too_short: sorry}
  call_back: {say: "Oddzwonimy.", then: sorry}
  no_room: {say: "Wszyscy czekają.", then: sorry}
  long: {say: "To trwa za długo.", then: sorry}
  night: {say: "Nikogo nie ma.", then: sorry}
  sorry: {hang_up: "Do usłyszenia."}
"""
CALLS = """\
flow: patient
calls:
  one hears where he stands and waits on:
    {from: withheld, agents: {everyone: busy}, expect: {path: [human, long, sorry], outcome: overflowed,
     hears: [Proszę czekać, "Państwa miejsce w kolejce: pierwsze", "Strona czynna całą dobę.", "To trwa za długo."],
     facts: [QueueEntered: {ewt_s: 0}, WaitTold: {what: numbers, position: 1}, WaitTold: {what: text},
             QueueLeft: {reason: step_wait, wait_s: 240}]}}
  one leaves by a key:
    {from: withheld, keys: "wait 20s, 1", agents: {everyone: silent}, expect: {path: [human, call_back, sorry],
     outcome: overflowed, facts: [QueueLeft: {reason: key, wait_s: 20}]}}
  one goes to the menu:
    {from: withheld, keys: "wait 5s, 7*, 1", agents: {everyone: silent},
     expect: {path: [human, choose, call_back, sorry]}}
  one goes to the menu and says nothing:
    {from: withheld, keys: "wait 5s, *, nothing, nothing", agents: {everyone: silent},
     expect: {path: [human, choose, sorry]}}
  one goes to the menu and presses what is not there:
    {from: withheld, keys: "wait 5s, *, 9, 9", agents: {everyone: silent}, expect: {path: [human, choose, sorry]}}
  one goes to the menu and comes back:
    {from: withheld, keys: "wait 5s, *, 0, wait 5s, 1", agents: {everyone: silent},
     expect: {path: [human, choose, human, call_back, sorry],
     facts: [QueueLeft: {reason: key}, QueueLeft: {reason: key}]}}
  one leaves a message instead:
    {from: withheld, keys: "wait 5s, 2, speak 8s, #", agents: {everyone: silent},
     expect: {path: [human, message, sorry],
     outcome: voicemail, facts: [QueueLeft: {outcome: overflowed, reason: key}, MessageLeft]}}
  one says nothing:
    {from: withheld, keys: "wait 5s, 2, #", agents: {everyone: silent}, expect: {path: [human, message, sorry],
     outcome: overflowed}}
  nothing can be recorded:
    {from: withheld, keys: "wait 5s, 2", disk: full, agents: {everyone: silent}, expect: {outcome: overflowed,
     path: [human, message]}}
  there is no room:
    {from: withheld, queues: {office: full}, agents: {everyone: paused}, expect: {path: [human, no_room, sorry],
     outcome: overflowed, facts: [QueueLeft: {reason: full, wait_s: 0}]}}
  somebody is free all the same:
    {from: withheld, queues: {office: full}, agents: {anna: answers}, expect: {answered_by: anna}}
  nobody is there:
    {from: withheld, agents: {everyone: "off"}, expect: {path: [human, night, sorry],
     facts: [QueueLeft: {reason: nobody_logged_in}]}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The example office, in whose team not everybody may wait, with the flow and its scripts."""
    folder = tmp_path_factory.mktemp("patient") / "site"
    shutil.copytree(FOLDER, folder)
    (folder / "flows" / "patient.yaml").write_text(FLOW)
    (folder / "flows" / "patient.calls.yaml").write_text(CALLS)
    gateway, number = folder / "gateway.yaml", '  "1004": test_number\n'
    gateway.write_text(gateway.read_text().replace(number, number + '  "1005": patient\n'))
    return folder


@pytest.fixture(scope="module")
def site(folder):
    return load_site(folder).site


def test_scripts_reach_every_exit_and_notice_every_mistake(folder):
    site = with_all_numbers(load_site(folder).site)
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "patient"]
    report = run_file(site, file, mutate=True)
    assert [str(difference) for result in report.results for difference in result.differences] == []
    missed = [str(edge) for edge in report.coverage.missed]
    assert missed == ["human, gave_up -> sorry"], "the step's own time is over before the team's"
    assert {edge.exit for edge in report.coverage.edges} >= {'key "1"', 'key "*"', "full", "waited"}
    assert [str(mutant) for mutant in report.mutation.survivors if "gave_up" not in str(mutant)] == []


def test_the_story(site):
    run = simulate(site, plan(called="1005", keys="wait 100s, 1", everyone="busy"))
    told = transcript(site, run.log, "pl", started_at=AT)
    assert "kolejka   zapowiedź: miejsce 1\n" in told
    assert "kolejka   zapowiedź: kolejny tekst\n" in told
    assert "klawisz   1\n" in told
    assert "wybór     przyjęte: 1\n" in told
    assert "kolejka   koniec czekania po 100.0 s: dzwoniący wybrał klawisz\n" in told
    english = transcript(site, run.log, "en", started_at=AT)
    assert "queue     announcement: place 1\n" in english
    assert "queue     the wait ends after 100.0 s: the caller pressed a key\n" in english


def test_who_left_by_a_key_and_spoke_is_voicemail_in_the_figures(site):
    facts = simulate(site, plan(called="1005", keys="wait 5s, 2, speak 8s, #", everyone="silent")).facts
    kpi = Kpi(site)
    for fact in facts:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.voicemail, figures.overflowed, figures.in_progress) == (1, 1, 0, 0)
    assert not any(kpi.conservation().values())


def test_every_reason_has_its_sentence():
    for language in ("pl", "en"):
        assert {f"left_{reason}" for reason in get_args(LeftReason) if reason} <= set(queue_story.TEXTS[language])


@pytest.mark.parametrize("step", ["call_back", "choose", "no_room", "long", "night"])
def test_the_ways_are_found(site, step):
    target = Target(kind="step", flow="patient", name=step)
    (found,) = reach(site, target, at=AT, most=1, numbers=("1005",))
    assert found.verdict == "reached"
