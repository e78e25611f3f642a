"""What the narrator says of call-backs that the box dials by itself: the moments, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.call_back import (
    CallBackGivenUp,
    CallBackHeld,
    CallBackMissed,
    CallBackOverdue,
    CallBackQueued,
    CallBackRefused,
    CallBackRestored,
    CallBackTried,
    CallBackWithdrawn,
)
from gateway.core.facts.calls import CallStarted
from gateway.core.facts.desk import CallBackClosed, CallBackRequested

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Language, Table

LABELS: Table = {"pl": {"call_back": "oddzwoni"}, "en": {"call_back": "call-back"}}

TEXTS: Table = {
    "pl": {
        "outbound": "urządzenie dzwoni do klienta, na {called}",
        "cut_off": "połączenie przerwane podczas czekania, więc oddzwonimy na {number} ({whose}: {addressee})",
        "cb_queued": "czeka w kolejce ({team}, miejsce {position}) z dawnym miejscem; gdy ktoś wolny odbierze, "
        "urządzenie zadzwoni do klienta",
        "cb_held_closed": "poza godzinami oddzwaniania, więc najwcześniej {until}",
        "cb_held_window": "o tej porze nie oddzwaniamy, więc najwcześniej {until}",
        "cb_held_quiet_hours": "klient ma godziny ciszy, więc najwcześniej {until}",
        "cb_held_nobody": "nikt, kto mógłby oddzwonić, nie jest zalogowany; zadzwonimy, gdy ktoś się zaloguje",
        "cb_held_no_line": "żadna linia nie działa; zadzwonimy, gdy wróci",
        "cb_held_same_number": "na ten numer już trwa oddzwanianie",
        "cb_held_nobody_took": "nikt nie przyjął oddzwonienia, więc najwcześniej {until}",
        "cb_held_retry": "następna próba najwcześniej {until}",
        "cb_tried": "próba {attempt}: urządzenie dzwoni do klienta, {agent} czeka przy telefonie",
        "cb_missed_busy": "próba {attempt}: zajęte",
        "cb_missed_no_answer": "próba {attempt}: klient nie odbiera",
        "cb_missed_refused": "próba {attempt}: klient odrzuca połączenie",
        "cb_missed_unreachable": "próba {attempt}: z numerem nie można się połączyć",
        "cb_missed_no_leg": "próba {attempt}: nie ma wolnej linii",
        "cb_missed_no_key": "próba {attempt}: ktoś odebrał, ale nie nacisnął 1: może poczta głosowa",
        "cb_missed_hung_up": "próba {attempt}: klient się rozłączył, zanim doszło do rozmowy",
        "cb_missed_no_agent": "próba {attempt}: odbierający się rozłączył, zanim doszło do rozmowy",
        "cb_missed_line_lost": "próba {attempt}: linia przestała działać",
        "cb_missed_restart": "próba {attempt}: urządzenie uruchomiono ponownie",
        "cb_given_retries": "próby się skończyły, więc oddzwoni człowiek",
        "cb_given_no_number": "tego numeru nie można wybrać, więc oddzwoni człowiek",
        "cb_given_emergency": "to numer alarmowy, więc urządzenie nie zadzwoni",
        "cb_given_own_number": "to numer tej firmy, więc urządzenie nie zadzwoni",
        "cb_given_agents_phone": "to telefon kogoś z tej firmy, więc urządzenie nie zadzwoni",
        "cb_given_premium": "to numer o podwyższonej opłacie, więc urządzenie nie zadzwoni",
        "cb_given_not_listed": "tego numeru urządzeniu nie wolno wybrać (dial: w gateway.yaml)",
        "cb_given_do_not_call_back": "klient nie życzy sobie oddzwaniania",
        "cb_given_nobody_for_it": "nie ma osoby ani zespołu, do których urządzenie może zadzwonić; oddzwoni człowiek",
        "cb_given_never_open": "nie ma godzin, w których wolno zadzwonić, więc oddzwoni człowiek",
        "cb_withdrawn": "klient dzwoni sam, więc na razie nie oddzwaniamy; zachowuje miejsce w kolejce",
        "cb_restored": "nikt z klientem nie rozmawiał, więc oddzwonimy",
        "cb_overdue": "minęły 24 godziny, a nikt nie oddzwonił",
        "cb_closed_reached": "klient i {agent} rozmawiają",
        "cb_closed_not_reached": "zamknięte: nie udało się",
        "cb_closed_cancelled": "odwołane",
        "cb_closed_called_in": "klient zadzwonił sam i rozmawiał: {agent}",
        "cb_closed_replaced": "klient prosi jeszcze raz; nowa prośba ma dawne miejsce",
    },
    "en": {
        "outbound": "the box calls the client, at {called}",
        "cut_off": "cut off while waiting, so {number} will be called back ({whose}: {addressee})",
        "cb_queued": "stands in the queue ({team}, place {position}) with the old place; the client is dialled when "
        "somebody is free and has picked up",
        "cb_held_closed": "outside the hours for call-backs, so {until} at the earliest",
        "cb_held_window": "nobody is called at this time of day, so {until} at the earliest",
        "cb_held_quiet_hours": "the client has quiet hours, so {until} at the earliest",
        "cb_held_nobody": "nobody who could call back is logged in; it will be dialled when somebody is",
        "cb_held_no_line": "no line is up; it will be dialled when one is",
        "cb_held_same_number": "that number is being called back already",
        "cb_held_nobody_took": "nobody has taken the call-back, so {until} at the earliest",
        "cb_held_retry": "the next try is {until} at the earliest",
        "cb_tried": "try {attempt}: the box dials the client, {agent} waits on the telephone",
        "cb_missed_busy": "try {attempt}: busy",
        "cb_missed_no_answer": "try {attempt}: the client does not answer",
        "cb_missed_refused": "try {attempt}: the client refuses the call",
        "cb_missed_unreachable": "try {attempt}: the number cannot be reached",
        "cb_missed_no_leg": "try {attempt}: there is no free leg",
        "cb_missed_no_key": "try {attempt}: somebody picked up and did not press 1, so it may be a voicemail box",
        "cb_missed_hung_up": "try {attempt}: the client hung up before there was a talk",
        "cb_missed_no_agent": "try {attempt}: the agent hung up before there was a talk",
        "cb_missed_line_lost": "try {attempt}: the line died",
        "cb_missed_restart": "try {attempt}: the box was started anew",
        "cb_given_retries": "the tries are used up, so a person will call back",
        "cb_given_no_number": "that number cannot be dialled, so a person will call back",
        "cb_given_emergency": "that is an emergency number, so the box does not dial it",
        "cb_given_own_number": "that is a number of this office, so the box does not dial it",
        "cb_given_agents_phone": "that is the phone of somebody of this office, so the box does not dial it",
        "cb_given_premium": "that is a premium number, so the box does not dial it",
        "cb_given_not_listed": "the box may not dial that number (dial: in gateway.yaml)",
        "cb_given_do_not_call_back": "the client does not want to be called back",
        "cb_given_nobody_for_it": "there is no person and no team whom the box could ring; a person will call back",
        "cb_given_never_open": "there are no hours in which to call, so a person will call back",
        "cb_withdrawn": "the client calls by himself, so nobody calls back for now; he keeps the place in the queue",
        "cb_restored": "nobody has talked with the client, so the call-back stands again",
        "cb_overdue": "24 hours are over, and nobody has called back",
        "cb_closed_reached": "the client and {agent} talk",
        "cb_closed_not_reached": "closed: it did not work",
        "cb_closed_cancelled": "cancelled",
        "cb_closed_called_in": "the client called by himself and talked: {agent}",
        "cb_closed_replaced": "the client asks again; the new wish has the old place",
    },
}
AGAIN: dict[Language, str] = {"pl": "; następna najwcześniej {until}", "en": "; the next one: {until} at the earliest"}
"""Behind a try that is not the last."""
for _language, _texts in TEXTS.items():
    _missed = {key: text for key, text in _texts.items() if "missed" in key}
    _texts.update({key.replace("missed", "again"): text + AGAIN[_language] for key, text in _missed.items()})


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    data: dict[str, Any]
    match happened:
        case CallStarted(direction="out"):
            return "call", "outbound", {"caller": happened.caller, "called": happened.called, "flow": happened.flow}
        case CallBackRequested(cut_off=True):
            data = {"whose": happened.whose, "addressee": happened.to, "number": happened.number}
            return "call_back", "cut_off", data
        case CallBackQueued():
            return "call_back", "cb_queued", {"team": happened.team, "position": happened.position}
        case CallBackHeld():
            return "call_back", f"cb_held_{happened.reason}", {"until": happened.until}
        case CallBackTried():
            return "call_back", "cb_tried", {"attempt": happened.attempt, "agent": happened.agent}
        case CallBackMissed():
            data = {"attempt": happened.attempt, "until": happened.next_at}
            return "call_back", f"cb_{'missed' if happened.next_at is None else 'again'}_{happened.why}", data
        case CallBackGivenUp() | CallBackRefused():
            return "call_back", f"cb_given_{happened.reason}", {}
        case CallBackWithdrawn():
            return "call_back", "cb_withdrawn", {}
        case CallBackRestored():
            return "call_back", "cb_restored", {}
        case CallBackOverdue():
            return "call_back", "cb_overdue", {}
        case CallBackClosed():
            return "call_back", f"cb_closed_{happened.result}", {"agent": happened.who}
        case _:
            return None
