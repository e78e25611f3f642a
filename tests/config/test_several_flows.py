"""Files of several flows: what they share, what flows hand to each other, and what each can say of it."""

from __future__ import annotations

import math
import random
import shutil
import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.flows import FLOWS_MAX
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.flow.exits import edges_of
from gateway.core.flow.model import Loop, Return, Subflow
from gateway.core.speech.saying import clips_of, names_in
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
MAIN = """\
flow: main
language: pl
languages: [pl, en]
human: none
texts:
  bye: {pl: "Do widzenia.", en: "Goodbye."}
  which: {pl: "Numer w sprawie {reason}.", en: "Your number, about {reason}."}
start: matter
steps:
  matter:
    menu: {pl: "Jeden albo dwa.", en: "One or two."}
    choices:
      "1": {set: {area: invoices}, then: ask}
      "2": {set: {area: orders}, then: ask}
  ask:
    subflow: ask_number
    with: {reason: "{area}", number: "{caller}", kind: late}
    done: {set: {asked: well}, then: thanks}
    gave_up: bye
  thanks: {say: {pl: "Mam {order}, {how}.", en: "I have {order}, {how}."}, then: again}
  again: {subflow: ask_number, with: {reason: again, number: "{order}", kind: soon}, then: bye}
  bye: {hang_up: {text: bye}}
flows:
  ask_number:
    takes: [reason, number, kind]
    human: none
    start: rounds
    steps:
      rounds: {loop: 3, count: round, each: ask, then: lost}
      ask:
        collect: typed
        say: {text: which}
        digits: 4
        then: good
        no_input: {say: {text: which}, tries: 1, then: rounds}
        no_match: rounds
      good:
        branch:
          - {if: "round >= 2 and kind == late and typed > {number}", then: back}
          - {then: rounds}
      back: {return: done, give: {order: "{typed}", how: keyed}}
      lost: {say: {pl: "{round}, {number}.", en: "{round}, {number}."}, then: gave_up}
      gave_up: {return: gave_up}
"""
LIBRARY = """\
language: pl
flows:
  once: {start: a, steps: {a: {say: "Raz.", then: b}, b: {return: done}}}
  twice: {start: a, steps: {a: {subflow: once, then: b}, b: {subflow: once, then: c}, c: {return: done}}}
"""


@pytest.fixture
def site(tmp_path):
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    (folder / "flows" / "main.yaml").write_text(MAIN)
    return folder


def load(folder):
    try:
        return load_site(folder)
    except SiteError as error:
        pytest.fail(render(error.problems))


def test_each_flow_of_a_file_is_a_flow_of_the_site(site):
    flows = load(site).site.flows
    assert list(flows) == ["main", "ask_number"]
    assert {flow.file for flow in flows.values()} == {"flows/main.yaml"}
    assert flows["ask_number"].languages == ("pl", "en")
    assert flows["ask_number"].start == "rounds"
    assert isinstance(flows["ask_number"].steps["rounds"], Loop)


def test_places_are_those_in_the_file(site):
    flows = load(site).site.flows
    lines = MAIN.splitlines()
    for flow in flows.values():
        for name, step in flow.steps.items():
            file, line, column = step.place.rsplit(":", 2)
            assert file == "flows/main.yaml"
            if name != "hang_up":
                assert lines[int(line) - 1][int(column) - 1 :].startswith(f"{name}:")


def test_a_call_has_an_exit_for_each_return(site):
    flows = load(site).site.flows
    ask, again = flows["main"].steps["ask"], flows["main"].steps["again"]
    assert isinstance(ask, Subflow)
    assert [(edge.exit, edge.to) for edge in edges_of(flows["main"]) if edge.step == "ask"] == [
        ("done", "thanks"), ("gave_up", "bye"),
    ]  # fmt: skip
    assert {name: taken.then for name, taken in again.returns.items()} == {"done": "bye", "gave_up": "bye"}
    assert ask.returns["done"].set == (("asked", "well"),)
    assert ask.given == (("reason", "", "area"), ("number", "", "caller"), ("kind", "late", ""))
    back = flows["ask_number"].steps["back"]
    assert isinstance(back, Return)
    assert (back.outcome, back.given) == ("done", (("order", "", "typed"), ("how", "keyed", "")))


def test_one_text_is_said_in_several_places(site):
    steps = load(site).site.flows["ask_number"].steps
    assert steps["ask"].prompt == steps["ask"].no_input.prompt
    assert names_in(steps["ask"].prompt) == {"reason"}


def test_whatever_is_handed_over_can_be_said(site):
    texts = {(clip.language, clip.text) for clip in load(site).clips}
    assert {("pl", word) for word in ("invoices", "orders", "again", "keyed", "jeden", "dziewięć")} <= texts
    assert {("en", word) for word in ("invoices", "one")} <= texts
    assert ("pl", "1") not in texts


