"""All phones ring: whoever answers first has the caller, the others stop; the legs of the line are shared."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Bridge, Dial, HangUp
from gateway.core.events import LegAnswered, LegEnded, LegFreed
from gateway.core.facts.calls import AgentDeclined, CallBridged, QueueLeft
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.flow.queue_order import Order
from tests.core.factory import (
    KOWALSKI,
    MAIN,
    NOWAK,
    STRANGER,
    Rig,
    command,
    flow,
    offers,
    prompt,
    site,
    stages,
    talking,
    team,
)

RING_ALL = Order(strategy="ring_all")


def ring_all(*, legs_max: int = 64, to: str = "office", agents: tuple[str, ...] = ("jan", "ewa", "ola"), **more) -> Rig:
    """The office rings all of its phones; callers come straight into its queue."""
    of = team(site(), "office", order=RING_ALL, agents=agents, overflow_team="", **more)
    queue = Queue(name="human", to=to, team="office", gave_up="sorry")
    steps = flow(queue, HangUpStep(name="sorry", prompt=prompt("Później.")))
    return Rig(replace(of, flows={"reception": steps}), legs_max=legs_max)


def legs(rig: Rig, call: str) -> dict[str, str]:
    """Agent -> leg of every Dial for this call, the last of each."""
    return {action.agent: action.leg for action in rig.actions if isinstance(action, Dial) and action.call == call}


def told_to_end(rig: Rig) -> list[str]:
    return [action.leg for action in rig.actions if isinstance(action, HangUp)]


def declined(rig: Rig, call: str = "") -> list[tuple[str, str]]:
    return [(fact.agent, fact.why) for fact in rig.of(AgentDeclined, call)]


def test_all_phones_ring_and_the_first_to_answer_wins():
    rig = ring_all()
    call = rig.call()
    rung = legs(rig, call)
    assert list(rung) == ["jan", "ewa", "ola"]
    assert rig.board.view().calls[0].ringing == ("jan", "ewa", "ola")
    rig.pick_up(rung["ewa"])
    assert [(f.agent, f.leg) for f in rig.of(CallBridged)] == [("ewa", rung["ewa"])]
    ended = [action for action in rig.actions if isinstance(action, HangUp)]
    assert ended == [HangUp(leg=rung[agent], elsewhere=True) for agent in ("jan", "ola")]
    assert declined(rig) == [("jan", "elsewhere"), ("ola", "elsewhere")]
    assert [(f.outcome, f.wait_s) for f in rig.of(QueueLeft)] == [("answered", 0.0)]
    assert (rig.state("jan"), rig.state("ewa"), rig.state("ola")) == ("idle", "talking", "idle")
    assert rig.where(call) == "bridged"


def test_two_answers_at_the_same_time_one_talks_and_the_other_is_hung_up():
    rig = ring_all()
    call = rig.call()
    rung = legs(rig, call)
    rig.pick_up(rung["jan"])
    before = len(rig.actions)
    rig.pick_up(rung["ola"])  # the 200 OK was under way when our CANCEL was
    assert rig.actions[before:] == [HangUp(leg=rung["ola"])]
    assert [f.agent for f in rig.of(CallBridged)] == ["jan"]
    assert [action.other for action in rig.actions if isinstance(action, Bridge)] == [rung["jan"]]
    assert rig.state("ola") == "idle"
    assert not agent_free(rig, "ola"), "the phone is not let go yet"
    rig.end(rung["ola"])
    assert agent_free(rig, "ola")
    assert declined(rig) == [("ewa", "elsewhere"), ("ola", "elsewhere")]


def agent_free(rig: Rig, agent: str) -> bool:
    return next(seat.free for seat in rig.board.view().agents if seat.agent == agent)


def test_whoever_loses_by_a_moment_keeps_the_place_among_the_idle():
    """Nobody is put behind the others for a call that somebody else was quicker with."""
    rig = ring_all()
    first = rig.call()
    rung = legs(rig, first)
    rig.pass_time(3)
    rig.pick_up(rung["ewa"])
    for agent in ("jan", "ola"):
        rig.end(rung[agent], code=487)
    second = rig.call()
    assert list(legs(rig, second)) == ["jan", "ola"]


def test_a_caller_who_hangs_up_while_three_ring_leaves_nobody_ringing():
    rig = ring_all()
    call = rig.call()
    rung = legs(rig, call)
    rig.hang_up(call)
    assert sorted(told_to_end(rig)) == sorted(rung.values())
    assert not any(action.elsewhere for action in rig.actions if isinstance(action, HangUp)), "they missed a call"
    assert declined(rig) == [("jan", "cancelled"), ("ewa", "cancelled"), ("ola", "cancelled")]
    assert [f.outcome for f in rig.of(QueueLeft)] == ["abandoned"]
    assert {rig.state(agent) for agent in rung} == {"idle"}
    assert rig.record(call).offered == (("jan", "cancelled"), ("ewa", "cancelled"), ("ola", "cancelled"))
    for leg in rung.values():
        rig.end(leg, code=487)
    assert list(legs(rig, rig.call())) == ["jan", "ewa", "ola"]


def test_one_who_refuses_does_not_stop_the_others():
    rig = ring_all()
    call = rig.call()
    rung = legs(rig, call)
    rig.end(rung["jan"], code=603, by="far")
    assert rig.board.view().calls[0].ringing == ("ewa", "ola")
    assert offers(rig, call) == ["jan", "ewa", "ola"]
    for agent in ("ewa", "ola"):
        rig.ring(rung[agent])
    rig.pass_time(15)
    assert offers(rig, call) == ["jan", "ewa", "ola"], "nobody is asked twice while another may still answer"
    assert not told_to_end(rig)
    rig.pick_up(rung["ola"])
    assert rig.where(call) == "bridged"


def test_nobody_answers_and_all_are_rung_again():
    rig = ring_all(agent_ring_s=8.0)
    call = rig.call()
    for leg in legs(rig, call).values():
        rig.ring(leg)
    rung = legs(rig, call)
    rig.pass_time(8.0)
    assert declined(rig) == [("jan", "no_answer"), ("ewa", "no_answer"), ("ola", "no_answer")]
    for leg in rung.values():
        rig.end(leg, code=487)
    assert rig.board.view().calls[0].ringing == ()
    rig.pass_time(10.1)
    assert offers(rig, call) == ["jan", "ewa", "ola", "jan", "ewa", "ola"]


def test_one_who_gets_free_while_others_ring_is_rung_too():
    rig = ring_all()
    command(rig, "ola", "pause")
    call = rig.call()
    assert offers(rig, call) == ["jan", "ewa"]
    command(rig, "ola", "unpause")
    assert offers(rig, call) == ["jan", "ewa", "ola"]
    assert rig.board.view().calls[0].ringing == ("jan", "ewa", "ola")


def test_the_second_caller_waits_until_the_first_has_somebody():
    rig = ring_all()
    first = rig.call()
    second = rig.call(NOWAK)
    assert offers(rig, second) == []
    rung = legs(rig, first)
    rig.pick_up(rung["jan"])
    rig.end(rung["ewa"], code=487)
    rig.end(rung["ola"], code=487)
    assert offers(rig, second) == ["ewa", "ola"]


def test_the_manager_is_rung_alone_and_then_everybody_with_him_left_out():
    rig = ring_all(to="by_client", manager_ring_s=10.0)
    call = rig.call(KOWALSKI)
    assert offers(rig, call) == ["anna"]
    rig.ring(rig.dialled("anna").leg)
    rig.pass_time(10.0)
    assert stages(rig)[-1] == ("team", "office", "manager_no_answer")
    assert offers(rig, call) == ["anna", "jan", "ewa", "ola"]


def test_a_manager_who_gets_free_is_rung_beside_the_team():
    rig = ring_all(to="by_client")
    command(rig, "anna", "pause")
    call = rig.call(KOWALSKI)
    assert offers(rig, call) == ["jan", "ewa", "ola"]
    command(rig, "anna", "unpause")
    assert offers(rig, call) == ["jan", "ewa", "ola", "anna"]


def test_a_line_that_may_take_another_caller_keeps_a_leg_for_him():
    """Four legs, one caller of two: two phones ring, the fourth leg is the next caller's."""
    rig = ring_all(legs_max=4)
    call = rig.call()
    assert offers(rig, call) == ["jan", "ewa"]
    assert rig.board.view().calls[0].no_leg
    rung = legs(rig, call)
    rig.end(rung["jan"], code=486, by="far")
    assert offers(rig, call) == ["jan", "ewa", "ola"], "the leg that was given back rings the next phone"


