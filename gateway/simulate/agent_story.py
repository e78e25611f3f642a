"""What the narrator says of those who take calls: who signed in, what they were told, whose phone rang for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.agents import AgentAutoPaused, AgentIdentified, AgentTold, LeaseExpired

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {"pl": {"person": "osoba"}, "en": {"person": "person"}}

COMMANDS: Table = {
    "pl": {
        "login": "zalogowanie",
        "logout": "wylogowanie",
        "pause": "przerwa",
        "unpause": "koniec przerwy",
        "ready": "koniec pracy po rozmowie",
    },
    "en": {
        "login": "logged in",
        "logout": "logged out",
        "pause": "a pause",
        "unpause": "the pause is over",
        "ready": "after-call work is over",
    },
}
"""AgentTold.command."""

HOW: Table = {
    "pl": {
        "now": "{agent}: {what}",
        "later": "{agent}: {what}, ale dopiero po rozmowie, która trwa",
        "already": "{agent}: {what}; nic się przez to nie zmienia",
    },
    "en": {
        "now": "{agent}: {what}",
        "later": "{agent}: {what}, but only after the call that goes on",
        "already": "{agent}: {what}; that changes nothing",
    },
}
"""AgentTold.how, around the command."""

_OTHERS: Table = {
    "pl": {
        "identified_code": "to {agent}: kod i PIN się zgadzają",
        "identified_phone": "to {agent}: dzwoni ze swojego telefonu, a PIN się zgadza",
        "auto_paused": "{agent} ma przerwę: telefon dzwonił na próżno {unanswered} razy z rzędu",
        "pin_locked_site": "zbyt wiele błędnych PIN-ów do godzin otwarcia: żaden nie jest dobry do chwili: {until}",
        "pin_locked_agent": "zbyt wiele błędnych PIN-ów ({agent}): żaden nie jest dobry do chwili: {until}",
        "pin_locked_everybody": "zbyt wiele błędnych PIN-ów: nikt nie zaloguje się przez telefon do chwili: {until}",
        "lease": "{agent}: po {held_s} s nie wiadomo, co z telefonem, więc ta osoba jest znowu wolna",
    },
    "en": {
        "identified_code": "this is {agent}: code and PIN are right",
        "identified_phone": "this is {agent}: the call comes from the own phone, and the PIN is right",
        "auto_paused": "{agent} is paused: the phone rang for nothing {unanswered} times in a row",
        "pin_locked_site": "too many wrong PINs for the opening hours: none is right until {until}",
        "pin_locked_agent": "too many wrong PINs ({agent}): none is right until {until}",
        "pin_locked_everybody": "too many wrong PINs: nobody can sign in by telephone until {until}",
        "lease": "{agent}: after {held_s} s nobody knows what the phone does, so this person is free again",
    },
}

TEXTS: Table = {
    language: {
        **_OTHERS[language],
        **{
            f"told_{command}_{how}{why}": frame.replace("{what}", word + (" ({pause_reason})" if why else ""))
            for command, word in COMMANDS[language].items()
            for how, frame in HOW[language].items()
            for why in ("", "_why")
        },
    }
    for language in COMMANDS
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case AgentIdentified():
            return "person", f"identified_{happened.how}", {"agent": happened.agent}
        case AgentTold():
            why = "_why" if happened.reason else ""
            data = {"agent": happened.agent, "pause_reason": happened.reason}
            return "person", f"told_{happened.command}_{happened.how}{why}", data
        case AgentAutoPaused():
            counts = {"unanswered": happened.unanswered, "limit": happened.limit}
            return "person", "auto_paused", {"agent": happened.agent, **counts}
        case LeaseExpired():
            return "person", "lease", {"agent": happened.agent, "held_s": happened.held_s}
        case _:
            return None
