"""Telephone numbers: one written form (E.164) for comparing, one masked form for logs.

The phonenumbers library carries the numbering plans (ITU-T E.164); it is pure data and code, no I/O.
"""

from __future__ import annotations

import phonenumbers

_VISIBLE = 3


def is_outside(name: str) -> bool:
    """Whether a leg was dialled to a number or a SIP address: ids of agents have no such signs."""
    return name.startswith(("+", "sip:"))


def e164(text: str, country: str) -> str:
    """`text` as "+48221234567", read by the plan of `country` (ISO 3166). Short codes and SIP user names,
    which no plan knows, come back as they are without spaces; an empty or withheld number as ""."""
    cleaned = "".join(text.split())
    if not cleaned or cleaned.lower() in {"anonymous", "unknown", "restricted", "unavailable", "withheld"}:
        return ""
    try:
        number = phonenumbers.parse(cleaned, country)
    except phonenumbers.NumberParseException:
        return cleaned
    if not phonenumbers.is_possible_number(number):
        return cleaned
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(number: str) -> str:
    """For logs: all but the last three characters of a person's number hidden; short ones hidden altogether."""
    if len(number) <= _VISIBLE + 2:
        return "*" * len(number)
    return "*" * (len(number) - _VISIBLE) + number[-_VISIBLE:]


def is_dialable(number: str) -> bool:
    """Whether `number` is written in E.164 ("+48221234567") and long enough for the plan of its country."""
    try:
        return number.startswith("+") and phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False
