"""answer, refuse and wait; and that a flow that says when it answers is not answered before."""

from __future__ import annotations

import pytest

from gateway.core.actions import Answer, HangUp, Play, Ring
from gateway.core.facts.calls import StepEntered
from gateway.core.flow.model import AnswerStep, Branch, Comparison, Exit, Goto, HangUpStep, RefuseStep, Rule, Say, Wait
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site

HELLO = Say(name="hello", prompt=prompt("Dzień dobry."), then="end")
END = HangUpStep(name="end")


def rig_of(*steps) -> Rig:
    return Rig(site(flows={"reception": flow(*steps)}))


def orders(rig, *kinds):
    return [type(action) for action in rig.actions if isinstance(action, kinds or (Ring, Answer, Play, HangUp))]


def entered(rig):
    return [fact.step for fact in rig.of(StepEntered)]


def test_it_rings_for_a_time_and_is_answered_then():
    rig = rig_of(AnswerStep(name="pick_up", ringing_s=6, then="hello"), HELLO, END)
    call = rig.offer()
    rig.pass_time(5.9)
    assert orders(rig) == [Ring]
    rig.pass_time(0.2)
    assert orders(rig) == [Ring, Answer]
    assert entered(rig) == ["pick_up"]  # nothing is said before the ACK
    rig.pick_up(call)
    assert orders(rig) == [Ring, Answer, Play]
    assert rig.where(call) == "flow"


def test_without_a_time_it_is_answered_at_once():
    rig = rig_of(AnswerStep(name="pick_up", then="hello"), HELLO, END)
    rig.call()
    assert orders(rig) == [Answer, Play]


def test_a_step_that_is_heard_answers_by_itself():
    choice = Branch(
        name="who",
        rules=(
            Rule(condition=Comparison(variable="client.known"), exit=Exit(then="hello")),
            Rule(condition=None, exit=Exit(then="no")),
        ),
    )
    rig = rig_of(choice, HELLO, RefuseStep(name="no", how="busy"), END)
    known = rig.call(KOWALSKI)
    assert orders(rig) == [Answer, Play]
    assert entered(rig) == ["who", "hello"]
    assert rig.where(known) == "flow"


@pytest.mark.parametrize(("how", "code"), [("busy", 486), ("rejected", 603), ("unknown", 404), ("later", 480)])
def test_a_refused_call_is_never_answered_and_has_its_record(how, code):
    rig = rig_of(RefuseStep(name="no", how=how))
    call = rig.offer(STRANGER)
    (order,) = [action for action in rig.actions if isinstance(action, HangUp)]
    assert order.code == code
    assert Answer not in orders(rig)
    rig.end(call, code=code)
    record = rig.record(call)
    assert (record.ended_by, record.end_reason, record.path) == ("flow", f"refused: {how}", ("no",))


def test_refusing_after_the_answer_hangs_up():
    rig = rig_of(HELLO, Goto(name="end", then="no"), RefuseStep(name="no"))
    call = rig.offer()
    rig.pick_up(call)
    rig.heard(call)
    (order,) = [action for action in rig.actions if isinstance(action, HangUp)]
    assert order.code == 0


def test_a_caller_who_hangs_up_while_it_rings_has_a_record():
    rig = rig_of(AnswerStep(name="pick_up", ringing_s=6, then="hello"), HELLO, END)
    call = rig.offer()
    rig.hang_up(call, code=487)
    assert rig.record(call).ended_by == "caller"
    rig.pass_time(60)
    assert orders(rig) == [Ring]


def test_a_flow_that_ends_unanswered_is_answered_for_the_goodbye():
    rig = rig_of(Goto(name="begin", then=""), AnswerStep(name="never", then=""))
    call = rig.offer()
    assert orders(rig) == [Answer]
    rig.pick_up(call)
    assert orders(rig, HangUp, Play)


def test_wait_is_silent_for_its_time_and_keeps_the_keys():
    rig = rig_of(Wait(name="moment", length_s=2, then="hello"), HELLO, END)
    call = rig.call()
    rig.press(call, "1")
    rig.pass_time(1.7)
    assert entered(rig) == ["moment"]
    rig.pass_time(0.2)
    assert entered(rig) == ["moment", "hello", "end"]  # a key pressed ahead skips what can be skipped
