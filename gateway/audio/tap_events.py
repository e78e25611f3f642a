"""What a tap tells its loop: frozen structs, in the order in which they happened."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.audio.progress import Signal


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


class Voice(msgspec.Struct, frozen=True):
    """The far end has begun or ceased to speak. Decided for 20 ms at a time; positions count samples received."""

    phase: Literal["begin", "end"]
    start: int
    end: int
    """One past the last sample of speech; -1 in a begin."""
    probability: float
    """Of speech, in the 20 ms that decided."""
    at: int


class CallProgress(msgspec.Struct, frozen=True):
    """A call-progress or fax tone of the far end. It begins when its cadence is sure, and its start is back-dated."""

    signal: Signal
    phase: Literal["begin", "end"]
    start: int
    """First sample of its cadence, in samples received."""
    end: int
    """One past its last sample; -1 in a begin."""
    hz: tuple[float, ...]
    """One frequency, or two that sound together: of the first element of the cadence."""
    level_dbm0: float
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
    recorded: int = 0
    """Samples that a recording had no room for, of both directions."""


TapEvent = Digit | PlayEnded | Level | Voice | CallProgress | Gone
