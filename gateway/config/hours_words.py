"""How people write days, dates and hours: a small function for each; what cannot be read raises with place and remedy.

Nothing here is guessed: a date has its year first, an end before its beginning is refused unless "next day" stands
behind it, and "open" without hours is no hours.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gateway.core.hours.words import clock_text, span_text

if TYPE_CHECKING:
    from gateway.core.site.site import Spans

DAYS = 'a day such as mon, a range such as mon-fri, several such as "mon, wed"'
HOURS = 'hours such as 08:00-16:00, several such as "08:00-12:00, 13:00-17:00", 24h, or closed'
DATES = "a date such as 2026-12-24, a range such as 2026-08-10..2026-08-14, or 12-24 for every year"
SPAN_DAYS_MAX = 366
YEARS = (1990, 2099)
DAY_MIN = 24 * 60

_NAMES = (
    "mon monday pon pn poniedziałek poniedzialek",
    "tue tues tuesday wt wtorek",
    "wed wednesday śr sr środa sroda",
    "thu thur thurs thursday czw cz czwartek",
    "fri friday pt pią piątek piatek",
    "sat saturday sob sb so sobota",
    "sun sunday nd ndz niedz niedziela",
)
DAY_NUMBERS = {name: number for number, names in enumerate(_NAMES) for name in names.split()}
_GROUPS = {
    **dict.fromkeys(("daily", "every day", "codziennie"), (0, 1, 2, 3, 4, 5, 6)),
    **dict.fromkeys(("weekdays", "workdays", "dni robocze"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("weekend", "weekends", "weekendy"), (5, 6)),
}
KNOWN_DAYS = (*DAY_NUMBERS, *_GROUPS)
CLOSED = {"closed", "zamknięte", "zamkniete", "nieczynne"}
USUAL = {"open", "usual", "as usual", "otwarte", "jak zwykle"}
_ROUND_THE_CLOCK = {"24h", "24 h", "24/7", "all day", "całą dobę", "cała doba"}

_TO = r"\s*(?:-|–|—|\bto\b|\bdo\b)\s*"
_DAY_RANGE = re.compile(rf"([^\W\d]+\.?){_TO}([^\W\d]+\.?)")
_SPAN = re.compile(rf"(\S+?){_TO}(\S+?)(\s*\+\s*1|\s+next day|\s+następnego dnia|\s+nast\. dnia)?")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_OTHER_TIME = re.compile(r"(\d{1,2})(?:\.(\d{2})|\s*([ap])\.?m\.?|h)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")
_DATE_RANGE = re.compile(r"([\d-]+)(?:\s*\.\.\.?\s*|\s+(?:-|–|to|do)\s+)([\d-]+)")
_OTHER_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})|(\d{4})[./](\d{1,2})[./](\d{1,2})")


class WordsError(ValueError):
    """What is wrong, where in the text (`at`, `width`), the remedy (`hint`), and the word that may be misspelt."""

    def __init__(self, message: str, *, at: int = 0, width: int = 0, hint: str = "", word: str = "") -> None:
        self.at, self.width, self.hint, self.word = at, width, hint, word
        super().__init__(message)


def days(text: str) -> tuple[int, ...]:
    """The days of a week that a key names, Monday 0, in the order in which they are said. Raises WordsError."""
    found: list[int] = []
    for at, part in _parts(text):
        word = part.lower()
        pair = _DAY_RANGE.fullmatch(word)
        if word in _GROUPS:
            found += _GROUPS[word]
        elif pair:
            first, last = (_day(name, text) for name in pair.groups())
            found += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
        else:
            found.append(_day(word, text))
        twice = next((day for day in found if found.count(day) > 1), None)
        if twice is not None:
            raise WordsError("a day stands in it twice", at=at, width=len(part))
    return tuple(found)


def _day(word: str, text: str) -> int:
    number = DAY_NUMBERS.get(word.rstrip("."))
    if number is None:
        at = max(0, text.lower().find(word))
        raise WordsError(f"'{word[:40]}' is no day", at=at, width=max(1, len(word)), word=word)
    return number


def dates(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(dates as "2026-12-24", days of every year as "12-24") that a key names; one of both is empty.
    Raises WordsError."""
    text = text.strip()
    pair = _DATE_RANGE.fullmatch(text)
    first, last = pair.groups() if pair else (text, text)
    if _YEARLY.fullmatch(first) and _YEARLY.fullmatch(last):
        # A leap year has every day; a range may go over New Year.
        begin, end = _date(f"2024-{first}", first, text), _date(f"2024-{last}", last, text)
        if end < begin:
            end = end.replace(year=2025) if (end.month, end.day) != (2, 29) else date(2025, 2, 28)
        return (), tuple(dict.fromkeys(day.isoformat()[5:] for day in _each(begin, end)))
    begin, end = _date(first, first, text), _date(last, last, text)
    if end < begin:
        raise WordsError(f"{last} is before {first}", at=text.rfind(last), width=len(last))
    if (end - begin).days >= SPAN_DAYS_MAX:
        raise WordsError(f"from {first} to {last} is more than a year", at=text.rfind(last), width=len(last))
    return tuple(day.isoformat() for day in _each(begin, end)), ()


