"""What goes over MQTT, as types: topics and payloads. docs/mqtt.md shows each of them, a test keeps it true.

Nothing in here connects to anything; `mqtt` does.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Literal

import msgspec

from gateway.core.actions import ScreenPop
from gateway.core.facts.calls import MessagePublished
from gateway.core.facts.journal import JournalRow

_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~@")
_SAID_BY_A_FLOW = MessagePublished.__name__
_encoder = msgspec.json.Encoder(decimal_format="number")


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

    def fact(self, kind: str) -> str:
        """Where facts of this kind go; CallEnded carries the call's record."""
        return f"{self.base}/fact/{topic_word(kind)}"

    def of(self, row: JournalRow) -> str:
        """Where one row goes. What a flow's `publish` says has a level of its own below its kind."""
        if row.kind != _SAID_BY_A_FLOW:
            return self.fact(row.kind)
        return f"{self.fact(row.kind)}/{topic_word(msgspec.json.decode(row.body, type=MessagePublished).topic)}"

    def pop(self, agent: str) -> str:
        """Where an agent's screen-pops go."""
        return f"{self.base}/agent/{topic_word(agent)}/pop"

    def figures(self, team: str) -> str:
        """Where a team's figures stand, retained."""
        return self.below(("figures", team))

    def below(self, words: Iterable[str]) -> str:
        """A topic of the site by its levels."""
        return "/".join((self.base, *map(topic_word, words)))


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


class PopMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, for the screen of the agent whose telephone is about to ring. What is not known is null."""

    site: str
    call: str
    agent: str
    team: str
    number: str | None
    """E.164; null: withheld."""
    client: str | None
    client_name: str | None
    matter: str | None
    wait_s: float
    case: str | None
    keyed: dict[str, str]
    """What the caller keyed, or what is known of it, by the name of the `collect`; nothing secret."""
    at: float

    @classmethod
    def of(cls, action: ScreenPop, *, site: str, at: float) -> PopMessage:
        """The message for one ringing."""
        return cls(
            site=site,
            call=action.call,
            agent=action.agent,
            team=action.team,
            number=action.number or None,
            client=action.client or None,
            client_name=action.client_name or None,
            matter=action.matter or None,
            wait_s=round(action.wait_s, 1),
            case=action.case or None,
            keyed=action.keyed,
            at=at,
        )


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


class CommandRefusedError(Exception):
    """A command that cannot be understood: where and why."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place, self.problem, self.remedy = place, problem, remedy
        super().__init__(problem)


def encode(message: msgspec.Struct) -> bytes:
    """As it goes over the wire."""
    return _encoder.encode(message)
