"""What the office's work costs, as `costs:` of gateway.yaml says. Money is exact: decimals of one currency."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from gateway.core.site.site import Site

NOTHING = Decimal(0)


class Tariff(msgspec.Struct, frozen=True, kw_only=True):
    """Of one trunk, for a minute from the answer on, counted by the second."""

    inbound: Decimal = NOTHING
    outbound: Decimal = NOTHING


class CostRules(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in `currency` (ISO 4217). A wage is for an hour logged in, pauses included."""

    currency: str
    wage: Decimal
    """Of whoever has no other."""
    team_wages: dict[str, Decimal] = msgspec.field(default_factory=dict)
    agent_wages: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """An agent's own comes before that of the team."""
    trunks: dict[str, Tariff] = msgspec.field(default_factory=dict)
    """A trunk that is not named costs nothing by the minute."""
    fixed: Decimal = NOTHING
    fixed_per: Literal["day", "month"] = "day"

    def wage_of(self, agent: str, site: Site) -> Decimal:
        """For an hour. Of somebody in several teams those have the same wage, or he has his own (`config.costs`)."""
        own = self.agent_wages.get(agent)
        if own is not None:
            return own
        of_teams = (self.team_wages.get(team.id) for team in site.teams.values() if agent in team.agents)
        return next((wage for wage in of_teams if wage is not None), self.wage)
