"""Mobiles, whispers and remembered answers in the simulator: the story, the scripts, and what is wrong in them."""

from __future__ import annotations

import shutil

import pytest

from gateway.config.load import load_site
from gateway.core.kpi.kpi import OFFICE, Key, Kpi
from gateway.errors import SettingError, SiteError
from gateway.simulate import joining_story
from gateway.simulate.coverage import probed, taken
from gateway.simulate.earlier import parse_remembered
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.suite import run_file

from .office import FOLDER, KNOWN, plan

FLOW = """\
flow: orders
language: pl
start: which
human: none
steps:
  which:
    collect: order
    say: "Jaki numer zamówienia?"
    digits: 4
    remember: yes
    known: confirm
    confirm_known: "Czy nadal chodzi o zamówienie {order}? Jeden tak, dwa nie."
    then: human
    no_input: {tries: 1, then: human}
    no_match: {tries: 1, then: human}
  human:
    queue: by_client
    team: office
    gave_up: sorry
  sorry:
    hang_up: "Prosimy zadzwonić później."
"""
CALLS = """\
flow: orders
calls:
  it is the same order:
    from: +48 22 000 02 01
    remembered: {order: "1234"}
    keys: "1"
    expect:
      hears: ["Czy nadal chodzi o zamówienie", "Łączę z"]
      answered_by: anna
      facts:
        - AnswerKnown: {name: order, value: "1234", how: confirmed, source: memory}
        - JoiningBegan: {agent: anna, named: "True"}
  it is another one:
    from: +48 22 000 02 01
    remembered: {order: "1234"}
    keys: "2, 5678"
    expect:
      hears: ["Czy nadal chodzi o zamówienie", "Jaki numer zamówienia?"]
      facts:
        - AnswerKnown: {how: denied}
        - InputTaken: {keys: "5678", name: order}
        - AnswerRemembered: {name: order, value: "5678"}
  nothing is remembered:
    from: withheld
    keys: "0, wait 20s"
    agents: {anna: off, piotr: voicemail, ewa: answers}
    expect:
      answered_by: ewa
      hears: ["Jaki numer zamówienia?"]
      facts:
        - AcceptanceEnded: {agent: piotr, how: silent}
        - AgentDeclined: {agent: piotr, why: no_answer}
  a wrong number of digits:
    from: withheld
    keys: "1#"
    expect: {outcome: answered}
  nobody keys anything:
    from: withheld
    agents: {everyone: off}
    expect: {hears: ["Prosimy zadzwonić później."]}
"""


AWAY = {"anna": "off", "ewa": "off"}


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "site"
    shutil.copytree(FOLDER, target)
    yaml = target / "gateway.yaml"
    text = yaml.read_text().replace(
        'spoken: {pl: "Piotrem Zielińskim"}', 'spoken: {pl: "Piotrem Zielińskim"}\n    accept: key'
    )
    yaml.write_text(
        text.replace(
            "    agents: [anna, piotr, ewa]", "    agents: [anna, piotr, ewa]\n    whisper: yes\n    say_name: yes"
        )
    )
    (target / "flows").mkdir(exist_ok=True)
    (target / "flows" / "orders.yaml").write_text(FLOW)
    (target / "flows" / "orders.calls.yaml").write_text(CALLS)
    yaml.write_text(yaml.read_text().replace('"1004": test_number', '"1004": test_number\n  "1010": orders'))
    return target


def test_the_scripts_pass_and_take_every_exit(folder):
    site = load_site(folder).site
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "orders"]
    report = run_file(site, file, lengths=Lengths(), mutate=True, scripted={"orders"})
    assert report.good, list(report.results)
    assert {str(edge) for edge in report.coverage.missed} <= {"human, gave_up -> sorry", "human, no_agents -> sorry"}


def test_a_transcript_in_both_languages(folder):
    site = load_site(folder).site
    done = simulate(site, plan(caller=KNOWN, keys="1", called="1010", remembered={"order": "1234"}))
    polish = transcript(site, done.log, "pl", started_at=done.log[0][0])
    english = transcript(site, done.log, "en", started_at=done.log[0][0])
    assert "order: nadal 1234, jak wcześniej (dni temu: 1)" in polish
    assert "Anna Nowak ma rozmowę; najpierw słyszy, kto dzwoni, a dzwoniący, kto odebrał" in polish
    assert "Anna Nowak słyszy: „Dzwoni" in polish
    assert "order: still 1234, as before (days ago: 1)" in english
    assert done.record.answered_by == "anna"


@pytest.mark.parametrize(
    ("keys", "rate", "n"), [("1", 0.0, 1), ("2, 5678", None, 0), ("nothing, nothing, 1234", 1.0, 1)]
)
def test_the_share_of_repeated_questions_of_a_simulated_call(folder, keys, rate, n):
    """Confirmed; not right any more; said twice without an answer, and then asked all the same."""
    site = load_site(folder).site
    done = simulate(site, plan(caller=KNOWN, keys=keys, called="1010", remembered={"order": "1234"}))
    kpi = Kpi(site)
    for fact in done.facts:
        kpi.apply(fact)
    for key in (OFFICE, Key("team", "office"), Key("manager", "anna")):
        figures = kpi.figures(key)
        assert (figures.repeat_question_rate, figures.repeat_question_n) == (rate, n), key


def test_a_mobile_presses_and_a_voicemail_box_does_not(folder):
    site = load_site(folder).site
    done = simulate(site, plan(keys="1234", called="1010", agents={**AWAY, "piotr": "answers"}))
    assert done.record.answered_by == "piotr"
    english = transcript(site, done.log, "en", started_at=done.log[0][0])
    assert "somebody picks up (Piotr Zieliński) and has 10 s for a key" in english
    box = simulate(site, plan(keys="1234", called="1010", agents={**AWAY, "piotr": "voicemail"}))
    assert box.record.answered_by != "piotr"


def test_every_sentence_is_there_in_both_languages():
    assert joining_story.TEXTS["pl"].keys() == joining_story.TEXTS["en"].keys()
    assert joining_story.LABELS["pl"].keys() == joining_story.LABELS["en"].keys()
    for how in ("skipped", "confirmed", "denied", "asked"):
        for source in ("call", "memory", "client"):
            assert f"{how}_{source}" in joining_story.TEXTS["en"]


def test_what_no_step_remembers_cannot_be_remembered(folder):
    calls = folder / "flows" / "orders.calls.yaml"
    calls.write_text(
        CALLS.replace('{order: "1234"}', '{oder: "1234"}', 1).replace('{order: "1234"}', "{order: abc}", 1)
    )
    with pytest.raises(SiteError) as caught:
        load_scripts(folder, load_site(folder).site)
    told = [(problem.message, problem.nearest) for problem in caught.value.problems]
    assert told == [("no 'collect' of this site remembers 'oder'", "order"), ("'abc' is nothing that can be keyed", "")]


def test_the_option_of_the_command(folder):
    site = load_site(folder).site
    assert parse_remembered(("order=1234",), site) == {"order": "1234"}
    for wrong in ("oder=1234", "order", "order=abc"):
        with pytest.raises(SettingError, match="--remembered"):
            parse_remembered((wrong,), site)


def test_exits_are_found_by_probes_although_an_answer_is_known(folder):
    site = load_site(folder).site
    of = probed(site, "orders")
    done = simulate(of, plan(caller=KNOWN, keys="1", called="1010", remembered={"order": "1234"}))
    assert taken(done)
