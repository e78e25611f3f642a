"""Every sentence of the narrator, in Polish and in English: one table for each kind of code, one template a moment.

A code of the core without a sentence is a mistake that a test finds; `said` shows the code itself then.
"""

from __future__ import annotations

from typing import Literal

from gateway.simulate import (
    agent_story,
    call_back_story,
    desk_story,
    joining_story,
    order_story,
    owner_story,
    quality_story,
    queue_story,
    talk_story,
    usual_story,
    watch_story,
)

Language = Literal["pl", "en"]
Table = dict[Language, dict[str, str]]

REASONS: Table = {
    "pl": {
        "manager_free": "opiekun klienta może odebrać, więc najpierw dzwoni do niego",
        "no_manager": "nie wiadomo, kto jest opiekunem, więc dzwoni do zespołu",
        "manager_busy": "opiekun klienta jest zajęty, więc dzwoni do zespołu",
        "manager_paused": "opiekun klienta ma przerwę, więc dzwoni do zespołu",
        "manager_off": "opiekun klienta nie jest zalogowany, więc dzwoni do zespołu",
        "manager_refused": "opiekun klienta odrzucił połączenie, więc dzwoni do zespołu",
        "manager_no_answer": "opiekun klienta nie odebrał w swoim czasie, więc dzwoni do zespołu",
        "manager_unreachable": "telefon opiekuna nie odpowiada, więc dzwoni do zespołu",
        "team_exhausted": "w zespole nikt nie jest zalogowany, więc dzwoni do zespołu rezerwowego",
        "max_wait": "minął najdłuższy czas czekania na zespół, więc dzwoni także do zespołu rezerwowego",
    },
    "en": {
        "manager_free": "the assigned manager can answer, so the manager is rung first",
        "no_manager": "it is not known who the manager is, so the team is rung",
        "manager_busy": "the assigned manager is busy, so the team is rung",
        "manager_paused": "the assigned manager has a pause, so the team is rung",
        "manager_off": "the assigned manager is not logged in, so the team is rung",
        "manager_refused": "the assigned manager refused the call, so the team is rung",
        "manager_no_answer": "the assigned manager did not answer in time, so the team is rung",
        "manager_unreachable": "the phone of the assigned manager does not respond, so the team is rung",
        "team_exhausted": "nobody of the team is logged in, so the overflow team is rung",
        "max_wait": "the longest wait for the team is over, so the overflow team is rung, too",
    },
}
"""StageEntered.reason."""

DECLINED: Table = {
    "pl": {
        "busy": "zajęte",
        "refused": "odrzuca połączenie",
        "no_answer": "nie odbiera",
        "unreachable": "telefon nie odpowiada",
        "cancelled": "przestaje dzwonić, bo dzwoniący już nie czeka",
        "failed": "nie ma wolnej linii, żeby zadzwonić",
        "elsewhere": "przestaje dzwonić, bo odebrał ktoś inny",
    },
    "en": {
        "busy": "is busy",
        "refused": "refuses the call",
        "no_answer": "does not answer",
        "unreachable": "the phone does not respond",
        "cancelled": "is rung no more, because the caller does not wait any more",
        "failed": "there is no free leg to ring the phone with",
        "elsewhere": "is rung no more, because somebody else has answered",
    },
}
"""AgentDeclined.why."""

RINGS: Table = {
    "pl": {
        "busy": "zajęte",
        "paused": "przerwa",
        "refused": "połączenie odrzucone",
        "no_skill": "nikt zalogowany nie ma wymaganych umiejętności",
        "no_leg": "nie ma wolnej linii, żeby zadzwonić",
        "no_answer": "minął czas",
        "unreachable": "telefon nie odpowiada",
        "off": "nie jest zalogowany",
        "no_manager": "nie wiadomo, kto jest opiekunem",
        "absent": "opiekun jest nieobecny i nikt go nie zastępuje",
        "draft": "wersja na próbę dzwoni tylko do osób z próby",
    },
    "en": {
        "busy": "busy",
        "paused": "has a pause",
        "refused": "the call was refused",
        "no_skill": "nobody who is logged in has the skills asked for",
        "no_leg": "there is no free leg to ring with",
        "no_answer": "the time is over",
        "unreachable": "the phone does not respond",
        "off": "is not logged in",
        "no_manager": "it is not known who the manager is",
        "absent": "the manager is away and nobody stands in",
        "draft": "a trial rings nobody but its own people",
    },
}
"""RingEnded.reason."""

