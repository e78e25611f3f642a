"""One agent as the roster has him: what he does (one state table), what reserves him, what he wants to be next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core import tables

if TYPE_CHECKING:
    from gateway.core.facts.agents import Command, Taken
    from gateway.core.site.site import Agent

AgentState = Literal["off", "idle", "ringing", "talking", "wrap_up", "paused"]
AgentTrigger = Literal["login", "logout", "pause", "unpause", "offer", "answer", "wrap_up", "release"]

AGENT_TABLE: dict[tuple[AgentState, AgentTrigger], AgentState] = {
    ("off", "login"): "idle",
    ("idle", "logout"): "off",
    ("idle", "pause"): "paused",
    ("idle", "offer"): "ringing",
    ("paused", "unpause"): "idle",
    ("paused", "logout"): "off",
    ("ringing", "answer"): "talking",
    ("ringing", "release"): "idle",
    ("talking", "wrap_up"): "wrap_up",
    ("talking", "release"): "idle",
    ("wrap_up", "release"): "idle",
}

Phone = tuple[str, str]
"""URI and trunk."""


class Seat:
    """One agent. `leg` is the reservation: the leg to the phone, from the dialling until the network has let go of
    it. `then` is a command that waits for the end of the call."""

    __slots__ = (
        "agent", "call", "idle_since", "leg", "phone", "reason", "removed", "since", "state", "talked", "then",
        "then_reason", "unanswered",
    )  # fmt: skip

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.state: AgentState = "idle"
        self.since = 0.0
        self.idle_since = 0.0
        self.leg = ""
        self.phone: Phone = ("", "")
        """To which `leg` was dialled: a new version may have given the agent another telephone since."""
        self.call = ""
        self.reason = ""
        self.then: Literal["", "pause", "logout"] = ""
        self.then_reason = ""
        self.talked: tuple[str, float, float] | None = ("", 0.0, 0.0)
        """Team, talk_s and hold_s of the call whose after-call work is being done; None: there was no talk, because a
        client was not reached."""
        self.unanswered = 0
        """How often in a row the phone has rung for nothing."""
        self.removed = False

    def advance(self, trigger: AgentTrigger) -> None:
        """Raises TransitionError for a pair that the table does not have."""
        self.state = tables.after("agent", AGENT_TABLE, self.state, trigger)


def phone_of(agent: Agent) -> Phone:
    return agent.uri, agent.trunk


def put_off(seat: Seat, command: Command, reason: str) -> Taken:
    """What is wanted when the call is over; coming back, or being at work, is what comes by itself."""
    before = seat.then, seat.then_reason
    if command == "pause" or command == "logout":  # noqa: PLR1714 - narrows the Literal
        seat.then, seat.then_reason = command, reason
    else:
        seat.then, seat.then_reason = "", ""
    if before == (seat.then, seat.then_reason):
        return "already"
    return "later" if seat.then else "now"
