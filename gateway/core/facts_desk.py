"""Facts of what callers leave behind: recordings, messages, consents, answers to surveys, call-backs, cases.

They are tasks of the team, or evidence; `gateway messages`, `gateway callbacks` and `gateway cases` are folds of them.
"""

from __future__ import annotations

from typing import Literal, TypeGuard, get_args

from gateway.core.facts_base import Fact

Whose = Literal["agent", "team", "box"]
RecordingEnd = Literal[
    "stopped",  # a key, or the flow
    "longest",  # it was as long as it may be
    "leg_over",  # somebody hung up
    "failed",  # the disk, or the sound; `reason` says it
    "lost",  # the line never told; the file can be played up to where it came
]


class DeskFact(Fact, frozen=True, kw_only=True):
    """Root of the facts in here."""


class RecordingStarted(DeskFact, frozen=True, kw_only=True):
    """Something is recorded from now on. `file` is relative to the gateway's state folder. `whose` and `to` tell for
    whom a message is; a conversation (what the caller says left, the agent right) has `agent` instead."""

    recording: str
    file: str
    purpose: Literal["message", "conversation"]
    whose: Whose = "box"
    to: str = ""
    agent: str = ""
    shortest_s: float = 0.0
    """A message with less sound than that is none."""


class RecordingEnded(DeskFact, frozen=True, kw_only=True):
    """It is over; exactly one for each RecordingStarted. What is not known is None."""

    recording: str
    file: str
    how: RecordingEnd
    length_s: float | None = None
    sound_s: float | None = None
    """Of a message: how much of it is not silence."""
    level_dbm0: float | None = None
    """Of a message: RMS of what is not silence."""
    reason: str = ""


class RecordingDeleted(DeskFact, frozen=True, kw_only=True):
    """The file was deleted because it was older than `recordings: keep:` says."""

    file: str
    recorded_at: float


class MessageLeft(DeskFact, frozen=True, kw_only=True):
    """Somebody left a message; `message` is the recording. `length_s` is None when the line died over it. `queued`:
    the queue had given the caller up in this call, so the contact ends as voicemail. `due_at`: 24 h later."""

    message: str
    whose: Whose
    to: str
    file: str
    length_s: float | None
    client: str = ""
    caller: str = ""
    queued: bool = False
    due_at: float
    draft: bool = False


class MessageDone(DeskFact, frozen=True, kw_only=True):
    """A message was dealt with."""

    message: str
    who: str = ""


AnyDeskFact = RecordingStarted | RecordingEnded | RecordingDeleted | MessageLeft | MessageDone

DESK_KINDS = tuple(kind.__name__ for kind in get_args(AnyDeskFact))
"""As the journal names them."""


def is_of_desk(fact: object) -> TypeGuard[AnyDeskFact]:
    """Whether a fact of the journal is one of these."""
    return isinstance(fact, DeskFact)
