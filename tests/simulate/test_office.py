"""The virtual office under the real switchboard: it behaves as a line, a caller and phones do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    InputTaken,
    StageEntered,
    TalkEnded,
)
from gateway.simulate.deeds import GiveUp, Nothing, Press, Wait
from gateway.simulate.office import simulate
from gateway.simulate.phones import Habit, Phone
from gateway.simulate.plan import HungUp, Pressed

from .office import ENGLISH, KNOWN, LENGTHS, POLISH, SITE, STRANGER, TEST, plan, run


def of(run, kind):
    return [fact for fact in run.facts if isinstance(fact, kind)]


def test_keys_are_pressed_when_the_question_was_heard():
    done = run(keys="1002#, 1")
    assert done.path == ("welcome", "who", "client_number", "matter", "human", "manager")
    assert not any(happened.cut for _, happened in done.log if isinstance(happened, Pressed))
    assert (done.record.outcome, done.record.answered_by) == ("answered", "piotr")


def test_keys_behind_a_wait_stop_what_is_said():
    done = run(keys="wait 1s, 1002#")
    pressed = [(at, happened) for at, happened in done.log if isinstance(happened, Pressed)]
    assert pressed[0][1].cut
    assert pressed[0][0] - done.record.started_at == pytest.approx(1.05)
    assert not any("Proszę podać" in heard for heard in done.heard)


def test_nothing_lets_one_question_go_by():
    done = run(keys="nothing, nothing, 2")
    assert [fact.outcome for fact in of(done, InputTaken)] == ["no_input", "no_input", "match"]
    assert not done.unused


def test_the_digits_of_a_collect_may_be_left_unfinished():
    done = run(keys="10, nothing, 1")
    assert [(fact.keys, fact.outcome) for fact in of(done, InputTaken)][:2] == [("10", "no_match"), ("1", "no_match")]


def test_what_the_caller_never_came_to_do_is_told():
    assert run(caller=KNOWN, keys="1, wait 2s, 5").unused == (Press("1"), Wait(2.0), Press("5"))


@pytest.mark.parametrize(
    ("manner", "why", "rang_s"),
    [
        ("busy", "busy", 0.05),
        ("refuses", "refused", 2.0),
        ("silent", "no_answer", 20.0),
        ("unreachable", "unreachable", 2.0),
    ],
)
def test_each_way_not_to_answer(manner, why, rang_s):
    done = run(caller=KNOWN, agents={"anna": manner})
    declined = of(done, AgentDeclined)[0]
    assert (declined.agent, declined.why) == ("anna", why)
    assert declined.rang_s == pytest.approx(rang_s, abs=1e-3)
    assert done.record.answered_by == "piotr"


@pytest.mark.parametrize("manner", ["paused", "off"])
def test_who_is_not_at_the_desk_is_not_rung(manner):
    done = run(caller=KNOWN, agents={"anna": manner})
    assert of(done, StageEntered)[0].reason == f"manager_{manner}"
    assert "anna" not in {offered.agent for offered in of(done, AgentOffered)}


def test_a_manager_on_another_call_takes_the_client_when_it_is_over():
    done = run(caller=KNOWN, agents={"anna": "talking for 30s"}, everyone="paused")
    assert of(done, StageEntered)[0].reason == "manager_busy"
    (bridged,) = of(done, CallBridged)
    assert (bridged.agent, bridged.stage) == ("anna", "manager")
    assert "wrap_up" in [fact.state for fact in of(done, AgentChanged) if fact.agent == "anna"]


def test_an_agent_who_answers_at_the_second_ringing():
    done = run(caller=KNOWN, agents={"anna": "silent,answers after 3s"}, everyone="off")
    assert [offered.agent for offered in of(done, AgentOffered)] == ["anna", "anna"]
    assert done.record.answered_by == "anna"


def test_the_caller_hangs_up_when_told_and_at_last_by_patience():
    done = run(caller=KNOWN, everyone="silent", hang_up_after_s=40.0)
    assert done.record.outcome == "abandoned"
    assert done.record.ended_at - done.record.started_at == pytest.approx(40.05)
    endless = run(caller=KNOWN, talk_s=2000.0)
    assert [type(happened) for _, happened in endless.log[-3:]] == [HungUp, TalkEnded, CallEnded]
    assert endless.record.ended_at - endless.record.started_at == pytest.approx(900.05)


def test_a_number_without_a_flow_is_refused():
    done = run(called="+48229999999", keys="1")
    assert done.record is None
    assert done.path == ()
    assert done.unused == (Press("1"),)


def test_the_same_plan_gives_the_same_call():
    one, other = (run(keys="4711#, 4712#, 2", agents={"ewa": "silent"}) for _ in range(2))
    assert one == other


deeds = st.lists(
    st.one_of(
        st.text("0123456789*#", min_size=1, max_size=6).map(Press),
        st.floats(0.1, 60).map(Wait),
        st.just(Nothing()),
        st.just(GiveUp()),
    ),
    max_size=8,
).map(tuple)
manners = st.sampled_from(["answers", "busy", "refuses", "silent", "unreachable", "paused", "off", "talking"])
habits = st.dictionaries(
    st.sampled_from(sorted(SITE.agents)), st.builds(Phone, manners, st.floats(0.1, 90)), max_size=4
)


@given(
    called=st.sampled_from([POLISH, ENGLISH, TEST]),
    caller=st.sampled_from([KNOWN, STRANGER, ""]),
    deeds=deeds,
    phones=habits,
    patience=st.floats(0.1, 900),
)
@settings(max_examples=150, deadline=None)
def test_every_call_comes_to_its_record(called, caller, deeds, phones, patience):
    of_plan = plan(called=called, caller=caller, hang_up_after_s=patience)
    changed = type(of_plan)(
        called=called,
        caller=caller,
        at=of_plan.at,
        deeds=deeds,
        habits={agent: Habit((phone,)) for agent, phone in phones.items()},
        hang_up_after_s=patience,
    )
    done = simulate(SITE, changed, lengths=LENGTHS)
    assert done.record is not None
    assert done.record.outcome != "lost"
    # The record names steps only, also behind a go_to_flow; the run's own path says of which flow they are.
    assert tuple(step for _, step in done.steps) == done.record.path
    assert done.record.ended_at - of_plan.at <= patience + 10