STAGES: Table = {
    "pl": {"manager": "opiekun klienta", "team": "zespół", "overflow": "zespół rezerwowy"},
    "en": {"manager": "assigned manager", "team": "team", "overflow": "overflow team"},
}

LEFT: Table = {
    "pl": {
        "answered": "ktoś odebrał",
        "abandoned": "dzwoniący się rozłączył",
        "overflowed": "nikt nie odebrał",
        "lost": "połączenie przepadło z winy urządzenia",
    },
    "en": {
        "answered": "somebody answered",
        "abandoned": "the caller hung up",
        "overflowed": "nobody answered",
        "lost": "the call was lost through a fault of the box",
    },
}
"""QueueLeft.outcome."""

OUTCOMES: Table = {
    "pl": {
        "answered": "rozmowa z człowiekiem",
        "abandoned": "rozłączenie w kolejce",
        "overflowed": "nikt nie odebrał",
        "voicemail": "zostawiona wiadomość",
        "in_menu": "bez kolejki",
        "refused": "odrzucone",
        "lost": "przepadło z winy urządzenia",
        "not_reached": "nie doszło do rozmowy z klientem",
    },
    "en": {
        "answered": "talked with a person",
        "abandoned": "hung up in the queue",
        "overflowed": "nobody answered",
        "voicemail": "left a message",
        "in_menu": "no queue",
        "refused": "refused",
        "lost": "lost through a fault of the box",
        "not_reached": "no talk with the client",
    },
}
"""CallRecord.outcome."""

ENDED_BY: Table = {
    "pl": {
        "caller": "rozłącza się dzwoniący",
        "agent": "rozłącza się odbierający",
        "flow": "rozłącza scenariusz",
        "line": "rozłącza linia",
        "box": "rozłącza urządzenie",
    },
    "en": {
        "caller": "the caller hangs up",
        "agent": "the agent hangs up",
        "flow": "the flow hangs up",
        "line": "the line ends it",
        "box": "the box ends it",
    },
}
"""CallRecord.ended_by."""

REFUSED: Table = {
    "pl": {
        "no flow for this number": "do tego numeru nie należy żaden scenariusz",
        "line is down": "linia nie działa",
    },
    "en": {
        "no flow for this number": "no flow belongs to this number",
        "line is down": "the line is down",
    },
}
"""CallTurnedAway.reason."""

LOOKUPS: Table = {
    "pl": {
        "timed_out": "nie odpowiada na czas",
        "unreachable": "nie można się połączyć",
        "tls": "nie można zaufać połączeniu",
        "refused": "nie przyjmuje tokenu",
        "status": "odpowiada błędem",
        "redirect": "odsyła gdzie indziej",
        "too_large": "odpowiedź jest za długa",
        "not_json": "odpowiedź nie jest w formacie JSON",
        "wrong_answer": "odpowiedź nie jest taka, jak zapisano",
        "circuit_open": "kilka razy nie odpowiadało, więc nie jest pytane",
        "no_answer": "nie odpowiada na czas",
        "not_asked": "nie zapytano: symulacja nie ma sieci, a odpowiedzi nie podano; więc jak przy awarii",
        "fault": "błąd urządzenia",
    },
    "en": {
        "timed_out": "does not answer in time",
        "unreachable": "cannot be reached",
        "tls": "the connection cannot be trusted",
        "refused": "does not accept the token",
        "status": "answers with an error",
        "redirect": "sends us elsewhere",
        "too_large": "the answer is too long",
        "not_json": "the answer is no JSON",
        "wrong_answer": "the answer is not what is declared",
        "circuit_open": "has failed several times, so it is not asked",
        "no_answer": "does not answer in time",
        "not_asked": "not asked: a simulation has no network, and no answer was told; so as if it had failed",
        "fault": "a fault of the box",
    },
}
"""LookupAnswered.reason of one that failed."""

