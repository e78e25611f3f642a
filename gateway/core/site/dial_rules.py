"""Which numbers the box may dial that it learnt from callers: those that `dial:` lists, and none that would harm.

Every number costs somebody money (toll fraud), so a number has to be listed, a premium one digit by digit; an emergency
number is never dialled, because the emergency services could not know who needs help and where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import phonenumbers
from phonenumbers import shortnumberinfo

from gateway.core.numbers import e164, is_dialable

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.core.site.site import Site

WhyNot = Literal[
    "",
    "no_number",  # not written in E.164, or not long enough for its country
    "emergency",  # the emergency services
    "own_number",  # one of the office's own: the call would come back
    "agents_phone",  # the telephone of somebody who answers here
    "premium",  # dear, and not listed digit by digit
    "not_listed",  # `dial:` does not list it
]

EMERGENCY = frozenset({"112", "997", "998", "999"})
"""Called so in Poland; 112 in all of Europe. What other countries have, phonenumbers knows."""
_DEAR = frozenset({phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST})


def why_not(number: str, site: Site, listed: Collection[str]) -> WhyNot:
    """Why `number` (E.164) is not dialled; empty when it may be."""
    if is_emergency(number, site.country):
        return "emergency"
    if not is_dialable(number):
        return "no_number"
    if number in site.numbers or number.removeprefix("+") in site.numbers:
        return "own_number"
    if any(agent.uri == number for agent in site.agents.values()):
        return "agents_phone"
    if is_dear(number) and number not in listed:
        return "premium"
    return "" if is_listed(number, listed) else "not_listed"


def is_listed(number: str, listed: Collection[str]) -> bool:
    """Whether `dial:` lists it: a number in E.164, or a SIP address."""
    return number in listed or any(
        number.startswith(item[:-1]) if item.endswith("*") else number.endswith(item.removeprefix("sip:*"))
        for item in listed
        if "*" in item and item.startswith("sip:") == number.startswith("sip:")
    )


def is_emergency(text: str, country: str) -> bool:
    """Whether `text` calls the emergency services, however it is written."""
    digits = "".join(char for char in text if char.isdigit())
    local = e164(text, country)
    national = local.removeprefix(country_code(local)) if local.startswith("+") else local
    return (
        digits in EMERGENCY
        or national in EMERGENCY
        or (digits != "" and not text.startswith("+") and shortnumberinfo.is_emergency_number(digits, country))
    )


def is_dear(number: str) -> bool:
    """Whether a call to `number` (E.164) costs more than the common rate."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number, None)) in _DEAR
    except phonenumbers.NumberParseException:
        return False


def country_code(number: str) -> str:
    """The "+48" of "+48221234567"; a mere "+" for what is no number."""
    try:
        return f"+{phonenumbers.parse(number, None).country_code}"
    except phonenumbers.NumberParseException:
        return "+"
