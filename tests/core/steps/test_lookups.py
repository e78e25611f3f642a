"""A call that looks something up, on the real switchboard: answers in time, late, twice, never."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.actions import LookUp, Play, StopPlay
from gateway.core.events import LookedUp
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import ClientIdentified, StepEntered
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.flow.model import AskService, FindClient, HangUpStep, Menu, Retry, Say, SetValues
from gateway.core.service_model import AnswerField, Service
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, words

ORDERS = Service(
    name="orders",
    url="http://127.0.0.1:9/{order}",
    time_limit_s=1.5,
    answer=(
        AnswerField(name="status", at=("status",), one_of=("new", "sent"), spoken={"sent": {"pl": "wysłane"}}),
        AnswerField(name="days", at=("days",), kind="number", optional=True),
    ),
)
ASK = AskService(
    name="ask", service="orders", given=(("order", "number"),), prompt=prompt("Sprawdzam."),
    found="tell", not_found="none", failed="sorry",
)  # fmt: skip


def rig(ask: AskService | FindClient = ASK, *, number: str = "17", after: str = "again") -> Rig:
    steps = flow(
        SetValues(name="note", values=(("number", number),), then="ask"),
        ask,
        Say(name="tell", prompt=prompt("Zamówienie {orders.status}"), then=after),
        Menu(name="again", prompt=prompt("Jeszcze raz, jeden."), choices={}, no_input=Retry(), no_match=Retry()),
        HangUpStep(name="none", prompt=prompt("Nie ma.")),
        HangUpStep(name="sorry", prompt=prompt("Awaria.")),
    )
    return Rig(replace(site(), flows={"reception": steps}, services={"orders": ORDERS}))


def asked(box: Rig) -> LookUp:
    return next(action for action in reversed(box.actions) if isinstance(action, LookUp))


def answer(box: Rig, asked_: LookUp | None = None, outcome: str = "found", **more: object) -> None:
    look_up = asked_ or asked(box)
    values = {"status": "sent"} if outcome == "found" else {}
    box.tell(LookedUp(**{"call": look_up.leg, "lookup": look_up.lookup, "outcome": outcome, "values": values, **more}))


def steps(box: Rig) -> list[str]:
    return [fact.step for fact in box.of(StepEntered)]


def outcomes(box: Rig) -> list[tuple[str, str]]:
    return [(fact.outcome, fact.reason) for fact in box.of(LookupAnswered)]


def test_the_service_is_asked_while_the_text_is_heard_and_the_answer_waits_for_its_end():
    box = rig()
    call = box.call()
    assert asked(box).url == "http://127.0.0.1:9/17"
    assert [words(action) for action in box.actions if isinstance(action, Play)] == ["Sprawdzam."]
    answer(box, took_ms=40)
    assert steps(box)[-1] == "ask"
    box.heard(call)
    assert steps(box)[-1] == "tell"
    assert words(box.actions[-1]) == "Zamówienie wysłane"
    (fact,) = box.of(LookupAnswered)
    assert (fact.step, fact.service, fact.outcome, fact.took_ms, fact.cached) == ("ask", "orders", "found", 40, False)


def test_after_the_text_the_caller_waits_in_silence_for_the_answer():
    box = rig()
    call = box.call()
    box.heard(call)
    assert steps(box)[-1] == "ask"
    answer(box)
    assert steps(box)[-1] == "tell"


def test_without_a_text_the_answer_is_used_at_once():
    box = rig(replace(ASK, prompt=None))
    box.call()
    answer(box)
    assert steps(box)[-1] == "tell"


@pytest.mark.parametrize(("outcome", "to"), [("not_found", "none"), ("failed", "sorry")])
def test_each_outcome_has_its_way(outcome, to):
    box = rig(replace(ASK, prompt=None))
    box.call()
    answer(box, outcome=outcome, reason="timed_out" if outcome == "failed" else "")
    assert steps(box)[-1] == to


def test_an_answer_that_never_comes_costs_the_time_limit():
    box = rig()
    call = box.call()
    box.heard(call)
    box.pass_time(ORDERS.time_limit_s - 0.01)
    assert steps(box)[-1] == "ask"
    box.pass_time(0.02)
    assert steps(box)[-1] == "sorry"
    assert outcomes(box) == [("failed", "no_answer")]
    assert box.of(LookupAnswered)[0].took_ms == 1500


def test_while_the_text_is_heard_the_failure_waits_too():
    box = rig()
    call = box.call()
    box.pass_time(3)
    assert outcomes(box) == [("failed", "no_answer")]
    assert steps(box)[-1] == "ask"
    box.heard(call)
    assert steps(box)[-1] == "sorry"


def test_a_late_a_second_and_a_strange_answer_change_nothing():
    box = rig(replace(ASK, prompt=None))
    call = box.call()
    look_up = asked(box)
    box.tell(LookedUp(call=call, lookup="another", outcome="found", values={"status": "new"}))
    box.tell(LookedUp(call="nobody", lookup=look_up.lookup, outcome="found"))
    assert steps(box)[-1] == "ask"
    box.pass_time(2)
    answer(box, look_up)
    answer(box, look_up)
    assert steps(box)[-1] == "sorry"
    assert len(box.of(LookupAnswered)) == 1


def test_an_answer_to_a_call_that_is_over_changes_nothing():
    box = rig()
    call = box.call()
    look_up = asked(box)
    box.hang_up(call)
    answer(box, look_up)
    box.pass_time(5)
    assert not box.of(LookupAnswered)
    assert box.record(call).outcome == "in_menu"


def test_an_answer_that_comes_while_the_box_says_goodbye_changes_nothing():
    box = rig(replace(ASK, failed="", prompt=None))
    box.call()
    look_up = asked(box)
    box.pass_time(2)
    answer(box, look_up)
    assert steps(box)[-1] == "ask"
    assert words(box.actions[-1]) == "Do widzenia."


def test_a_key_stops_the_text_and_counts_for_the_next_question():
    box = rig()
    call = box.call()
    box.press(call, "5")
    assert any(isinstance(action, StopPlay) for action in box.new)
    answer(box)
    assert steps(box)[-2:] == ["tell", "again"]  # the key skips what is said, too


def test_with_keys_pressed_ahead_the_text_is_not_said():
    box = rig()
    leg = box.offer()
    box.press(leg, "5")
    assert not [action for action in box.actions if isinstance(action, Play)]


def test_a_text_whose_end_is_never_reported_does_not_hold_the_caller():
    box = rig()
    box.call()
    answer(box)
    box.pass_time(400)
    assert "tell" in steps(box)


def test_what_an_earlier_answer_said_is_forgotten_when_the_service_is_asked_again():
    box = rig(replace(ASK, prompt=None, failed="tell"), after="ask")
    call = box.call()
    answer(box, values={"status": "sent", "days": "2"})
    assert words(box.actions[-1]) == "Zamówienie wysłane"
    first = asked(box)
    box.heard(call)
    assert asked(box).lookup != first.lookup
    answer(box, outcome="failed", reason="status")
    assert words(box.actions[-1]) == "Zamówienie"


def test_nothing_is_asked_when_a_variable_has_no_value():
    box = rig(number="")
    box.call()
    assert not [action for action in box.actions if isinstance(action, LookUp)]
    assert outcomes(box) == [("not_found", "no_value")]
    assert steps(box)[-1] == "none"


def test_each_word_of_an_answer_is_said_as_the_admin_wants():
    box = rig(replace(ASK, prompt=None))
    box.call()
    answer(box, values={"status": "new"})
    assert words(box.actions[-1]) == "Zamówienie new"


def test_an_old_journal_row_and_an_event_of_a_socket_can_be_read():
    fact = LookupAnswered(at=1.0, call="c", step="s", service="orders", outcome="failed", reason="timed_out")
    assert msgspec.json.decode(msgspec.json.encode(fact), type=AnyFact) == fact
    event = LookedUp(call="c", lookup="c/1", outcome="found", values={"a": "b"})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=LookedUp) == event


# Clients


def client(by: str, variable: str = "number") -> FindClient:
    return FindClient(name="ask", by=by, variable=variable, found="tell", not_found="none")


@pytest.mark.parametrize(
    ("by", "number", "found"),
    [
        ("client", "1001", "1001"), ("client", "9999", ""), ("client", "", ""),
        ("number", KOWALSKI, "1001"), ("number", "221234567", "1001"), ("number", "5", ""), ("number", "", ""),
    ],
)  # fmt: skip
def test_a_client_is_found_by_number_and_by_client_number(by, number, found):
    box = rig(client(by), number=number)
    box.call()
    assert [fact.client for fact in box.of(ClientIdentified)] == ([found] if found else [])
    assert steps(box)[-1] == ("tell" if found else "none")
    assert outcomes(box) == [("found", "") if found else ("not_found", "" if number else "no_value")]
    assert box.of(LookupAnswered)[0].service == "client"


def test_a_client_found_by_the_callers_number_is_known_as_such():
    box = rig(client("number", "caller"))
    box.call(KOWALSKI)
    assert {fact.how for fact in box.of(ClientIdentified)} == {"caller_id"}
    box.call(STRANGER)
    assert steps(box)[-1] == "none"


# Whatever comes, in whatever order


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["heard", "key", "right", "wrong", "failed", "time", "hang_up"]), max_size=8))
def test_whatever_comes_the_caller_goes_on_and_there_is_one_fact_a_question(happenings):
    box = rig()
    call = box.call()
    look_up = asked(box)
    for happening in happenings:
        match happening:
            case "heard" if box.where(call):
                box.heard(call)
            case "key":
                box.press(call, "1")
            case "right":
                answer(box, look_up)
            case "wrong":
                answer(box, look_up, lookup="x")
            case "failed":
                answer(box, look_up, outcome="failed", reason="tls")
            case "time":
                box.pass_time(1)
            case "hang_up" if box.where(call):
                box.hang_up(call)
    box.pass_time(1000)
    assert len(box.of(LookupAnswered)) <= 1
    assert not box.where(call) or steps(box)[-1] != "ask"
    if "hang_up" not in happenings:
        assert len(box.of(LookupAnswered)) == 1
