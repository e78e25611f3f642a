"""What the team still has to do for callers: a fold over the facts of `facts_desk`, live and from the journal alike.

`gateway messages` folds the same facts by the same class, so what it lists is what the box knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts_desk import MessageDone, MessageLeft, RecordingDeleted

if TYPE_CHECKING:
    from gateway.core.events_desk import DeskCommanded
    from gateway.core.exchange import Exchange
    from gateway.core.facts import AnyFact


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message and what has become of it."""

    left: MessageLeft
    done: MessageDone | None = None
    deleted: bool = False
    """Its file was kept long enough."""


class DeskView(msgspec.Struct, frozen=True, kw_only=True):
    """For `gateway status`."""

    messages: int
    messages_overdue: int
    recording_trouble: str = ""
    """Why recordings fail since `recording_trouble_since`; empty: they do not."""
    recording_trouble_since: float | None = None


class Desk:
    """Everything that callers left, dealt with or not, by id. Trials of drafts are not in it."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self._message_of: dict[str, str] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case MessageLeft() if not fact.draft:
                self.messages[fact.message] = Message(left=fact)
                self._message_of[fact.file] = fact.message
            case MessageDone() if fact.message in self.messages:
                self.messages[fact.message] = msgspec.structs.replace(self.messages[fact.message], done=fact)
            case RecordingDeleted() if fact.file in self._message_of:
                message = self._message_of[fact.file]
                self.messages[message] = msgspec.structs.replace(self.messages[message], deleted=True)
            case _:
                pass

    def open_messages(self) -> tuple[MessageLeft, ...]:
        """Those that nobody has dealt with, the oldest first."""
        return tuple(m.left for m in self.messages.values() if m.done is None and not m.deleted)

    def problem(self, event: DeskCommanded) -> str:
        """Why the command cannot be obeyed, and what to do; empty when it can."""
        message = self.messages.get(event.id)
        if message is None:
            return f"there is no message {event.id}: `gateway messages` lists them"
        return f"message {event.id} was done before" if message.done is not None else ""


def commanded(ex: Exchange, event: DeskCommanded) -> None:
    """Do it, if it can be done (asked before: two at once may come)."""
    if not ex.desk.problem(event):
        ex.turn.note(MessageDone(at=ex.turn.now, call="", message=event.id, who=event.who))


def look(ex: Exchange, now: float) -> DeskView:
    """The desk at `now`."""
    messages = ex.desk.open_messages()
    since, why = ex.recording_trouble or (None, "")
    return DeskView(
        messages=len(messages),
        messages_overdue=sum(message.due_at < now for message in messages),
        recording_trouble=why,
        recording_trouble_since=since,
    )