def test_a_file_of_called_flows_alone(site):
    (site / "flows" / "library.yaml").write_text(LIBRARY)
    (site / "flows" / "main.yaml").write_text(
        MAIN.replace("  bye: {hang_up:", "  bye: {subflow: twice, then: end}\n  end: {hang_up:")
    )
    flows = load(site).site.flows
    assert set(flows) == {"main", "ask_number", "once", "twice"}
    assert "library" not in flows


def test_a_flow_reached_by_go_to_flow_from_a_called_one_knows_its_variables(site):
    (site / "flows" / "main.yaml").write_text(
        MAIN.replace("gave_up: {return: gave_up}", "gave_up: {return: gave_up}\n      away: {go_to_flow: other}")
        .replace("no_match: rounds", "no_match: away")
    )  # fmt: skip
    steps = 'steps:\n  a: {say: "{typed}, {reason}.", then: b}\n  b: {go_to_flow: main}\n'
    (site / "flows" / "other.yaml").write_text("flow: other\nlanguage: pl\nstart: a\n" + steps)
    assert names_in(load(site).site.flows["other"].steps["a"].prompt) == {"typed", "reason"}


def test_0_in_a_called_flow_comes_back_as_human(site):
    (site / "flows" / "main.yaml").write_text(
        MAIN.replace("    gave_up: bye", "    gave_up: bye\n    human: office")
        .replace("    human: none\n", "").replace("human: none\n", "")
        .replace("flows:", "  office: {queue: office}\nflows:")
        .replace("      gave_up: {return", "      person: {return: human}\n      gave_up: {return")
    )  # fmt: skip
    flows = load(site).site.flows
    assert flows["ask_number"].steps["ask"].human == "person"
    assert flows["main"].steps["matter"].human == "office"


def test_a_shared_text_can_be_a_recording_that_is_played(site):
    (site / "flows" / "main.yaml").write_text(
        MAIN.replace("texts:", "texts:\n  jingle: jingle.wav").replace("start: matter", "start: jingle")
        .replace("steps:\n  matter:", "steps:\n  jingle: {play: {text: jingle}, then: matter}\n  matter:")
    )  # fmt: skip
    (site / "prompts").mkdir()
    with wave.open(str(site / "prompts" / "jingle.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        sound = (round(8000 * math.sin(n / 5)) for n in range(8000))
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in sound))
    assert load(site).site.flows["main"].steps["jingle"].verb == "play"


def test_the_clock_can_be_said(site):
    (site / "flows" / "main.yaml").write_text(
        MAIN.replace("Do widzenia.", "Jest {now.time as time}, {now.date as date weekday}.")
    )
    settings = load(site)
    texts = {clip.text for clip in settings.clips if clip.language == "pl"}
    bye = settings.site.flows["main"].steps["bye"].prompt
    values = {"now.time": "09:05", "now.date": "2026-11-23"}
    clips = clips_of(bye, values, language="pl", fallback="pl", site=settings.site)
    assert {clip.words for clip in clips} <= texts
    assert "poniedziałek" in " ".join(clip.words for clip in clips)


def test_a_file_has_a_limit_of_flows(site):
    one = '  f{n}: {{start: a, steps: {{a: {{say: "Raz.", then: hang_up}}}}}}\n'
    (site / "flows" / "many.yaml").write_text(
        "language: pl\nflows:\n" + "".join(one.format(n=n) for n in range(FLOWS_MAX + 1))
    )
    with pytest.raises(SiteError) as caught:
        load_site(site)
    (told,) = [str(problem) for problem in caught.value.problems]
    assert told == f"flows/many.yaml:2:1: more than {FLOWS_MAX} flows in one file"


WORDS = sorted({word for line in (MAIN + LIBRARY).splitlines() for word in line.split()})


@given(seed=st.integers(0, 2**32), cuts=st.integers(1, 4))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_a_site_or_problems(tmp_path_factory, seed, cuts):
    dice = random.Random(seed)
    lines = MAIN.splitlines()
    for _ in range(cuts):
        at = dice.randrange(len(lines))
        match dice.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(dice.randrange(len(lines)), lines[at])
            case 2:
                words = lines[at].split(" ")
                words[dice.randrange(len(words))] = dice.choice(WORDS)
                lines[at] = " ".join(words)
            case _:
                piece = dice.choice(["ask_number", "main", "area", ": ", "{"])
                lines[at] = lines[at].replace(piece, dice.choice(WORDS))
    folder = tmp_path_factory.getbasetemp() / "damaged"
    if not folder.exists():
        shutil.copytree(SOUND, folder)
        (folder / "flows" / "library.yaml").write_text(LIBRARY)
    (folder / "flows" / "main.yaml").write_text("\n".join(lines))
    try:
        made = load_site(folder).site
    except SiteError as error:
        assert error.problems
        render(error.problems)
    else:
        for flow in made.flows.values():
            for step in flow.steps.values():
                if isinstance(step, Subflow):
                    there = made.flows[step.flow]
                    outcomes = {s.outcome for s in there.steps.values() if isinstance(s, Return)}
                    assert outcomes == set(step.returns)