LABELS: Table = {
    "pl": {
        "call": "telefon",
        "step": "krok",
        "hears": "słyszy",
        "key": "klawisz",
        "input": "wybór",
        "hours": "godziny",
        "client": "klient",
        "queue": "kolejka",
        "stage": "decyzja",
        "offer": "dzwoni",
        "declined": "agent",
        "bridged": "rozmowa",
        "left": "kolejka",
        "talk_ended": "rozmowa",
        "hung_up": "dzwoniący",
        "ended": "koniec",
        "turned_away": "koniec",
        "lookup": "zapytanie",
    },
    "en": {
        "call": "call",
        "step": "step",
        "hears": "hears",
        "key": "key",
        "input": "input",
        "hours": "hours",
        "client": "client",
        "queue": "queue",
        "stage": "decision",
        "offer": "rings",
        "declined": "agent",
        "bridged": "talk",
        "left": "queue",
        "talk_ended": "talk",
        "hung_up": "caller",
        "ended": "end",
        "turned_away": "end",
        "lookup": "look-up",
    },
}
"""The word in front of a line."""

TEXTS: Table = {
    "pl": {
        "call": "{caller} dzwoni na {called}, scenariusz {flow}",
        "withheld": "numer zastrzeżony",
        "step": "{step} ({verb})",
        "step_there": "{flow}/{step} ({verb})",
        "returned": "{flow} wraca do {to}: {outcome}",
        "round": "runda {round} z {of}",
        "rounds_over": "wszystkie rundy ({of}) wykorzystane",
        "hears": "„{words}”",
        "music": "muzyka",
        "echo_on": "własny głos (echo)",
        "echo_off": "koniec echa",
        "tone": "ton {hz} Hz, {level} dBm0",
        "key": "{key}",
        "cut": "{key} (przerywa komunikat)",
        "input_match": "przyjęte: {keys}",
        "input_no_match": "nie pasuje: {keys}",
        "input_no_input": "brak odpowiedzi",
        "secret_match": "PIN przyjęty",
        "secret_no_match": "to nie jest PIN",
        "pin_locked": "zbyt wiele błędnych PIN-ów: przez jakiś czas żaden nie jest dobry",
        "hours": "{calendar}: {told}",
        "holiday": "{day} to święto: {holiday}",
        "no_holiday": "{day} to nie święto",
        "override_open": "{calendar}: otwarte do chwili: {until}",
        "override_closed": "{calendar}: zamknięte do chwili: {until}",
        "override_normal": "{calendar}: znowu według godzin",
        "caller_id": "{client}, rozpoznany po numerze; opiekun: {manager}",
        "keyed": "{client}, rozpoznany po numerze klienta; opiekun: {manager}",
        "queue": "{team}, miejsce {position}",
        "stage": "{stage} ({team}): {reason}",
        "offer_manager": "{agent} (opiekun klienta)",
        "offer_rung": "{agent}",
        "bridged_rung": "odbiera {agent}, po {wait_s} s",
        "ring_missed": "{to} nie odbiera: {reason}",
        "ring_abandoned": "{to}: dzwoniący już nie czeka",
        "declined": "{agent}: {why} (po {rang_s} s)",
        "bridged": "odbiera {agent} ({stage}), po {wait_s} s czekania",
        "nobody": "{team}: nikt, kto mógłby odebrać, nie jest zalogowany, więc nikt nie dzwoni",
        "left": "koniec czekania po {wait_s} s: {outcome}",
        "talk_ended": "koniec po {talk_s} s",
        "hung_up": "rozłącza się",
        "ended": "{ended_by}; wynik: {outcome}",
        "fault": "{ended_by} ({fault}); wynik: {outcome}",
        "turned_away": "odmowa {code}: {reason}",
        "lookup_found": "{service}: jest odpowiedź",
        "lookup_not_found": "{service}: nie ma takiej pozycji",
        "lookup_no_value": "{service}: nie ma o co pytać, więc jak bez takiej pozycji",
        "lookup_failed": "{service}: {reason}",
    },
    "en": {
        "call": "{caller} calls {called}, flow {flow}",
        "withheld": "withheld number",
        "step": "{step} ({verb})",
        "step_there": "{flow}/{step} ({verb})",
        "returned": "{flow} returns to {to}: {outcome}",
        "round": "round {round} of {of}",
        "rounds_over": "all {of} rounds are used up",
        "hears": '"{words}"',
        "music": "music",
        "echo_on": "the own voice (echo)",
        "echo_off": "end of the echo",
        "tone": "tone of {hz} Hz, {level} dBm0",
        "key": "{key}",
        "cut": "{key} (stops the prompt)",
        "input_match": "taken: {keys}",
        "input_no_match": "no match: {keys}",
        "input_no_input": "no answer",
        "secret_match": "the PIN is right",
        "secret_no_match": "this is not the PIN",
        "pin_locked": "too many wrong PINs: none is right for a while",
        "hours": "{calendar}: {told}",
        "holiday": "{day} is a public holiday: {holiday}",
        "no_holiday": "{day} is no public holiday",
        "override_open": "{calendar}: open until {until}",
        "override_closed": "{calendar}: closed until {until}",
        "override_normal": "{calendar}: by its hours again",
        "caller_id": "{client}, known by the number; manager: {manager}",
        "keyed": "{client}, known by the client number; manager: {manager}",
        "queue": "{team}, place {position}",
        "stage": "{stage} ({team}): {reason}",
        "offer_manager": "{agent} (assigned manager)",
        "offer_rung": "{agent}",
        "bridged_rung": "{agent} answers, after {wait_s} s",
        "ring_missed": "{to} does not take the call: {reason}",
        "ring_abandoned": "{to}: the caller waits no more",
        "declined": "{agent}: {why} (after {rang_s} s)",
        "bridged": "{agent} answers ({stage}), after {wait_s} s of waiting",
        "nobody": "{team}: nobody who could answer is logged in, so nobody is rung",
        "left": "the wait ends after {wait_s} s: {outcome}",
        "talk_ended": "over after {talk_s} s",
        "hung_up": "hangs up",
        "ended": "{ended_by}; outcome: {outcome}",
        "fault": "{ended_by} ({fault}); outcome: {outcome}",
        "turned_away": "refused with {code}: {reason}",
        "lookup_found": "{service}: answered",
        "lookup_not_found": "{service}: there is no such entry",
        "lookup_no_value": "{service}: there is nothing to ask for, so as if there were no such entry",
        "lookup_failed": "{service}: {reason}",
    },
}

STORIES = (
    call_back_story,
    desk_story,
    order_story,
    owner_story,
    watch_story,
    quality_story,
    queue_story,
    joining_story,
    talk_story,
    agent_story,
    usual_story,
)
"""Modules that tell one subject each: LABELS, TEXTS, and `moment`, which gives (kind, template, data) or None."""

for _story in STORIES:
    for _language in TEXTS:
        LABELS[_language] |= _story.LABELS[_language]
        TEXTS[_language] |= _story.TEXTS[_language]

for _language in REASONS:
    REFUSED[_language] |= talk_story.REFUSED[_language]
    REASONS[_language] |= owner_story.REASONS[_language]


def said(table: Table, language: Language, code: str) -> str:
    """The sentence of a code; the code itself when there is none."""
    return table[language].get(code, code)


def language_of(text: str) -> Language:
    """The narrator's language for a language of the site: Polish for Polish, else English."""
    return "pl" if text == "pl" else "en"
