"""One RTP stream of the bench (RFC 3550): A-law out every 20 ms, everything that comes in kept, keys by RFC 4733."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass

import numpy as np

from hil_tests.signals import ALL_KEYS, FRAME, RATE, alaw_decode, alaw_encode

PT_PCMA = 8
FRAME_S = FRAME / RATE
_EVENT_FRAMES = 5
_EVENT_END_COPIES = 3
_EVENT_PAUSE_FRAMES = 5
_EVENT_VOLUME = 10
"""-dBm0 of the tone that the event stands for."""


@dataclass(frozen=True)
class Received:
    """What came in: samples in the order of their timestamps, zeros where packets are missing."""

    samples: np.ndarray
    packets: int
    lost: int
    keys: str
    """RFC 4733 events from the far end, one for each timestamp."""


class RtpStream:
    """Sends silence until it is told what to send. `start` once the far end's address is known."""

    def __init__(self, local_ip: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((local_ip, 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self.event_type: int | None = None
        self._lock = threading.Lock()
        self._outgoing = np.zeros(0)
        self._events: list[int] = []
        self._packets: list[tuple[int, int, int, bytes]] = []
        self._running = False
        self._threads: list[threading.Thread] = []

    def start(self, far: tuple[str, int], event_type: int | None) -> None:
        self._far, self.event_type, self._running = far, event_type, True
        self._threads = [threading.Thread(target=job, daemon=True) for job in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._running = False
        for thread in self._threads:
            thread.join(1)
        self._socket.close()

    def play(self, samples: np.ndarray, *, wait: bool = True) -> None:
        """Send samples, shape (n,), after what is still waiting; with `wait` return when they are out."""
        with self._lock:
            self._outgoing = np.concatenate([self._outgoing, samples])
        while wait and self._running and self._outgoing.size:
            time.sleep(FRAME_S)

    def press(self, keys: str) -> None:
        """Send keys as RFC 4733 events of 100 ms with pauses of 100 ms; returns when they are out."""
        if self.event_type is None:
            raise RuntimeError("the box did not accept telephone-event: keys cannot be sent by RFC 4733")
        with self._lock:
            self._events += [ALL_KEYS.index(key) for key in keys]
        time.sleep(len(keys) * (_EVENT_FRAMES + _EVENT_PAUSE_FRAMES) * FRAME_S)
        while self._running and self._events:
            time.sleep(FRAME_S)

    def position(self) -> int:
        """How many packets have come so far; give it to `received` to hear only what comes from now on."""
        with self._lock:
            return len(self._packets)

    def received(self, since: int = 0) -> Received:
        """Everything since that position."""
        with self._lock:
            packets = self._packets[since:]
        audio = {timestamp: payload for kind, _, timestamp, payload in packets if kind == PT_PCMA}
        events = {stamp: payload[0] for kind, _, stamp, payload in packets if kind == self.event_type and payload}
        keys = "".join(ALL_KEYS[code] for _, code in sorted(events.items()) if code < len(ALL_KEYS))
        numbers = sorted({number for _, number, _, _ in packets})
        lost = numbers[-1] - numbers[0] + 1 - len(numbers) if numbers else 0
        if not audio:
            return Received(np.zeros(0), len(packets), lost, keys)
        first = min(audio)
        samples = np.zeros(max(audio) - first + max(len(payload) for payload in audio.values()))
        for timestamp, payload in audio.items():
            samples[timestamp - first : timestamp - first + len(payload)] = alaw_decode(payload)
        return Received(samples, len(packets), lost, keys)

    def _send(self) -> None:
        # RFC 3550 5.1 wants random starting points; they stay small so that none wraps within a call.
        sequence, timestamp = random.randrange(0x7000), random.randrange(0x70000000)
        source = random.randrange(1 << 32)
        due, first = time.monotonic(), True

        def send(kind: int, stamp: int, payload: bytes, *, marker: bool) -> None:
            nonlocal sequence
            head = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), sequence & 0xFFFF, stamp, source)
            sequence += 1
            with contextlib.suppress(OSError):
                self._socket.sendto(head + payload, self._far)

        while self._running:
            with self._lock:
                event = self._events[0] if self._events else None
                frame, self._outgoing = self._outgoing[:FRAME], self._outgoing[FRAME:]
            if event is not None:
                for step in range(1, _EVENT_FRAMES + 1):
                    end = step == _EVENT_FRAMES
                    body = struct.pack("!BBH", event, (0x80 if end else 0) | _EVENT_VOLUME, step * FRAME)
                    for copy in range(_EVENT_END_COPIES if end else 1):
                        send(self.event_type or 0, timestamp, body, marker=step == 1 and copy == 0)
                    due += FRAME_S
                    time.sleep(max(0.0, due - time.monotonic()))
                timestamp += _EVENT_FRAMES * FRAME
                for _ in range(_EVENT_PAUSE_FRAMES):
                    send(PT_PCMA, timestamp, alaw_encode(np.zeros(FRAME)), marker=False)
                    timestamp += FRAME
                    due += FRAME_S
                    time.sleep(max(0.0, due - time.monotonic()))
                with self._lock:
                    self._events.pop(0)
                continue
            padded = np.pad(frame, (0, FRAME - frame.size))
            send(PT_PCMA, timestamp, alaw_encode(padded), marker=first)
            first, timestamp, due = False, timestamp + FRAME, due + FRAME_S
            time.sleep(max(0.0, due - time.monotonic()))

    def _receive(self) -> None:
        high, last = 0, None
        while self._running:
            try:
                packet = self._socket.recv(2048)
            except OSError:
                continue
            if len(packet) < 12 or packet[0] >> 6 != 2:
                continue
            _, kind, number, stamp, _ = struct.unpack("!BBHII", packet[:12])
            if last is not None and number < 0x1000 and last > 0xF000:
                high += 0x10000
            last = number
            start = 12 + 4 * (packet[0] & 15)
            with self._lock:
                self._packets.append((kind & 0x7F, high + number, stamp, packet[start:]))
