"""`{name as KIND WORDS}` in a text: what it is read as, and which clips are made ready for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway import shipped
from gateway.config.load import load_site
from gateway.config.settings import WAITING_MUSIC
from gateway.config.variables import FORM_WORDS
from gateway.core.flow.model import Part, Prompt
from gateway.core.speech.fragments import KINDS, Form, fragments, vocabulary
from gateway.core.speech.saying import clips_of
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
TEXT = "Łączę z opiekunem, {manager}."
SET = 'area: "12.50", place: "2", wait: 90, day: "2026-11-25", at: "9:05"'


@pytest.fixture
def load(tmp_path):
    """Loads the sound site with another text in its step `manager`; some values are set on the way."""
    site = Path(shutil.copytree(SOUND, tmp_path / "site"))
    flow = (site / "flows/main.yaml").read_text()

    def load(text, *, language="pl", country="PL"):
        noted = f"{{{SET}}}"
        changed = flow.replace(TEXT, text).replace("{area: invoices}", noted)
        changed = changed.replace("{if: client.known, ", f"{{if: client.known, set: {noted}, ")
        (site / "flows/main.yaml").write_text(changed.replace("language: pl", f"language: {language}"))
        gateway = (SOUND / "gateway.yaml").read_text().replace("test-office", f"test-office\n  country: {country}")
        (site / "gateway.yaml").write_text(gateway)
        return load_site(site)

    return load


def parts_of(settings, language="pl"):
    parts = settings.site.flows["main"].steps["manager"].prompt.parts[language]
    return [part for part in parts if part.variable]


def listed(settings, language="pl"):
    return {clip.text for clip in settings.clips if clip.language == language}


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ("area as money PLN", Part(variable="area", kind="money", form=Form(currency="PLN"))),
        (
            " area  as money zero_cents genitive PLN ",
            Part(variable="area", kind="money", form=Form(currency="PLN", case="genitive", zero_cents=True)),
        ),
        ("place as ordinal feminine", Part(variable="place", kind="ordinal", form=Form(gender="feminine"))),
        ("client.id as digits", Part(variable="client.id", kind="digits")),
        ("client.id as number", Part(variable="client.id", kind="number")),
        ("caller as phone", Part(variable="caller", kind="phone", form=Form(country="PL"))),
        ("caller as digits", Part(variable="caller", kind="digits")),
        ("wait as duration accusative", Part(variable="wait", kind="duration", form=Form(case="accusative"))),
        ("keyed as minute locative", Part(variable="keyed", kind="minute", form=Form(case="locative"))),
        ("at as time locative", Part(variable="at", kind="time", form=Form(case="locative"))),
        (
            "day as date weekday accusative",
            Part(variable="day", kind="date", form=Form(case="accusative", weekday=True)),
        ),
        ("day as date no_year", Part(variable="day", kind="date", form=Form(year=False))),
    ],
)
def test_kinds_and_their_words(load, inside, part):
    assert parts_of(load(f"Słowo {{{inside}}}.")) == [part]


def test_the_country_of_phones_is_the_one_of_the_site(load):
    (part,) = parts_of(load("Numer {caller as phone}.", country="GB"))
    assert part.form == Form(country="GB")


def test_every_word_of_the_language_is_a_form(load):
    assert set(FORM_WORDS) == set(KINDS)
    names = {"money": "area", "date": "day", "time": "at"}
    for kind, words in FORM_WORDS.items():
        for word in words:
            currency = " PLN" if kind == "money" and word not in {"PLN", "EUR", "USD", "GBP"} else ""
            (part,) = parts_of(load(f"Słowo {{{names.get(kind, 'place')} as {kind} {word}{currency}}}."))
            plain = Form(currency="PLN") if currency else Form()
            assert part.kind == kind
            # what a word says that holds anyway is no change
            assert (part.form != plain) == (word not in {"masculine", "nominative"})


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", ["number", "ordinal", "phone", "money PLN", "duration", "minute accusative"])
def test_the_whole_vocabulary_is_ready_for_what_a_caller_keys(load, kind, language):
    without = listed(load("Słowo", language=language), language)
    settings = load(f"Słowo {{keyed as {kind}}}.", language=language)
    (part,) = parts_of(settings, language)
    assert listed(settings, language) == without | set(vocabulary(part.kind, language, part.form))
    keys = [clip.key for clip in settings.clips]
    assert len(keys) == len(set(keys))


def test_only_what_can_come_is_ready_where_all_values_are_known(load):
    without = listed(load("Słowo"))
    money = fragments("12.50", "money", "pl", Form(currency="PLN"))
    assert listed(load("Słowo {area as money PLN}.")) == without | set(money)
    phone = fragments("+48220000100", "phone", "pl", Form(country="PL"))
    assert listed(load("Słowo {called as phone}.")) == without | set(phone)
    for bare in ("keyed", "client.id", "keyed as digits", "client.id as digits"):
        assert listed(load(f"Słowo {{{bare}}}.")) == without | set(fragments("0123456789", "digits", "pl"))


def test_what_is_heard_is_ready(load):
    text = (
        "Do zapłaty {area as money PLN}, dnia {day as date weekday genitive}, o {at as time locative}, "
        "numer {called as phone}, klient {client.id}."
    )
    settings = load(text)
    values = {"area": "12.50", "day": "2026-11-25", "at": "9:05", "called": "+48220000100", "client.id": "1001"}
    prompt = settings.site.flows["main"].steps["manager"].prompt
    clips = clips_of(prompt, values, language="pl", fallback="pl", site=settings.site)
    assert {clip.key for clip in clips} <= {clip.key for clip in settings.clips}
    assert " ".join(clip.words for clip in clips) == (
        "Do zapłaty dwanaście złotych pięćdziesiąt groszy , dnia środy dwudziestego piątego listopada dwa tysiące "
        "dwudziestego szóstego roku , o dziewiątej zero pięć , numer dwadzieścia dwa zero zero zero zero jeden "
        "zero zero , klient jeden zero zero jeden"
    )


def test_a_language_without_words_for_values_says_bare_digits_by_its_voice(load, tmp_path):
    load("Numer {client.id}.")
    site = tmp_path / "site"
    for file in ("gateway.yaml", "flows/main.yaml"):
        text = (site / file).read_text().replace("language: pl", "language: de")
        (site / file).write_text(text.replace("en: en-gb", "de: de").replace('en: "Goodbye."', 'de: "Tschüs."'))
    assert set("0123456789") <= listed(load_site(site), "de")


@pytest.mark.parametrize(
    "inside", ["keyed as digits now", "keyed  as", "keyed as", "as", "", " ", "keyed as as", "keyed as \tmoney x"]
)
def test_no_wording_raises_anything_but_problems(load, inside):
    with pytest.raises(SiteError):
        load(f"Słowo {{{inside}}}.")


def test_the_example_site_makes_no_words_that_its_texts_do_not_ask_for():
    settings = load_site(shipped.example_site())
    site = settings.site
    prompts = [site.goodbye, site.trouble, *site.features.said.values()]
    for flow in site.flows.values():
        for step in flow.steps.values():
            of_step = [getattr(step, name) for name in step.__struct_fields__]
            prompts += [found for value in of_step if isinstance(found := getattr(value, "prompt", value), Prompt)]
    parts = [part for prompt in prompts if prompt for said in prompt.parts.values() for part in said]
    assert {(part.variable, part.kind) for part in parts} == {("", ""), ("manager", ""), ("call_back_number", "")}
    texts = {part.clip.words for part in parts if part.clip}
    names = {agent.spoken.get(language) or agent.name for agent in site.agents.values() for language in site.voices}
    made = {clip.text for clip in settings.clips if clip.key != WAITING_MUSIC}
    digits = {
        word for language in site.voices for digit in "0123456789" for word in fragments(digit, "digits", language)
    }
    assert texts <= made <= texts | names | digits
