"""Made-up facts of what is usual, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.alarms.wait_causes import judged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.usual import Compared, HourCounted, IntervalMissed

T = 1_795_420_800.0
CAUSE = judged(Compared(now=24.0, usual=11.25), Compared(now=251.0, usual=242.0), Compared(now=1.0, usual=2.5), weeks=4)


def compared() -> list[AnyFact]:
    """One of each kind."""
    return [
        HourCounted(
            at=T + 152,
            team="care",
            start=T - 3600,
            seen_s=3600.0,
            offered=45,
            handled=41,
            handling_s=9922.0,
            staff_s=9000.0,
        ),
        IntervalMissed(at=T + 152, team="care", start=T - 900, sl=0.65, target=0.8, contacts=20, cause=CAUSE),
    ]
