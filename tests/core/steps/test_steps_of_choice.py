"""confirm, language, split, publish; patterns and check digits of a collect; the 0 that leads to a human."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.calls import InputTaken, MessagePublished, StepEntered, VariantChosen
from gateway.core.flow.check_digits import damm, is_right
from gateway.core.flow.model import ChooseLanguage, Collect, Confirm, HangUpStep, Menu, Publish, Retry, Say, Split
from gateway.core.flow.model import Exit as Way
from gateway.core.steps.ask import matches
from gateway.core.steps.choose import chosen_way
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site

END = HangUpStep(name="end")
NO = HangUpStep(name="no")
HUMAN = Say(name="human", prompt=prompt("Łączę."), then="end")
ASKED = {"no_input": Retry(then="end"), "no_match": Retry(then="end")}


def rig_of(*steps) -> Rig:
    return Rig(site(flows={"reception": flow(*steps, END, HUMAN)}))


def path(rig, call):
    return [fact.step for fact in rig.of(StepEntered, call)]


def collect(**of):
    return Collect(
        name="number", variable="n", prompt=prompt("Numer."), **{"digits_min": 1, "digits_max": 14} | of, then="end",
        no_input=Retry(then="no"), no_match=Retry(tries=1, then="no"),
    )  # fmt: skip


@pytest.mark.parametrize(("keys", "end"), [("1", "end"), ("2", "no"), ("9", "right"), ("0", "human")])
def test_confirm(keys, end):
    rig = rig_of(
        Confirm(name="right", prompt=prompt("Dobrze?"), yes="end", no="no", human="human", **ASKED),
        HangUpStep(name="no"),
    )
    call = rig.call()
    rig.press(call, keys)
    assert path(rig, call)[-1] == end


LANGUAGES = ChooseLanguage(
    name="language", prompt=prompt({"pl": "Po polsku, jeden.", "en": "For English, two."}),
    languages={"1": "pl", "2": "en"}, then="hello", **ASKED,
)  # fmt: skip
HELLO = Say(name="hello", prompt=prompt({"pl": "Dzień dobry.", "en": "Good morning."}), then="end")


def test_a_language_is_chosen_in_its_own_words():
    rig = rig_of(LANGUAGES, HELLO)
    call = rig.call(STRANGER)
    said = [clip.words for clip in rig.actions[-1].clips]
    assert said == ["Po polsku, jeden.", "For English, two."]
    rig.press(call, "2")
    assert [clip.words for clip in rig.actions[-1].clips] == ["Good morning."]


def test_a_client_whose_language_is_known_is_not_asked():
    of = site(flows={"reception": flow(LANGUAGES, HELLO, END)})
    clients = {number: replace(client, language="en") for number, client in of.clients.items()}
    rig = Rig(replace(of, clients=clients))
    call = rig.call(KOWALSKI)
    assert path(rig, call) == ["language", "hello"]
    assert [clip.words for clip in rig.actions[-1].clips] == ["Good morning."]


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 50), min_size=1, max_size=4), st.text())
def test_a_caller_always_goes_the_same_way(shares, who):
    step = Split(name="s", split="greeting", ways={v: v for v in shares}, shares=shares)
    assert chosen_way(step, who) == chosen_way(step, who)
    assert chosen_way(step, who) in shares


def test_shares_are_kept_over_many_callers():
    step = Split(name="s", split="greeting", ways={"a": "a", "b": "b", "c": "c"}, shares={"a": 70, "b": 30, "c": 0})
    counted = Counter(chosen_way(step, f"+4860{n:07}") for n in range(20_000))
    assert counted["c"] == 0
    assert counted["a"] / 20_000 == pytest.approx(0.7, abs=0.02)


def test_the_variant_stands_on_the_facts_and_the_record():
    split = Split(name="s", split="greeting", ways={"end": "end"}, shares={"end": 1})
    rig = rig_of(split)
    call = rig.call()
    assert [(f.split, f.variant) for f in rig.of(VariantChosen)] == [("greeting", "end")]
    rig.end(call)
    assert rig.record(call).variants == (("greeting", "end"),)


def test_publish_sends_the_values_of_variables():
    rig = rig_of(Publish(name="p", topic="door", values={"client": "client.id", "matter": "area"}, then="end"))
    rig.call(KOWALSKI)
    (fact,) = rig.of(MessagePublished)
    assert (fact.topic, set(fact.values)) == ("door", {"client", "matter"})
    assert fact.values["client"]
    assert fact.values["matter"] == ""


@pytest.mark.parametrize(
    ("of", "keys", "end"),
    [
        ({"like": ("5xxx", "77xx"), "digits_max": 4}, "5123", "end"),
        ({"like": ("5xxx", "77xx"), "digits_max": 4}, "7712", "end"),
        ({"like": ("5xxx", "77xx"), "digits_max": 4}, "7812", "no"),
        ({"check": "nip"}, "5260250995#", "end"),
        ({"check": "nip"}, "5260250996#", "no"),
        ({"human": "human", "digits_min": 4}, "0#", "human"),
        ({"human": "human", "digits_min": 1}, "0#", "end"),
        ({"human": "human", "digits_min": 4}, "00#", "no"),
    ],
)
def test_what_a_collect_takes(of, keys, end):
    rig = rig_of(collect(**of), NO)
    call = rig.call()
    rig.press(call, keys)
    assert path(rig, call)[-1] == end


def test_a_zero_that_a_menu_uses_is_the_menus():
    menu = Menu(name="m", prompt=prompt("Jeden."), choices={"0": Way(then="no")}, human="human", **ASKED)
    rig = rig_of(menu, NO)
    call = rig.call()
    rig.press(call, "0")
    assert path(rig, call)[-1] == "no"


def test_a_zero_that_leads_to_a_human_is_a_fact_as_well():
    menu = Menu(name="m", prompt=prompt("Jeden."), choices={"1": Way(then="no")}, human="human", **ASKED)
    rig = rig_of(menu, NO)
    call = rig.call()
    rig.press(call, "0")
    assert path(rig, call) == ["m", "human"]
    assert [(f.keys, f.outcome) for f in rig.of(InputTaken)] == [("0", "no_match")]


@pytest.mark.parametrize(
    ("pattern", "digits", "fits"), [("x", "7", True), ("5xx", "512", True), ("5xx", "612", False), ("5xx", "51", False)]
)
def test_patterns(pattern, digits, fits):
    assert matches(pattern, digits) is fits


# Published examples of each register or standard.
RIGHT = {
    "nip": ("5260250995", "1060000062"),
    "regon": ("123456785", "12345678512347"),
    "pesel": ("44051401359", "02070803628"),
    "luhn": ("4111111111111111", "79927398713"),
    "iban": ("61109010140000071219812874",),
    "damm": ("5724",),
}


@pytest.mark.parametrize(("rule", "digits"), [(rule, digits) for rule, all_ in RIGHT.items() for digits in all_])
def test_right_numbers_and_each_single_wrong_digit(rule, digits):
    assert is_right(digits, rule)
    wrong = [
        digits[:place] + other + digits[place + 1 :]
        for place in range(len(digits))
        for other in "0123456789"
        if other != digits[place]
    ]
    missed = sum(is_right(number, rule) for number in wrong)
    # NIP and REGON count modulo 11 into ten digits: one that gives ten is not issued, or is read as 0
    assert missed == 0 or (rule == "regon" and missed < len(digits))


@given(st.text("0123456789", min_size=1, max_size=20))
def test_damm_catches_every_wrong_digit_and_every_swap_of_neighbours(digits):
    number = digits + str(damm(digits))
    assert is_right(number, "damm")
    for place in range(len(number)):
        for other in "0123456789":
            if other != number[place]:
                assert not is_right(number[:place] + other + number[place + 1 :], "damm")
        pair = number[place : place + 2]
        if len(pair) == 2 and pair[0] != pair[1]:
            assert not is_right(number[:place] + pair[::-1] + number[place + 2 :], "damm")
