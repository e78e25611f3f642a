"""ring and transfer: one target without the queue, every way it can end, and nobody in two calls."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Bridge, Dial, HangUp, Play
from gateway.core.events import ActionFailed, LegAnswered
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    QueueEntered,
    QueueLeft,
    StepEntered,
    TalkEnded,
    WrapUpEnded,
)
from gateway.core.facts.flow import RingEnded
from gateway.core.flow.model import HangUpStep, Queue, Ring, Say, Transfer
from gateway.core.kpi.kpi import OFFICE, Key, Kpi
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, MUSIC, STRANGER, Rig, command, flow, prompt, site, talking, team

NUMBER = "+48221234599"
LOOP = "loop"
OUT = tuple(Say(name=name, prompt=prompt(f"To jest {name}."), then="") for name in ("busy", "late", "dead", "after"))


def ring(target="agent", to="ewa", **more) -> Ring:
    ways = {"busy": "busy", "no_answer": "late", "unreachable": "dead", "served": "after", **more}
    return Ring(name="call_her", target=target, to=to, music=LOOP, **{"ring_s": 20.0, **ways})


def rig_of(step, **more) -> Rig:
    return Rig(site(flows={"reception": flow(step, *OUT)}), **more)


def number(**more) -> Ring:
    return ring("number", NUMBER, trunk="provider", **more)


def last_step(rig) -> str:
    return rig.of(StepEntered)[-1].step


def ends(rig) -> list[tuple[str, str]]:
    return [(fact.outcome, fact.reason) for fact in rig.of(RingEnded)]


def test_the_agent_is_rung_and_talks():
    rig = rig_of(ring(prompt=prompt("Łączę.")))
    call = rig.call()
    dial = rig.dialled("ewa")
    assert (dial.uri, rig.state("ewa"), rig.where(call)) == ("sip:ewa@127.0.0.1:5083", "ringing", "flow")
    assert rig.board.view().calls[0].ringing == ("ewa",)
    rig.heard(call)
    assert [clip.key for clip in rig.actions[-1].clips] == [MUSIC]  # of the agent's team
    rig.ring(dial.leg)
    rig.pass_time(6)
    rig.pick_up(dial.leg)
    assert [type(a) for a in rig.new][-1] is Bridge
    assert (rig.where(call), rig.state("ewa")) == ("bridged", "talking")
    assert ends(rig) == [("answered", "")]
    (bridged,) = rig.of(CallBridged)
    assert (bridged.agent, bridged.team, bridged.wait_s) == ("ewa", "office", 6)
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(dial.leg)
    assert rig.record(call).outcome == "answered"
    assert rig.record(call).offered == (("ewa", "answered"),)
    assert rig.record(call).talk_s == 30
    assert rig.state("ewa") == "wrap_up"
    rig.pass_time(10)
    assert rig.state("ewa") == "idle"


def test_it_is_no_contact_of_the_figures_but_its_talk_is_handled():
    rig = rig_of(ring())
    kpi = Kpi(site())
    call = rig.call()
    leg = rig.dialled("ewa").leg
    rig.pick_up(leg)
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(leg)
    rig.pass_time(10)
    for fact in rig.facts:
        kpi.apply(fact)
    assert not rig.of(QueueEntered) + rig.of(QueueLeft)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.answered, figures.in_progress, figures.sl) == (0, 0, 0, None)
    assert (figures.handled, figures.aht_s) == (1, 40)
    assert kpi.figures(Key("team", "office")).handled == 1
    assert set(kpi.conservation().values()) <= {0}


@pytest.mark.parametrize(
    ("code", "step", "outcome", "why"),
    [
        (486, "busy", ("busy", "busy"), "busy"),
        (603, "busy", ("busy", "refused"), "refused"),
        (404, "dead", ("unreachable", "unreachable"), "unreachable"),
    ],
)
def test_each_refusal_has_its_way_on(code, step, outcome, why):
    rig = rig_of(ring())
    rig.call()
    leg = rig.dialled("ewa").leg
    rig.hang_up(leg, code=code)
    assert last_step(rig) == step
    assert ends(rig) == [outcome]
    assert rig.of(AgentDeclined)[0].why == why
    assert rig.state("ewa") == "idle"


def test_nobody_answers_in_time():
    rig = rig_of(ring())
    rig.call()
    leg = rig.dialled("ewa").leg
    rig.ring(leg)
    rig.pass_time(19.9)
    assert not ends(rig)
    rig.pass_time(0.2)
    assert ends(rig) == [("no_answer", "no_answer")]
    assert last_step(rig) == "late"
    assert HangUp(leg=leg) in rig.actions
    assert not rig.board.view().agents[2].free  # until the network has let go of the phone
    rig.end(leg, code=487)
    assert rig.state("ewa") == "idle"


def test_a_phone_that_says_nothing_is_unreachable():
    rig = rig_of(ring())
    rig.call()
    rig.pass_time(3)
    assert (last_step(rig), ends(rig)) == ("dead", [("unreachable", "unreachable")])


@pytest.mark.parametrize(
    ("what", "step", "reason"), [("logout", "dead", "off"), ("pause", "busy", "paused"), ("talk", "busy", "busy")]
)
def test_who_is_not_there_is_not_rung(what, step, reason):
    rig = rig_of(ring("agent", "jan"))
    if what == "talk":
        talking(rig, STRANGER, agent="jan")
    else:
        command(rig, "jan", what)
    before = len(rig.of(AgentOffered))
    rig.call()
    assert len(rig.of(AgentOffered)) == before
    assert (last_step(rig), ends(rig)[-1][1]) == (step, reason)


def test_exits_that_are_left_out_are_as_busy_and_busy_is_the_goodbye():
    rig = rig_of(ring(no_answer="", unreachable=""))
    command(rig, "ewa", "logout")
    rig.call()
    assert last_step(rig) == "busy"
    rig = rig_of(ring(busy="", no_answer="", unreachable=""))
    command(rig, "ewa", "logout")
    call = rig.call()
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).end_reason == "end_of_flow"


def test_a_team_is_rung_one_after_another_within_the_time():
    rig = rig_of(ring("team", "office", ring_s=30))
    rig.call()
    first = rig.dialled()
    rig.ring(first.leg)
    rig.pass_time(20.5)
    rig.ring(rig.dialled().leg)
    assert [f.agent for f in rig.of(AgentOffered)] == ["jan", "ewa"]
    assert not ends(rig)
    rig.pass_time(10)
    assert ends(rig) == [("no_answer", "no_answer")]
    assert [(f.agent, round(f.rang_s, 1)) for f in rig.of(AgentDeclined)] == [("jan", 20.0), ("ewa", 10.0)]


def test_the_first_of_a_team_who_answers_has_the_call():
    rig = rig_of(ring("team", "office"))
    call = rig.call()
    rig.hang_up(rig.dialled("jan").leg, code=486)
    rig.pick_up(rig.dialled("ewa").leg)
    assert rig.of(CallBridged)[0].agent == "ewa"
    assert rig.where(call) == "bridged"


def test_of_a_team_the_outcome_is_that_of_whoever_came_nearest():
    rig = rig_of(ring("team", "office"))
    rig.call()
    rig.hang_up(rig.dialled("jan").leg, code=486)
    rig.hang_up(rig.dialled("ewa").leg, code=404)
    assert ends(rig) == [("busy", "busy")]


def test_the_manager_is_the_clients():
    rig = rig_of(ring("manager", ""))
    rig.call(KOWALSKI)
    assert rig.of(AgentOffered)[0].agent == "anna"
    assert rig.of(AgentOffered)[0].stage == "manager"
    assert rig.of(AgentOffered)[0].team == "office"  # the client's, though she is in no team
    rig.pick_up(rig.dialled("anna").leg)
    assert rig.of(RingEnded)[0].to == "anna"


def test_a_stranger_has_no_manager():
    rig = rig_of(ring("manager", ""))
    rig.call(STRANGER)
    assert (last_step(rig), ends(rig)) == ("dead", [("unreachable", "no_manager")])


def test_a_number_is_dialled_by_its_trunk_and_learns_nothing_of_the_client():
    rig = rig_of(number())
    call = rig.call(KOWALSKI)
    dial = rig.dialled(NUMBER)
    assert dial == Dial(leg=dial.leg, line="A", call=call, uri=NUMBER, agent=NUMBER, trunk="provider")
    assert [clip.key for a in rig.new if isinstance(a, Play) for clip in a.clips] == [LOOP]
    rig.pick_up(dial.leg)
    assert rig.where(call) == "bridged"
    rig.pass_time(5)
    rig.hang_up(dial.leg)
    assert last_step(rig) == "after"
    assert rig.of(TalkEnded)[0].agent == NUMBER
    assert not rig.of(WrapUpEnded)


def test_a_number_is_nobodys_figure():
    rig = rig_of(number())
    kpi = Kpi(site())
    rig.call()
    rig.pick_up(rig.dialled(NUMBER).leg)
    for fact in rig.facts:
        kpi.apply(fact)
    assert kpi.agents() == ()


def test_two_callers_can_be_put_through_to_one_number():
    rig = rig_of(number())
    rig.call()
    rig.call(KOWALSKI)
    assert sum(isinstance(a, Dial) for a in rig.actions) == 2


def test_a_full_line_rings_nobody():
    rig = rig_of(number(), legs_max=1)
    rig.call()
    assert not any(isinstance(a, Dial) for a in rig.actions)
    assert (last_step(rig), ends(rig)) == ("busy", [("busy", "no_leg")])


def test_a_line_that_has_just_become_full():
    rig = rig_of(ring())
    rig.call()
    rig.tell(ActionFailed(leg=rig.dialled("ewa").leg, action="Dial", code=503, reason="no free leg"))
    assert ends(rig) == [("busy", "no_leg")]
    assert rig.state("ewa") == "idle"


def test_the_caller_hangs_up_and_the_phone_stops():
    rig = rig_of(ring())
    call = rig.call()
    leg = rig.dialled("ewa").leg
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.actions
    assert ends(rig) == [("abandoned", "")]
    assert rig.of(AgentDeclined)[0].why == "cancelled"
    assert rig.record(call).outcome == "in_menu"
    rig.tell(LegAnswered(leg=leg))  # the answer crossed the CANCEL
    assert not rig.of(CallBridged)
    rig.end(leg)
    assert rig.state("ewa") == "idle"


def test_an_agent_who_is_rung_is_given_to_nobody_else():
    other = flow(Queue(name="wait", to="office"), id="other")
    rig = Rig(site(flows={"reception": flow(ring("agent", "jan"), *OUT), "other": other},
                   numbers={MAIN: "reception", "100": "other"}))  # fmt: skip
    rig.call()
    command(rig, "ewa", "logout")
    waiting = rig.call(called="100")
    assert [f.agent for f in rig.of(AgentOffered)] == ["jan"]
    leg = rig.dialled("jan").leg
    rig.hang_up(leg, code=486)
    assert [(f.agent, f.call) for f in rig.of(AgentOffered)][1:] == [("jan", waiting)]


def test_after_the_talk_the_call_ends_where_nothing_else_is_said():
    rig = rig_of(ring(served=""))
    call = rig.call()
    leg = rig.dialled("ewa").leg
    rig.pick_up(leg)
    rig.hang_up(leg)
    rig.end(call)
    assert rig.record(call).ended_by == "agent"


def test_keys_during_the_ringing_do_no_harm():
    rig = rig_of(ring())
    call = rig.call()
    rig.press(call, "12#")
    rig.pick_up(rig.dialled("ewa").leg)
    assert rig.where(call) == "bridged"


def test_a_prompt_whose_end_is_never_told_ends_by_itself():
    rig = rig_of(ring(prompt=prompt("Łączę."), ring_s=600))
    rig.call()
    rig.ring(rig.dialled("ewa").leg)
    rig.pass_time(301)
    assert [clip.key for clip in rig.actions[-1].clips] == [MUSIC]
    assert not ends(rig)


def test_a_transfer_ends_with_the_talk():
    step = Transfer(name="over", target="number", to=NUMBER, trunk="provider", music=LOOP, failed="busy")
    rig = rig_of(step)
    call = rig.call()
    leg = rig.dialled(NUMBER).leg
    rig.pick_up(leg)
    assert rig.where(call) == "bridged"
    rig.hang_up(leg)
    rig.end(call)
    assert (rig.record(call).outcome, rig.record(call).ended_by) == ("answered", "agent")


@pytest.mark.parametrize("code", [486, 404, 603, 480])
def test_a_transfer_that_nobody_takes_has_failed(code):
    rig = rig_of(Transfer(name="over", target="agent", to="jan", music=LOOP, failed="late"))
    rig.call()
    rig.hang_up(rig.dialled("jan").leg, code=code)
    assert last_step(rig) == "late"


def test_a_transfer_without_a_way_on_says_goodbye():
    rig = rig_of(Transfer(name="over", target="agent", to="jan", music=LOOP))
    command(rig, "jan", "logout")
    call = rig.call()
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).end_reason == "end_of_flow"


TRIALS = [
    (ring("agent", "jan"), ["jan"]),
    (ring("agent", "anna"), []),
    (number(), []),
    (ring("team", "office"), ["jan"]),
    (ring("manager", ""), []),
]


@pytest.mark.parametrize(("step", "rung"), TRIALS)
def test_a_trial_rings_nobody_but_its_people(step, rung):
    of = site(flows={"reception": flow(step, *OUT)}, draft=Draft(number="9999", rings=("jan",)))
    rig = Rig(of)
    rig.draft(replace(of, version="d"), MAIN)
    rig.call(KOWALSKI, called="9999")
    assert [f.agent for f in rig.of(AgentOffered)] == rung
    if not rung:
        assert ends(rig)[0][0] == "unreachable"


def test_a_circle_of_rings_that_fail_at_once_does_not_spin_for_ever():
    first = Ring(name="call_her", target="agent", to="ewa", busy="again")
    again = Ring(name="again", target="agent", to="ewa", busy="call_her")
    rig = Rig(site(flows={"reception": flow(first, again, HangUpStep(name="end"))}))
    command(rig, "ewa", "logout")
    call = rig.call()
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).end_reason == "step_limit"


def test_the_queue_after_a_ring_offers_its_contact_once():
    of = site(flows={"reception": flow(ring("agent", "jan", busy="wait"), Queue(name="wait", to="office"), *OUT)})
    rig = Rig(team(of, "office", agents=("ewa",)))
    call = rig.call()
    rig.hang_up(rig.dialled("jan").leg, code=486)
    assert [f.team for f in rig.of(QueueEntered)] == ["office"]
    rig.pick_up(rig.dialled("ewa").leg)
    assert [f.outcome for f in rig.of(QueueLeft)] == ["answered"]
    assert rig.where(call) == "bridged"
