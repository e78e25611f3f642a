"""What the narrator says of the order in a queue: why this agent is rung, and what becomes of the skills asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.skills import SkillsRelaxed

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"skills": "wymagania"},
    "en": {"skills": "skills"},
}

TEXTS: Table = {
    "pl": {
        "offer_ring_all": "{agent} (dzwonią wszystkie wolne telefony: {team})",
        "offer_longest_idle": "{agent} (najdłużej wolny telefon: {team})",
        "offer_fewest_calls": "{agent} (najmniej rozmów odebranych dzisiaj: {team})",
        "offer_least_recent": "{agent} (ostatnia rozmowa najdawniej: {team})",
        "offer_round_robin": "{agent} (następny wolny telefon na liście, po kolei: {team})",
        "offer_random": "{agent} (telefon wylosowany spośród wolnych: {team})",
        "offer_weighted": "{agent} (najwięcej brakuje do przewidzianego udziału: {team})",
        "offer_linear": "{agent} (pierwszy wolny telefon na liście: {team})",
        "offer_preferred_skill": "{agent} (z wolnych najlepiej pasują umiejętności: {team})",
        "offer_next_caller": "{agent} (telefon się zwolnił, a to pierwsza osoba w kolejce: {team})",
        "offer_again": "{agent} (jeszcze raz, bo nikt inny nie odebrał: {team})",
        "skills_step_down": "wymagane umiejętności są o stopień niższe, po tym czasie czekania: {needs}",
        "skills_preference_over": "nikt nie ma już pierwszeństwa ze względu na umiejętności, po tym czasie czekania",
    },
    "en": {
        "offer_ring_all": "{agent} (all free phones ring: {team})",
        "offer_longest_idle": "{agent} (longest idle of {team})",
        "offer_fewest_calls": "{agent} (fewest calls answered today, of {team})",
        "offer_least_recent": "{agent} (the last call is the longest ago, of {team})",
        "offer_round_robin": "{agent} (the next free one in turn, of {team})",
        "offer_random": "{agent} (by lot, of the free ones of {team})",
        "offer_weighted": "{agent} (farthest behind the intended share of {team})",
        "offer_linear": "{agent} (the first free one in the list of {team})",
        "offer_preferred_skill": "{agent} (of the free ones with the preferred skills, of {team})",
        "offer_next_caller": "{agent} (got free, and the caller is the first in the queue of {team})",
        "offer_again": "{agent} (again, as nobody else has answered: {team})",
        "skills_step_down": "the skills asked for are a step lower after this time of waiting: {needs}",
        "skills_preference_over": "nobody is preferred for skills any more after this time of waiting",
    },
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data)."""
    if isinstance(happened, SkillsRelaxed):
        needs = ", ".join(f"{skill} {level}" for skill, level in happened.needs.items())
        return "skills", f"skills_{happened.reason}", {"team": happened.team, "needs": needs}
    return None
