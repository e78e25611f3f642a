"""Who can be reached how: each answered way, played again by the simulator, comes there; and what is said to be out of
reach no call at random ever comes to. On the shipped flows and on flows made at random."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.actions import Clip
from gateway.core.facts.calls import AgentOffered, QueueEntered, StepEntered
from gateway.core.flow.base import AllOf, Comparison, Exit, Not, Part, Prompt, Retry, Rule
from gateway.core.flow.exits import HANG_UP
from gateway.core.flow.model import (
    Branch,
    Collect,
    Flow,
    HangUpStep,
    HoursStep,
    Menu,
    Queue,
    Say,
    SetValues,
    Split,
    Voicemail,
    Wait,
)
from gateway.core.site.site import Hours
from gateway.errors import SettingError
from gateway.graph.moments import moments, sorts_of_clients, stranger
from gateway.graph.reach import reach
from gateway.graph.reach_words import TEXTS, as_data, told
from gateway.graph.target import Target, read_target
from gateway.simulate.deeds import in_words, parse_deeds
from gateway.simulate.office import simulate
from gateway.simulate.plan import Plan
from tests.simulate.office import AT, FOLDER, KNOWN, SITE, STRANGER

OFFICE = Hours(id="office", week=(((480, 960),),) * 5 + ((), ()))
NUMBER = "1000"
NAMES = tuple(f"s{number}" for number in range(8))


def comes(site, plan, target):
    """Independent of the search: read from the facts of a call alone."""
    facts = simulate(site, plan).facts
    if target.kind == "person":
        return any(isinstance(fact, AgentOffered) and fact.agent == target.name for fact in facts)
    if target.kind == "team":
        return any(isinstance(f, AgentOffered | QueueEntered) and f.team == target.name for f in facts)
    return any(isinstance(f, StepEntered) and (f.flow, f.step) == (target.flow, target.name) for f in facts)


@pytest.mark.parametrize("flow", SITE.flows)
def test_every_step_of_the_shipped_flows_can_be_reached(flow):
    number = next(number for number, name in SITE.numbers.items() if name == flow)
    for step in SITE.flows[flow].steps:
        target = Target(kind="step", flow=flow, name=step)
        (found,) = reach(SITE, target, at=AT, most=2, numbers=(number,))
        if step == HANG_UP and found.verdict == "cannot":
            continue  # every flow has it, not every flow leads to it
        assert found.verdict == "reached", step
        for way in found.ways:
            assert comes(SITE, way.plan, target)
            # What is printed is enough to do it.
            typed = replace(way.plan, deeds=parse_deeds(in_words(way.plan.deeds)))
            assert comes(SITE, typed, target)


@pytest.mark.parametrize("name", [*SITE.agents, *SITE.teams])
def test_everybody_in_the_office_can_be_reached(name):
    target = read_target(SITE, name)
    found = reach(SITE, target, at=AT, most=2)
    assert {each.verdict for each in found if each.flow.startswith("reception")} == {"reached"}
    assert next(each for each in found if each.flow == "test_number").verdict == "cannot"
    for each in found:
        for way in each.ways:
            for caller in way.callers:
                assert comes(SITE, replace(way.plan, caller=caller), target)


def prompt(words):
    return Prompt(parts={"pl": (Part(clip=Clip(key=words, words=words)),)})


def step_of(draw, number):
    """One step. Those that take no time lead only forward, so that no circle is silent."""
    name, anywhere = NAMES[number], st.sampled_from(NAMES)
    ahead = st.sampled_from(NAMES[number + 1 :] or NAMES[-1:])
    if number == len(NAMES) - 1:
        return HangUpStep(name=name)
    conditions = st.sampled_from(
        (
            Comparison(variable="client.known"),
            Not(part=Comparison(variable="client.known")),
            Comparison(variable="area", op="==", values=("a",)),
            Comparison(variable="typed", op=">", values=("50",)),
            Comparison(variable="now.time", op="<", values=("12:00",)),
            AllOf(parts=(Comparison(variable="client.known"), Comparison(variable="area", op="==", values=("b",)))),
        )
    )
    retry = st.builds(Retry, tries=st.integers(1, 3), then=anywhere)
    area = st.sampled_from(((), (("area", "a"),), (("area", "b"),)))
    exits = st.builds(Exit, then=anywhere, set=area)
    match draw(st.integers(0, 9)):
        case 0:
            return Say(name=name, prompt=prompt("Dzień dobry."), then=draw(anywhere))
        case 1 | 2:
            choices = draw(st.dictionaries(st.sampled_from("0123#"), exits, min_size=1, max_size=3))
            return Menu(name=name, prompt=prompt("Co?"), choices=choices, no_input=draw(retry), no_match=draw(retry))
        case 3:
            return Collect(
                name=name, prompt=prompt("Numer?"), variable="typed", digits_min=2, digits_max=draw(st.integers(2, 4)),
                find=draw(st.sampled_from(("", "client"))), then=draw(anywhere), no_input=draw(retry),
                no_match=draw(retry),
            )  # fmt: skip
        case 4 | 5:
            rules = [Rule(condition=draw(conditions), exit=Exit(then=draw(ahead)))]
            return Branch(name=name, rules=(*rules, Rule(condition=None, exit=Exit(then=draw(ahead)))))
        case 6:
            to = draw(st.sampled_from(("by_client", "office", "technical")))
            return Queue(name=name, to=to, team="office", gave_up=draw(anywhere), no_agents=draw(anywhere))
        case 7:
            return HoursStep(name=name, calendar="office", open=draw(ahead), closed=draw(ahead))
        case 8:
            return SetValues(name=name, values=(("area", draw(st.sampled_from("ab"))),), then=draw(ahead))
        case _:
            return draw(
                st.sampled_from(
                    (
                        Wait(name=name, length_s=1.0, then=draw(anywhere)),
                        Split(name=name, split="x", ways={"a": draw(ahead), "b": draw(ahead)}, shares={"a": 1, "b": 1}),
                        Voicemail(name=name, to="office", whose="team", then=draw(anywhere), failed=draw(anywhere),
                                  too_short=Retry(then=draw(anywhere))),
                    )
                )
            )  # fmt: skip


@st.composite
def sites(draw):
    steps = {NAMES[number]: step_of(draw, number) for number in range(len(NAMES))}
    flow = Flow(id="made", language="pl", languages=("pl",), start=NAMES[0], steps=steps)
    return replace(SITE, flows={"made": flow}, numbers={NUMBER: "made"}, hours={"office": OFFICE})


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(sites(), st.data())
def test_flows_made_at_random(site, data):
    targets = [Target(kind="step", flow="made", name=name) for name in NAMES]
    targets += [Target(kind="person", name="anna"), Target(kind="team", name="technical")]
    said = {}
    for target in targets:
        (found,) = reach(site, target, at=AT, most=1)
        said[target.kind, target.name] = found.verdict
        for way in found.ways:
            assert comes(site, way.plan, target), (target, way)
    keys = st.lists(st.sampled_from(("0", "1", "2", "3", "#", "99", "1001#", "nothing", "speak 5s")), max_size=8)
    for _ in range(8):
        plan = Plan(
            called=NUMBER,
            caller=data.draw(st.sampled_from((KNOWN, STRANGER, ""))),
            at=AT + data.draw(st.integers(0, 7 * 24)) * 3600.0,
            deeds=parse_deeds(", ".join(data.draw(keys))),
            hang_up_after_s=300.0,
        )
        for target in targets:
            if said[target.kind, target.name] == "cannot":
                assert not comes(site, plan, target), (target, plan)


def test_hours_are_told_in_words():
    steps = {
        "door": HoursStep(name="door", calendar="office", open="talk", closed="night"),
        "talk": Queue(name="talk", to="office"),
        "night": HangUpStep(name="night"),
    }
    flow = Flow(id="made", language="pl", languages=("pl",), start="door", steps=steps)
    site = replace(SITE, flows={"made": flow}, numbers={NUMBER: "made"}, hours={"office": OFFICE})
    for name, word in (("talk", "office: open"), ("night", "office: closed")):
        target = Target(kind="step", flow="made", name=name)
        (found,) = reach(site, target, at=AT)
        way = found.ways[0]
        assert way.anybody
        assert not way.any_time
        assert word in told(site, (found,), "en")
        data = as_data(site, target, (found,), "en")["numbers"][0]["ways"][0]
        assert data["conditions"] == [f"door: {word.split()[1]}"]


def test_a_way_that_nobody_can_take_is_not_answered():
    """The graph leads there; the conditions contradict each other."""
    known = Comparison(variable="client.known")
    otherwise = Rule(condition=None, exit=Exit(then="end"))
    steps = {
        "one": Branch(name="one", rules=(Rule(condition=known, exit=Exit(then="two")), otherwise)),
        "two": Branch(name="two", rules=(Rule(condition=Not(part=known), exit=Exit(then="never")), otherwise)),
        "never": HangUpStep(name="never"),
        "end": HangUpStep(name="end"),
        "alone": HangUpStep(name="alone"),
    }
    flow = Flow(id="made", language="pl", languages=("pl",), start="one", steps=steps)
    site = replace(SITE, flows={"made": flow}, numbers={NUMBER: "made"})
    verdicts = {
        name: reach(site, Target(kind="step", flow="made", name=name), at=AT)[0].verdict
        for name in ("two", "never", "alone")
    }
    assert verdicts == {"two": "reached", "never": "unproved", "alone": "cannot"}


def test_a_moment_of_every_sort():
    site = replace(SITE, hours={"office": OFFICE})
    found = moments(site, AT)
    assert found[0] == AT
    assert 1 < len(found) <= 24
    assert len(sorts_of_clients(SITE)) == len({(c.manager, c.team, c.language) for c in SITE.clients.values()})
    assert stranger(SITE) not in {number for client in SITE.clients.values() for number in client.numbers}


def test_a_step_of_a_surge_is_reached_in_one():
    target = Target(kind="step", flow="reception_pl", name="rush")
    number = next(number for number, flow in SITE.numbers.items() if flow == "reception_pl")
    (found, *_) = reach(SITE, target, at=AT, numbers=(number,))
    assert found.verdict == "reached"
    assert all(way.plan.surge for way in found.ways)
    assert "who: now.surge" in told(SITE, [found], "en")


def test_what_is_typed():
    assert read_target(SITE, "anna").kind == "person"
    assert read_target(SITE, "office").kind == "team"
    assert read_target(SITE, "test_number").name == "welcome"
    assert read_target(SITE, "tone") == Target(kind="step", flow="test_number", name="tone")
    with pytest.raises(SettingError, match="did you mean anna"):
        read_target(SITE, "ana")
    with pytest.raises(SettingError, match="several flows have a step 'sorry'"):
        read_target(SITE, "sorry")
    assert TEXTS["pl"].keys() == TEXTS["en"].keys()


def test_the_command():
    def run(*words):
        return CliRunner().invoke(app, ["graph", "--site", str(FOLDER), "--at", "2026-11-23 09:05", *words])

    shown = run("--reach", "anna")
    assert shown.exit_code == 0, shown.output
    assert "welcome > who > manager" in shown.output
    assert KNOWN not in shown.output
    assert "1004 (test_number): cannot be reached" in shown.output
    alone = run("test_number", "--reach", "anna", "--lang", "pl")
    assert alone.exit_code == 1
    assert "Z żadnego numeru nie można tam trafić." in alone.output
    told_ = json.loads(run("--reach", "tone", "--json").output)
    assert next(each for each in told_["numbers"] if each["number"] == "1004")["ways"][0]["keys"] == "2"
