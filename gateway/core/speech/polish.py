"""Polish: how each kind of value becomes fragments. The words stand in `polish_words.py`, the rules here.

A fragment is as much of a phrase as a clip can hold in a finite vocabulary: what belongs together in one breath
("dwadzieścia dwie minuty") is one, and only hundreds, thousands and millions are joined before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.speech.polish_words import (
    CARDINALS,
    DWA_FEMININE,
    DZIEN,
    GODZINA,
    JEDEN,
    KEYS,
    MILION,
    MINUTA,
    MONEY,
    MONTHS_GENITIVE,
    ORDINAL_STEMS,
    POLNOC,
    SEKUNDA,
    TYSIAC,
    WEEKDAYS,
    ordinal_ending,
)

if TYPE_CHECKING:
    from gateway.core.speech.polish_words import Noun
    from gateway.core.speech.values import Amount, Case, Day, Form, Gender

MINUS = "minus"
PLUS = "plus"


def is_few(count: int) -> bool:
    """Whether a noun after `count` stands in the plural as it is ("dwa złote"), not in the genitive ("pięć złotych"):
    2 to 4 and what ends in them, but not 12 to 14."""
    return count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)


def noun_after(count: int, noun: Noun, case: Case) -> str:
    """The form of `noun` after a number: "minuta", "minuty", "minut". Zero, thousands and millions are nouns
    themselves and want the genitive plural in every case."""
    if count == 1:
        return noun.one[case]
    if count % 1000 == 0:
        return noun.many["genitive"]
    if case in ("nominative", "accusative") and (noun.gender == "masculine_personal" or not is_few(count)):
        return noun.many["genitive"]
    return noun.many[case]


def below_hundred(count: int, gender: Gender, case: Case, *, alone: bool = True) -> str:
    """0 to 99 in words. A final one that is not `alone` never changes: "dwadzieścia jeden minut", "stu jeden"."""
    if count == 1:
        return JEDEN[gender][case] if alone else "jeden"
    tens, units = (0, count) if count < 20 else (count - count % 10, count % 10)
    if not tens:
        return _simple(units, gender, case)
    if not units:
        return _simple(tens, gender, case)
    return f"{_simple(tens, gender, case)} {below_hundred(units, gender, case, alone=False)}"


def _simple(value: int, gender: Gender, case: Case) -> str:
    """One numeral word other than "jeden"."""
    if value == 2 and gender == "feminine":
        return DWA_FEMININE[case]
    if gender == "masculine_personal" and case in ("nominative", "accusative") and value:
        return CARDINALS[value]["genitive"]
    return CARDINALS[value][case]


def _below_thousand(count: int, gender: Gender, case: Case, noun: str, *, alone: bool) -> tuple[str, ...]:
    hundreds, rest = count - count % 100, count % 100
    behind = f" {noun}" if noun else ""
    if not hundreds:
        return (below_hundred(rest, gender, case, alone=alone) + behind,)
    hundred = _simple(hundreds, gender, case)
    if not rest:
        return (hundred + behind,)
    return hundred, below_hundred(rest, gender, case, alone=False) + behind


def cardinal(count: int, gender: Gender, case: Case, noun: Noun | None = None) -> tuple[str, ...]:
    """A number from 0 to NUMBER_MAX, with what is counted behind it."""
    said: list[str] = []
    for power, name in ((count // 1_000_000, MILION), (count // 1000 % 1000, TYSIAC)):
        if power == 1:
            said.append(name.one[case])
        elif power:
            counted = noun_after(power, name, case)
            said.extend(_below_thousand(power, "masculine", case, counted, alone=True))
    counted = noun_after(count, noun, case) if noun else ""
    if count % 1000 or not count:
        return *said, *_below_thousand(count % 1000, gender, case, counted, alone=not said)
    return (*said, counted) if counted else tuple(said)


def _counted(count: int, noun: Noun, case: Case) -> tuple[str, ...]:
    return cardinal(count, noun.gender, case, noun)


def number(value: int, form: Form) -> tuple[str, ...]:
    """A whole number: ("minus", "tysiąc", "dwieście", "trzydzieści cztery")."""
    said = cardinal(abs(value), form.gender, form.case)
    return (MINUS, *said) if value < 0 else said


def _simple_ordinal(value: int, gender: Gender, case: Case) -> str:
    stem = ORDINAL_STEMS[value]
    return stem + ordinal_ending(stem, gender, case)


def _ordinal(value: int, gender: Gender, case: Case) -> tuple[str, ...]:
    """Only tens and units are ordinals ("tysiąc dziewięćset ósmy"), or else the last word ("dwa tysiące setny",
    "dwutysięczny"); what stands before is a cardinal that never changes."""
    thousands, rest = value - value % 1000, value % 1000
    hundreds, last = rest - rest % 100, rest % 100
    if not last and value:
        final = hundreds or thousands
        return (*cardinal(value - final, "masculine", "nominative"),) * (value > final) + (
            _simple_ordinal(final, gender, case),
        )
    before = cardinal(value - last, "masculine", "nominative") if value > last else ()
    if last < 20 or last % 10 == 0:
        return *before, _simple_ordinal(last, gender, case)
    tens, units = (_simple_ordinal(part, gender, case) for part in (last - last % 10, last % 10))
    return *before, f"{tens} {units}"


def ordinal(value: int, form: Form) -> tuple[str, ...]:
    """A place in a row: ("sto", "dwudziesty trzeci")."""
    return _ordinal(value, form.gender, form.case)


def digits(keys: str) -> tuple[str, ...]:
    """One fragment a key."""
    return tuple(KEYS[key] for key in keys)


def phone(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Each group as one number, with its leading zeros: ("plus", "czterdzieści osiem", "zero pięć", ...).

    Where two groups would run together into another number (100 and 23 into "sto dwadzieścia trzy"), the first is
    said digit by digit: a number must come out right without the pauses between its groups.
    """
    said: list[tuple[str, ...]] = []
    following = ""
    for group in reversed(groups):  # from the end: what comes behind a group may itself be said digit by digit
        apart = _runs_together(group, following)
        if group == "+":
            said.append((PLUS,))
        else:
            said.append(digits(group) if apart else (_phone_group(group),))
        following = group[:1] if apart else group
    return tuple(word for words in reversed(said) for word in words)


