"""Made-up facts of who looks after a caller, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.owner import LastSpokeWith, ManagerAbsent, ManagerAssigned

T = 1_795_420_800.0


def owners_told() -> list[AnyFact]:
    """One of each kind, of three calls."""
    return [
        ManagerAssigned(
            at=T + 160,
            call="line1-6f1c2a-31",
            number="+48601000109",
            manager="anna",
            rule="english",
            team="care",
            clients=14,
        ),
        ManagerAbsent(at=T + 161, call="line1-6f1c2a-32", manager="anna", deputy="piotr", until=T + 5 * 86400),
        LastSpokeWith(at=T + 162, call="line1-6f1c2a-33", agent="ewa", spoke_at=T - 3 * 86400),
    ]
