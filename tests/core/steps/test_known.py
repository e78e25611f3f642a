"""A `collect` whose answer is known: from this call, from an earlier day, or by the client who calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actions import Dial, Play
from gateway.core.events import CallsRecovered, LegSnapshot, LineUp, MemoryRecovered
from gateway.core.facts.calls import InputTaken, StepEntered
from gateway.core.facts.joining import AnswerKnown, AnswerRemembered
from gateway.core.flow.model import Collect, HangUpStep, Menu, Queue, Retry, Say
from gateway.core.site.site import Draft
from gateway.core.steps.memory import KEPT_S, Memory
from tests.core.factory import KOWALSKI, MAIN, NOWAK, START, STRANGER, Rig, flow, prompt, site, words

DAY_S = 86_400.0
END = HangUpStep(name="end", prompt=prompt("Koniec."))
ASK = prompt("Jaki numer?")
STILL = prompt("Nadal {order}?")


def collect(name: str = "which", then: str = "end", **more: object) -> Collect:
    options = {"prompt": ASK, "digits_min": 4, "digits_max": 4, "remember": True, **more}
    return Collect(name=name, variable="order", then=then, no_input=Retry(tries=1, then="end"),
                   no_match=Retry(tries=2, then="end"), **options)  # fmt: skip


def rig_of(*steps, **more) -> Rig:
    return Rig(site(flows={"reception": flow(*steps, END)}), **more)


def remembering(rig: Rig, value: str = "1234", *, age_s: float = DAY_S, caller: str = KOWALSKI, client: str = "1001"):
    fact = AnswerRemembered(at=rig.now - age_s, call="x", caller=caller, client=client, name="order", value=value)
    rig.tell(MemoryRecovered(facts=(fact,)))
    return rig


def said(rig: Rig) -> list[str]:
    return [words(action) for action in rig.actions if isinstance(action, Play)]


def known(rig: Rig) -> list[tuple[str, str, str]]:
    return [(fact.value, fact.how, fact.source) for fact in rig.of(AnswerKnown)]


def steps(rig: Rig) -> list[str]:
    return [fact.step for fact in rig.of(StepEntered)]


def test_what_was_keyed_is_remembered_by_client_else_by_number():
    rig = rig_of(collect())
    for caller in (KOWALSKI, STRANGER, ""):
        call = rig.call(caller)
        rig.press(call, "1234")
        rig.hang_up(call)
    told = [(fact.client, fact.caller, fact.value) for fact in rig.of(AnswerRemembered)]
    assert told == [("1001", KOWALSKI, "1234"), ("", STRANGER, "1234")]  # who hides the number is nobody


def test_nothing_is_remembered_unless_the_step_says_so():
    rig = rig_of(collect(remember=False))
    call = rig.call(KOWALSKI)
    rig.press(call, "1234")
    assert not rig.of(AnswerRemembered)
    assert steps(rig)[-1] == "end"


def test_a_known_answer_is_skipped():
    rig = remembering(rig_of(collect(known="skip")))
    call = rig.call(KOWALSKI)
    assert known(rig) == [("1234", "skipped", "memory")]
    assert rig.of(AnswerKnown)[0].age_s == DAY_S
    assert said(rig) == ["Koniec."]
    assert not rig.of(InputTaken)
    assert rig.where(call) == "flow"


@pytest.mark.parametrize(("caller", "client"), [(NOWAK, "2002"), (STRANGER, ""), ("", "")])
def test_nobody_has_anothers_answers(caller, client):
    rig = remembering(rig_of(collect(known="skip")))
    rig.call(caller)
    assert not known(rig)
    assert said(rig) == ["Jaki numer?"]


def test_a_client_is_the_same_from_each_of_his_numbers():
    rig = remembering(rig_of(collect(known="skip")), caller="+48999999999")
    rig.call(KOWALSKI)
    assert known(rig) == [("1234", "skipped", "memory")]


def test_a_confirmed_answer():
    rig = remembering(rig_of(collect(known="confirm", confirm=STILL)))
    call = rig.call(KOWALSKI)
    assert said(rig) == ["Nadal jeden dwa trzy cztery ?"]
    rig.press(call, "1")
    assert known(rig) == [("1234", "confirmed", "memory")]
    assert steps(rig)[-1] == "end"
    assert [fact.at for fact in rig.of(AnswerRemembered)] == [START]  # kept for another 30 days
    assert rig.of(InputTaken)[-1].keys == "1"


def test_an_answer_that_is_not_right_any_more_is_asked_for():
    rig = remembering(rig_of(collect(known="confirm", confirm=STILL)))
    call = rig.call(KOWALSKI)
    rig.press(call, "2")
    assert known(rig) == [("1234", "denied", "memory")]
    assert said(rig)[-1] == "Jaki numer?"
    rig.press(call, "5678")
    assert [fact.value for fact in rig.of(AnswerRemembered)] == ["5678"]
    assert steps(rig)[-1] == "end"


@pytest.mark.parametrize("first", ["7", "silence"])
def test_neither_yes_nor_no_is_said_once_more_then_the_question_is_asked(first):
    rig = remembering(rig_of(collect(known="confirm", confirm=STILL)))
    call = rig.call(KOWALSKI)
    for _ in range(2):
        if first == "silence":
            rig.heard(call)
            rig.pass_time(7)
        else:
            rig.press(call, first)
    assert [text.split()[0] for text in said(rig)] == ["Nadal", "Nadal", "Jaki"]
    assert known(rig) == [("1234", "asked", "memory")]
    rig.press(call, "5678")
    assert steps(rig)[-1] == "end"


def test_0_reaches_a_human_while_a_known_answer_is_said():
    rig = remembering(
        rig_of(collect(known="confirm", confirm=STILL, human="people"), Say(name="people", prompt=ASK, then=""))
    )
    call = rig.call(KOWALSKI)
    rig.press(call, "0")
    assert steps(rig)[-1] == "people"


def test_a_step_that_uses_nothing_tells_that_it_asks_again():
    rig = remembering(rig_of(collect()))
    rig.call(KOWALSKI)
    assert known(rig) == [("1234", "asked", "memory")]
    assert said(rig) == ["Jaki numer?"]


def test_within_one_call_what_was_keyed_before_is_known():
    rig = rig_of(collect(then="again", remember=False), collect("again", known="skip"))
    call = rig.call(STRANGER)
    rig.press(call, "1234")
    assert known(rig) == [("1234", "skipped", "call")]
    assert steps(rig) == ["which", "again", "end"]


def test_who_comes_back_to_a_step_is_asked():
    """An order that is not found: asking for it again must not take the same answer."""
    menu = Menu(name="found", prompt=prompt("Znaleziono?"), choices={}, no_input=Retry(tries=1, then="which"),
                no_match=Retry(tries=1, then="which"))  # fmt: skip
    rig = remembering(rig_of(collect(then="found", known="skip"), menu))
    call = rig.call(KOWALSKI)
    rig.press(call, "9")
    assert steps(rig) == ["which", "found", "which"]
    assert said(rig)[-1] == "Jaki numer?"
    assert len(known(rig)) == 1


def test_who_keys_ahead_is_taken_at_his_word():
    rig = remembering(rig_of(Say(name="hello", prompt=ASK, barge_in=False, then="which"), collect(known="skip")))
    call = rig.call(KOWALSKI)
    rig.press(call, "5678")
    rig.heard(call)
    assert not known(rig)
    assert [fact.value for fact in rig.of(AnswerRemembered)] == ["5678"]


@pytest.mark.parametrize("value", ["123", "12345", "5555"])
def test_an_answer_that_the_step_would_not_take_is_not_known(value):
    rig = remembering(rig_of(collect(known="skip", like=("1xxx",))), value)
    rig.call(KOWALSKI)
    assert not known(rig)
    assert said(rig) == ["Jaki numer?"]


def test_after_30_days_nothing_is_known():
    rig = remembering(rig_of(collect(known="skip")), age_s=KEPT_S - 1)
    rig.pass_time(0.5)
    call = rig.call(KOWALSKI)
    assert known(rig)
    rig.hang_up(call)
    rig.pass_time(1)
    rig.call(KOWALSKI)
    assert said(rig)[-1] == "Jaki numer?"


def test_a_secret_answer_is_in_no_fact():
    rig = rig_of(collect(secret=True, then="again"), collect("again", known="skip", remember=True, secret=True))
    call = rig.call(KOWALSKI)
    rig.press(call, "1234")
    assert not known(rig)
    assert not rig.of(AnswerRemembered)
    assert {fact.keys for fact in rig.of(InputTaken)} == {""}
    assert said(rig)[-1] == "Jaki numer?"


def test_a_known_client_need_not_key_the_number():
    ask = Collect(name="who", variable="client_number", prompt=ASK, digits_min=4, digits_max=4, find="client",
                  known="skip", then="end", no_input=Retry(), no_match=Retry())  # fmt: skip
    rig = rig_of(ask)
    rig.call(KOWALSKI)
    assert known(rig) == [("1001", "skipped", "client")]
    rig.call(STRANGER)
    assert said(rig)[-1] == "Jaki numer?"


def test_a_remembered_client_number_makes_the_client_known_unless_he_is_gone():
    ask = Collect(name="who", variable="order", prompt=ASK, digits_min=4, digits_max=4, find="client", known="skip",
                  then="end", no_input=Retry(), no_match=Retry())  # fmt: skip
    for value, source in (("1001", [("1001", "skipped", "memory")]), ("9999", [])):
        rig = remembering(rig_of(ask), value, caller=STRANGER, client="")
        rig.call(STRANGER)
        assert known(rig) == source


def test_a_trial_remembers_nothing():
    of = site(flows={"reception": flow(collect(), END)}, draft=Draft(number="9999"))
    rig = Rig(of)
    rig.draft(of, MAIN)
    call = rig.call(KOWALSKI, called="9999")
    rig.press(call, "1234")
    assert steps(rig)[-1] == "end"
    assert not rig.of(AnswerRemembered)


def test_what_was_keyed_travels_to_the_agent():
    rig = rig_of(collect(then="pin"), collect("pin", secret=True, then="human"), Queue(name="human", to="office"))
    call = rig.call(KOWALSKI)
    rig.press(call, "1234")
    rig.press(call, "#9999")
    dial = rig.dialled()
    assert isinstance(dial, Dial)
    assert dict(dial.headers)["X-Gateway-Keyed"] == "order=1234"
    assert rig.actions[rig.actions.index(dial) - 1].keyed == {"order": "1234"}


def test_within_one_call_it_is_known_after_a_restart():
    rig = rig_of(collect(then="human", remember=False), Queue(name="human", to="office"))
    call = rig.call(KOWALSKI)
    rig.press(call, "1234")
    anew = Rig(
        site(flows={"reception": flow(collect(then="human", known="skip"), Queue(name="human", to="office"), END)}),
        up=False,
    )
    anew.now = rig.now + 3
    anew.tell(CallsRecovered(calls=(tuple(fact for fact in rig.facts if fact.call == call),)))
    leg = LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=KOWALSKI, called="100")
    anew.tell(LineUp(line="A", boot="b1", legs_max=9, callers_max=9, codecs=(), listening=(), legs=(leg,)))
    assert known(anew) == [("1234", "skipped", "call")]


WHO = st.sampled_from([("", "+1"), ("", "+2"), ("1001", "+1"), ("1001", ""), ("2002", "+2")])


@given(st.lists(st.tuples(WHO, st.sampled_from("ab"), st.integers(0, 60)), max_size=30), WHO, st.integers(0, 120))
def test_memory_is_the_last_fresh_answer(told, asks, ask_day):
    """Against a plain search through everything that was ever told."""
    memory, facts = Memory(), []
    for number, ((client, caller), name, day) in enumerate(sorted(told, key=lambda one: one[2])):
        fact = AnswerRemembered(
            at=day * DAY_S + number, call="", caller=caller, client=client, name=name, value=str(number)
        )
        facts.append(fact)
        memory.apply(fact)
    now = max(ask_day * DAY_S + 100, facts[-1].at if facts else 0.0)
    client, caller = asks
    for name in "ab":
        mine = [
            fact for fact in facts
            if fact.name == name and now - fact.at < KEPT_S
            and (client == fact.client if fact.client else caller == fact.caller and caller)
        ]  # fmt: skip
        found = memory.recall(name, client=client, caller=caller, now=now)
        assert (found.value if found else None) == (mine[-1].value if mine else None)
    again = Memory()
    again.recover(facts, now)
    for name in "ab":
        assert again.recall(name, client=client, caller=caller, now=now) == memory.recall(
            name, client=client, caller=caller, now=now
        )
    memory.sweep(now)
    assert len(memory) <= len({(fact.client or fact.caller, fact.name) for fact in facts if now - fact.at < KEPT_S})
