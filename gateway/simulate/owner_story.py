"""What the narrator says of who is rung before and after the team: deputies, the one who spoke last, the rule table for
new clients, the overflow. More sentences of StageEntered.reason, which `words.REASONS` takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.owner import LastSpokeWith, ManagerAbsent, ManagerAssigned

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Language, Table

LABELS: Table = {
    "pl": {"owner": "opiekun"},
    "en": {"owner": "manager"},
}

ROLES: Table = {
    "pl": {"deputy": "w zastępstwie opiekuna", "last_spoke": "ostatni rozmówca"},
    "en": {"deputy": "in the manager's place", "last_spoke": "who spoke with the caller last"},
}
"""What the caller's own person is, if not the assigned manager."""

TEXTS: Table = {
    "pl": {
        "assigned": "{manager} zostaje opiekunem tego numeru (reguła {rule}, klientów do tej pory: {clients})",
        "absent_deputy": "{manager}: nieobecność (koniec: {until}), dzwoni {deputy}",
        "absent_nobody": "{manager}: nieobecność (koniec: {until}), nikt nie zastępuje",
        "last_spoke": "ostatnio z tego numeru: {agent} ({spoke_at})",
        "stage_number": "{stage} ({number}): {reason}",
        "offer_deputy": "{agent} (w zastępstwie opiekuna)",
        "offer_last_spoke": "{agent} (ostatni rozmówca)",
    },
    "en": {
        "assigned": "{manager} becomes the manager of this number (rule {rule}, clients until now: {clients})",
        "absent_deputy": "{manager} is away (until {until}), {deputy} is rung",
        "absent_nobody": "{manager} is away (until {until}), nobody stands in",
        "last_spoke": "this number spoke last with {agent} ({spoke_at})",
        "stage_number": "{stage} ({number}): {reason}",
        "offer_deputy": "{agent} (in the manager's place)",
        "offer_last_spoke": "{agent} (who spoke with the caller last)",
    },
}

_WHO: Table = {
    "pl": {"deputy": "osoba w zastępstwie opiekuna", "last_spoke": "osoba, która rozmawiała ostatnio,"},
    "en": {"deputy": "who stands in for the manager", "last_spoke": "who spoke with the caller last"},
}
_BECAME: Table = {
    "pl": {
        "busy": "jest zajęta",
        "paused": "ma przerwę",
        "off": "nie jest zalogowana",
        "refused": "odrzuciła połączenie",
        "no_answer": "nie odebrała w swoim czasie",
        "unreachable": "ma telefon, który nie odpowiada",
    },
    "en": {
        "busy": "is busy",
        "paused": "has a pause",
        "off": "is not logged in",
        "refused": "refused the call",
        "no_answer": "did not answer in time",
        "unreachable": "has a phone that does not respond",
    },
}
_TEAM: dict[Language, str] = {"pl": "więc dzwoni do zespołu", "en": "so the team is rung"}
_NUMBER_BECAME: Table = {
    "pl": {
        "busy": "numer jest zajęty",
        "refused": "pod numerem odrzucono połączenie",
        "no_answer": "pod numerem nikt nie odebrał",
        "unreachable": "numer nie odpowiada",
    },
    "en": {
        "busy": "the number is busy",
        "refused": "the call to the number was refused",
        "no_answer": "nobody answered at the number",
        "unreachable": "the number does not respond",
    },
}
_ON: Table = {
    "pl": {"team": "więc dzwoni do następnego zespołu rezerwowego", "number": "więc dzwoni pod numer"},
    "en": {"team": "so the next overflow team is rung", "number": "so the number is rung"},
}
_WHY_ON: Table = {
    "pl": {
        "overflow_wait": "minął czas zespołu rezerwowego",
        "overflow_exhausted": "w zespole rezerwowym nikt nie jest już zalogowany",
    },
    "en": {
        "overflow_wait": "the time of the overflow team is over",
        "overflow_exhausted": "nobody of the overflow team is logged in any more",
    },
}
_FIRST: Table = {
    "pl": {
        "team_exhausted": "w zespole nikt nie jest zalogowany",
        "max_wait": "minął najdłuższy czas czekania na zespół",
    },
    "en": {
        "team_exhausted": "nobody of the team is logged in",
        "max_wait": "the longest wait for the team is over",
    },
}


def _reasons() -> Table:
    found: Table = {
        "pl": {
            "manager_absent_deputy": "opiekun klienta jest nieobecny, więc dzwoni do osoby, która go zastępuje",
            "manager_absent": "opiekun klienta jest nieobecny i nikt go nie zastępuje, więc dzwoni do zespołu",
            "last_spoke_with": "nie ma opiekuna, więc najpierw dzwoni do osoby, która rozmawiała z nim ostatnio",
            "last_spoke_absent": "osoba, która rozmawiała ostatnio, jest nieobecna, więc dzwoni do zespołu",
        },
        "en": {
            "manager_absent_deputy": "the assigned manager is away, so the deputy is rung first",
            "manager_absent": "the assigned manager is away and nobody stands in, so the team is rung",
            "last_spoke_with": "there is no manager, so whoever spoke with the caller last is rung first",
            "last_spoke_absent": "who spoke with the caller last is away, so the team is rung",
        },
    }
    for language, told in found.items():
        for role, who in _WHO[language].items():
            for code, became in _BECAME[language].items():
                told[f"{role}_{code}"] = f"{who} {became}, {_TEAM[language]}"
        told.update(_led(language, "team"))
    return found


def _led(language: Language, to: str) -> dict[str, str]:
    """The reasons for a further stage of the overflow, which is a team or a number."""
    why = {**_WHY_ON[language], **{f"number_{code}": text for code, text in _NUMBER_BECAME[language].items()}}
    return {code: f"{text}, {_ON[language][to]}" for code, text in why.items()}


REASONS: Table = _reasons()
"""StageEntered.reason, beside those of `words`."""
NUMBER_REASONS: Table = {
    "pl": {**{code: f"{text}, {_ON['pl']['number']}" for code, text in _FIRST["pl"].items()}, **_led("pl", "number")},
    "en": {**{code: f"{text}, {_ON['en']['number']}" for code, text in _FIRST["en"].items()}, **_led("en", "number")},
}
"""StageEntered.reason of a stage that rings a number outside."""


def role_of(reason: str) -> str:
    """What the caller's own person is, as the reason of a stage tells: "manager", or a key of ROLES."""
    if reason == "manager_absent_deputy":
        return "deputy"
    return next((role for role in ROLES["en"] if reason.startswith(f"{role}_")), "manager")


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case ManagerAssigned():
            data = {"manager": happened.manager, "rule": happened.rule, "clients": happened.clients}
            return "owner", "assigned", data
        case ManagerAbsent():
            data = {"manager": happened.manager, "deputy": happened.deputy, "until": happened.until}
            return "owner", "absent_deputy" if happened.deputy else "absent_nobody", data
        case LastSpokeWith():
            return "owner", "last_spoke", {"agent": happened.agent, "spoke_at": happened.spoke_at}
        case _:
            return None
