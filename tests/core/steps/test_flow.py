"""Steps: what the caller hears, what keys do, where the walk goes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Echo, HangUp, Play, StopPlay, Tone
from gateway.core.events import ActionFailed, KeyPressed, PlayEnded
from gateway.core.facts.calls import ClientIdentified, InputTaken, QueueEntered, StepEntered
from gateway.core.flow.model import (
    Branch,
    Collect,
    Comparison,
    EchoTest,
    Exit,
    Goto,
    HangUpStep,
    Menu,
    Retry,
    Rule,
    Say,
    SetValues,
    ToneTest,
)
from gateway.core.steps.walk import STEP_LIMIT
from tests.core.factory import KOWALSKI, NOWAK, Rig, flow, prompt, site, words

MENU = Menu(
    name="menu",
    prompt=prompt({"pl": "Wybierz.", "en": "Choose."}),
    choices={"1": Exit(then="one", set=(("area", "invoices"),)), "*": Exit(then="two")},
    first_key_s=5.0,
    no_input=Retry(prompt=prompt("Halo?"), tries=2, then="two"),
    no_match=Retry(tries=3),
)
ONE = Say(name="one", prompt=prompt("Jeden."), then="end")
TWO = Say(name="two", prompt=prompt("Dwa."), then="end")
END = HangUpStep(name="end")
CODE = Collect(
    name="code",
    variable="code",
    prompt=prompt("Kod."),
    digits_min=3,
    digits_max=5,
    first_key_s=6.0,
    next_key_s=4.0,
    then="one",
    no_input=Retry(tries=2, then="two"),
    no_match=Retry(prompt=prompt("Zły kod."), tries=2, then="two"),
)


def rig_of(*steps, **more) -> Rig:
    return Rig(site(flows={"reception": flow(*steps)}, **more))


def path(rig: Rig) -> list[str]:
    return [fact.step for fact in rig.of(StepEntered)]


def inputs(rig: Rig) -> list[tuple[str, str]]:
    return [(fact.keys, fact.outcome) for fact in rig.of(InputTaken)]


def heard(rig: Rig) -> list[str]:
    return [words(action) for action in rig.actions if isinstance(action, Play)]


def test_prompt_then_hang_up():
    rig = rig_of(ONE, END)
    call = rig.call()
    rig.heard(call)
    assert rig.new == [HangUp(leg=call)]
    rig.end(call)
    record = rig.record(call)
    assert (record.ended_by, record.end_reason, record.outcome) == ("flow", "hang_up", "in_menu")


def test_end_of_flow_says_goodbye():
    rig = rig_of(replace(ONE, then=""))
    call = rig.call()
    rig.heard(call)
    (goodbye,) = rig.new
    assert (words(goodbye), goodbye.barge_in) == ("Do widzenia.", False)
    rig.press(call, "1")
    assert rig.new == []
    rig.heard(call)
    assert rig.new == [HangUp(leg=call)]


def test_no_goodbye_to_say_ends_at_once():
    rig = rig_of(replace(ONE, then=""), goodbye=None)
    call = rig.call()
    rig.heard(call)
    assert rig.new == [HangUp(leg=call)]


def test_key_stops_the_prompt_and_chooses():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "1")
    assert rig.new[0] == StopPlay(leg=call)
    assert words(rig.new[1]) == "Jeden."
    assert inputs(rig) == [("1", "match")]
    rig.tell(PlayEnded(leg=call, play=f"{call}/1", how="key"))
    assert rig.new == []


def test_prompt_that_the_line_has_stopped_is_not_stopped_again():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    rig.tell(PlayEnded(leg=call, play=rig.playing(call), how="key"))
    rig.press(call, "*")
    assert [words(action) for action in rig.new] == ["Dwa."]


def test_first_key_clock_starts_when_the_prompt_is_over():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    rig.pass_time(60)
    assert inputs(rig) == []
    rig.heard(call)
    rig.pass_time(4.9)
    assert rig.new == []
    rig.pass_time(0.2)
    assert heard(rig)[-1] == "Halo?"
    rig.heard(call)
    rig.pass_time(5)
    assert inputs(rig) == [("", "no_input"), ("", "no_input")]
    assert path(rig)[-1] == "two"


def test_no_match_asks_again_with_the_steps_own_prompt_then_says_goodbye():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    for _ in range(2):
        rig.press(call, "9")
        assert heard(rig)[-1] == "Wybierz."
    rig.press(call, "9")
    assert heard(rig)[-1] == "Do widzenia."
    assert inputs(rig) == [("9", "no_match")] * 3


def test_no_input_and_no_match_are_counted_apart():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "99")
    rig.heard(call)
    rig.pass_time(5)
    assert path(rig) == ["menu"]


def test_keys_pressed_early_answer_the_next_menu():
    rig = rig_of(replace(ONE, name="hello", then="hello2", barge_in=False), replace(TWO, name="hello2", then="menu"),
                 MENU, ONE, TWO, END)  # fmt: skip
    call = rig.call()
    rig.press(call, "1")
    assert rig.new == []
    rig.heard(call)
    assert heard(rig) == ["Jeden.", "Jeden."]
    assert path(rig) == ["hello", "hello2", "menu", "one"]


def test_a_key_stops_a_prompt_that_may_be_stopped():
    rig = rig_of(replace(ONE, name="hello", then="menu"), MENU, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "*")
    assert heard(rig) == ["Jeden.", "Dwa."]


def test_keys_before_the_flow_begins_are_kept():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.offer()
    rig.press(call, "1")
    rig.pick_up(call)
    assert path(rig) == ["menu", "one"]
    assert heard(rig) == ["Jeden."]


def test_wrong_key_pressed_ahead_forgets_the_rest():
    rig = rig_of(replace(ONE, name="hello", then="menu", barge_in=False), MENU, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "991")
    rig.heard(call)
    assert inputs(rig) == [("9", "no_match")]
    assert heard(rig)[-1] == "Wybierz."


@pytest.mark.parametrize(
    ("keys", "collected", "next_step"),
    [("123#", "123", "one"), ("12345", "12345", "one"), ("12345#", "12345", "one"), ("1*2A3#", "123", "one")],
)
def test_collect(keys, collected, next_step):
    rig = rig_of(CODE, ONE, TWO, END)
    call = rig.call()
    rig.press(call, keys)
    assert [(f.name, f.keys, f.outcome) for f in rig.of(InputTaken)] == [("code", collected, "match")]
    assert path(rig)[-1] == next_step
    rig.hang_up(call)
    assert rig.record(call).keys == (("code", collected),)


def test_last_key_after_the_last_digit_is_not_taken_for_the_next_menu():
    rig = rig_of(replace(CODE, then="menu"), MENU, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "12345#1")
    assert path(rig) == ["code", "menu", "one"]


def test_collect_ends_when_no_further_key_comes():
    rig = rig_of(CODE, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "123", gap_s=1.0)
    rig.pass_time(2.9)
    assert inputs(rig) == []
    rig.pass_time(0.2)
    assert inputs(rig) == [("123", "match")]


def test_too_few_digits_are_no_match():
    rig = rig_of(CODE, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "12#")
    assert heard(rig)[-1] == "Zły kod."
    rig.press(call, "1")
    rig.pass_time(4)
    assert inputs(rig) == [("12", "no_match"), ("1", "no_match")]
    assert path(rig)[-1] == "two"


def test_silence_in_a_collect():
    rig = rig_of(CODE, ONE, TWO, END)
    call = rig.call()
    for _ in range(2):
        rig.heard(call)
        rig.pass_time(6)
    assert path(rig)[-1] == "two"


def test_digits_pressed_ahead_of_a_collect():
    rig = rig_of(replace(ONE, name="hello", then="code", barge_in=False), CODE, ONE, TWO, END)
    call = rig.call()
    rig.press(call, "12")
    rig.heard(call)
    assert heard(rig) == ["Jeden."]  # no prompt in the middle of a number
    rig.press(call, "3#")
    assert inputs(rig) == [("123", "match")]


def test_client_number_is_looked_up():
    rig = rig_of(replace(CODE, find="client"), ONE, TWO, END)
    call = rig.call()
    rig.press(call, "999#")
    assert inputs(rig) == [("999", "no_match")]
    rig.press(call, "2002#")
    assert [(f.client, f.how, f.manager, f.team) for f in rig.of(ClientIdentified)] == [
        ("2002", "keyed", "ola", "sales")
    ]
    assert path(rig)[-1] == "one"


def test_branch_set_goto_and_variables():
    rig = rig_of(
        SetValues(name="set", values=(("area", "orders"),), then="go"),
        Goto(name="go", then="who"),
        Branch(
            name="who",
            rules=(
                Rule(condition=Comparison(variable="client.name", op="==", values=("Nowak S.A.",)),
                     exit=Exit(then="say", set=(("area", "nowak"),))),
                Rule(condition=None, exit=Exit(then="say")),
            ),
        ),
        Say(name="say", prompt=prompt("{area} {client.id}"), then=""),
    )  # fmt: skip
    rig.call(NOWAK)
    rig.call()
    assert heard(rig) == ["nowak dwa zero zero dwa", "orders"]


def test_another_flow_is_entered_at_its_start_or_at_a_step():
    other = flow(TWO, END, MENU, ONE, id="other", start="menu")
    rig = Rig(site(flows={"reception": flow(Goto(name="go", flow="other")), "other": other}))
    rig.call()
    assert [(f.flow, f.step, f.verb) for f in rig.of(StepEntered)] == [
        ("reception", "go", "go_to_flow"),
        ("other", "menu", "menu"),
    ]


def test_language_of_the_client():
    of = site(flows={"reception": flow(MENU, ONE, TWO, END)})
    clients = {**of.clients, "1001": replace(of.clients["1001"], language="en")}
    rig = Rig(replace(of, clients=clients))
    rig.call(KOWALSKI)
    assert heard(rig) == ["Choose."]


@pytest.mark.parametrize(
    "steps",
    [
        (Goto(name="a", then="b"), Goto(name="b", then="a")),
        (Say(name="a", prompt=prompt({}), then="a"),),
        (Branch(name="a", rules=(Rule(condition=None, exit=Exit(then="a")),)),),
    ],
)
def test_a_loop_that_takes_no_time_is_cut(steps):
    rig = rig_of(*steps)
    call = rig.call()
    assert len(path(rig)) == STEP_LIMIT
    assert heard(rig) == ["Przepraszamy, usterka."]
    rig.heard(call)
    assert rig.new == [HangUp(leg=call)]
    rig.end(call)
    record = rig.record(call)
    assert (record.outcome, record.ended_by, record.end_reason) == ("lost", "box", "step_limit")


def test_a_loop_of_prompts_that_cannot_be_played_is_cut():
    rig = rig_of(Say(name="a", prompt=prompt("Ach."), then="a"))
    call = rig.call()
    for _ in range(STEP_LIMIT + 5):
        rig.tell(ActionFailed(leg=call, action="Play", code=404, reason="no such clip"))
        if HangUp(leg=call) in rig.new:
            break
    assert len(path(rig)) == STEP_LIMIT
    assert HangUp(leg=call) in rig.actions


def test_a_loop_of_prompts_that_play_is_a_loop_the_admin_wants():
    rig = rig_of(Say(name="a", prompt=prompt("Ach."), then="a"))
    call = rig.call()
    for _ in range(STEP_LIMIT * 2):
        rig.heard(call)
    assert rig.where(call) == "flow"


@pytest.mark.parametrize("steps", [(Goto(name="a", then="nowhere"),), (Goto(name="a", flow="nowhere"),)])
def test_a_step_that_is_not_there_is_the_boxs_fault(steps):
    rig = rig_of(*steps)
    call = rig.call()
    rig.heard(call)
    rig.end(call)
    assert rig.record(call).outcome == "lost"


def test_echo_ends_with_a_key_or_with_its_time():
    for ends in (lambda rig, call: rig.press(call, "1"), lambda rig, call: rig.pass_time(60)):
        rig = rig_of(EchoTest(name="echo", then="end"), END)
        call = rig.call()
        assert rig.new == [Echo(leg=call, on=True)]
        ends(rig, call)
        assert rig.new == [Echo(leg=call, on=False), HangUp(leg=call)]


def test_tone_ends_with_its_time_or_a_key():
    for ends in (lambda rig, call: rig.press(call, "1"), lambda rig, call: rig.pass_time(10)):
        rig = rig_of(ToneTest(name="tone", length_s=10.0, then="end"), END)
        call = rig.call()
        assert rig.new == [Tone(leg=call, hz=1004.0, level_dbm0=0.0)]
        ends(rig, call)
        assert rig.new == [StopPlay(leg=call), HangUp(leg=call)]


def test_end_of_a_prompt_that_is_never_reported():
    rig = rig_of(MENU, ONE, TWO, END)
    call = rig.call()
    rig.pass_time(301)
    assert rig.new == [StopPlay(leg=call)]
    rig.pass_time(5)
    assert heard(rig)[-1] == "Halo?"


def test_one_press_by_three_sources_is_one_choice():
    rig = rig_of(replace(MENU, choices={"1": Exit(then="menu2")}), replace(MENU, name="menu2"), ONE, TWO, END)
    call = rig.call()
    for source in ("rfc4733", "inband", "info"):
        rig.tell(KeyPressed(leg=call, key="1", source=source))
        rig.now += 0.05
    assert path(rig) == ["menu", "menu2"]


def test_area_goes_into_the_queue():
    rig = Rig()
    call = rig.call(KOWALSKI)
    rig.press(call, "1")
    assert [(f.area, f.manager, f.team, f.position) for f in rig.of(QueueEntered)] == [
        ("invoices", "anna", "office", 1)
    ]
