"""The cause of a wait in a sentence for people, Polish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gateway.core.facts.usual import Cause, Compared

Language = Literal["pl", "en"]

_CAUSES: dict[Language, dict[Cause, str]] = {
    "pl": {
        "volume": "więcej zgłoszeń niż zwykle ({contacts} w kwadrans, zwykle {contacts_usual})",
        "handling_time": "obsługa trwa dłużej niż zwykle ({handling}, zwykle {handling_usual})",
        "staff": "mniej osób niż zwykle ({staff}, zwykle {staff_usual})",
    },
    "en": {
        "volume": "more contacts than usual ({contacts} in a quarter of an hour, usually {contacts_usual})",
        "handling_time": "contacts take longer than usual ({handling}, usually {handling_usual})",
        "staff": "fewer people than usual ({staff}, usually {staff_usual})",
    },
}
_NONE: dict[Language, str] = {
    "pl": "wszystko jak zwykle: {contacts} zgłoszeń w kwadrans (zwykle {contacts_usual}), obsługa {handling} (zwykle "
    "{handling_usual}), osób {staff} (zwykle {staff_usual})",
    "en": "all is as usual: {contacts} contacts in a quarter of an hour (usually {contacts_usual}), handled in "
    "{handling} (usually {handling_usual}), people {staff} (usually {staff_usual})",
}
_UNKNOWN: dict[Language, str] = {"pl": "nie wiadomo", "en": "not known"}


def sentences(causes: tuple[Cause, ...], contacts: Compared, handling_s: Compared, staff: Compared) -> dict[str, str]:
    """By language."""
    found: dict[str, str] = {}
    for language, templates in _CAUSES.items():
        told = "; ".join(templates[cause] for cause in causes) or _NONE[language]
        words = told.format(
            contacts=_number(contacts.now, language),
            contacts_usual=_number(contacts.usual, language),
            handling=_length(handling_s.now, language),
            handling_usual=_length(handling_s.usual, language),
            staff=_number(staff.now, language),
            staff_usual=_number(staff.usual, language),
        )
        found[language] = f"{words[0].upper()}{words[1:]}."
    return found


def _number(value: float | None, language: Language) -> str:
    """With one place behind the point, unless that is 0."""
    if value is None:
        return _UNKNOWN[language]
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "pl" else text


def _length(seconds: float | None, language: Language) -> str:
    """Minutes and seconds."""
    if seconds is None:
        return _UNKNOWN[language]
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
