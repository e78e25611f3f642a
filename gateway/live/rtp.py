"""The audio end of a foreign telephone: sends a pilot tone and keys, records what comes by its RTP time stamps.

Recorded is what the sender said (RFC 3550 time stamps), not when the packets came: jitter on the way, or a slow reader,
changes nothing; a lost packet is silence of its length.
"""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING

import numpy as np

from gateway.live import g711
from gateway.live.g711 import RATE, Samples

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME = 160
FRAME_S = 0.02
EVENT = 101
"""The payload type under which we take RFC 4733."""
SOUND = 130
"""Peak of a packet, in int16 steps, from which it is sound: about -45 dBm0."""
PILOT_DBM0 = -22.0
KEY_FRAMES, KEY_PAUSE_FRAMES = 5, 3
"""100 ms a key, 60 ms to the next: a hand that types fast (ITU-T Q.24 asks 40 and 40)."""
JUMP = 10 * RATE
"""A time stamp that is that far off begins anew: another stream."""
LATE_FRAMES = 10
"""A sender that was held up sends at most so many packets at once."""
KEYS = "0123456789*#ABCD"


class AudioEnd(asyncio.DatagramProtocol):
    """One side of one call. `open` before the SDP is written, `start` when the other side's address is known. It sends
    silence until it is told what to `say`."""

    def __init__(self, *, on_sound: Callable[[], None] = lambda: None) -> None:
        self._on_sound = on_sound
        self._says: Samples | None = None
        self._said = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: tuple[str, int] | None = None
        self._payload, self._event = g711.PCMA, EVENT
        self._sequence, self._stamp, self._source = 1, 16000, id(self) & 0xFFFFFFFF
        self._keys: list[str] = []
        self._key: tuple[str, int, int] | None = None
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._heard = bytearray()
        self._heard_payload = g711.PCMA
        self._first: int | None = None
        self._peer_source: int | None = None
        self._loud = {payload: np.abs(values.astype(np.int32)) >= SOUND for payload, values in g711.VALUES.items()}
        self.port = 0
        self.packets = 0
        self.heard_at = 0.0
        """Loop time of the first packet."""

    async def open(self, host: str) -> None:
        """Take a free port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]

    def start(self, remote: tuple[str, int], payload: int, event: int | None) -> None:
        """Send there from now on, a packet every 20 ms; called again, the other side has moved."""
        self._remote, self._payload, self._event = remote, payload, event if event is not None else EVENT
        if self._timer is None and self._transport is not None:
            loop = asyncio.get_running_loop()
            self._began, self._sent = loop.time(), 0
            self._timer = loop.call_soon(self._tick)  # type: ignore[assignment]  # a Handle: cancelled the same way

    def say(self, samples: Samples | None) -> None:
        """Send this from now on, round and round, shape (n,), whole packets; None: silence."""
        self._says, self._said = samples, 0

    def press(self, key: str) -> None:
        """Send a key as an RFC 4733 event, behind those that are being sent."""
        self._keys.append(key)

    def recording(self) -> Samples:
        """All that was heard, from the first packet on, shape (n,)."""
        return g711.decode(self._heard, self._heard_payload)

    def close(self) -> None:
        """Give the port back."""
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()

    # Sending

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        due = int((loop.time() - self._began) / FRAME_S) + 1
        if (missed := due - self._sent - LATE_FRAMES) > 0:
            self._sent += missed
            self._stamp = (self._stamp + missed * FRAME) & 0xFFFFFFFF
        while self._sent < due:
            self._sent += 1
            self._send_frame()
        self._timer = loop.call_at(self._began + self._sent * FRAME_S, self._tick)

    def _send_frame(self) -> None:
        self._stamp = (self._stamp + FRAME) & 0xFFFFFFFF
        if self._key is None and self._keys:
            self._key = (self._keys.pop(0), self._stamp, 0)
        if self._key is None:
            self._send(self._payload, self._frame(), self._stamp)
        else:
            self._send_key(*self._key)

    def _frame(self) -> bytes:
        if self._says is None or len(self._says) < FRAME:
            return bytes([g711.SILENCE[self._payload]]) * FRAME
        at = self._said % (len(self._says) // FRAME) * FRAME
        self._said += 1
        return g711.encode(self._says[at : at + FRAME], self._payload)

    def _send_key(self, key: str, stamp: int, count: int) -> None:
        """Packet `count` of a key (RFC 4733, 2.5.1): with the time stamp of its beginning, the end said three times."""
        end = count >= KEY_FRAMES - 1
        if count < KEY_FRAMES + 2:
            length = min(count + 1, KEY_FRAMES) * FRAME
            body = struct.pack(">BBH", KEYS.index(key), (0x80 if end else 0) | 10, length)
            self._send(self._event, body, stamp, marker=count == 0)
        self._key = (key, stamp, count + 1) if count < KEY_FRAMES + 1 + KEY_PAUSE_FRAMES else None

    def _send(self, payload: int, body: bytes, stamp: int, *, marker: bool = False) -> None:
        if self._remote is None or self._transport is None or self._transport.is_closing():
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack(">BBHII", 0x80, payload | (0x80 if marker else 0), self._sequence, stamp, self._source)
        self._transport.sendto(head + body, self._remote)

    # Hearing

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        if len(data) <= 12 or data[0] >> 6 != 2:
            return
        payload, stamp, source = data[1] & 0x7F, *struct.unpack(">II", data[4:12])
        if payload not in g711.VALUES:
            return
        body = data[12 + 4 * (data[0] & 15) :]
        self.packets += 1
        if self._first is None:
            self._first, self._heard_payload, self.heard_at = stamp, payload, asyncio.get_running_loop().time()
        at = (stamp - self._first) & 0xFFFFFFFF
        if (source != self._peer_source and self._peer_source is not None) or abs(at - len(self._heard)) > JUMP:
            at = len(self._heard)  # another stream goes on where the last one ended
            self._first = (stamp - at) & 0xFFFFFFFF
        self._peer_source = source
        if at > len(self._heard):
            self._heard += bytes([g711.SILENCE[self._heard_payload]]) * (at - len(self._heard))
        self._heard[at : at + len(body)] = body
        if self._loud[payload][np.frombuffer(body, np.uint8)].any():
            self._on_sound()


def pilot(hz: int) -> Samples:
    """A second of a sine at PILOT_DBM0, which can be sent round and round, shape (8000,)."""
    amplitude = 32768 * 10 ** ((PILOT_DBM0 - 3.14) / 20)  # a full-scale sine is +3.14 dBm0 (ITU-T G.711)
    return np.round(amplitude * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)).astype(np.int16)
