"""The steps in which the caller's voice is kept, or the caller leaves the team something to do."""

from __future__ import annotations

from typing import ClassVar

from gateway.core.facts_desk import Whose
from gateway.core.flow_base import Prompt, Retry, Step


class Voicemail(Step, frozen=True, kw_only=True):
    """Leave a message. `to` is "by_client" (the assigned manager; for callers without a client, the team `team`), a
    team, an agent or a box; which of these, `whose` says, "agent" for by_client."""

    VERB: ClassVar[str] = "voicemail"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "too_short", "failed")

    to: str
    whose: Whose
    team: str = ""
    prompt: Prompt | None = None
    longest_s: float = 120.0
    shortest_s: float = 2.0
    """Less sound than that is no message."""
    finish_on: str = "#"
    """"any": every key; empty: none, the caller hangs up."""
    then: str
    too_short: Retry
    failed: str = ""
    """Step when it could not be recorded; empty: the site's goodbye."""
