"""Facts of PINs that are keyed. None tells what was keyed."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import Fact

Lock = Literal[
    "",  # in journals of before it was told
    "site",  # the PIN by which the office is opened and closed by telephone
    "agent",  # the PIN of one agent
    "everybody",  # the PINs of all agents
]


class PinLocked(Fact, frozen=True, kw_only=True):
    """A PIN was keyed while none is right for a while, because too many wrong ones were (`core/agents/pins.py`). It is
    so until `until` (Unix seconds), also after a restart; a further wrong one puts that off."""

    step: str
    lock: Lock = ""
    agent: str = ""
    """Whose PIN is locked."""
    until: float = 0.0
