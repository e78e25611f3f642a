"""Facts of agents for docs/mqtt.md: who signed in, what they were told, whose phone rang for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.agents import AgentAutoPaused, AgentIdentified, AgentTold, LeaseExpired

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

AT = 1_795_421_000.0
DESK = "line1-6f1c2a-23"
CALL = "line1-6f1c2a-17"


def agents_told() -> list[AnyFact]:
    """Each kind once."""
    return [
        AgentIdentified(at=AT, call=DESK, step="who", agent="anna", how="code"),
        AgentTold(at=AT + 5, call=DESK, agent="anna", command="pause", how="later", by="phone", reason="lunch"),
        AgentAutoPaused(at=AT + 9, call=CALL, agent="piotr", team="care", unanswered=3, limit=3),
        LeaseExpired(at=AT + 90, call=CALL, agent="piotr", leg="line1-6f1c2a-17.2", held_s=80.0),
    ]
