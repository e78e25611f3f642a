"""What the office settles about call-backs that the box dials by itself (`call_backs:` in gateway.yaml)."""

from __future__ import annotations

import msgspec

from gateway.core.flow.base import Prompt

PARTS = ("brief", "greeting", "cut_off", "press", "sorry", "not_reached", "refused", "not_wanted")
"""The sentences, by what they are for."""


class CallBacks(msgspec.Struct, frozen=True, kw_only=True):
    """How call-backs are dialled. Minutes are those of the office's wall clock after midnight."""

    trunk: str
    """Through which clients are dialled."""
    caller_id: str = ""
    """E.164 for From; empty: the trunk's own number."""
    listed: tuple[str, ...] = ()
    """What `dial:` lists: no other number is ever dialled."""
    hours: str = ""
    """Calendar outside which nobody is called; empty: any time."""
    not_before: int | None = None
    not_after: int | None = None
    retry_after_s: float = 600.0
    retries: int = 3
    """Further tries after the first; then it is a task for people."""
    ring_s: float = 40.0
    """How long the client's telephone is rung."""
    press: bool = True
    """The client presses 1 before anybody talks, so that a voicemail box is not taken for a person. Those who were cut
    off always do."""
    press_s: float = 8.0
    """How long the key is waited for, each time it is asked for."""
    cut_off: bool = True
    """Callers who were cut off while they waited are called back, too."""
    said: dict[str, Prompt] = msgspec.field(default_factory=dict)
    """Sentences by the names of PARTS; `brief` and `not_reached` are for the agent, the others for the client."""
