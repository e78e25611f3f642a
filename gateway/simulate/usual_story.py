"""What the narrator says of trunk minutes, of hours that are counted, and of quarters below their service level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded
from gateway.core.facts.usual import HourCounted, IntervalMissed

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"trunk": "łącze", "hour": "godzina", "quarter": "kwadrans"},
    "en": {"trunk": "trunk", "hour": "hour", "quarter": "quarter"},
}

TEXTS: Table = {
    "pl": {
        "trunk_up_in": "odebrane przez łącze {trunk}: od teraz liczą się minuty",
        "trunk_up_out": "wybrane przez łącze {trunk} i odebrane: od teraz liczą się minuty",
        "trunk_over_in": "koniec połączenia, które przyszło przez łącze {trunk}, po {up_s} s",
        "trunk_over_out": "koniec połączenia, które wybrano przez łącze {trunk}, po {up_s} s",
        "hour": "{team}: zgłoszeń {offered}, obsłużonych {handled} w ciągu godziny",
        "quarter": "{team}: w tym kwadransie poziom obsługi {sl}, a ma być {target}",
        "quarter_why": "{team}: w tym kwadransie poziom obsługi {sl}, a ma być {target}. {cause}",
    },
    "en": {
        "trunk_up_in": "answered over the trunk {trunk}: its minutes count from here on",
        "trunk_up_out": "dialled over the trunk {trunk} and answered: its minutes count from here on",
        "trunk_over_in": "the leg that came over the trunk {trunk} is over, after {up_s} s",
        "trunk_over_out": "the leg that was dialled over the trunk {trunk} is over, after {up_s} s",
        "hour": "{team}: {offered} contacts, {handled} handled in an hour",
        "quarter": "{team}: the service level of this quarter of an hour is {sl}, {target} is wanted",
        "quarter_why": "{team}: the service level of this quarter of an hour is {sl}, {target} is wanted. {cause}",
    },
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case TrunkLegAnswered():
            return "trunk", f"trunk_up_{happened.direction}", {"trunk": happened.trunk, "leg": happened.leg}
        case TrunkLegEnded():
            data = {"trunk": happened.trunk, "leg": happened.leg, "up_s": happened.up_s}
            return "trunk", f"trunk_over_{happened.direction}", data
        case HourCounted():
            data = {"team": happened.team, "offered": happened.offered, "handled": happened.handled}
            return "hour", "hour", data
        case IntervalMissed():
            data = {"team": happened.team, "sl": _percent(happened.sl), "target": _percent(happened.target)}
            if happened.cause is None:
                return "quarter", "quarter", data
            return "quarter", "quarter_why", {**data, "cause": happened.cause.said}
        case _:
            return None


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
