"""Made-up facts of trunk minutes, and what a minute and an hour cost, for the examples of docs/mqtt.md."""

from __future__ import annotations

from decimal import Decimal

from gateway.core.facts.all import AnyFact
from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded
from gateway.core.site.costs import CostRules, Tariff

T = 1_795_420_800.0
COSTS = CostRules(
    currency="PLN",
    wage=Decimal("45.00"),
    trunks={"provider": Tariff(inbound=Decimal("0.02"), outbound=Decimal("0.12"))},
    fixed=Decimal(3000),
    fixed_per="month",
)


def trunks_used(call: str) -> list[AnyFact]:
    """One of each kind."""
    leg = {"call": call, "leg": call, "trunk": "provider", "direction": "in"}
    return [
        TrunkLegAnswered(at=T + 0.1, line="line1", **leg),
        TrunkLegEnded(at=T + 120.1, team="care", up_s=120.0, **leg),
    ]
