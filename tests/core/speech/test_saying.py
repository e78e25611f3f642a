"""What is said for a value: names, digits, and the kinds of a flow's text; and nothing where nothing can be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.actions import Play
from gateway.core.call.call import MUSIC_WORDS
from gateway.core.flow.model import Collect, Part, Prompt, Queue, Retry, Say
from gateway.core.speech.clips import GROUP_PAUSE_MS, clip_for, pause_ms
from gateway.core.speech.fragments import CURRENCIES, KINDS, Form, vocabulary
from gateway.core.speech.saying import clips_of, names_in, value_texts, whole
from tests.core.factory import VOICES, Rig, flow, prompt, site, words


def test_prompts_and_values():
    of = site()

    def texts(name: str, value: str, language: str = "pl") -> tuple[str, ...]:
        return value_texts(Part(variable=name), value, language=language, site=of)

    assert texts("manager", "anna") == ("Anną Nowak",)
    assert texts("manager", "anna", "en") == ("Anna Nowak",)
    assert texts("manager", "nobody") == ()
    assert texts("caller", "+48123") == ("cztery", "osiem", "jeden", "dwa", "trzy")
    assert texts("client.id", "1002", "en") == ("one", "zero", "zero", "two")
    assert texts("client.id", "12", "de") == ("1", "2")
    assert texts("area", "invoices") == ("invoices",)
    assert texts("area", "١٢") == ("١٢",)
    assert texts("area", "7" * 50) == ("siedem",) * 50
    both = prompt({"pl": "Łączę z {manager}", "en": "I am calling {manager}"})
    assert names_in(both) == {"manager"}

    def said(language: str, **values: str) -> list[str]:
        clips = clips_of(both, values, language=language, fallback="en", site=of)
        return [clip.words for clip in clips]

    assert said("pl", manager="anna") == ["Łączę z", "Anną Nowak"]
    assert said("de", manager="anna") == ["I am calling", "Anna Nowak"]
    assert said("pl") == ["Łączę z"]
    assert clips_of(prompt({}), {}, language="pl", fallback="en", site=of) == ()


@pytest.mark.parametrize(
    ("part", "value", "language", "said"),
    [
        (Part(variable="balance", kind="money", form=Form(currency="PLN")), "12.5", "pl",
         "dwanaście złotych|pięćdziesiąt groszy"),
        (Part(variable="balance", kind="money", form=Form(currency="PLN")), "12.50 PLN", "en",
         "twelve zlotys|and fifty groszy"),
        (Part(variable="place", kind="ordinal", form=Form(gender="feminine")), "2", "pl", "druga"),
        (Part(variable="wait", kind="duration", form=Form(case="accusative")), "61", "pl",
         "jedną minutę|jedną sekundę"),
        (Part(variable="day", kind="date", form=Form(case="accusative", weekday=True)), "2026-11-25", "pl",
         "środę|dwudziestego piątego listopada|dwa tysiące dwudziestego szóstego roku"),
        (Part(variable="caller", kind="phone", form=Form(country="PL")), "+48221234567", "pl",
         "dwadzieścia dwa|sto dwadzieścia trzy|czterdzieści pięć|sześćdziesiąt siedem"),
        (Part(variable="caller", kind="digits"), "+4822", "en", "four|eight|two|two"),
        (Part(variable="keyed", kind="digits"), "0#", "pl", "zero|krzyżyk"),
        # what cannot be said is left out
        (Part(variable="balance", kind="money", form=Form(currency="PLN")), "12.50 EUR", "pl", ""),
        (Part(variable="balance", kind="money", form=Form(currency="PLN")), "gold", "pl", ""),
        (Part(variable="place", kind="ordinal"), "99999999", "pl", ""),
        (Part(variable="day", kind="date"), "2026-02-30", "pl", ""),
        (Part(variable="caller", kind="phone"), "alice", "pl", ""),
        (Part(variable="caller", kind="digits"), "++4822", "pl", ""),
        (Part(variable="keyed", kind="digits"), "0", "de", ""),
        (Part(variable="keyed", kind="number"), "", "pl", ""),
    ],
)  # fmt: skip
def test_a_value_is_said_as_its_kind_or_left_out(part, value, language, said):
    assert "|".join(value_texts(part, value, language=language, site=site())) == said
    whole = Prompt(parts={language: (*prompt("Proszę.").parts["pl"], part, *prompt("Dziękuję.").parts["pl"])})
    clips = clips_of(whole, {part.variable: value}, language=language, fallback="pl", site=site())
    assert [clip.words for clip in clips] == ["Proszę.", *filter(None, said.split("|")), "Dziękuję."]
    assert list(clips[1:-1]) == [
        clip_for(text, language=language, voice=VOICES.get(language, ""), pause_ms=pause_ms(part.kind))
        for text in said.split("|")
        if text
    ]


def test_a_caller_hears_what_can_be_said_and_the_call_goes_on():
    """Keyed digits that are too many for a kind, in the middle of a real call."""
    told = Prompt(
        parts={"pl": (*prompt("Kod").parts["pl"], Part(variable="code", kind="minute"), Part(variable="code"))}
    )
    steps = (
        Collect(name="ask", variable="code", prompt=prompt("Kod?"), digits_min=1, digits_max=4, finish_on="#",
                then="told", no_input=Retry(then=""), no_match=Retry(then="")),
        Say(name="told", prompt=told, then="ask"),
    )  # fmt: skip
    rig = Rig(site(flows={"reception": flow(*steps)}))
    call = rig.call()
    rig.press(call, "22#")
    assert words(rig.actions[-1]) == "Kod dwudziesta druga minuta dwa dwa"
    rig.heard(call)
    rig.press(call, "1999")
    assert words(rig.actions[-1]) == "Kod jeden dziewięć dziewięć dziewięć"
    assert rig.where(call) == "flow"


@given(
    value=st.text(max_size=40) | st.from_regex(r"[+-]?[0-9 .,:#*-]{1,20}( [a-zA-Z]{1,3})?", fullmatch=True),
    kind=st.sampled_from(KINDS),
    language=st.sampled_from(["pl", "en"]),
    form=st.builds(
        Form, currency=st.sampled_from(CURRENCIES), country=st.sampled_from(["", "PL"]), weekday=st.booleans()
    ),
)
def test_no_value_whatever_raises_or_asks_for_a_clip_that_is_not_there(value, kind, language, form):
    said = value_texts(Part(variable="x", kind=kind, form=form), value, language=language, site=site())
    assert set(said) <= set(vocabulary(kind, language, form))


def test_the_groups_of_a_phone_number_have_pauses_and_other_values_have_none():
    assert pause_ms("phone") == GROUP_PAUSE_MS > 0
    assert {pause_ms(kind) for kind in KINDS if kind != "phone"} == {0}
    of = site()
    parts = {kind: Prompt(parts={"pl": (Part(variable="x", kind=kind, form=Form(country="PL")),)})
             for kind in ("phone", "number")}  # fmt: skip
    (group,) = clips_of(parts["phone"], {"x": "12"}, language="pl", fallback="pl", site=of)
    (number,) = clips_of(parts["number"], {"x": "12"}, language="pl", fallback="pl", site=of)
    assert group.words == number.words == "dwanaście"
    assert group.key != number.key


def test_a_recording_is_played_in_place_of_the_voice_for_texts_and_for_values():
    text, name = (clip_for(words, language="pl", voice=VOICES["pl"]) for words in ("Łączę z", "Anną Nowak"))
    of = replace(site(), recorded={text.key: "own1", name.key: "own2"})
    told = prompt({"pl": "Łączę z {manager}"})
    clips = clips_of(told, {"manager": "anna"}, language="pl", fallback="pl", site=of)
    assert [(clip.key, clip.words) for clip in clips] == [("own1", "Łączę z"), ("own2", "Anną Nowak")]


@pytest.mark.parametrize(("value", "said"), [("22", True), ("", False), ("1999", False), ("x", False)])
def test_a_prompt_is_whole_when_each_of_its_values_can_be_said(value, said):
    told = Prompt(parts={"pl": (*prompt("Kod").parts["pl"], Part(variable="code", kind="minute"))})
    assert whole(told, {"code": value}, language="pl", fallback="pl", site=site()) is said
    assert whole(prompt({}), {}, language="pl", fallback="pl", site=site())


@pytest.mark.parametrize(("code", "said"), [("22#", "Kod dwudziesta druga minuta"), ("1999", MUSIC_WORDS)])
def test_who_waits_hears_music_rather_than_a_sentence_with_a_hole(code, said):
    told = Prompt(parts={"pl": (*prompt("Kod").parts["pl"], Part(variable="code", kind="minute"))})
    steps = (
        Collect(name="ask", variable="code", prompt=prompt("Kod?"), digits_min=1, digits_max=4, finish_on="#",
                then="wait", no_input=Retry(then=""), no_match=Retry(then="")),
        Queue(name="wait", to="office", prompt=told),
    )  # fmt: skip
    rig = Rig(site(flows={"reception": flow(*steps)}))
    rig.press(rig.call(), code)
    (play,) = [action for action in rig.new if isinstance(action, Play)]
    assert words(play) == said
