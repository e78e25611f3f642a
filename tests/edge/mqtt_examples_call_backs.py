"""Examples of the facts about call-backs that the box dials, for docs/mqtt.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.call_back import (
    CallBackGivenUp,
    CallBackHeld,
    CallBackMissed,
    CallBackOverdue,
    CallBackQueued,
    CallBackRefused,
    CallBackRestored,
    CallBackTried,
    CallBackWithdrawn,
)

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact


T = 1_795_420_800.0


def dialled_back() -> list[AnyFact]:
    """One of each kind, of a call-back asked for in one call."""
    t, call = T + 142, "line1-6f1c2a-23"
    of = {"call": call, "call_back": f"{call}.b1"}
    outbound = f"{call}.b1.o60000"
    return [
        CallBackQueued(at=t, **of, team="care", manager="anna", position=1, waiting_since=t - 180, outbound=outbound),
        CallBackHeld(at=t + 1, **of, reason="closed", until=t + 57600),
        CallBackTried(at=t + 2, **of, attempt=1, agent="anna", trunk="provider", outbound=outbound),
        CallBackMissed(at=t + 42, **of, attempt=1, why="no_answer", rang_s=40.0, next_at=t + 642, outbound=outbound),
        CallBackGivenUp(at=t + 43, **of, reason="retries"),
        CallBackWithdrawn(at=t + 44, **of, by_call="line1-6f1c2a-31"),
        CallBackRestored(at=t + 45, **of),
        CallBackOverdue(at=t + 86400, **of, due_at=t + 86400),
        CallBackRefused(at=t + 46, call=call, step="call_me", reason="premium"),
    ]
