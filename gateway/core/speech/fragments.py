"""Values in words, declined: every value becomes fragments of a finite vocabulary, so that each fragment can be a clip
that was made before anybody called.

`fragments` says one value, `vocabulary` lists all that it can ever answer for a kind, a language and a form. The
vocabulary is `fragments` itself, run over a set of values that needs every fragment once; so they cannot differ.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Never, Protocol

from gateway.core.speech import english, polish, values
from gateway.core.speech.values import CASES, CURRENCIES, GENDERS, KINDS, Form, Kind
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CASES", "CURRENCIES", "GENDERS", "KINDS", "LANGUAGES", "Form", "Kind", "fragments", "vocabulary"]


class Tongue(Protocol):
    """What a language's module offers: each function a pure map from a value that was read to its fragments."""

    def number(self, value: int, form: Form, /) -> tuple[str, ...]: ...
    def ordinal(self, value: int, form: Form, /) -> tuple[str, ...]: ...
    def digits(self, keys: str, /) -> tuple[str, ...]: ...
    def phone(self, groups: tuple[str, ...], /) -> tuple[str, ...]: ...
    def money(self, amount: values.Amount, form: Form, /) -> tuple[str, ...]: ...
    def date(self, day: values.Day, form: Form, /) -> tuple[str, ...]: ...
    def time(self, hour: int, minute: int, form: Form, /) -> tuple[str, ...]: ...
    def duration(self, seconds: int, form: Form, /) -> tuple[str, ...]: ...
    def minute(self, value: int, form: Form, /) -> tuple[str, ...]: ...


_TONGUES: dict[str, Tongue] = {"pl": polish, "en": english}
LANGUAGES = tuple(_TONGUES)
_PLAIN = Form()


def fragments(value: str, kind: Kind, language: str, form: Form = _PLAIN) -> tuple[str, ...]:
    """What is said for `value`, one text a clip, in the order of speech; never empty.

    Values are text: number and ordinal "1234", digits "0123#", phone "+48221234567", money "12.50 PLN", date
    "2026-12-24", time "21:22", duration in seconds "142" or "2 min", minute "22". Raises SpeechError, with what is
    wrong and the remedy, for a value that is not of its kind, a kind or a language that is not there.
    """
    tongue = _tongue(language)
    match kind:
        case "number":
            return tongue.number(values.whole(value, "a number", -values.NUMBER_MAX, values.NUMBER_MAX), form)
        case "ordinal":
            return tongue.ordinal(values.whole(value, "an ordinal", 0, values.ORDINAL_MAX), form)
        case "digits":
            return tongue.digits(values.keys(value))
        case "phone":
            return tongue.phone(values.phone_groups(value, form.country))
        case "money":
            return tongue.money(values.amount(value, form.currency), form)
        case "date":
            return tongue.date(values.day(value, form), form)
        case "time":
            return tongue.time(*values.clock(value), form)
        case "duration":
            return tongue.duration(values.length_s(value), form)
        case "minute":
            return tongue.minute(values.whole(value, "a minute", 0, values.MINUTE_MAX), form)
        case _ as unknown:
            raise _no_such_kind(unknown)


@lru_cache(maxsize=64)
def vocabulary(kind: Kind, language: str, form: Form = _PLAIN) -> tuple[str, ...]:
    """Every fragment that `fragments` can answer for this kind, language and form, each once.

    They are 12 to 1,111 (a phone number's groups); only money in all currencies at once is more, so name the currency
    in the form. The order is always the same. Raises SpeechError for a kind or a language that is not there.
    """
    if kind == "phone":
        tongue = _tongue(language)
        return tuple(dict.fromkeys(part for group in _phone_groups() for part in tongue.phone((group,))))
    return tuple(
        dict.fromkeys(part for value, how in _covering(kind, form) for part in fragments(value, kind, language, how))
    )


def _covering(kind: Kind, form: Form) -> Iterator[tuple[str, Form]]:
    """Values that together need every fragment of a kind."""
    match kind:
        case "number":
            yield from ((str(count), form) for count in (-1, *_counts()))
        case "ordinal":
            thousands = [thousand + more for thousand in range(2000, values.ORDINAL_MAX, 1000) for more in (0, 1)]
            yield from ((str(count), form) for count in (*range(2000), *thousands))
        case "digits":
            yield "0123456789*#", form
        case "phone":
            raise AssertionError("a phone number's groups are listed, not its numbers")
        case "money":
            for currency in (form.currency,) if form.currency else CURRENCIES:
                yield from ((f"{major} {currency}", form) for major in (-1, *_counts()))
                yield from ((f"{major}.{minor:02} {currency}", form) for major in (0, 1) for minor in range(100))
        case "date":
            # 2024 is a leap year, and a month has every day of the week.
            yield from ((f"2024-{month:02}-{day:02}", form) for month in range(1, 13) for day in range(1, 29))
            ends = [(1, 31), (2, 29), *((month, 31 if month in (3, 5, 7, 8, 10, 12) else 30) for month in range(3, 13))]
            yield from ((f"2024-{month:02}-{day:02}", form) for month, last in ends for day in range(29, last + 1))
            low, high = values.YEARS
            yield from ((f"{year}-01-01", form) for year in range(low, high + 1))
        case "time":
            yield from ((f"{hour}:{minute:02}", form) for hour in range(24) for minute in range(60))
            yield "24:00", form
        case "duration":
            for unit_s, most in ((86_400, 99), (3600, 23), (60, 59), (1, 59)):
                # Alone, and behind a day.
                seconds = [unit_s * count + more for count in range(most + 1) for more in (0, 86_400)]
                yield from ((str(length), form) for length in seconds if length <= values.DURATION_MAX_S)
        case "minute":
            yield from ((str(count), form) for count in range(values.MINUTE_MAX + 1))
        case _ as unknown:
            raise _no_such_kind(unknown)


def _counts() -> Iterator[int]:
    """Numbers that need every fragment of a number: below a thousand alone and after a thousand; each count of
    thousands and of millions."""
    for count in range(1000):
        yield from (count, 1000 + count, 1000 * count, 1_000_000 * count)


def _phone_groups() -> Iterator[str]:
    yield "+"
    for length in (1, 2, 3):
        yield from (f"{count:0{length}}" for count in range(10**length))


def _tongue(language: str) -> Tongue:
    try:
        return _TONGUES[language]
    except KeyError:
        raise SpeechError(f"values cannot be said in {language!r}; use {', '.join(LANGUAGES)}") from None


def _no_such_kind(kind: Never) -> SpeechError:
    """A kind comes from a person's file, so what the types rule out can still happen."""
    return SpeechError(f"nothing is said as {kind!r}; use {', '.join(KINDS)}")
