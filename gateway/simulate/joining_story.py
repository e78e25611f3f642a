"""What the narrator says of the moments before a talk and of known answers: the moments, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.joining import (
    AcceptanceAsked,
    AcceptanceEnded,
    AnswerKnown,
    AnswerRemembered,
    JoiningBegan,
    MatterRecognised,
)
from gateway.simulate.plan import AgentHeard

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"joining": "łączenie", "known": "wiadomo"},
    "en": {"joining": "joining", "known": "known"},
}

TEXTS: Table = {
    "pl": {
        "accept_asked": "ktoś odbiera ({agent}); ma na klawisz {within_s} s, bo odebrać może i poczta głosowa",
        "accept_accepted": "{agent}: przyjmuje rozmowę klawiszem (po {took_s} s)",
        "accept_refused": "{agent}: odrzuca rozmowę klawiszem (po {took_s} s)",
        "accept_silent": "{agent}: żadnego klawisza, więc to nie jest odpowiedź (po {took_s} s)",
        "joining": "{agent} ma rozmowę; najpierw słyszy, kto dzwoni",
        "joining_named": "{agent} ma rozmowę; najpierw słyszy, kto dzwoni, a dzwoniący, kto odebrał",
        "naming": "{agent} ma rozmowę; dzwoniący najpierw słyszy, kto odebrał",
        "agent_hears": "{agent} słyszy: „{words}”",
        "remembered": "{name}: {value}, zapamiętane na 30 dni",
        "skipped_call": "{name}: {value}, podane już w tej rozmowie, więc bez pytania",
        "skipped_memory": "{name}: {value}, podane wcześniej (dni temu: {days}), więc bez pytania",
        "skipped_client": "{name}: {value}, numer rozpoznanego klienta, więc bez pytania",
        "confirmed_call": "{name}: nadal {value}, jak już w tej rozmowie",
        "confirmed_memory": "{name}: nadal {value}, jak wcześniej (dni temu: {days})",
        "confirmed_client": "{name}: nadal {value}, numer rozpoznanego klienta",
        "denied_call": "{name}: już nie {value}, jak dotąd w tej rozmowie, więc pytanie",
        "denied_memory": "{name}: już nie {value}, jak wcześniej (dni temu: {days}), więc pytanie",
        "denied_client": "{name}: nie {value}, więc pytanie",
        "asked_call": "{name}: {value} podano już w tej rozmowie, a jednak pada pytanie",
        "asked_memory": "{name}: {value} podano wcześniej (dni temu: {days}), a jednak pada pytanie",
        "asked_client": "{name}: {value} to numer rozpoznanego klienta, a jednak pada pytanie",
        "recent_memory": "{name}: {value}, podane wcześniej (dni temu: {days}), więc menu zaczyna od klawisza {key}",
        "recent_case": "sprawa {value} jest w toku (dni: {days}), więc menu zaczyna od klawisza {key}",
    },
    "en": {
        "accept_asked": "somebody picks up ({agent}) and has {within_s} s for a key: a voicemail box may pick up, too",
        "accept_accepted": "{agent}: takes the call by key (after {took_s} s)",
        "accept_refused": "{agent}: refuses the call by key (after {took_s} s)",
        "accept_silent": "{agent}: no key, so this is no answer (after {took_s} s)",
        "joining": "{agent} has the call, and first hears who calls",
        "joining_named": "{agent} has the call, and first hears who calls, and the caller who has answered",
        "naming": "{agent} has the call; the caller first hears who has answered",
        "agent_hears": '{agent} hears: "{words}"',
        "remembered": "{name}: {value}, remembered for 30 days",
        "skipped_call": "{name}: {value}, given in this call already, so it is not asked",
        "skipped_memory": "{name}: {value}, given before (days ago: {days}), so it is not asked",
        "skipped_client": "{name}: {value}, the number of the client who was recognised, so it is not asked",
        "confirmed_call": "{name}: still {value}, as in this call before",
        "confirmed_memory": "{name}: still {value}, as before (days ago: {days})",
        "confirmed_client": "{name}: still {value}, the number of the client who was recognised",
        "denied_call": "{name}: not {value} any more, as in this call before, so it is asked",
        "denied_memory": "{name}: not {value} any more, as before (days ago: {days}), so it is asked",
        "denied_client": "{name}: not {value}, so it is asked",
        "asked_call": "{name}: {value} was given in this call already, and it is asked all the same",
        "asked_memory": "{name}: {value} was given before (days ago: {days}), and it is asked all the same",
        "asked_client": "{name}: {value} is the number of the client who was recognised, and it is asked all the same",
        "recent_memory": "{name}: {value}, given before (days ago: {days}), so the menu says key {key} first",
        "recent_case": "case {value} is open (days: {days}), so the menu says key {key} first",
    },
}

_DAY_S = 86_400.0


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) of a moment before a talk, or of a known answer; None for anything else."""
    match happened:
        case AcceptanceAsked():
            return "joining", "accept_asked", {"agent": happened.agent, "within_s": f"{happened.within_s:g}"}
        case AcceptanceEnded():
            return "joining", f"accept_{happened.how}", {"agent": happened.agent, "took_s": happened.took_s}
        case JoiningBegan():
            told = "naming" if not happened.whisper else "joining_named" if happened.named else "joining"
            return "joining", told, {"agent": happened.agent, "whisper": list(happened.whisper)}
        case AgentHeard():
            return "joining", "agent_hears", {"agent": happened.agent, "words": happened.words}
        case AnswerRemembered():
            return "known", "remembered", {"name": happened.name, "value": happened.value}
        case AnswerKnown():
            data = {"name": happened.name, "value": happened.value, "days": int(happened.age_s // _DAY_S)}
            return "known", f"{happened.how}_{happened.source}", data
        case MatterRecognised():
            data = {"key": happened.key, "name": happened.name, "value": happened.value}
            return "known", f"recent_{happened.source}", {**data, "days": int(happened.age_s // _DAY_S)}
        case _:
            return None
