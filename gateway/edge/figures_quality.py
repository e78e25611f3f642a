"""The figures of the quality sample as they are published: the office's, those of each team of more than one person
(else they were somebody's own), and of each agent of whom a talk was ever drawn, as `agents/agent/<agent>` tells of
single persons, too. Who may read those is the broker's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.quality.figures import QualityFigures, QualityScope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.quality.figures import QualityKpi
    from gateway.core.site.site import Site


PEOPLE_MIN = 2


class QualityMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of the present day and week: the office's, or those of the team or agent `name`."""

    site: str
    journal: str
    scope: QualityScope
    name: str = ""
    as_of_seq: int
    at: float
    figures: QualityFigures


def quality(
    site: Site, kept: QualityKpi, *, at: float, journal: str, seq: int
) -> Iterator[tuple[tuple[str, ...], QualityMessage]]:
    """By the levels of the topic. Nothing as long as no talk was drawn and `quality:` is not in gateway.yaml."""
    known = kept.agents()
    if site.quality is None and not known:
        return
    whose: list[tuple[QualityScope, str]] = [
        ("office", ""),
        *(("team", team.id) for team in site.teams.values() if len(team.agents) >= PEOPLE_MIN),
        *(("agent", agent) for agent in known if agent in site.agents),
    ]
    for scope, name in whose:
        words = ("quality", scope, name) if name else ("quality", scope)
        yield (
            words,
            QualityMessage(
                site=site.name,
                journal=journal,
                scope=scope,
                name=name,
                as_of_seq=seq,
                at=at,
                figures=kept.figures(scope, name, at=at),
            ),
        )
