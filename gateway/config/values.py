"""How people write lengths of time, ranges and shares: one small function for each, None when it is none."""

from __future__ import annotations

import re

LENGTH = "a length of time such as 20s, 2 min or 1 h"
RANGE = "a number such as 6, or a range such as 4..6"
SERVICE_LEVEL = "a share and a length of time such as 80% in 20s"
YES_NO = "yes or no"

_UNITS_S = {
    **dict.fromkeys(("ms",), 0.001),
    **dict.fromkeys(("s", "sec", "sek", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours", "godz"), 3600.0),
}
_LENGTH_PART = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z]+)\.?\s*")
_RANGE = re.compile(r"\s*(\d{1,6})\s*(?:\.\.\.?\s*(\d{1,6})\s*)?")
_SHARE = re.compile(r"\s*(\d{1,3}(?:[.,]\d+)?)\s*%\s*in\s+(.+)")
_YES = {"yes", "true", "on", "tak"}
_NO = {"no", "false", "off", "nie"}


def seconds(text: str) -> float | None:
    """Reads "20s", "2 min", "1 h 30 min" in seconds."""
    total, at, text = 0.0, 0, text.lower()
    while at < len(text):
        part = _LENGTH_PART.match(text, at)
        if not part or part[2] not in _UNITS_S:
            return None
        total += float(part[1].replace(",", ".")) * _UNITS_S[part[2]]
        at = part.end()
    return round(total, 3) if text.strip() else None


def span(text: str) -> tuple[int, int] | None:
    """Reads "4..6" as (4, 6), "6" as (6, 6)."""
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    low = int(found[1])
    high = int(found[2]) if found[2] else low
    return (low, high) if low <= high else None


def whole(text: str) -> int | None:
    """Reads "12" as 12."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def service_level(text: str) -> tuple[float, float] | None:
    """Reads "80% in 20s" as (0.8, 20.0)."""
    found = _SHARE.fullmatch(text)
    length = seconds(found[2]) if found else None
    if not found or length is None:
        return None
    share = float(found[1].replace(",", ".")) / 100
    return (round(share, 6), length) if 0 < share <= 1 else None


def yes_no(text: str) -> bool | None:
    """Reads yes, true, on, tak; no, false, off, nie."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None


def decimal(text: str) -> float | None:
    """Reads "1004", "0,5", "-10"."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