def _date(text: str, typed: str, whole: str) -> date:
    at, width = max(0, whole.find(typed)), max(1, len(typed))
    found = _DATE.fullmatch(text)
    if not found:
        other = _OTHER_DATE.fullmatch(text)
        hint = "both ends of a range are whole dates" if whole != typed else ""
        if other:
            parts = other.groups()
            year, month, day = (parts[2], parts[1], parts[0]) if parts[2] else parts[3:]
            hint = f"year, month, day: {year}-{int(month or 0):02}-{int(day or 0):02}"
        raise WordsError(f"'{typed[:40]}' is no date", at=at, width=width, hint=hint)
    year, month, day = (int(part) for part in found.groups())
    try:
        made = date(year, month, day)
    except ValueError:
        last = f"; that month has {_length(year, month)} days" if 1 <= month <= 12 and year else ""
        raise WordsError(f"there is no {typed[:40]}{last}", at=at, width=width) from None
    if not YEARS[0] <= year <= YEARS[1]:
        raise WordsError(f"the year {year} is not between {YEARS[0]} and {YEARS[1]}", at=at, width=width)
    return made


def _length(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _each(begin: date, end: date) -> list[date]:
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def spans(text: str) -> Spans:
    """The hours of a day, sorted; touching ones become one. Raises WordsError for what cannot be read or overlaps."""
    if text.strip().lower() in CLOSED:
        return ()
    found = [(*_span(part, at), part, at) for at, part in _parts(text)]
    made: list[tuple[int, int]] = []
    for start, end, part, at in sorted(found):
        if made and start < made[-1][1]:
            before = next(other for other in found if other[:2] == max(o[:2] for o in found if o[1] == made[-1][1]))
            both = span_text(start, min(end, made[-1][1]), "en")
            said = " and ".join(sorted((span_text(*before[:2], "en"), span_text(start, end, "en"))))
            raise WordsError(f"{said} overlap: {both} is in both", at=at, width=len(part))
        if made and start == made[-1][1]:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(made)


def _span(part: str, at: int) -> tuple[int, int]:
    word = part.lower()
    if word in _ROUND_THE_CLOCK:
        return 0, DAY_MIN
    if word in USUAL:
        raise WordsError("open from when to when?", at=at, width=len(part), hint="round the clock is 24h")
    if not part:
        raise WordsError("hours are missing here", at=at, width=1)
    found = _SPAN.fullmatch(word)
    if not found:
        raise WordsError(f"'{part[:40]}' are no hours", at=at, width=max(1, len(part)), word=word)
    start, end = (_time(found[n], at + found.start(n)) for n in (1, 2))
    if start == DAY_MIN:
        raise WordsError("no hours begin at 24:00", at=at, width=len(part), hint="write 00:00 on the next day")
    plain = f"{clock_text(start)}-{clock_text(end)}"
    if found[3]:
        if end > start:
            raise WordsError(f"'{part[:40]}' is longer than a day", at=at, width=len(part), hint=f"write {plain}")
        return start, end + DAY_MIN
    if start == end:
        raise WordsError(f"{plain} never opens", at=at, width=len(part), hint="round the clock is 24h")
    if end < start:
        hint = f"hours that go over midnight are written plainly: {plain} next day"
        raise WordsError(f"{plain} ends before it begins", at=at, width=len(part), hint=hint)
    return start, end


def _time(text: str, at: int) -> int:
    found = _TIME.fullmatch(text)
    if not found:
        other, hint = _OTHER_TIME.fullmatch(text), ""
        if other:
            hour = int(other[1]) % 12 + (12 if (other[3] or "").lower() == "p" else 0) if other[3] else int(other[1])
            hint = f"write {hour:02}:{other[2] or '00'}"
        raise WordsError(f"'{text[:40]}' is no time of day", at=at, width=len(text), hint=hint)
    minute = int(found[1]) * 60 + int(found[2] or 0)
    if int(found[2] or 0) > 59 or minute > DAY_MIN:
        raise WordsError(f"there is no {text[:40]} on a clock", at=at, width=len(text))
    return minute


def _parts(text: str) -> list[tuple[int, str]]:
    """What stands between commas, each with where it begins."""
    parts, at = [], 0
    for piece in text.split(","):
        parts.append((at + len(piece) - len(piece.lstrip()), piece.strip()))
        at += len(piece) + 1
    return parts
