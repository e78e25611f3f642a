"""The steps by which the office's own people tell the box by telephone whether they take calls."""

from __future__ import annotations

from typing import ClassVar, Literal

from gateway.core.flow.base import Prompt, Question, Step

AGENT_ID, AGENT_STATE, AGENT_THEN = "agent.id", "agent.state", "agent.then"
"""The variables that both steps fill: who it is, what he is now, and what he will be when his call is over."""
STATES = ("off", "idle", "ringing", "talking", "wrap_up", "paused")
THENS = ("pause", "logout")


class SignIn(Question, frozen=True, kw_only=True):
    """Asks for an agent's code (`prompt`), then for the PIN (verb `sign_in`). Who calls from his own phone is asked for
    the PIN alone; a * there lets another agent key a code. The digits are written down nowhere."""

    VERB: ClassVar[str] = "sign_in"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "no_input", "no_match")

    pin: Prompt
    next_key_s: float = 4.0
    then: str


class AgentSet(Step, frozen=True, kw_only=True):
    """Does with the agent who signed in as told (verb `agent_set`)."""

    VERB: ClassVar[str] = "agent_set"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "refused")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"refused"})
    WAITS: ClassVar[bool] = False

    to: Literal["login", "logout", "pause", "unpause", "ready"]
    reason: str = ""
    reason_key: str = ""
    """Variable that holds the number of a reason in the site's list, from 1; no value or 0 is no reason."""
    then: str
    refused: str = ""
    """Where it leads when nobody has signed in, there is no reason of that number, or the call is a draft's; empty:
    `then`, with nothing done."""
