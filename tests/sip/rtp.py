"""The audio end of a foreign phone: sends and records RTP by itself, and judges what it heard.

It shares nothing with the gateway: G.711 by the formulas of ITU-T G.711, G.722 by libspandsp.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
import time

import numpy as np

FULL_SCALE_SINE_DBM0 = 3.14
"""A sine that reaches 32767 (ITU-T G.711, A-law)."""
PAYLOADS = {"PCMU": 0, "PCMA": 8, "G722": 9}
EVENT_PAYLOAD = 101


def sine(hz: float, dbm0: float, seconds: float, rate: int = 8000) -> np.ndarray:
    """int16 samples, shape (n,)."""
    amplitude = 32767 * 10 ** ((dbm0 - FULL_SCALE_SINE_DBM0) / 20)
    return np.round(amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def dtmf(key: str, dbm0: float = -9.0, seconds: float = 0.12) -> np.ndarray:
    """A key in-band: two tones (ITU-T Q.23), each at `dbm0`."""
    row, column = divmod("123A456B789C*0#D".index(key), 4)
    low, high = (697, 770, 852, 941)[row], (1209, 1336, 1477, 1633)[column]
    return (sine(low, dbm0, seconds) + sine(high, dbm0, seconds)).astype(np.int16)


def tone_dbm0(samples: np.ndarray, hz: float, rate: int = 8000) -> float:
    """Level of one frequency in `samples`, dBm0; -99 when there is nothing."""
    if len(samples) < rate // 10:
        return -99.0
    x = samples.astype(float) * np.hanning(len(samples))
    power = abs(np.sum(x * np.exp(-2j * np.pi * hz * np.arange(len(x)) / rate))) / (np.sum(np.hanning(len(x))) / 2)
    return float(20 * np.log10(max(power, 1e-3) / 32767) + FULL_SCALE_SINE_DBM0)


def _alaw_decode_table() -> np.ndarray:
    codes = np.arange(256) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    value = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, value, -value).astype(np.int16)


def _ulaw_decode_table() -> np.ndarray:
    codes = ~np.arange(256) & 0xFF
    value = ((((codes & 15) << 3) + 0x84) << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -value, value).astype(np.int16)


_DECODE = {"PCMA": _alaw_decode_table(), "PCMU": _ulaw_decode_table()}
_ENCODE = {
    name: np.argsort(table, kind="stable").astype(np.uint8) for name, table in _DECODE.items()
}  # codes in the order of their values
_VALUES = {name: np.sort(table, kind="stable").astype(int) for name, table in _DECODE.items()}


class Codec:
    """8 kHz samples to payload and back, for one direction each."""

    def __init__(self, name: str) -> None:
        self.name = name
        if name == "G722":
            self._lib = ctypes.CDLL("libspandsp.so.2")
            for init in (self._lib.g722_encode_init, self._lib.g722_decode_init):
                init.restype = ctypes.c_void_p
                init.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
            self._encoder = ctypes.c_void_p(self._lib.g722_encode_init(None, 64000, 0))
            self._decoder = ctypes.c_void_p(self._lib.g722_decode_init(None, 64000, 0))

    def encode(self, samples: np.ndarray) -> bytes:
        if self.name == "G722":
            wide = np.repeat(samples, 2).astype(np.int16)
            out = ctypes.create_string_buffer(len(wide))
            n = self._lib.g722_encode(self._encoder, out, wide.ctypes.data_as(ctypes.c_void_p), len(wide))
            return out.raw[:n]
        values = _VALUES[self.name]
        at = np.clip(np.searchsorted(values, samples.astype(int)), 1, 255)
        nearer = np.where(abs(values[at] - samples) < abs(values[at - 1] - samples), at, at - 1)
        return _ENCODE[self.name][nearer].tobytes()

    def decode(self, payload: bytes) -> np.ndarray:
        if self.name == "G722":
            wide = np.zeros(len(payload) * 2, np.int16)
            self._lib.g722_decode(self._decoder, wide.ctypes.data_as(ctypes.c_void_p), payload, len(payload))
            return wide[::2]
        return _DECODE[self.name][np.frombuffer(payload, np.uint8)]


class RtpEnd:
    """Sends 20 ms packets (silence unless told otherwise) to `remote` and records what comes, from the start."""

    def __init__(self, codec: str = "PCMA", host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        self.codec_name = codec
        self._codec = Codec(codec)
        self.remote: tuple[str, int] | None = None
        self.heard: list[np.ndarray] = []
        self.events: list[tuple[int, int]] = []
        """(event code, RTP timestamp) of every RFC 4733 press that was heard, once each."""
        self.event_payload = EVENT_PAYLOAD
        """What the far end wants to receive RFC 4733 as; we receive it as EVENT_PAYLOAD."""
        self.remote_ssrc = 0
        self.packets = 0
        self.key_sent_at = 0.0
        """Monotonic seconds at which the first packet of the last key went out."""
        self._to_send = np.zeros(0, np.int16)
        self._loop = False
        self._keys: list[str] = []
        self._seq, self._timestamp, self._ssrc = 1000, 160000, id(self) & 0xFFFFFFFF
        self._open = True
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def use(self, codec: str) -> None:
        if codec != self.codec_name:
            self.codec_name, self._codec = codec, Codec(codec)

    def say(self, samples: np.ndarray, *, loop: bool = False) -> None:
        """Send this from the next packet on, then silence."""
        with self._lock:
            self._to_send, self._loop, self._position = samples, loop, 0

    def press(self, keys: str) -> None:
        """Send keys by RFC 4733, 100 ms each."""
        with self._lock:
            self._keys.extend(keys)

    def report(self, *, lost: int, jitter_ms: float) -> None:
        """An RTCP receiver report (RFC 3550, 6.4.2) on what we have heard."""
        assert self.remote is not None
        block = struct.pack(">IIIIII", self.remote_ssrc, lost, self.packets, int(jitter_ms * 8), 0, 0)
        data = struct.pack(">BBHI", 0x81, 201, 7, self._ssrc) + block
        self.socket.sendto(data, (self.remote[0], self.remote[1] + 1))

    def mark(self) -> int:
        """A place in the recording, to hear what comes after it."""
        return len(self.heard)

    def since(self, mark: int) -> np.ndarray:
        return np.concatenate(self.heard[mark:]) if len(self.heard) > mark else np.zeros(0, np.int16)

    def hear(self, seconds: float) -> np.ndarray:
        """The next `seconds` of what comes, after the 100 ms that a change needs to come through."""
        time.sleep(0.1)
        mark = self.mark()
        time.sleep(seconds)
        return self.since(mark)

    def level(self, hz: float, seconds: float = 0.3) -> float:
        """dBm0 of one frequency: the middle one of the levels of the next 100 ms pieces, once it has begun (at most 3 s
        are waited for that), so that a busy machine's gaps do not count. What came before is not heard."""
        deadline, start = time.monotonic() + 3, self.mark()
        while self._last(hz, start) < -50 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.08)
        mark = self.mark()
        time.sleep(seconds)
        while len(heard := self.since(mark)) < 800 and time.monotonic() < deadline:
            time.sleep(0.02)
        pieces = [heard[i : i + 800] for i in range(0, len(heard) - 799, 800)]
        return float(np.median([tone_dbm0(piece, hz) for piece in pieces])) if pieces else -99.0

    def falls_silent(self, hz: float) -> bool:
        """Whether 200 ms without that frequency come (no packets count as silence) within 3 s."""
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            mark = self.mark()
            time.sleep(0.2)
            if tone_dbm0(self.since(mark), hz) < -60:
                return True
        return False

    def _last(self, hz: float, start: int = 0) -> float:
        return tone_dbm0(self.since(max(start, self.mark() - 5)), hz)

    def close(self) -> None:
        self._open = False
        for thread in self._threads:
            thread.join(1)
        self.socket.close()

    def _next_frame(self) -> np.ndarray:
        with self._lock:
            frame = self._to_send[self._position : self._position + 160] if len(self._to_send) else self._to_send
            if len(frame):
                self._position += 160
                if self._loop and self._position >= len(self._to_send):
                    self._position = 0
        return np.concatenate([frame, np.zeros(160 - len(frame), np.int16)])

    def _packet(self, payload_type: int, payload: bytes, timestamp: int, *, marker: bool = False) -> bytes:
        self._seq = (self._seq + 1) & 0xFFFF
        head = struct.pack(">BBHII", 0x80, payload_type | (0x80 if marker else 0), self._seq, timestamp, self._ssrc)
        return head + payload

    def _send(self) -> None:
        due = time.monotonic()
        key: tuple[str, int, int] | None = None
        while self._open:
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            self._timestamp = (self._timestamp + 160) & 0xFFFFFFFF
            if self.remote is None:
                continue
            if key is None and self._keys:
                key = (self._keys.pop(0), self._timestamp, 0)
            if key is None:
                packets = [
                    self._packet(PAYLOADS[self.codec_name], self._codec.encode(self._next_frame()), self._timestamp)
                ]
            else:
                self.key_sent_at = time.monotonic() if key[2] == 0 else self.key_sent_at
                packets, key = self._key_packets(*key)
            for packet in packets:
                try:
                    self.socket.sendto(packet, self.remote)
                except OSError:
                    return

    def _key_packets(self, key: str, start: int, n: int) -> tuple[list[bytes], tuple[str, int, int] | None]:
        code = "0123456789*#ABCD".index(key)
        if n >= 8:  # a pause between two presses
            return [], None if n > 10 else (key, start, n + 1)
        end = n >= 5
        duration = min(n + 1, 6) * 160
        body = struct.pack(">BBH", code, (0x80 if end else 0) | 10, duration)
        return [self._packet(self.event_payload, body, start, marker=n == 0)], (key, start, n + 1)

    def _receive(self) -> None:
        while self._open:
            try:
                data, _ = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if len(data) < 12:
                continue
            payload_type, timestamp = data[1] & 0x7F, struct.unpack(">I", data[4:8])[0]
            self.packets += 1
            self.remote_ssrc = struct.unpack(">I", data[8:12])[0]
            if payload_type == EVENT_PAYLOAD:
                press = (data[12], timestamp)
                if press not in self.events:
                    self.events.append(press)
            elif payload_type == PAYLOADS[self.codec_name]:
                self.heard.append(self._codec.decode(data[12:]))

    @property
    def keys_heard(self) -> str:
        return "".join("0123456789*#ABCD"[code] for code, _ in self.events)
