"""What the present day costs, as it is published: the office and each team of more than one person, because the wages
of a team of one would be somebody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.kpi.costs import CostFigures
from gateway.core.kpi.kpi import OFFICE, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.core.kpi.agents import AgentKpi
    from gateway.core.kpi.costs import CostKpi
    from gateway.core.kpi.kpi import Kpi
    from gateway.core.site.site import Site

PEOPLE_MIN = 2


class CostsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Costs of the present day: the office's, or those of the team `name`."""

    site: str
    journal: str
    scope: Literal["office", "team"]
    name: str = ""
    period: Literal["day"] = "day"
    as_of_seq: int
    at: float
    currency: str
    figures: CostFigures


def costs(
    site: Site, kpi: Kpi, agents: AgentKpi, kept: CostKpi, *, at: float, until: float, journal: str, seq: int
) -> Iterator[tuple[tuple[str, ...], CostsMessage]]:
    """By the levels of the topic. Nothing without `costs:` in gateway.yaml. Wages and fixed costs up to `until`."""
    rules = site.costs
    if rules is None:
        return
    logged_in_s: Mapping[str, float] = {
        agent: agents.of((agent,), at=until).logged_in_s for agent in dict.fromkeys((*site.agents, *agents.agents()))
    }
    whose: list[tuple[Literal["office", "team"], str, int]] = [
        ("office", "", len({*site.agents, *(agent for team in site.teams.values() for agent in team.agents)})),
        *(("team", team.id, len(team.agents)) for team in site.teams.values()),
    ]
    for scope, name, people in whose:
        if people < PEOPLE_MIN:
            continue
        key = Key("team", name) if name else OFFICE
        figures = kept.figures(
            rules,
            name or None,
            at=until,
            logged_in_s=logged_in_s,
            handled=kpi.figures(key, "day", at=at).handled,
        )
        message = CostsMessage(
            site=site.name,
            journal=journal,
            scope=scope,
            name=name,
            as_of_seq=seq,
            at=at,
            currency=rules.currency,
            figures=figures,
        )
        yield ("costs", scope, name) if name else ("costs", scope), message
