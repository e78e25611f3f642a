"""What a tap tells its loop: frozen structs, in the order in which they happened."""

from __future__ import annotations

from typing import Literal

import msgspec


class Digit(msgspec.Struct, frozen=True):
    """A key of the far end. One press gives one begin and, unless its last packets were lost, one end.

    `doubled`: the same press has already come from the other source; it stopped no play, it is no digit.
    Positions count the samples that the tap has received; levels are dBm0 of each tone.
    """

    digit: str
    phase: Literal["begin", "end"]
    source: Literal["inband", "rfc4733"]
    doubled: bool
    at: int
    """When it was decided, in samples received."""
    duration_ms: int
    """In an end: how long the press lasted; in an RFC 4733 begin: what its first packet said."""
    start: int = 0
    """In-band: first sample of the tone."""
    end: int = -1
    """In-band end: one past its last sample."""
    low_dbm0: float = 0.0
    high_dbm0: float = 0.0
    twist_db: float = 0.0
    confidence: float = 0.0
    rtp_ms: int = 0
    """RFC 4733: the RTP timestamp that names the press, in ms."""


class PlayEnded(msgspec.Struct, frozen=True):
    """A play has ended: at its end, by a key, or stopped (which includes the end of the tap)."""

    play_id: int
    how: Literal["end", "key", "stopped"]
    played: int
    """Samples that were sent."""
    at: int


class Level(msgspec.Struct, frozen=True):
    """Level over one window of one direction, dBm0."""

    direction: Literal["received", "sent"]
    level_dbm0: float
    peak_dbm0: float
    window_ms: int
    at: int


class Gone(msgspec.Struct, frozen=True):
    """The last event: the port is off the bridge and the tap's memory is free."""

    name: str


class Overflows(msgspec.Struct, frozen=True):
    """What found a ring full: commands were refused (and raised), events and echo frames were dropped."""

    commands: int
    received: int
    sent: int
    rfc4733: int
    echo: int


TapEvent = Digit | PlayEnded | Level | Gone
