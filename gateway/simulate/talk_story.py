"""What the narrator says of transfers, of talks of three, and of parked callers: the moments, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.calls import CallBridged, TalkEnded
from gateway.core.facts.talk import (
    CodeRefused,
    Conferenced,
    Consulted,
    Parked,
    TransferAsked,
    TransferDone,
    TransferFailed,
    Unparked,
)

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"transfer": "przekazanie", "parked": "parking"},
    "en": {"transfer": "transfer", "parked": "parking"},
}

REASONS: Table = {
    "pl": {
        "unknown_target": "nikt ani nic nie ma tego numeru",
        "self": "to jego własny numer",
        "emergency": "to numer alarmowy",
        "not_allowed": "gateway.yaml nie wymienia tego numeru w dial:",
        "draft": "próba dzwoni tylko do własnych osób",
        "consult_first": "scenariusza nie można o nic pytać",
        "busy": "zajęte",
        "paused": "ma przerwę",
        "off": "nikt nie jest zalogowany",
        "refused": "odrzuca",
        "no_answer": "nie odbiera",
        "unreachable": "telefon nie odpowiada",
        "no_leg": "linia nie ma wolnej nogi",
        "other_line": "tamta rozmowa jest na innej linii",
        "queue_gave_up": "w zespole nikt nie odebrał",
        "not_now": "w tej chwili nie można",
        "gone": "dzwoniący się rozłącza",
        "restart": "centrala uruchomiła się ponownie",
        "nobody_consulted": "nikogo nie pyta",
        "busy_with_transfer": "trwa już przekazywanie",
        "no_slot": "wszystkie miejsca są zajęte",
        "not_connected": "nie ma z kim",
        "unfinished": "kod nie został dokończony",
    },
    "en": {
        "unknown_target": "nobody and nothing has this number",
        "self": "this is the agent's own number",
        "emergency": "this is an emergency number",
        "not_allowed": "gateway.yaml does not list this number under dial:",
        "draft": "a trial rings nobody but its own people",
        "consult_first": "a flow cannot be asked anything",
        "busy": "busy",
        "paused": "has a break",
        "off": "nobody is logged in",
        "refused": "refuses",
        "no_answer": "does not answer",
        "unreachable": "the phone does not react",
        "no_leg": "the line has no free leg",
        "other_line": "that talk is on another line",
        "queue_gave_up": "nobody of the team has answered",
        "not_now": "it cannot be done now",
        "gone": "the caller hangs up",
        "restart": "the gateway was started anew",
        "nobody_consulted": "nobody is being asked",
        "busy_with_transfer": "a transfer is going on already",
        "no_slot": "every slot is taken",
        "not_connected": "there is nobody to do it with",
        "unfinished": "the code was not completed",
    },
}
"""TransferFailed.reason and CodeRefused.reason."""

THEN: Table = {
    "pl": {
        "stays": "rozmowa zostaje u tej osoby",
        "rings_back": "telefon dzwoni do niej z powrotem",
        "team": "dzwoniący czeka na jej zespół",
        "goodbye": "dzwoniący słyszy pożegnanie",
        "anew": "dzwoniący zaczyna od początku",
        "gone": "koniec",
    },
    "en": {
        "stays": "the agent keeps the caller",
        "rings_back": "the agent is rung again",
        "team": "the caller waits for the agent's team",
        "goodbye": "the caller hears the goodbye",
        "anew": "the caller begins anew",
        "gone": "that is the end",
    },
}
"""TransferFailed.then."""

REFUSED: Table = {
    "pl": {
        "nobody is parked there": "na tym miejscu nikt nie jest zaparkowany",
        "parked on another line": "dzwoniący jest zaparkowany na innej linii",
        "the agent may be in a call": "po restarcie centrali jeszcze nie wiadomo, czy ta osoba nie rozmawia",
        "the agent is not idle": "ta osoba ma inną rozmowę, przerwę albo nie jest zalogowana",
    },
    "en": {
        "nobody is parked there": "nobody is parked at that slot",
        "parked on another line": "the caller is parked on another line",
        "the agent may be in a call": "after the restart it is not known yet whether the agent is in a call",
        "the agent is not idle": "the agent has another call, a break, or is not logged in",
    },
}
"""CallTurnedAway.reason of an agent who wants a parked caller back."""

TEXTS: Table = {
    "pl": {
        "transfer_asked_blind": "{agent} przekazuje rozmowę: {to}",
        "transfer_asked_consult": "{agent} pyta najpierw: {to}; dzwoniący słyszy muzykę",
        "transfer_done": "rozmowa przekazana do: {to} (po {after_s} s)",
        "transfer_failed": "{agent} nie przekazuje rozmowy do: {to} ({reason}); {then}",
        "transfer_handed": "odbiera {agent}, po {wait_s} s od przekazania",
        "transfer_let_go": "{agent} kończy swoją część po {talk_s} s",
        "consulted_back": "{by} wraca do dzwoniącego; {agent} się rozłącza (po {talk_s} s pytania)",
        "consulted_left": "{agent} się rozłącza (po {talk_s} s pytania); {by} wraca do dzwoniącego",
        "consulted_transferred": "{by} się rozłącza; {agent} ma dzwoniącego (po {talk_s} s pytania)",
        "consulted_gone": "dzwoniący się rozłącza, gdy {by} pyta: {agent} ({talk_s} s)",
        "transfer_conference": "wszyscy troje się słyszą: {agent}, {other} i dzwoniący",
        "parked": "{agent} parkuje dzwoniącego na miejscu {slot}",
        "unparked_taken": "{agent} zabiera dzwoniącego z miejsca {slot}, po {parked_s} s",
        "unparked_waited": "nikt nie zabrał dzwoniącego z miejsca {slot} przez {parked_s} s",
        "unparked_gone": "dzwoniący na miejscu {slot} się rozłącza, po {parked_s} s",
        "unparked_restart": "po restarcie centrali dzwoniący z miejsca {slot} zaczyna od początku, po {parked_s} s",
        "code_refused": "{agent} wybiera kod {code}, ale to nic nie daje: {reason}",
    },
    "en": {
        "transfer_asked_blind": "{agent} transfers the call to {to}",
        "transfer_asked_consult": "{agent} asks {to} first; the caller hears music",
        "transfer_done": "the call is transferred to {to} (after {after_s} s)",
        "transfer_failed": "{agent} does not transfer the call to {to} ({reason}); {then}",
        "transfer_handed": "{agent} answers, {wait_s} s after the hand-over",
        "transfer_let_go": "{agent} is through after {talk_s} s",
        "consulted_back": "{by} goes back to the caller, {agent} is let go (asked for {talk_s} s)",
        "consulted_left": "{agent} hangs up (asked for {talk_s} s), {by} goes back to the caller",
        "consulted_transferred": "{by} hangs up, {agent} has the caller (asked for {talk_s} s)",
        "consulted_gone": "the caller hangs up while {by} asks {agent} ({talk_s} s)",
        "transfer_conference": "all three hear each other: {agent}, {other} and the caller",
        "parked": "{agent} parks the caller at slot {slot}",
        "unparked_taken": "{agent} takes the caller back from slot {slot}, after {parked_s} s",
        "unparked_waited": "nobody has taken the caller from slot {slot} for {parked_s} s",
        "unparked_gone": "the caller at slot {slot} hangs up, after {parked_s} s",
        "unparked_restart": "the gateway was started anew: the caller at slot {slot} begins anew, after {parked_s} s",
        "code_refused": "{agent} keys {code}, which can do nothing: {reason}",
    },
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) of what an agent does with a talk; None for anything else."""
    data: dict[str, Any]
    match happened:
        case TransferAsked():
            data = {"agent": happened.agent, "target": happened.target, "to": happened.to, "via": happened.via}
            return "transfer", f"transfer_asked_{happened.how}", data
        case TransferDone():
            data = {"target": happened.target, "to": happened.to, "after_s": happened.after_s}
            return "transfer", "transfer_done", {"agent": happened.agent, **data}
        case TransferFailed():
            data = {"agent": happened.agent, "target": happened.target, "to": happened.to or "?"}
            return "transfer", "transfer_failed", {**data, "reason": happened.reason, "then": happened.then}
        case Consulted():
            data = {"agent": happened.agent, "by": happened.by, "talk_s": happened.talk_s}
            return "transfer", f"consulted_{happened.outcome}", data
        case Conferenced():
            return "transfer", "transfer_conference", {"agent": happened.agent, "other": happened.other}
        case Parked():
            return "parked", "parked", {"agent": happened.agent, "slot": happened.slot}
        case Unparked():
            data = {"agent": happened.agent, "slot": happened.slot, "parked_s": happened.parked_s}
            return "parked", f"unparked_{happened.how}", data
        case CodeRefused():
            data = {"agent": happened.agent, "code": happened.code, "then": ""}
            return "transfer", "code_refused", {**data, "reason": happened.reason}
        case CallBridged():
            return "bridged", "transfer_handed", {"agent": happened.agent, "wait_s": happened.wait_s}
        case TalkEnded():
            return "talk_ended", "transfer_let_go", {"agent": happened.agent, "talk_s": happened.talk_s}
        case _:
            return None
