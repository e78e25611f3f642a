"""What the narrator says of recordings and of what callers leave behind: the moments, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts_desk import MessageLeft, RecordingEnded, RecordingStarted

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"desk": "zostawia", "recording": "nagranie"},
    "en": {"desk": "leaves", "recording": "recording"},
}

HOW: Table = {
    "pl": {
        "stopped": "koniec",
        "longest": "minął najdłuższy czas",
        "leg_over": "ktoś się rozłączył",
        "failed": "nie udało się zapisać",
        "lost": "urządzenie nie wie, jak się skończyło",
    },
    "en": {
        "stopped": "stopped",
        "longest": "the longest time is over",
        "leg_over": "somebody hung up",
        "failed": "it could not be written",
        "lost": "the box does not know how it ended",
    },
}
"""RecordingEnded.how."""

WHOSE: Table = {
    "pl": {"agent": "osoba", "team": "zespół", "box": "skrzynka"},
    "en": {"agent": "person", "team": "team", "box": "box"},
}
"""`whose` of what is left."""

TEXTS: Table = {
    "pl": {
        "record_message": "wiadomość, dla: {addressee} ({whose})",
        "record_talk": "rozmowa, w obu kierunkach",
        "recorded": "po {length_s} s: {how}",
        "recorded_unknown": "{how}",
        "message": "wiadomość, {length_s} s, dla: {addressee} ({whose})",
        "message_unknown": "wiadomość, dla: {addressee} ({whose})",
    },
    "en": {
        "record_message": "a message for {addressee} ({whose})",
        "record_talk": "the conversation, both directions",
        "recorded": "after {length_s} s: {how}",
        "recorded_unknown": "{how}",
        "message": "a message of {length_s} s for {addressee} ({whose})",
        "message_unknown": "a message for {addressee} ({whose})",
    },
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case RecordingStarted(purpose="message"):
            return "recording", "record_message", {"whose": happened.whose, "addressee": happened.to}
        case RecordingStarted():
            return "recording", "record_talk", {}
        case RecordingEnded(length_s=None):
            return "recording", "recorded_unknown", {"how": happened.how}
        case RecordingEnded():
            return "recording", "recorded", {"how": happened.how, "length_s": happened.length_s}
        case MessageLeft():
            data = {"whose": happened.whose, "addressee": happened.to, "length_s": happened.length_s}
            return "desk", "message_unknown" if happened.length_s is None else "message", data
        case _:
            return None
