"""A menu that names an old matter first: what the caller keyed in an earlier call, or his open case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actions import Dial, Play
from gateway.core.events import MemoryRecovered
from gateway.core.events_desk import DeskRecovered
from gateway.core.facts.desk import CaseAnswered, CaseAsked, CaseClosed, CaseOpened
from gateway.core.facts.joining import AnswerRemembered, MatterRecognised
from gateway.core.flow.model import Collect, Exit, HangUpStep, KeyText, Menu, Queue, Retry, Say
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, NOWAK, STRANGER, Rig, flow, prompt, site, words

DAY_S = 86_400.0
CASE, OTHER = "10008", "10015"
WELCOME, ORDER, LAST_ORDER = "Słucham.", "Zamówienie, jeden.", "Zamówienie {order}, jeden."
INVOICE, MATTER, PERSON = "Faktura, dwa.", "Sprawa {case}, trzy.", "Rozmowa, zero."
PLAIN = f"{WELCOME} {ORDER} {INVOICE} {PERSON}"
ORDER_FIRST = f"{WELCOME} Zamówienie jeden dwa trzy cztery , jeden. {INVOICE} {PERSON}"


def menu(*, within_s: float = 7 * DAY_S, recent_text: str | None = LAST_ORDER) -> Menu:
    return Menu(
        name="topic",
        prompt=prompt(WELCOME),
        choices={"1": Exit(then="order"), "2": Exit(then="end"), "3": Exit(then="human"), "0": Exit(then="human")},
        texts=(
            KeyText(
                key="1",
                prompt=prompt(ORDER),
                recent="order",
                within_s=within_s,
                prompt_recent=prompt(recent_text) if recent_text else None,
            ),
            KeyText(key="2", prompt=prompt(INVOICE)),
            KeyText(key="3", recent="case", within_s=within_s, prompt_recent=prompt(MATTER)),
            KeyText(key="0", prompt=prompt(PERSON)),
        ),
        no_input=Retry(tries=2, then="end"),
        no_match=Retry(prompt=prompt("Nie ma."), tries=2, then="end"),
    )


ASK = Collect(name="order", variable="order", prompt=prompt("Numer?"), digits_min=4, digits_max=4, remember=True,
              then="topic", no_input=Retry(tries=1, then="end"), no_match=Retry(tries=1, then="end"))  # fmt: skip
PEOPLE = Queue(name="human", to="by_client", team="office", gave_up="end")


def rig_of(*first, **more) -> Rig:
    steps = (*first, menu(**more), ASK, PEOPLE, HangUpStep(name="end", prompt=prompt("Koniec.")))
    return Rig(site(flows={"reception": flow(*steps)}))


def keyed(rig: Rig, value: str = "1234", *, age_s: float = DAY_S, caller: str = KOWALSKI, client: str = "1001") -> Rig:
    fact = AnswerRemembered(at=rig.now - age_s, call="x", caller=caller, client=client, name="order", value=value)
    rig.tell(MemoryRecovered(facts=(fact,)))
    return rig


def opened(rig: Rig, *cases: tuple[str, float], caller: str = KOWALSKI, client: str = "1001", closed: str = "") -> Rig:
    """Cases by number and age, the oldest first."""
    facts = [
        CaseOpened(at=rig.now - age_s, call="x", case=number, kind="question", whose="box", to="", client=client,
                   caller=caller)
        for number, age_s in cases
    ]  # fmt: skip
    done = [CaseClosed(at=rig.now - 60, case=closed, resolution_s=9.0)] if closed else []
    rig.tell(DeskRecovered(facts=(*facts, *done)))
    return rig


def said(rig: Rig) -> list[str]:
    return [words(action) for action in rig.actions if isinstance(action, Play)]


def recognised(rig: Rig) -> list[tuple[str, str, str, float]]:
    return [(fact.key, fact.value, fact.source, fact.age_s) for fact in rig.of(MatterRecognised)]


def test_what_was_keyed_lately_is_said_first_and_its_key_stays():
    rig = keyed(rig_of())
    call = rig.call(KOWALSKI)
    assert said(rig) == [ORDER_FIRST]
    (fact,) = rig.of(MatterRecognised)
    assert (fact.flow, fact.step, fact.key, fact.name, fact.value) == ("reception", "topic", "1", "order", "1234")
    assert (fact.source, fact.age_s) == ("memory", DAY_S)
    rig.press(call, "1")
    assert said(rig)[-1] == "Numer?"  # as ever: what becomes of a known answer the `collect` decides


def test_a_choice_further_down_comes_up():
    rig = opened(rig_of(), (CASE, DAY_S))
    rig.call(KOWALSKI)
    assert said(rig) == [f"{WELCOME} Sprawa jeden zero zero zero osiem , trzy. {ORDER} {INVOICE} {PERSON}"]
    assert recognised(rig) == [("3", CASE, "case", DAY_S)]


def test_nothing_recent_nothing_first():
    rig = rig_of()
    rig.call(KOWALSKI)
    assert said(rig) == [PLAIN]
    assert not recognised(rig)


def test_a_menu_with_one_text_is_as_it_was():
    plain = Menu(name="topic", prompt=prompt("Jeden albo dwa."), choices={"1": Exit(then="end")},
                 no_input=Retry(tries=1, then="end"), no_match=Retry(tries=1, then="end"))  # fmt: skip
    rig = keyed(Rig(site(flows={"reception": flow(plain, HangUpStep(name="end"))})))
    rig.call(KOWALSKI)
    assert said(rig) == ["Jeden albo dwa."]


@pytest.mark.parametrize(("age_s", "first"), [(2 * DAY_S, True), (2 * DAY_S + 1, False)])
def test_what_is_older_than_within_is_not_recent(age_s, first):
    rig = keyed(rig_of(within_s=2 * DAY_S), age_s=age_s)
    opened(rig, (CASE, age_s))
    rig.call(KOWALSKI)
    assert len(recognised(rig)) == (2 if first else 0)


@pytest.mark.parametrize(("caller", "client"), [(NOWAK, "2002"), (STRANGER, ""), ("", "")])
def test_nobody_hears_of_anothers_matters(caller, client):
    """Neither of the client's, nor of a stranger's whose number is another or withheld."""
    mine = opened(keyed(rig_of()), (CASE, DAY_S))
    mine.call(caller)
    assert said(mine) == [PLAIN]
    strangers = opened(keyed(rig_of(), caller="+48500", client=""), (CASE, DAY_S), caller="+48500", client="")
    strangers.call(caller)
    assert said(strangers) == [PLAIN]


def test_a_client_is_recognised_from_each_of_his_numbers_and_a_stranger_by_his():
    client = opened(keyed(rig_of(), caller="+48999999999"), (CASE, DAY_S), caller="+48999999999")
    client.call(KOWALSKI)
    assert [key for key, *_ in recognised(client)] == ["1", "3"]
    stranger = opened(keyed(rig_of(), caller=STRANGER, client=""), (CASE, DAY_S), caller=STRANGER, client="")
    stranger.call(STRANGER)
    assert [key for key, *_ in recognised(stranger)] == ["1", "3"]


def test_the_newest_matter_comes_first():
    rig = opened(keyed(rig_of(), age_s=3 * DAY_S), (CASE, DAY_S))
    rig.call(KOWALSKI)
    assert [key for key, *_ in recognised(rig)] == ["3", "1"]
    assert said(rig)[0].index("trzy.") < said(rig)[0].index("Zamówienie")


def test_of_several_cases_the_last_one_that_is_open():
    rig = opened(rig_of(), (OTHER, 3 * DAY_S), (CASE, DAY_S))
    rig.call(KOWALSKI)
    assert recognised(rig) == [("3", CASE, "case", DAY_S)]
    rig = opened(rig_of(), (OTHER, 3 * DAY_S), (CASE, DAY_S), closed=CASE)
    rig.call(KOWALSKI)
    assert recognised(rig) == [("3", OTHER, "case", 3 * DAY_S)]
    rig = opened(rig_of(), (CASE, DAY_S), closed=CASE)
    rig.call(KOWALSKI)
    assert said(rig) == [PLAIN]


def test_what_is_keyed_in_this_very_call_is_no_earlier_matter():
    rig = keyed(rig_of())
    call = rig.call(KOWALSKI)
    rig.press(call, "15678")
    assert said(rig)[-1] == PLAIN
    assert len(recognised(rig)) == 1
    rig.hang_up(call)
    rig.pass_time(60)
    rig.call(KOWALSKI)
    assert recognised(rig)[-1][1] == "5678"


def test_silence_hears_the_same_once_more_and_it_is_one_fact():
    rig = keyed(rig_of())
    call = rig.call(KOWALSKI)
    rig.heard(call)
    rig.pass_time(6)
    assert said(rig) == [ORDER_FIRST, ORDER_FIRST]
    assert len(recognised(rig)) == 1
    rig.press(call, "9")
    assert said(rig)[-1] == "Nie ma."


@pytest.mark.parametrize("text", [None, "Zamówienie {order} klienta {client.name}, jeden."])
def test_what_cannot_be_said_is_said_as_ever_but_first(text):
    """A stranger has no name; and a choice need not have a text of its own for it."""
    rig = opened(keyed(rig_of(recent_text=text), caller=STRANGER, client=""), (CASE, 2 * DAY_S), caller=STRANGER,
                 client="")  # fmt: skip
    rig.call(STRANGER)
    assert said(rig) == [f"{WELCOME} {ORDER} Sprawa jeden zero zero zero osiem , trzy. {INVOICE} {PERSON}"]
    assert [key for key, *_ in recognised(rig)] == ["1", "3"]


def test_who_keys_ahead_hears_nothing_and_nothing_is_told():
    rig = keyed(rig_of(Say(name="hello", prompt=prompt("Halo."), barge_in=False, then="topic")))
    call = rig.call(KOWALSKI)
    rig.press(call, "2")
    rig.heard(call)
    assert said(rig) == ["Halo.", "Koniec."]
    assert not recognised(rig)


@pytest.mark.parametrize("ahead", [False, True])
def test_who_takes_the_case_is_about_it(ahead):
    """The agent sees it, and the talk is its answer; also for one who knows the key and does not wait."""
    hello = (Say(name="hello", prompt=prompt("Halo."), barge_in=False, then="topic"),) if ahead else ()
    rig = opened(rig_of(*hello), (CASE, DAY_S))
    call = rig.call(KOWALSKI)
    rig.press(call, "3")
    if ahead:
        rig.heard(call)
    (asked,) = rig.of(CaseAsked)
    assert (asked.step, asked.case, asked.open) == ("topic", CASE, True)
    dial = rig.dialled("anna")
    assert isinstance(dial, Dial)
    assert dict(dial.headers)["X-Gateway-Case"] == CASE
    rig.ring(dial.leg)
    rig.pick_up(dial.leg)
    assert [(fact.case, fact.agent) for fact in rig.of(CaseAnswered)] == [(CASE, "anna")]


def test_without_an_open_case_the_key_leads_to_the_same_place_without_one():
    rig = rig_of()
    call = rig.call(KOWALSKI)
    rig.press(call, "3")
    assert rig.where(call) == "queued"
    assert not rig.of(CaseAsked)
    assert "X-Gateway-Case" not in dict(rig.dialled("anna").headers)


def test_another_key_is_not_about_the_case():
    rig = opened(rig_of(), (CASE, DAY_S))
    call = rig.call(KOWALSKI)
    rig.press(call, "0")
    assert rig.where(call) == "queued"
    assert not rig.of(CaseAsked)


def test_a_trial_hears_of_matters_but_touches_no_case():
    steps = (menu(), ASK, PEOPLE, HangUpStep(name="end", prompt=prompt("Koniec.")))
    of = site(flows={"reception": flow(*steps)}, draft=Draft(number="9999"))
    rig = opened(Rig(of), (CASE, DAY_S))
    rig.draft(of, MAIN)
    call = rig.call(KOWALSKI, called="9999")
    assert [key for key, *_ in recognised(rig)] == ["3"]
    rig.press(call, "3")
    assert not rig.of(CaseAsked)
    assert not rig.of(CaseAnswered)


MATTERS = st.lists(st.tuples(st.sampled_from([KOWALSKI, STRANGER]), st.integers(1, 200)), max_size=4)
"""Whose it is, and how many tenths of a day old."""


@given(MATTERS, MATTERS, st.sampled_from([KOWALSKI, STRANGER, NOWAK]), st.sampled_from("1230"))
def test_a_key_leads_where_it_always_does_and_every_choice_is_said(orders, cases, caller, key):
    """Against the menu for somebody without any matter: the same way for the same key, and the same choices said."""
    whose = {KOWALSKI: "1001", STRANGER: ""}
    rig = rig_of()
    answers = [
        AnswerRemembered(at=rig.now - tenths * DAY_S / 10, call="x", caller=who, client=whose[who], name="order",
                         value="1234")
        for who, tenths in sorted(orders, key=lambda one: -one[1])
    ]  # fmt: skip
    rig.tell(MemoryRecovered(facts=tuple(answers)))
    rig.tell(DeskRecovered(facts=tuple(
        CaseOpened(at=rig.now - tenths * DAY_S / 10, call="x", case=f"1{number:04}", kind="question", whose="box",
                   to="", client=whose[who], caller=who)
        for number, (who, tenths) in enumerate(sorted(cases, key=lambda one: -one[1]))
    )))  # fmt: skip
    plain = rig_of()
    calls = [(of, of.call(caller)) for of in (rig, plain)]
    recent = {matter for matter, *_ in recognised(rig)}
    fresh = {"1": orders, "3": cases}
    assert recent == {k for k, told in fresh.items() if any(who == caller and tenths <= 70 for who, tenths in told)}
    text = said(rig)[0]
    assert text.startswith(WELCOME)
    assert all(ending in text for ending in (", jeden.", ", dwa.", ", zero."))
    assert (", trzy." in text) == ("3" in recent)
    for of, call in calls:
        of.press(call, key)
    places = [(of.where(call), said(of)[1:]) for of, call in calls]
    assert places[0] == places[1]
