"""What the narrator says of recordings and of what callers leave behind: the moments, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.desk import (
    CallBackRequested,
    CaseAnswered,
    CaseAsked,
    CaseOpened,
    ConsentGiven,
    ConsentRefused,
    MessageLeft,
    RecordingEnded,
    RecordingStarted,
    SurveyAnswered,
)

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
        "call_back": "prośba o oddzwonienie na {number}, dla: {addressee} ({whose})",
        "case_question": "sprawa {case}, pytanie, dla: {addressee} ({whose})",
        "case_complaint": "sprawa {case}, reklamacja, dla: {addressee} ({whose})",
        "case_open": "sprawa {case} jest w toku",
        "case_closed": "sprawa {case} jest zamknięta",
        "case_answered": "sprawa {case}: pierwsza rozmowa z człowiekiem, po {first_s} s",
        "survey_csat": "ocena: {score} z 5",
        "survey_nps": "poleci nas: {score} z 10",
        "survey_ces": "łatwość: {score} z 7",
        "survey_solved": "sprawa załatwiona (1 tak, 0 nie): {score}",
        "consent": "zgoda na nagrywanie rozmowy",
        "no_consent": "bez zgody, więc rozmowa nie będzie nagrywana",
        "do_not_record": "klienta nie wolno nagrywać, więc nikt nie pyta o zgodę",
    },
    "en": {
        "record_message": "a message for {addressee} ({whose})",
        "record_talk": "the conversation, both directions",
        "recorded": "after {length_s} s: {how}",
        "recorded_unknown": "{how}",
        "message": "a message of {length_s} s for {addressee} ({whose})",
        "message_unknown": "a message for {addressee} ({whose})",
        "call_back": "a request to be called back at {number}, for {addressee} ({whose})",
        "case_question": "case {case}, a question, for {addressee} ({whose})",
        "case_complaint": "case {case}, a complaint, for {addressee} ({whose})",
        "case_open": "case {case} is open",
        "case_closed": "case {case} is closed",
        "case_answered": "case {case}: the first talk with a human, after {first_s} s",
        "survey_csat": "content: {score} of 5",
        "survey_nps": "would recommend: {score} of 10",
        "survey_ces": "easy: {score} of 7",
        "survey_solved": "solved (1 yes, 0 no): {score}",
        "consent": "consent to record the talk",
        "no_consent": "no consent, so the talk is not recorded",
        "do_not_record": "the client must not be recorded, so nobody asks for consent",
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
        case ConsentGiven():
            return "recording", "consent", {}
        case ConsentRefused(reason="do_not_record"):
            return "recording", "do_not_record", {}
        case ConsentRefused():
            return "recording", "no_consent", {}
        case CallBackRequested():
            data = {"whose": happened.whose, "addressee": happened.to, "number": happened.number}
            return "desk", "call_back", data
        case CaseOpened():
            data = {"whose": happened.whose, "addressee": happened.to, "case": happened.case}
            return "desk", f"case_{happened.kind}", data
        case CaseAsked():
            return "desk", "case_open" if happened.open else "case_closed", {"case": happened.case}
        case CaseAnswered():
            return "desk", "case_answered", {"case": happened.case, "first_s": happened.first_response_s}
        case SurveyAnswered():
            return "desk", f"survey_{happened.kind}", {"score": happened.score}
        case _:
            return None