def _runs_together(group: str, following: str) -> bool:
    """Whether `following` fits into the zeros at the end of `group`."""
    zeros = len(group) - len(group.rstrip("0"))
    return 0 < zeros < len(group) and 0 < len(following) <= zeros and following[0] != "0"


def _phone_group(group: str) -> str:
    zeros = len(group) - len(group.lstrip("0"))
    rest = cardinal(int(group), "masculine", "nominative") if zeros < len(group) else ()
    return " ".join((*("zero",) * zeros, *rest))


def money(amount: Amount, form: Form) -> tuple[str, ...]:
    """("dwa złote", "pięćdziesiąt groszy"). Nothing but small change is said without its "zero złotych"."""
    major, minor = MONEY[amount.currency]
    said: list[str] = [MINUS] if amount.negative else []
    if amount.major or not amount.minor:
        said.extend(_counted(amount.major, major, form.case))
    if amount.minor or form.zero_cents:
        said.extend(_counted(amount.minor, minor, form.case))
    return tuple(said)


def date(day: Day, form: Form) -> tuple[str, ...]:
    """("czwartek", "dwudziesty czwarty grudnia", "dwa tysiące dwudziestego szóstego roku"). The case is the day's;
    the month and the year always stand in the genitive. After a day of the week in the accusative the day tells when,
    and stands in the genitive too: "(w) środę dwudziestego piątego listopada"."""
    said: list[str] = []
    case = form.case
    if day.weekday is not None:
        said.append(WEEKDAYS[day.weekday][case])
        case = "genitive" if case == "accusative" else case
    said.append(f"{' '.join(_ordinal(day.day, 'masculine', case))} {MONTHS_GENITIVE[day.month - 1]}")
    if day.year is not None:
        said.append(" ".join((*_ordinal(day.year, "masculine", "genitive"), "roku")))
    return tuple(said)


def time(hour: int, minute: int, form: Form) -> tuple[str, ...]:
    """The 24-hour clock: ("dwudziesta pierwsza", "dwadzieścia dwie"), ("dziewiąta", "zero pięć"), ("siedemnasta",).
    The case is the hour's ("o dwudziestej pierwszej dwadzieścia dwie"); the first hour of the day is "zero"."""
    if hour == minute == 0:
        return (POLNOC[form.case],)
    said = "zero" if hour == 0 else " ".join(_ordinal(hour, "feminine", form.case))
    if not minute:
        return (said,)
    minutes = below_hundred(minute, "feminine", "nominative", alone=False)
    return said, f"zero {minutes}" if minute < 10 else minutes


def duration(seconds: int, form: Form) -> tuple[str, ...]:
    """("jedna godzina", "dwie minuty", "dwadzieścia dwie sekundy"): each unit that is there, one fragment a unit."""
    units = ((seconds // 86_400, DZIEN), (seconds // 3600 % 24, GODZINA), (seconds // 60 % 60, MINUTA))
    said = [part for count, noun in units if count for part in _counted(count, noun, form.case)]
    if seconds % 60 or not said:
        said.extend(_counted(seconds % 60, SEKUNDA, form.case))
    return tuple(said)


def minute(value: int, form: Form) -> tuple[str, ...]:
    """("dwudziesta druga minuta",), ("sto", "dwudziesta druga minuta")."""
    *before, last = _ordinal(value, "feminine", form.case)
    return *before, f"{last} {MINUTA.one[form.case]}"
