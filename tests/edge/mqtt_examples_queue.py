"""Made-up facts of waiting, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.queue import PlaceRegained, WaitTold

T = 1_795_420_800.0


def waiting_told() -> list[AnyFact]:
    """A caller who hung up and called again, and is told where he stands."""
    call = "line1-6f1c2a-25"
    return [
        PlaceRegained(
            at=T + 161,
            call=call,
            team="care",
            before="line1-6f1c2a-24",
            reason="abandoned",
            since=T + 20,
            away_s=12.5,
            position=2,
        ),
        WaitTold(at=T + 191, call=call, team="care", what="numbers", position=2, ewt_s=120.0),
    ]
