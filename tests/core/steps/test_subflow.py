"""Flows that are called and come back, and loops: which variables live where, how deep it goes, what ends what."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp
from gateway.core.events import CallsRecovered, LegSnapshot
from gateway.core.facts.calls import CallEnded, StepEntered
from gateway.core.facts.flow import RoundCounted, SubflowReturned
from gateway.core.flow.model import (
    Branch,
    Collect,
    Comparison,
    Exit,
    Goto,
    HangUpStep,
    Loop,
    Menu,
    Queue,
    Retry,
    Return,
    Rule,
    Say,
    SetValues,
    Subflow,
)
from gateway.core.steps.frames import DEPTH_MAX
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, flow, prompt, site, words

END = HangUpStep(name="end")
ASK = Collect(
    name="ask",
    variable="typed",
    prompt=prompt("Sprawa {reason}, numer {typed}."),
    digits_min=4,
    digits_max=4,
    then="good",
    no_input=Retry(tries=1, then="lost"),
    no_match=Retry(tries=1, then="lost"),
)
GOOD = Return(name="good", outcome="done", given=(("number", "", "typed"), ("how", "keyed", "")))
LOST = Return(name="lost", outcome="gave_up")
CALL = Subflow(
    name="call",
    flow="asking",
    given=(("reason", "invoices", ""), ("caller_number", "", "caller"), ("nothing", "", "unset")),
    returns={"done": Exit(then="say", set=(("asked", "yes"),)), "gave_up": Exit(then="sorry")},
)
SAY = Say(name="say", prompt=prompt("Mam {number}, {reason}, {typed}, {mine}."), then="end")
SORRY = Say(name="sorry", prompt=prompt("Szkoda."), then="end")


def rig_of(*flows, **more) -> Rig:
    return Rig(site(flows={each.id: each for each in flows}, **more))


def main(*steps, start=""):
    return flow(*steps, END, start=start)


def asking(*steps):
    return flow(*(steps or (ASK, GOOD, LOST)), id="asking")


def menu(name: str, choices: dict[str, str], text: str = "Proszę.") -> Menu:
    return Menu(
        name=name,
        prompt=prompt(text),
        choices={key: Exit(then=step) for key, step in choices.items()},
        no_input=Retry(),
        no_match=Retry(),
    )


def path(rig: Rig) -> list[str]:
    return [f"{fact.flow}/{fact.step}" for fact in rig.of(StepEntered)]


def values(rig: Rig, call: str) -> dict[str, str]:
    return rig.board._ex.calls[call].values


def test_it_goes_in_and_comes_back_by_the_exit_of_the_return():
    rig = rig_of(main(CALL, SAY, SORRY), asking())
    call = rig.call()
    rig.press(call, "4711")
    assert path(rig) == ["reception/call", "asking/ask", "asking/good", "reception/say"]
    assert words(rig.new[-1]).startswith("Mam cztery siedem")
    (back,) = rig.of(SubflowReturned)
    assert (back.flow, back.outcome, back.to, back.call) == ("asking", "done", "reception", call)


def test_the_other_return_has_its_own_exit():
    rig = rig_of(main(CALL, SAY, SORRY), asking())
    call = rig.call()
    rig.heard(call)
    rig.pass_time(7)
    assert path(rig)[-2:] == ["asking/lost", "reception/sorry"]
    assert rig.of(SubflowReturned)[0].outcome == "gave_up"


def test_each_flow_has_variables_of_its_own():
    own = SetValues(name="own", values=(("mine", "secret"), ("typed", "0000")), then="call")
    rig = rig_of(main(own, CALL, SAY, SORRY), asking())
    call = rig.call()
    assert "mine" not in values(rig, call)
    assert values(rig, call)["reason"] == "invoices"
    assert values(rig, call)["caller_number"] == STRANGER
    assert "nothing" not in values(rig, call)
    rig.press(call, "4711")
    after = values(rig, call)
    assert (after["mine"], after["typed"], after["number"], after["how"]) == ("secret", "0000", "4711", "keyed")
    assert after["asked"] == "yes"
    assert "reason" not in after
    assert "caller_number" not in after


def test_what_tells_of_the_call_is_seen_and_kept_everywhere():
    note = SetValues(name="note", values=(("area", "orders"), ("language", "en")), then="good")
    rig = rig_of(main(CALL, replace(SAY, prompt=prompt({"pl": "Po polsku.", "en": "In English."})), SORRY),
                 asking(note, GOOD))  # fmt: skip
    call = rig.call(KOWALSKI)
    assert words(rig.new[-1]) == "In English."
    assert values(rig, call)["area"] == "orders"
    assert values(rig, call)["client.known"] == "yes"


def test_keys_pressed_ahead_go_through_a_call_and_back():
    hello = Say(name="hello", prompt=prompt("Cześć."), then="good")
    rig = rig_of(main(menu("menu", {"1": "call"}), CALL, menu("say", {"2": "sorry"}), SORRY), asking(hello, GOOD))
    call = rig.call()
    rig.press(call, "1")
    rig.press(call, "2")
    assert path(rig)[-1] == "reception/sorry"


def test_a_flow_that_is_gone_to_never_comes_back():
    away = Goto(name="away", flow="third")
    third = flow(Return(name="back", outcome="done"), id="third")
    rig = rig_of(main(CALL, SAY, SORRY), asking(away), third)
    rig.call()
    assert path(rig)[-1] == "third/back"
    assert words(rig.new[-1]) == "Do widzenia."
    assert rig.of(SubflowReturned) == []


def test_a_return_of_a_flow_that_nobody_called_ends_with_the_goodbye():
    rig = rig_of(main(Return(name="back", outcome="done")))
    rig.call()
    assert words(rig.new[-1]) == "Do widzenia."


def test_an_exit_that_is_gone_ends_with_the_goodbye():
    rig = rig_of(main(replace(CALL, returns={}), SAY, SORRY), asking(GOOD))
    rig.call()
    assert words(rig.new[-1]) == "Do widzenia."


def test_a_flow_that_is_not_there_is_a_fault():
    rig = rig_of(main(replace(CALL, flow="gone"), SAY, SORRY))
    call = rig.call()
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).end_reason == "no_flow"


def test_flows_within_flows_have_a_limit():
    rig = rig_of(main(CALL), asking(replace(CALL, name="again")))
    call = rig.call()
    rig.heard(call)
    assert rig.new == [HangUp(leg=call)]
    rig.end(call)
    record = rig.record(call)
    assert (record.outcome, record.end_reason) == ("lost", "subflow_depth")
    assert len(rig.of(StepEntered)) == DEPTH_MAX + 1


def test_hanging_up_in_a_called_flow_ends_the_call_once():
    rig = rig_of(main(CALL, SAY, SORRY), asking())
    call = rig.call()
    rig.hang_up(call)
    assert len(rig.of(CallEnded)) == 1
    assert rig.record(call).path == ("call", "ask")
    assert rig.where(call) == ""


@pytest.mark.parametrize("how", ["gave_up", "answered"])
def test_a_queue_in_a_called_flow_goes_on_there(how):
    queue = Queue(name="wait", to="office", gave_up="lost")
    rig = rig_of(main(CALL, SAY, SORRY), asking(queue, LOST))
    call = rig.call()
    if how == "answered":
        leg = rig.dialled("jan").leg
        rig.ring(leg)
        rig.pick_up(leg)
        assert rig.where(call) == "bridged"
    else:
        rig.pass_time(1000)
        assert path(rig)[:4] == ["reception/call", "asking/wait", "asking/lost", "reception/sorry"]


def test_after_a_restart_of_control_the_flow_that_took_the_call_begins_anew():
    rig = rig_of(main(CALL, SAY, SORRY), asking())
    call = rig.call()
    facts = tuple(fact for fact in rig.facts if fact.call == call)
    again = Rig(rig.board._ex.site, up=False)
    again.now = rig.now + 5
    again.tell(CallsRecovered(calls=(facts,)))
    snapshot = LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=STRANGER, called=MAIN)
    again.line_up("A", legs=(snapshot,))
    assert path(again) == ["reception/call", "asking/ask"]
    again.press(call, "4711")
    assert path(again)[-1] == "reception/say"


# Loops

LOOP = Loop(name="loop", times=2, count="round", each="ask", then="sorry")
AGAIN = menu("ask", {"1": "loop", "2": "away"}, "Runda {round}")


def rounds(rig: Rig) -> list[tuple[int, int, bool]]:
    return [(fact.round, fact.of, fact.used_up) for fact in rig.of(RoundCounted)]


def test_a_loop_leads_round_so_often_and_then_on():
    rig = rig_of(main(LOOP, AGAIN, replace(SORRY, then="loop")))
    call = rig.call()
    assert words(rig.new[-1]) == "Runda jeden"
    rig.press(call, "1")
    assert words(rig.new[-1]) == "Runda dwa"
    rig.press(call, "1")
    assert path(rig)[-2:] == ["reception/loop", "reception/sorry"]
    assert rounds(rig) == [(1, 2, False), (2, 2, False), (2, 2, True)]
    rig.heard(call)
    assert rounds(rig)[-1] == (1, 2, False), "left by `then`, it counts anew"


def test_a_loop_that_was_left_otherwise_goes_on_counting():
    rig = rig_of(main(LOOP, AGAIN, menu("away", {"3": "loop"}), SORRY))
    call = rig.call()
    rig.press(call, "23")
    assert rounds(rig) == [(1, 2, False), (2, 2, False)]


def test_a_called_flow_counts_its_rounds_anew_and_leaves_those_of_the_caller():
    inner = asking(replace(LOOP, then="lost"), menu("ask", {"1": "good"}), GOOD, LOST)
    outer = main(
        replace(LOOP, times=3, each="call"),
        replace(CALL, returns={"done": Exit(then="loop"), "gave_up": Exit(then="end")}),
        SORRY,
    )
    rig = rig_of(outer, inner)
    call = rig.call()
    rig.press(call, "111")
    assert rounds(rig) == [(1, 3, False), (1, 2, False), (2, 3, False), (1, 2, False), (3, 3, False), (1, 2, False),
                           (3, 3, True)]  # fmt: skip


def test_leaving_for_another_flow_does_not_give_new_rounds():
    first = main(LOOP, menu("ask", {"1": "call"}), replace(CALL, returns={}), SORRY)
    rig = rig_of(first, asking(Goto(name="back", flow="reception")))
    call = rig.call()
    rig.press(call, "11")
    assert rounds(rig) == [(1, 2, False), (2, 2, False), (2, 2, True)]


def test_the_number_of_the_round_can_be_compared():
    last = Branch(
        name="ask",
        rules=(
            Rule(condition=Comparison(variable="round", op=">=", values=("2",)), exit=Exit(then="sorry")),
            Rule(condition=None, exit=Exit(then="loop")),
        ),
    )
    rig = rig_of(main(replace(LOOP, times=9), last, SORRY))
    rig.call()
    assert path(rig)[-1] == "reception/sorry"
    assert len(rounds(rig)) == 2
