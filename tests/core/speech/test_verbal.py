"""Values in words: the tables of phrases, the promise that nothing outside a vocabulary is said, and bad values.

The readers below turn words back into numbers by the stems of the words alone; they share nothing with the speakers.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.core.speech.fragments import CASES, CURRENCIES, GENDERS, KINDS, LANGUAGES, Form, fragments, vocabulary
from gateway.errors import SpeechError

TABLES = {"pl": Path(__file__).parent / "polish.tsv", "en": Path(__file__).parent / "english.tsv"}
LISTED_MAX = 1200


def form(options: str) -> Form:
    pairs = (option.split("=") for option in options.split())
    return Form(**{name: {"yes": True, "no": False}.get(word, word) for name, word in pairs})


def rows(language: str) -> list[tuple[int, str, str, str, str]]:
    """(line, kind, value, options, phrase) of a table."""
    found = []
    for number, line in enumerate(TABLES[language].read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            kind, value, options, phrase = line.split("\t")
            found.append((number, kind, value, options, phrase))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_the_table_is_said(language):
    wrong = []
    for number, kind, value, options, phrase in rows(language):
        said = " ".join(fragments(value, kind, language, form(options)))
        if said != phrase:
            wrong.append(f"{TABLES[language].name}:{number}: {kind} {value} {options}: {said!r}, expected {phrase!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_five_hundred_phrases_of_all_kinds_each_once(language):
    asked = [row[1:4] for row in rows(language)]
    assert len(asked) >= 500
    assert len(set(asked)) == len(asked)
    assert {kind for kind, _, _ in asked} == set(KINDS)


@pytest.mark.parametrize(
    ("value", "kind", "language", "said"),
    [
        ("21:22", "time", "pl", ("dwudziesta pierwsza", "dwadzieścia dwie")),
        ("14:30", "time", "en", ("two", "thirty p.m.")),
        ("1234.56 PLN", "money", "pl", ("tysiąc", "dwieście", "trzydzieści cztery złote", "pięćdziesiąt sześć groszy")),
        ("1000 PLN", "money", "pl", ("tysiąc", "złotych")),
        ("105.50 GBP", "money", "en", ("one hundred", "and five pounds", "and fifty pence")),
        (
            "-234567",
            "number",
            "pl",
            ("minus", "dwieście", "trzydzieści cztery tysiące", "pięćset", "sześćdziesiąt siedem"),
        ),
        ("122", "minute", "pl", ("sto", "dwudziesta druga minuta")),
        ("142", "duration", "en", ("two minutes", "and twenty-two seconds")),
        ("2026-12-24", "date", "pl", ("dwudziesty czwarty grudnia", "dwa tysiące dwudziestego szóstego roku")),
        ("+48221234567", "phone", "en", ("plus", "four eight", "two two", "one two three", "four five", "six seven")),
    ],
)
def test_a_phrase_is_cut_where_a_speaker_could_breathe(value, kind, language, said):
    assert fragments(value, kind, language) == said


# Nothing is said that was not listed.

COUNTS = (
    st.integers(0, 999_999_999) | st.integers(0, 2000) | st.integers(0, 999).map(lambda thousands: thousands * 1000)
)
CENTS = st.integers(0, 99).map(lambda cents: f".{cents:02}") | st.just("")
VALUES = {
    "number": st.tuples(st.sampled_from(["", "-"]), COUNTS).map(lambda parts: f"{parts[0]}{parts[1]}"),
    "ordinal": st.integers(0, 9999).map(str),
    "digits": st.text("0123456789*#", min_size=1, max_size=20),
    "phone": st.from_regex(r"\+?[1-9][0-9]{1,14}|0[0-9]{2,12}", fullmatch=True),
    "money": st.builds("{}{}{} {}".format, st.sampled_from(["", "-"]), COUNTS, CENTS, st.sampled_from(CURRENCIES)),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)).map(str) | st.just("02-29"),
    "time": st.times().map(lambda time: f"{time:%H:%M}") | st.just("24:00"),
    "duration": st.integers(0, 8_639_999).map(str) | st.integers(0, 7200).map(str),
    "minute": st.integers(0, 999).map(str),
}
GENDER, CASE, SWITCH = st.sampled_from(GENDERS), st.sampled_from(CASES), st.booleans()
FORMS = {  # what a kind has a use for; the rest is ignored
    "number": st.builds(Form, gender=GENDER, case=CASE),
    "ordinal": st.builds(Form, gender=GENDER, case=CASE),
    "digits": st.just(Form()),
    "phone": st.builds(Form, country=st.sampled_from(["", "PL", "GB", "US"])),
    "money": st.builds(Form, case=CASE, zero_cents=SWITCH),
    "date": st.builds(Form, case=CASE, year=SWITCH, weekday=SWITCH),
    "time": st.builds(Form, case=CASE),
    "duration": st.builds(Form, case=CASE),
    "minute": st.builds(Form, case=CASE),
}


@cache
def listed(kind, language, how):
    return frozenset(vocabulary(kind, language, how))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_whatever_is_said_is_in_the_vocabulary(kind, language, data):
    how = data.draw(FORMS[kind])
    value = data.draw(VALUES[kind])
    if kind == "date" and len(value) == 5:
        how = Form(case=how.case)
    said = fragments(value, kind, language, how)
    assert said
    assert set(said) <= listed(kind, language, how)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_is_small_and_made_of_words(kind, language):
    for case in CASES:
        how = Form(case=case, weekday=True, zero_cents=True, currency="PLN")
        parts = vocabulary(kind, language, how)
        assert len(parts) == len(set(parts)) <= LISTED_MAX
        assert all(re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*(?: [ap]\.m\.)?", part) for part in parts)


def test_a_vocabulary_lists_nothing_that_is_not_asked_for():
    assert not any(part.endswith("roku") for part in vocabulary("date", "pl", Form(year=False)))
    assert "czwartek" not in vocabulary("date", "pl")
    assert not any("euro" in part for part in vocabulary("money", "pl", Form(currency="PLN")))
    assert "zero groszy" not in vocabulary("money", "pl")
    assert "dwadzieścia dwie" not in vocabulary("number", "pl")


# Words read back.

POLISH_STEMS = [
    (r"zer(o|a|u|em|ze)", 0), (r"jed(en|n\w+)", 1), (r"dw(a|ie|óch|óm|oma|iema)", 2), (r"trz(y|ech|em|ema)", 3),
    (r"czter(y|ech|em|ema)", 4), (r"pię(ć|ciu|cioma)", 5), (r"sześ(ć|ciu|cioma)", 6), (r"siedm?(em|iu|ioma)", 7),
    (r"(osiem|ośmiu|ośmioma)", 8), (r"dziewię(ć|ciu|cioma)", 9), (r"dziesię(ć|ciu|cioma)", 10),
    (r"jedena\w+", 11), (r"dw[au]na\w+", 12), (r"trzyna\w+", 13), (r"czterna\w+", 14), (r"piętna\w+", 15),
    (r"szesna\w+", 16), (r"siedemna\w+", 17), (r"osiemna\w+", 18), (r"dziewiętna\w+", 19),
    (r"dwadzie\w+|dwudzie\w+", 20), (r"trzydzie\w+", 30), (r"czterdzie\w+", 40), (r"pięćdziesi\w+", 50),
    (r"sześćdziesi\w+", 60), (r"siedemdziesi\w+", 70), (r"osiemdziesi\w+", 80), (r"dziewięćdziesi\w+", 90),
    (r"st[ou]", 100), (r"dw(ieście|ustu)", 200), (r"trzyst[au]", 300), (r"czteryst[au]", 400),
    (r"pię(ćset|ciuset)", 500), (r"sześ(ćset|ciuset)", 600), (r"siedm?(em|iu)set", 700), (r"o(siem|śmiu)set", 800),
    (r"dziewię(ćset|ciuset)", 900), (r"tysi\w+", 1000), (r"milion\w*", 1_000_000),
]  # fmt: skip
ENGLISH_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million"
)
ENGLISH = dict(zip(ENGLISH_WORDS.split(), (*range(21), *range(30, 100, 10), 100, 1000, 1_000_000), strict=True))


def read_polish(words: str) -> int:
    total = part = 0
    for word in words.split():
        (value,) = [value for stem, value in POLISH_STEMS if re.fullmatch(stem, word)]
        if value >= 1000:
            total, part = total + value * (part or 1), 0
        else:
            part += value
    return total + part


def read_english(words: str) -> int:
    total = part = 0
    for word in words.replace("-", " ").split():
        if word == "and":
            continue
        value = ENGLISH[word]
        if value >= 1000:
            total, part = total + value * part, 0
        else:
            part = part * 100 if value == 100 else part + value
    return total + part


def heard_digits(words: str) -> str:
    """The digits of a phone number that a listener notes who hears Polish words without any pause: each word that
    fits into the number so far is taken as its continuation."""
    noted, open_zeros = "", 0
    for word in words.removeprefix("plus ").split():
        (value,) = [value for stem, value in POLISH_STEMS if re.fullmatch(stem, word)]
        written = str(value)
        if value and len(written) <= open_zeros:
            noted = noted[: -len(written)] + written
        else:
            noted += written
        open_zeros = len(written) - len(written.rstrip("0")) if value else 0
    return noted


@settings(deadline=None, max_examples=400)
@given(count=st.integers(0, 1_000_000) | COUNTS, gender=st.sampled_from(GENDERS), case=st.sampled_from(CASES))
def test_polish_numbers_read_back_in_every_gender_and_case(count, gender, case):
    assert read_polish(" ".join(fragments(str(count), "number", "pl", Form(gender=gender, case=case)))) == count


@settings(deadline=None, max_examples=300)
@given(count=st.integers(0, 1_000_000) | COUNTS)
def test_english_numbers_read_back(count):
    assert read_english(" ".join(fragments(str(count), "number", "en"))) == count


@settings(deadline=None, max_examples=400)
@example(number="+48201001000")
@given(number=st.from_regex(r"\+[1-9][0-9]{6,13}|\+48[1-9][0-9]{8}|\+48[1-9][0-9]00[0-9]{5}", fullmatch=True))
def test_a_polish_phone_number_is_noted_right_even_without_pauses(number):
    assert heard_digits(" ".join(fragments(number, "phone", "pl"))) == number.removeprefix("+")


@settings(deadline=None)
@given(number=st.from_regex(r"\+[1-9][0-9]{6,13}", fullmatch=True))
def test_an_english_phone_number_is_said_digit_by_digit(number):
    said = " ".join(fragments(number, "phone", "en"))
    assert "+" + "".join(str(ENGLISH[word]) for word in said.removeprefix("plus ").split()) == number


def test_a_number_of_the_country_at_home_is_said_as_it_is_dialled_there():
    home = Form(country="PL")
    assert fragments("+48501234567", "phone", "en", home) == fragments("501234567", "phone", "en", home)
    assert fragments("+442079460958", "phone", "en", home)[0] == "plus"


# Bad values.

BAD = [
    ("number", "", "in digits"), ("number", "12.5", "in digits"), ("number", "١٢", "in digits"),
    ("number", "1 000", "in digits"), ("number", "12\n", "in digits"), ("number", "1000000000", "too big"),
    ("number", "-1000000000", "too small"), ("number", "9" * 5000, "in digits"), ("ordinal", "-1", "too small"),
    ("ordinal", "10000", "too big"), ("digits", "", "0 to 9"), ("digits", "12A", "0 to 9"), ("digits", "1" * 33, "32"),
    ("digits", "1" * 999, "32"), ("phone", "", "15 digits"), ("phone", "anonymous", "15 digits"),
    ("phone", "+", "15 digits"), ("phone", "1" * 16, "15 digits"), ("money", "12", "currency"),
    ("money", "12 CHF", "PLN, EUR, USD, GBP"), ("money", "12.345 PLN", "two decimals"),
    ("money", "PLN", "two decimals"),
    ("money", "1 000 PLN", "two decimals"), ("money", "1000000000 PLN", "the most"),
    ("date", "24.12.2026", "2026-12-24"),
    ("date", "2026-02-29", "calendar"), ("date", "2026-13-01", "calendar"), ("date", "1899-12-31", "1900 to 2099"),
    ("date", "2100-01-01", "1900 to 2099"), ("date", "0000-01-01", "calendar"),
    ("time", "24:01", "23:59"), ("time", "12:60", "23:59"), ("time", "25:00", "23:59"),
    ("time", "12", "21:22"), ("time", "1:2", "21:22"),
    ("time", "12:00:00", "21:22"), ("duration", "", "2 min"), ("duration", "-5", "2 min"),
    ("duration", "5 weeks", "2 min"), ("duration", "5 min" + " " * 99 + "x", "2 min"),
    ("duration", "8640000", "100 days"),
    ("duration", "999 d", "100 days"), ("minute", "1000", "too big"), ("minute", "x", "in digits"),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "value", "told"), BAD)
def test_a_bad_value_is_refused_with_the_remedy(kind, value, told, language):
    with pytest.raises(SpeechError) as refused:
        fragments(value, kind, language)
    message = str(refused.value)
    assert told in message
    assert ";" in message, "what is wrong; the remedy"
    assert len(message) < 250


@pytest.mark.parametrize(("kind", "secret"), [("digits", "4711x"), ("digits", "4711" * 20), ("phone", "+4850123456x")])
def test_no_message_repeats_digits_that_may_be_secret(kind, secret):
    with pytest.raises(SpeechError) as refused:
        fragments(secret, kind, "pl")
    assert secret[:4] not in str(refused.value)


def test_what_is_asked_for_must_exist():
    with pytest.raises(SpeechError, match="use pl, en"):
        fragments("1", "number", "de")
    with pytest.raises(SpeechError, match="use pl, en"):
        vocabulary("phone", "de")
    for ask in (lambda: fragments("1", "price", "pl"), lambda: vocabulary("price", "pl")):
        with pytest.raises(SpeechError, match="use number, ordinal"):
            ask()
    for wrong in ({"case": "vocative"}, {"gender": "female"}, {"currency": "CHF"}):
        with pytest.raises(SpeechError, match="; use "):
            Form(**wrong)


def test_a_currency_that_was_not_listed_is_refused():
    with pytest.raises(SpeechError, match="not in PLN"):
        fragments("5 EUR", "money", "pl", Form(currency="PLN"))
    assert fragments("5 pln", "money", "pl", Form(currency="PLN")) == ("pięć złotych",)


def test_a_day_of_the_week_needs_the_year():
    with pytest.raises(SpeechError, match="needs its year"):
        fragments("12-24", "date", "pl", Form(weekday=True))


@settings(deadline=None, max_examples=300)
@given(
    value=st.text(max_size=80) | st.from_regex(r"[-+0-9:., *#a-zA-Z]{0,30}", fullmatch=True),
    kind=st.sampled_from(KINDS),
    language=st.sampled_from(LANGUAGES),
)
def test_any_text_is_said_or_refused(value, kind, language):
    try:
        said = fragments(value, kind, language)
    except SpeechError:
        return
    assert set(said) <= listed(kind, language, Form())
