"""What callers leave, in the simulator: the caller speaks, the recorder counts, the narrator tells, scripts expect."""

from __future__ import annotations

import shutil

import pytest

from gateway.config.load import load_site
from gateway.core.facts.desk import MessageLeft
from gateway.simulate import desk_story
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from .office import AT, FOLDER, KNOWN, plan

FLOW = """\
flow: desk
language: pl
start: matter
human: none
steps:
  matter:
    menu: "Wiadomość, jeden."
    choices: {"1": message, "2": consent, "3": call_back, "4": complain}
  call_back:
    callback: office
    say: "Oddzwonimy na {call_back_number}. Tak, jeden; inny, dwa."
    another: "Jaki numer?"
    then: thanks
  complain:
    case: open
    kind: complaint
    for: by_client
    team: office
    say: "Numer sprawy to {case}."
    then: which
  which:
    case: status
    say: "Numer sprawy?"
    open: human
    closed: thanks
    no_input: {tries: 1, then: thanks}
    no_match: {say: "Nie ma takiej sprawy.", tries: 2, then: thanks}
  consent:
    consent: "Nagrywamy? Jeden."
    yes: human
    no: human
  human:
    queue: by_client
    team: office
    gave_up: sorry
    served: recommend
  recommend:
    survey: nps
    say: "Od zera do dziesięciu."
    then: solved
  solved:
    survey: solved
    say: "Załatwione?"
    then: thanks
  message:
    voicemail: by_client
    team: office
    say: "Po sygnale."
    longest: 20s
    then: thanks
    too_short: {say: "Głośniej.", tries: 2, then: sorry}
    failed: sorry
  thanks: {hang_up: "Dziękujemy."}
  sorry: {hang_up: "Przepraszamy."}
"""
CALLS = """\
flow: desk
calls:
  a message that is ended by its key:
    from: "+48 22 000 02 01"
    keys: "1, speak 8s, #"
    expect:
      hears: [Po sygnale, Dziękujemy]
      outcome: voicemail
      facts: [MessageLeft: {whose: agent, to: anna, length_s: 8}, CallEnded]
  a message that is ended by hanging up, after one that was too short:
    from: withheld
    keys: "1, speak 1s, #, speak 5s, hang up"
    expect:
      hears: [Po sygnale, Głośniej]
      facts: [MessageLeft: {whose: team, to: office}]
  the talk is recorded and the caller asked:
    from: "+48 22 000 02 01"
    keys: "2, 1, 10, 2"
    hangs_up: agent
    expect:
      path: [matter, consent, human, recommend, solved, thanks]
      outcome: answered
      facts:
        - ConsentGiven
        - RecordingStarted: {purpose: conversation, agent: anna}
        - RecordingEnded: {how: leg_over, length_s: 30}
        - SurveyAnswered: {kind: nps, score: 10, agent: anna, manager: anna}
        - SurveyAnswered: {kind: solved, score: 0}
  another number:
    from: "+48 22 000 02 01"
    keys: "3, 2, 601000101#, 1"
    expect:
      hears: ["Oddzwonimy na", "Jaki numer?", "sześć zero jeden", Dziękujemy]
      facts: [CallBackRequested: {number: "+48601000101", whose: team, to: office}]
  a complaint is keyed back:
    from: "+48 22 000 02 01"
    keys: "4, 10001#, 10008#"
    expect:
      hears: ["Numer sprawy to", "Numer sprawy?", "Nie ma takiej sprawy"]
      path: [matter, complain, which, human]
      facts:
        - CaseOpened: {case: "10008", kind: complaint, to: anna}
        - CaseAsked: {open: "yes"}
        - CaseAnswered: {agent: anna}
  the caller hangs up first:
    from: "+48 22 000 02 01"
    keys: "2, 2"
    expect: {path: [matter, consent, human], facts: [ConsentRefused: {reason: no}]}
  nothing is said:
    from: withheld
    keys: "1"
    expect: {hears: [Głośniej, Przepraszamy], outcome: in_menu}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(FOLDER, made)
    (made / "flows" / "desk.yaml").write_text(FLOW)
    (made / "flows" / "desk.calls.yaml").write_text(CALLS)
    (made / "gateway.yaml").write_text(
        (made / "gateway.yaml").read_text().replace('"1004": test_number', '"1004": desk')
    )
    return made


@pytest.fixture(scope="module")
def settings(folder):
    return load_site(folder)


def run(settings, **of_plan):
    return simulate(with_all_numbers(settings.site), plan(called="1004", **of_plan), lengths=Lengths(settings.clips))


def test_the_scripts_hold(folder, settings):
    site = with_all_numbers(settings.site)
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "desk"]
    report = run_file(site, file)
    assert [(result.script.name, result.differences) for result in report.results if result.differences] == []


def test_only_what_is_said_while_it_is_recorded_counts(settings):
    ran = run(settings, caller=KNOWN, keys="1, speak 15s, wait 3s, #")
    (left,) = [fact for fact in ran.facts if isinstance(fact, MessageLeft)]
    assert left.length_s == pytest.approx(18.0)
    ran = run(settings, caller=KNOWN, keys="1, speak 60s")
    (left,) = [fact for fact in ran.facts if isinstance(fact, MessageLeft)]
    assert left.length_s == pytest.approx(20.0)


@pytest.mark.parametrize(("language", "told"), [("pl", "wiadomość, 8.0 s, dla: Anna Nowak"), ("en", "for Anna Nowak")])
def test_the_narrator_tells_of_them(settings, language, told):
    ran = run(settings, caller=KNOWN, keys="1, speak 8s, #")
    assert told in transcript(settings.site, ran.log, language, started_at=AT)


def test_every_sentence_is_there_in_both_languages():
    for table in (desk_story.TEXTS, desk_story.LABELS, desk_story.HOW, desk_story.WHOSE):
        assert set(table["pl"]) == set(table["en"])
