"""`command/agent/<agent>`: the door by which agents are commanded over MQTT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gateway.core.events import AgentCommanded
from gateway.edge.mqtt_commands import Door
from gateway.edge.mqtt_messages import CommandRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.agents.commands import Refusal

AGENTS, AGENT = "agents", "agent"
"""The word under `commands:` in gateway.yaml that opens the door, and that of its topic."""
REMEDY = (
    'send e.g. {"command":"pause","reason":"lunch"}; commands are login, logout, pause, unpause and ready (ends '
    "after-call work)"
)


class AgentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants of an agent."""

    command: Literal["login", "logout", "pause", "unpause", "ready"]
    reason: str = ""


def agents_door(take: Callable[[AgentCommanded], Refusal | None]) -> Door:
    """`take` gives the reason for which it did not take a command. The result tells what was taken, which holds at once
    or when the agent's call is over: AgentTold and AgentChanged tell."""

    def obey(name: str, request: AgentRequest) -> dict[str, Any]:
        event = AgentCommanded(agent=name, command=request.command, reason=request.reason, by="mqtt")
        refusal = take(event)
        if refusal is not None:
            place = "topic" if refusal.place == "agent" else f"$.{refusal.place}"
            raise CommandRefusedError(place, refusal.problem, refusal.remedy)
        return {"agent": name, "command": request.command, "reason": request.reason}

    return Door(AgentRequest, obey, REMEDY)