def test_the_first_phone_of_one_caller_comes_before_the_second_of_another():
    """A full line: a phone that rings beside others for the first caller is let go for the second."""
    of = team(site(), "office", order=RING_ALL, agents=("jan", "ewa", "ola"), overflow_team="")
    sales = team(of, "sales", agents=("piotr",), overflow_team="")
    to_sales = flow(Queue(name="human", to="sales", gave_up="sorry"),
                    HangUpStep(name="sorry", prompt=prompt("Później.")), id="sales")  # fmt: skip
    to_office = flow(Queue(name="human", to="office", gave_up="sorry"),
                     HangUpStep(name="sorry", prompt=prompt("Później.")))  # fmt: skip
    rig = Rig(replace(sales, flows={"reception": to_office, "sales": to_sales},
                          numbers={MAIN: "reception", "100": "sales"}), legs_max=4)  # fmt: skip
    first = rig.call()
    rung = legs(rig, first)
    assert list(rung) == ["jan", "ewa"]
    second = rig.call(NOWAK, called="100")
    assert offers(rig, second) == []
    assert declined(rig, first) == [("ewa", "failed")]
    assert told_to_end(rig) == [rung["ewa"]]
    rig.ring(rung["jan"])
    rig.pass_time(5.1)
    assert told_to_end(rig) == [rung["ewa"]], "no second one while the first has not ended"
    rig.end(rung["ewa"], code=487)
    assert offers(rig, second) == ["piotr"]
    assert rig.board.view().calls[0].ringing == ("jan",)
    rig.pick_up(rung["jan"])
    assert rig.where(first) == "bridged"


