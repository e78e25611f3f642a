"""What the publisher needs of the journal and the figures, and what it tells of the broker. Connects to nothing."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from gateway.config.settings import BrokerSettings
from gateway.core.facts.journal import JournalRow
from gateway.errors import BrokerError

_BAD_CREDENTIALS = (0x86, 0x87)
"""Reason codes of CONNACK (MQTT 5, 3.2.2.2); paho translates those of 3.1.1 into these."""


class JournalSource(Protocol):
    """What the publisher needs of the journal; every method may raise StoreError."""

    @property
    def id(self) -> str: ...
    def read_from(self, after: int, limit: int) -> tuple[JournalRow, ...]: ...
    def last_seq(self) -> int: ...
    def cursor(self, name: str) -> int: ...
    def move_cursor(self, name: str, seq: int) -> None: ...
    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class FiguresSource(Protocol):
    """What stands retained on the broker, by the levels of its topic: (what is worth sending again when it changes, the
    message); none of it blocks."""

    def published(self, at: float) -> Mapping[tuple[str, ...], tuple[object, msgspec.Struct]]: ...
    def next_change(self, at: float) -> float: ...
    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class BrokerState(msgspec.Struct, frozen=True, kw_only=True):
    """For `gateway status`; never holds the password. Times are Unix seconds."""

    broker: str
    connected: bool
    since: float
    """When `connected` last changed."""
    protocol: str
    """"5.0" or "3.1.1"; a broker of the latter cannot tell us that it throws our messages away."""
    acked_seq: int
    backlog: int
    """Committed facts that the broker has not confirmed yet."""
    attempts: int
    """Failed attempts in a row; a connection that held for a while ends the row."""
    last_error: str
    """Empty again as soon as the broker has taken a fact or a figure: being let in does not prove that it will."""
    next_try_at: float | None


def tls_context(settings: BrokerSettings) -> ssl.SSLContext | None:
    """None where no TLS is wanted. Raises BrokerError."""
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise BrokerError(f"mqtt: ca_file {settings.ca_file}: {error}; it must hold PEM certificates") from error


def refused(topic: str, reason: str) -> str:
    """The sentence for a PUBACK that says no."""
    return f"it does not take what we publish below {topic}: {reason}; see the broker's ACL"


def sentence(error: Exception, user: str) -> str:
    """What is wrong with the broker and the remedy, without secrets."""
    text = str(error) or type(error).__name__
    if getattr(getattr(error, "rc", None), "value", None) in _BAD_CREDENTIALS:
        who = f"user {user!r}" if user else "a client without a user name"
        return f"it refuses {who} ({text}); see user and password under mqtt: and the broker's password file"
    if "during message iteration" in text or "not currently connected" in text:
        return "it ended the connection"
    if "timed out" in text:
        return "it does not answer in time"
    if "SSL" in text:
        return f"no TLS with it: {text}; see tls and ca_file under mqtt:"
    if "Errno" in text or "resolution" in text:
        return f"it cannot be reached: {text}"
    return text
