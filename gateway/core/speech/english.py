"""English, British in its "and" and its hash key: how each kind of value becomes fragments.

Words do not decline here, so the case and the gender of a Form change nothing. A fragment is as much of a phrase as a
clip can hold in a finite vocabulary; the "and" belongs to what follows it, so that no clip is that word alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.speech.values import Amount, Currency, Day, Form

MINUS = "minus"
PLUS = "plus"


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


_SMALL = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = _words("- - twenty thirty forty fifty sixty seventy eighty ninety")
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = _words("January February March April May June July August September October November December")
_WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_KEYS = dict(zip("0123456789*#", (*_SMALL[:10], "star", "hash"), strict=True))

_MONEY: dict[Currency, tuple[tuple[str, str], tuple[str, str]]] = {
    "PLN": (("zloty", "zlotys"), ("grosz", "groszy")),
    "EUR": (("euro", "euros"), ("cent", "cents")),
    "USD": (("dollar", "dollars"), ("cent", "cents")),
    "GBP": (("pound", "pounds"), ("penny", "pence")),
}
_DAY, _HOUR, _MINUTE, _SECOND = ("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")


def below_hundred(count: int) -> str:
    """0 to 99 in words: "twenty-one"."""
    if count < 20:
        return _SMALL[count]
    tens, units = divmod(count, 10)
    return f"{_TENS[tens]}-{_SMALL[units]}" if units else _TENS[tens]


def _below_thousand(count: int, behind: str, *, joined: bool) -> tuple[str, ...]:
    """`joined`: thousands stand before, so that a number below a hundred is added with "and"."""
    hundreds, rest = divmod(count, 100)
    if not hundreds:
        return (f"{'and ' if joined else ''}{below_hundred(rest)}{behind}",)
    hundred = f"{_SMALL[hundreds]} hundred"
    return (hundred, f"and {below_hundred(rest)}{behind}") if rest else (hundred + behind,)


def cardinal(count: int, noun: tuple[str, str] | None = None) -> tuple[str, ...]:
    """A number from 0 to NUMBER_MAX, with what is counted (singular, plural) behind it."""
    said: list[str] = []
    for power, name in ((count // 1_000_000, " million"), (count // 1000 % 1000, " thousand")):
        if power:
            said.extend(_below_thousand(power, name, joined=False))
    counted = (noun[0] if count == 1 else noun[1]) if noun else ""
    if count % 1000 or not count:
        return *said, *_below_thousand(count % 1000, f" {counted}" if counted else "", joined=bool(said))
    return (*said, counted) if counted else tuple(said)


def number(value: int, _form: Form) -> tuple[str, ...]:
    """A whole number: ("minus", "one thousand", "two hundred", "and thirty-four")."""
    said = cardinal(abs(value))
    return (MINUS, *said) if value < 0 else said


def _as_ordinal(words: str) -> str:
    """The last word of a number in words, made an ordinal: "twenty-second", "one hundredth"."""
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    before, last = words[:cut], words[cut:]
    if last in _IRREGULAR_ORDINALS:
        return before + _IRREGULAR_ORDINALS[last]
    return before + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def ordinal(value: int, _form: Form) -> tuple[str, ...]:
    """A place in a row: ("one hundred", "and twenty-third")."""
    *before, last = cardinal(value)
    return *before, _as_ordinal(last)


def digits(keys: str) -> tuple[str, ...]:
    """One fragment a key."""
    return tuple(_KEYS[key] for key in keys)


def phone(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Digit by digit, one fragment a group: ("plus", "four four", "two zero")."""
    return tuple(PLUS if group == "+" else " ".join(digits(group)) for group in groups)


def money(amount: Amount, form: Form) -> tuple[str, ...]:
    """("two pounds", "and fifty pence"). Nothing but small change is said without its "zero pounds"."""
    major, minor = _MONEY[amount.currency]
    said: list[str] = [MINUS] if amount.negative else []
    has_major = bool(amount.major) or not amount.minor
    if has_major:
        said.extend(cardinal(amount.major, major))
    if amount.minor or form.zero_cents:
        (change,) = cardinal(amount.minor, minor)
        said.append(f"and {change}" if has_major else change)
    return tuple(said)


def _year(value: int) -> str:
    """1900 to 2099 as years are said: "nineteen oh five", "two thousand and nine", "twenty twenty-six"."""
    century, rest = divmod(value, 100)
    if 2000 <= value < 2010:
        return " ".join(cardinal(value))
    if not rest:
        return f"{below_hundred(century)} hundred"
    return f"{below_hundred(century)} {'oh ' if rest < 10 else ''}{below_hundred(rest)}"


def date(day: Day, _form: Form) -> tuple[str, ...]:
    """("Thursday", "the twenty-fourth of December", "twenty twenty-six")."""
    said = [_WEEKDAYS[day.weekday]] if day.weekday is not None else []
    said.append(f"the {_as_ordinal(below_hundred(day.day))} of {_MONTHS[day.month - 1]}")
    if day.year is not None:
        said.append(_year(day.year))
    return tuple(said)


def time(hour: int, minute: int, _form: Form) -> tuple[str, ...]:
    """The 12-hour clock: ("two", "thirty p.m."), ("two", "oh five p.m."), ("nine a.m.",), ("noon",), ("midnight",)."""
    # Without their points a voice takes the first for the article.
    half = "a.m." if hour % 24 < 12 else "p.m."
    if not minute and hour % 12 == 0:
        return ("noon",) if hour == 12 else ("midnight",)
    said = below_hundred(hour % 12 or 12)
    if not minute:
        return (f"{said} {half}",)
    return said, f"{'oh ' if minute < 10 else ''}{below_hundred(minute)} {half}"


def duration(seconds: int, _form: Form) -> tuple[str, ...]:
    """("one hour", "two minutes", "and twenty-two seconds"): each unit that is there, the last with "and"."""
    units = (
        (seconds // 86_400, _DAY),
        (seconds // 3600 % 24, _HOUR),
        (seconds // 60 % 60, _MINUTE),
        (seconds % 60, _SECOND),
    )
    *before, last = [part for count, noun in units if count for part in cardinal(count, noun)] or cardinal(0, _SECOND)
    return (*before, f"and {last}") if before else (last,)


def minute(value: int, _form: Form) -> tuple[str, ...]:
    """("twenty-second minute",), ("one hundred", "and twenty-second minute")."""
    *before, last = cardinal(value)
    return *before, f"{_as_ordinal(last)} minute"
