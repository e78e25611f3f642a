"""What goes over MQTT, as types: topics and payloads. docs/mqtt.md shows each of them, a test keeps it true.

Nothing in here connects to anything; `mqtt` does.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Literal

import msgspec

from gateway.core.events import AgentCommanded
from gateway.core.facts import MessagePublished
from gateway.core.journal import JournalRow

_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~@")
_SHOWN_MAX = 200
_SAID_BY_A_FLOW = MessagePublished.__name__
_encoder = msgspec.json.Encoder()


def topic_word(text: str) -> str:
    """`text` as one level of a topic: "/", "+", "#", spaces and control characters as %XX, letters of any
    language as they are (MQTT 3.1.1, 4.7)."""
    return "".join(c if c in _PLAIN or c.isalpha() else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


class Topics:
    """The topics of one site."""

    def __init__(self, root: str, site: str) -> None:
        """`root` may have several levels and stays as it is; `site` is one level."""
        self.base = f"{root.strip('/')}/{topic_word(site)}"
        self.status = f"{self.base}/status"
        self.agent_commands = f"{self.base}/command/agent/+"
        self.command_error = f"{self.base}/command/error"

    def fact(self, kind: str) -> str:
        """Where facts of this kind go; CallEnded carries the call's record."""
        return f"{self.base}/fact/{topic_word(kind)}"

    def of(self, row: JournalRow) -> str:
        """Where one row goes. What a flow's `publish` says has a level of its own below its kind."""
        if row.kind != _SAID_BY_A_FLOW:
            return self.fact(row.kind)
        return f"{self.fact(row.kind)}/{topic_word(msgspec.json.decode(row.body, type=MessagePublished).topic)}"

    def figures(self, team: str) -> str:
        """Where a team's figures stand, retained."""
        return f"{self.base}/figures/{topic_word(team)}"


class FactMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One fact. (journal, seq) is its identity: a second message with the same pair is a repetition."""

    site: str
    journal: str
    seq: int
    kind: str
    kind_seq: int
    fact: msgspec.Raw

    @classmethod
    def of(cls, row: JournalRow, *, site: str, journal: str) -> FactMessage:
        """The message for one row."""
        raw = msgspec.Raw(row.body.encode())
        return cls(site=site, journal=journal, seq=row.seq, kind=row.kind, kind_seq=row.kind_seq, fact=raw)


class StatusMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Birth ("online") and last will or farewell ("offline"), retained."""

    state: Literal["online", "offline"]
    reason: str
    """"connected", "connection lost" (the broker says it for us), "stopped", or what went wrong."""
    site: str
    site_version: str
    version: str
    journal: str
    at: float
    """When it was written; in a last will: when the connection that was lost began. Unix seconds."""


class CommandError(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command that was not obeyed."""

    topic: str
    place: str
    """Where in the payload: a JSON path ("$.command"), a byte, or "payload"."""
    problem: str
    remedy: str
    payload: str
    """The beginning of what was received."""
    at: float


class _AgentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    command: Literal["login", "logout", "pause", "unpause"]
    reason: str = msgspec.field(default="")


class CommandRefusedError(Exception):
    """A command that cannot be understood: where and why."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place, self.problem, self.remedy = place, problem, remedy
        super().__init__(problem)


_COMMAND_REMEDY = 'send e.g. {"command":"pause","reason":"lunch"}; commands are login, logout, pause, unpause'


def agent_command(topic: str, payload: bytes, *, retained: bool) -> AgentCommanded:
    """The event that a message on `command/agent/<id>` asks for. Raises CommandRefusedError."""
    if retained:
        remedy = "publish commands without the retain flag, and clear this topic with an empty retained message"
        raise CommandRefusedError("payload", "a retained command would be obeyed again at each connection", remedy)
    agent = topic.rpartition("/")[2]
    try:
        request = msgspec.json.decode(payload, type=_AgentRequest)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise CommandRefusedError(place.strip("`") or "payload", problem, _COMMAND_REMEDY) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandRefusedError("payload", str(error), _COMMAND_REMEDY) from error
    return AgentCommanded(agent=agent, command=request.command, reason=request.reason)


def obey(
    topic: str, payload: bytes, *, retained: bool, take: Callable[[AgentCommanded], str], at: float
) -> CommandError | None:
    """Hand a command to `take`, which says "" or why not; the answer for `command/error` when it was not obeyed."""
    try:
        problem = take(agent_command(topic, payload, retained=retained))
        place, remedy = "topic", ""
    except CommandRefusedError as refused:
        place, problem, remedy = refused.place, refused.problem, refused.remedy
    if not problem:
        return None
    shown = payload[:_SHOWN_MAX].decode(errors="replace")
    return CommandError(topic=topic, place=place, problem=problem, remedy=remedy, payload=shown, at=at)


def encode(message: msgspec.Struct) -> bytes:
    """As it goes over the wire."""
    return _encoder.encode(message)
