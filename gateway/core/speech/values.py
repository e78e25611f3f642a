"""A value as text, read strictly: what is not exactly of its kind is refused with a remedy, never guessed.

Digits and phone numbers may be secret (a PIN, a caller), so no message repeats them.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, get_args

import msgspec
import phonenumbers

from gateway.errors import SpeechError

Kind = Literal["number", "ordinal", "digits", "phone", "money", "date", "time", "duration", "minute"]
Gender = Literal["masculine", "masculine_animate", "masculine_personal", "feminine", "neuter"]
"""Of the noun that is counted. In Polish `masculine` is a thing; animals, dollars and the like are animate (they
differ in the accusative singular); men are personal. English has no use for it."""
Case = Literal["nominative", "genitive", "dative", "accusative", "instrumental", "locative"]
Currency = Literal["PLN", "EUR", "USD", "GBP"]

KINDS: tuple[Kind, ...] = get_args(Kind)
GENDERS: tuple[Gender, ...] = get_args(Gender)
CASES: tuple[Case, ...] = get_args(Case)
CURRENCIES: tuple[Currency, ...] = get_args(Currency)
NUMBER_MAX = 999_999_999
ORDINAL_MAX = 9_999
MINUTE_MAX = 999
YEARS = (1900, 2099)
DURATION_MAX_S = 100 * 86_400 - 1
TEXT_MAX = 64
KEYS_MAX = 32

_LENGTH_UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_LENGTH = re.compile(r"(?:(\d{1,3}) ?d ?)?(?:(\d{1,4}) ?h ?)?(?:(\d{1,6}) ?min ?)?(?:(\d{1,8}) ?s)?", re.ASCII)


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How a value is said. What a kind has no use for is ignored: a date needs no gender.

    Raises SpeechError for a word that is no case, gender or currency.
    """

    gender: Gender = "masculine"
    case: Case = "nominative"
    currency: Currency | Literal[""] = ""
    """Of money. Empty: each value names its own, such as "12.50 EUR"; the vocabulary is that of all currencies."""
    country: str = ""
    """ISO 3166, such as PL: phone numbers of this country are said without its code."""
    weekday: bool = False
    """A date begins with the day of the week."""
    year: bool = True
    """A date ends with the year, if it has one."""
    zero_cents: bool = False
    """Five zlotys are "pięć złotych zero groszy" instead of "pięć złotych"."""

    def __post_init__(self) -> None:
        for what, word, known in (
            ("gender", self.gender, GENDERS),
            ("case", self.case, CASES),
            ("currency", self.currency, ("", *CURRENCIES)),
        ):
            if word not in known:
                raise SpeechError(f"'{word}' is no {what}; use {_listed(known)}")


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Money: `major` units and 0 to 99 `minor` ones."""

    negative: bool
    major: int
    minor: int
    currency: Currency


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the year. `year` None: not told. `weekday` counts from Monday, 0; None: not asked for."""

    day: int
    month: int
    year: int | None
    weekday: int | None


def whole(text: str, what: str, low: int, high: int) -> int:
    """A whole number in digits, such as "-12" or "1234"."""
    if len(text) <= TEXT_MAX and re.fullmatch(r"-?[0-9]+", text):
        number = int(text)
        if low <= number <= high:
            return number
        raise SpeechError(f"{number} is too {'big' if number > high else 'small'} for {what}; use {low} to {high}")
    raise _refused(text, what, "a whole number in digits, such as 12")


def amount(text: str, default: str) -> Amount:
    """Money such as "12.50", "-3", "12,5" or "12.50 EUR"; `default` is the currency of one that names none."""
    found = re.fullmatch(r"(-?)([0-9]{1,15})(?:[.,]([0-9]{1,2}))? ?([A-Za-z]{3})?", text[:TEXT_MAX])
    if found is None:
        raise _refused(text, "money", 'an amount with at most two decimals, such as "12.50 PLN"')
    code = (found[4] or default).upper()
    if default and code != default:
        raise SpeechError(f"{text!r} is not in {default}, which is what is said here; use a text for each currency")
    currency = next((known for known in CURRENCIES if known == code), None)
    if currency is None:
        wrong = f"'{code}' is no currency that can be said" if code else f"the currency of {text!r} is missing"
        raise SpeechError(f"{wrong}; use {_listed(CURRENCIES)}")
    major, minor = int(found[2]), int((found[3] or "0").ljust(2, "0"))
    if major > NUMBER_MAX:
        raise SpeechError(f"{text!r} is too much money to be said; the most is {NUMBER_MAX}.99")
    return Amount(negative=bool(found[1]) and major + minor > 0, major=major, minor=minor, currency=currency)


