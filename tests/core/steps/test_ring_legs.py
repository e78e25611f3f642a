"""`ring: TEAM` on a line with few legs: the first phone of any caller comes before a further one of another."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.facts.calls import CallBridged
from gateway.core.flow.model import Queue, Ring
from gateway.core.flow.queue_order import Order
from tests.core.factory import MAIN, NOWAK, STRANGER, Rig, flow, offers, site, team

from .test_ring_team import PEOPLE, RING_ALL, declined, ends, legs, rig_of, told_to_end


def test_a_line_that_may_take_another_caller_keeps_a_leg_for_him():
    rig = rig_of(RING_ALL, legs_max=4)
    call = rig.call()
    assert offers(rig, call) == ["jan", "ewa"]
    rig.hang_up(legs(rig, call)["jan"], code=486)
    assert offers(rig, call) == ["jan", "ewa", "ola"], "the leg that was given back rings the next phone"


def test_the_first_phone_of_one_caller_comes_before_the_second_of_another():
    rig = rig_of(RING_ALL, legs_max=4)
    first = rig.call()
    rung = legs(rig, first)
    second = rig.call(NOWAK)
    assert declined(rig, first) == [("ewa", "failed")]
    assert told_to_end(rig) == [rung["ewa"]]
    assert (offers(rig, second), ends(rig)) == ([], []), "the second caller waits for the leg"
    rig.ring(rung["jan"])
    rig.pass_time(2)
    rig.end(rung["ewa"], code=487)
    assert offers(rig, second) == ["ola"]
    assert rig.board.view().calls[0].ringing == ("jan",)
    rig.pick_up(rung["jan"])
    rig.pick_up(legs(rig, second)["ola"])
    assert [(fact.call, fact.agent) for fact in rig.of(CallBridged)] == [(first, "jan"), (second, "ola")]


def test_a_queue_that_rings_all_gives_a_leg_to_a_step_and_a_step_to_a_queue():
    of = team(site(), "office", order=RING_ALL, agents=PEOPLE, overflow_team="")
    step = Ring(name="all", target="team", to="office", ring_s=60)
    steps = {"reception": flow(step), "queue": flow(Queue(name="wait", to="office"), id="queue")}
    for one, other in ((MAIN, "100"), ("100", MAIN)):
        rig = Rig(replace(of, flows=steps, numbers={MAIN: "reception", "100": "queue"}), legs_max=4)
        first = rig.call(called=one)
        rung = legs(rig, first)
        assert list(rung) == ["jan", "ewa"]
        second = rig.call(NOWAK, called=other)
        assert declined(rig, first) == [("ewa", "failed")]
        rig.end(rung["ewa"], code=487)
        assert offers(rig, second)[:1] == ["ola"]


def test_the_leg_of_a_phone_that_did_not_answer_is_waited_for():
    """Two callers, two phones, four legs: the next phone of a team rings as soon as the first has let go."""
    rig = rig_of(Order(strategy="linear"), legs_max=4)
    first, second = rig.call(), rig.call(NOWAK)
    assert (offers(rig, first), offers(rig, second)) == (["jan"], ["ewa"])
    rig.ring(rig.dialled("jan").leg)
    rig.ring(rig.dialled("ewa").leg)
    rig.pass_time(5)
    rig.hang_up(second)
    third = rig.call(STRANGER)  # the caller's leg is there before Ewa's phone has stopped
    assert (offers(rig, third), ends(rig, third)) == ([], [])
    rig.end(legs(rig, second)["ewa"], code=487)
    assert offers(rig, third) == ["ewa"]
    rig.ring(legs(rig, third)["ewa"])
    rig.pass_time(5)
    assert declined(rig, first) == [("jan", "no_answer")]
    assert not ends(rig, first)
    rig.end(legs(rig, first)["jan"], code=487)
    assert offers(rig, first) == ["jan", "ola"]


def test_a_leg_that_does_not_come_is_not_waited_for_long():
    rig = rig_of(Order(strategy="linear"), legs_max=3)
    call = rig.call()
    stranger = rig.call(NOWAK)
    assert (offers(rig, call), ends(rig, stranger)) == (["jan"], [("busy", "no_leg")])
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(10)
    assert not ends(rig, call)
    rig.pass_time(5.1)
    assert ends(rig, call) == [("no_answer", "no_answer")]
    assert told_to_end(rig) == [legs(rig, call)["jan"]]


def test_a_caller_who_leaves_while_a_leg_is_waited_for_is_forgotten():
    rig = rig_of(RING_ALL, legs_max=4)
    first = rig.call()
    second = rig.call(NOWAK)
    rig.hang_up(second)
    rig.end(legs(rig, first)["ewa"], code=487)
    assert offers(rig, second) == []
    assert ends(rig, second) == [("abandoned", "")]
    assert offers(rig, first) == ["jan", "ewa", "ola"], "there is a leg for a further phone again"
    assert rig.board._ex.line("A").wanting.keys() == {first}
