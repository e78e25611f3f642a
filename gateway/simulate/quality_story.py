"""What the narrator says of the quality sample: talks that were drawn to be heard, and their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"quality": "ocena"},
    "en": {"quality": "score"},
}

TEXTS: Table = {
    "pl": {
        "quality_sampled": "rozmowa wylosowana do oceny ({agent}, jedna z {of} w tygodniu), ocenia: {addressee}",
        "quality_drawn": "tydzień od {week}: wylosowano {samples} z {talks} nagranych rozmów",
        "quality_scored": "rozmowa oceniona na {score} ze 100 ({agent})",
        "quality_again": "rozmowa oceniona ponownie, na {score} ze 100 ({agent})",
    },
    "en": {
        "quality_sampled": "the talk is drawn to be scored ({agent}, one of {of} in the week); by {addressee}",
        "quality_drawn": "week of {week}: {samples} of {talks} recorded talks are drawn",
        "quality_scored": "the talk is scored {score} of 100 ({agent})",
        "quality_again": "the talk is scored again, {score} of 100 ({agent})",
    },
}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case QualitySampled():
            data = {"agent": happened.agent, "of": happened.of, "addressee": happened.reviewer}
            return "quality", "quality_sampled", data
        case QualityDrawn():
            counts = {"samples": happened.samples, "talks": happened.talks}
            return "quality", "quality_drawn", {"week": happened.week, **counts}
        case QualityScored():
            template = "quality_again" if happened.again else "quality_scored"
            return "quality", template, {"agent": happened.agent, "score": happened.score}
        case _:
            return None
