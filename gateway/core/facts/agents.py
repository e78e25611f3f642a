"""Facts of what agents are told to be, of who says so by telephone, and of phones that ring for nothing."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import Fact, SideFact

Command = Literal["login", "logout", "pause", "unpause", "ready"]
"""What an agent can be told; "ready" ends after-call work early."""
By = Literal["phone", "cli", "mqtt"]
Taken = Literal[
    "now",  # it is so from now on, or what was put off is not wanted any more
    "later",  # when the call and its after-call work are over
    "already",  # it was so before
]


class AgentChanged(Fact, frozen=True, kw_only=True):
    """An agent's state, whenever it changes. `reason` says why (a call id, a pause reason)."""

    agent: str
    state: Literal["off", "idle", "ringing", "talking", "wrap_up", "paused"]
    reason: str = ""
    then: Literal["", "pause", "logout"] = ""
    """What comes, with `then_reason`, when the call and its after-call work are over."""
    then_reason: str = ""
    unanswered: int = 0
    """How often in a row the phone has rung for nothing, as `core/legs/auto_pause.py` counts."""


class AgentTold(SideFact, frozen=True, kw_only=True):
    """Somebody with the right to do so commanded an agent. By telephone `call` is the call in which it was keyed."""

    agent: str
    command: Command
    how: Taken
    by: By = "cli"
    reason: str = ""


class AgentIdentified(SideFact, frozen=True, kw_only=True):
    """Somebody keyed an agent's PIN, and the code or from his own phone. The digits are written down nowhere."""

    step: str
    agent: str
    how: Literal["code", "phone"]


class AgentAutoPaused(SideFact, frozen=True, kw_only=True):
    """The agent's phone rang for nothing `unanswered` times in a row, of `limit` allowed by the agent or the team: he
    is paused until he says otherwise (AgentChanged with the reason auto_no_answer)."""

    agent: str
    team: str
    unanswered: int
    limit: int


class LeaseExpired(SideFact, frozen=True, kw_only=True):
    """An agent was reserved for a call longer than any ringing lasts (`core/call/lease.py`): something did not report,
    and the agent is given free."""

    agent: str
    leg: str
    held_s: float


AnyAgentFact = AgentTold | AgentIdentified | AgentAutoPaused | LeaseExpired