def day(text: str, form: Form) -> Day:
    """A date such as "2026-12-24", or "12-24" when the year is not known; `form` tells what of it is wanted."""
    found = re.fullmatch(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})", text[:TEXT_MAX])
    if found is None:
        raise _refused(text, "a date", "year-month-day, such as 2026-12-24, or month-day, such as 12-24")
    try:
        date = dt.date(int(found[1] or 2000), int(found[2]), int(found[3]))
    except ValueError:
        raise SpeechError(f"there is no day {text}; use a day of the calendar, such as 2026-12-24") from None
    low, high = YEARS
    if not low <= date.year <= high:
        raise SpeechError(f"the year of {text} cannot be said; use {low} to {high}")
    if form.weekday and not found[1]:
        raise SpeechError(f"the day of the week of {text} needs its year; write it as 2026-{text}")
    return Day(
        day=date.day,
        month=date.month,
        year=date.year if found[1] and form.year else None,
        weekday=date.weekday() if form.weekday else None,
    )


def clock(text: str) -> tuple[int, int]:
    """(hour, minute) of a time of day such as "21:22" or "9:05"; "24:00" is the end of the day."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text[:TEXT_MAX])
    if found is None:
        raise _refused(text, "a time of day", "hours:minutes, such as 21:22")
    hour, minute = int(found[1]), int(found[2])
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise SpeechError(f"there is no time {text}; use 00:00 to 23:59, or 24:00")
    return hour, minute


def length_s(text: str) -> int:
    """A length in seconds, from seconds such as "142" or from "2 min", "1 h 30 min", "20s", "3 d"."""
    if len(text) <= TEXT_MAX and re.fullmatch(r"[0-9]{1,8}", text):
        seconds = int(text)
    else:
        found = _LENGTH.fullmatch(text) if len(text) <= TEXT_MAX else None
        if found is None or not any(found.groups()):
            raise _refused(text, "a length of time", 'seconds, such as 142, or "2 min", "1 h 30 min", "20s"')
        seconds = sum(
            int(count or 0) * unit for count, unit in zip(found.groups(), _LENGTH_UNITS.values(), strict=True)
        )
    if seconds > DURATION_MAX_S:
        raise SpeechError(f"{text} is too long to be said; the most is below 100 days")
    return seconds


def keys(text: str) -> str:
    """Digits and the keys * and #, at most KEYS_MAX of them; spaces and hyphens between them do not count."""
    pressed = re.sub("[ -]", "", text[: 4 * KEYS_MAX])
    if not re.fullmatch(r"[0-9*#]+", pressed):
        raise SpeechError("this cannot be said digit by digit; use 0 to 9, * and # only")
    if len(pressed) > KEYS_MAX or len(text) > 4 * KEYS_MAX:
        raise SpeechError(f"too many digits to be said one by one; the most is {KEYS_MAX}")
    return pressed


def phone_groups(text: str, country: str) -> tuple[str, ...]:
    """A phone number in the groups of its country's plan, none longer than three digits, such as ("+", "48", "22",
    "123", "45", "67"). Without "+" the number is one of `country` as it is dialled there."""
    if len(text) > TEXT_MAX or not re.fullmatch(r"\+?[0-9](?:[ -]?[0-9]){1,14}", text):
        raise SpeechError("this is no phone number; use 2 to 15 digits, with + and the country code before, if known")
    dialled = re.sub("[ -]", "", text)
    written = dialled
    try:
        number = phonenumbers.parse(dialled, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        at_home = bool(country) and number.country_code == phonenumbers.country_code_for_region(country.upper())
        style = phonenumbers.PhoneNumberFormat
        candidate = phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)
        # A plan that adds or drops digits, such as a trunk 0, is right for its own numbers only.
        if at_home or "".join(re.findall(r"[0-9]", candidate)) == dialled.removeprefix("+"):
            written = candidate
    groups = [piece for group in re.findall(r"[0-9]+", written) for piece in _pieces(group)]
    return ("+", *groups) if written.startswith("+") else tuple(groups)


def _pieces(group: str) -> list[str]:
    """A group of a number in threes, with one or two pairs before them where threes do not fit: 4 digits are 2 + 2."""
    pairs = {0: 0, 1: 2, 2: 1}[len(group) % 3] if len(group) > 1 else 0
    cut = [group[at : at + 2] for at in range(0, 2 * pairs, 2)]
    return cut + [group[at : at + 3] for at in range(2 * pairs, len(group), 3)]


def _refused(text: str, what: str, remedy: str) -> SpeechError:
    shown = text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "..."
    return SpeechError(f"{shown!r} is no value for {what}; use {remedy}")


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(word for word in words if word)