def test_an_answer_of_one_who_was_told_to_stop_for_the_sake_of_another_is_hung_up():
    rig = ring_all(legs_max=4)
    first = rig.call()
    rung = legs(rig, first)
    rig.call(NOWAK)
    rig.pick_up(rung["jan"])
    assert [f.agent for f in rig.of(CallBridged, first)] == ["jan"]
    before = len(rig.actions)
    rig.pick_up(rung["ewa"])
    assert rig.actions[before:] == [HangUp(leg=rung["ewa"])]
    assert [f.agent for f in rig.of(CallBridged)] == ["jan"]


def test_max_wait_ends_all_ringings():
    rig = ring_all(max_wait_s=15.0)
    call = rig.call()
    rung = legs(rig, call)
    for leg in rung.values():
        rig.ring(leg)
    rig.pass_time(15.0)
    assert declined(rig) == [("jan", "cancelled"), ("ewa", "cancelled"), ("ola", "cancelled")]
    assert [f.outcome for f in rig.of(QueueLeft)] == ["overflowed"]
    assert rig.where(call) in {"flow", ""}


def test_the_overflow_rings_as_its_own_team_says():
    """All phones of the overflow team, though the first team rings one after the other."""
    of = team(site(), "office", agents=("jan",), max_wait_s=15.0, agent_ring_s=10.0)
    of = team(of, "sales", order=RING_ALL, agents=("ola", "piotr", "ewa"), overflow_team="")
    steps = flow(Queue(name="human", to="office", gave_up="sorry"),
                 HangUpStep(name="sorry", prompt=prompt("Później.")))  # fmt: skip
    rig = Rig(replace(of, flows={"reception": steps}))
    talking(rig, STRANGER, agent="jan")
    call = rig.call()
    assert offers(rig, call) == []
    rig.pass_time(15.1)
    assert stages(rig, call)[-1] == ("overflow", "sales", "max_wait")
    assert sorted(offers(rig, call)) == ["ewa", "ola", "piotr"]


def test_a_new_version_rings_whoever_is_new_beside_those_who_ring():
    rig = ring_all(agents=("jan", "ewa"))
    call = rig.call()
    of = rig.board._ex.site
    rig.load(team(of, "office", agents=("jan", "ewa", "ola")))
    assert offers(rig, call) == ["jan", "ewa", "ola"]


def test_all_who_ring_are_taken_out_of_the_site_and_go_on_ringing():
    rig = ring_all(agents=("jan", "ewa"))
    call = rig.call()
    rung = legs(rig, call)
    of = rig.board._ex.site
    people = {name: agent for name, agent in of.agents.items() if name not in {"jan", "ewa"}}
    command(rig, "piotr", "logout")
    rig.load(team(replace(of, agents=people), "office", agents=("piotr",)))
    rig.end(rung["jan"], code=603, by="far")
    assert rig.board.view().calls[0].ringing == ("ewa",)
    rig.pick_up(rung["ewa"])
    assert rig.where(call) == "bridged"


@pytest.mark.parametrize("order", [("jan", "ewa"), ("ewa", "jan")])
def test_answers_in_one_turn_of_the_line(order):
    """Both reports are in the socket before the first is read: the one that comes first wins."""
    rig = ring_all(agents=("jan", "ewa"))
    call = rig.call()
    rung = legs(rig, call)
    for agent in order:
        rig.tell(LegAnswered(leg=rung[agent]))
    assert [f.agent for f in rig.of(CallBridged, call)] == [order[0]]
    assert declined(rig) == [(order[1], "elsewhere")]
    rig.tell(LegEnded(leg=rung[order[1]], code=200, reason="", by="us"))
    rig.tell(LegFreed(line="A", leg=rung[order[1]], legs_used=2, callers=1))
    assert agent_free(rig, order[1])
    assert [f.why for f in rig.of(AgentDeclined) if f.agent == order[0]] == []
