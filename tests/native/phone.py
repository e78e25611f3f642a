"""A telephone as a program of its own: calls a SIP address, speaks and keys what it is told, writes down what it hears.

It shares no code with the gateway. It talks until the gateway hangs up: how long a call takes is for the one to say who
knows what must happen in it, however slow the machine is. Run as `python phone.py '{"port": 5070, "keys": [...]}'`:
    voice_hz      a tone at -20 dBm0 that it sends all the time (0: silence)
    keys          [{"at_ms": 900, "digit": "5", "how": "inband" | "rfc4733", "ms": 100, "mischief": "..."}]
    at_ms         counts from the first packet that it hears and that is loud (a prompt has begun)
    mischief      "" | "reordered" | "first_lost" | "ends_lost", of an RFC 4733 key
It prints one JSON object: packets heard, their levels in order, and whether it was answered and let go properly.
"""

from __future__ import annotations

import json
import math
import random
import re
import select
import socket
import struct
import sys
import time

FRAME = 160
ROWS, COLUMNS = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = "123A456B789C*0#D"
EVENTS = "0123456789*#ABCD"  # RFC 4733, table 4
EVENT_PAYLOAD = 101
LOUD = 1000.0  # RMS: a prompt, and no noise of ours
TALK_MOST_S = 120.0  # a call that nobody ends


def ulaw(sample: int) -> int:
    """G.711 u-law of a 16 bit sample."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


def linear(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((code & 0x0F) << 3 | 0x84) << (code >> 4 & 7)
    return 132 - magnitude if code & 0x80 else magnitude - 132


LINEAR = [linear(code) for code in range(256)]


def amplitude(dbm0: float) -> float:
    return 32768 * 10 ** ((dbm0 - 3.14) / 20)


class Phone:
    def __init__(self, script: dict) -> None:
        self.script = script
        self.gateway = ("127.0.0.1", script["port"])
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind(("127.0.0.1", 0))
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(("127.0.0.1", 0))
        self.tag, self.call_id = f"{random.getrandbits(32):08x}", f"{random.getrandbits(64):016x}@127.0.0.1"
        self.to_tag, self.contact, self.media = "", "", None
        self.heard: list[tuple[int, float]] = []
        self.prompted: int | None = None
        self.ssrc, self.seq, self.first_ts = random.getrandbits(32), random.getrandbits(15), random.getrandbits(31)

    def request(self, method: str, cseq: int, body: str = "") -> None:
        here = f"127.0.0.1:{self.sip.getsockname()[1]}"
        target = self.contact if self.contact and method != "INVITE" else f"sip:test@127.0.0.1:{self.gateway[1]}"
        to_tag = f";tag={self.to_tag}" if self.to_tag else ""
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};rport;branch=z9hG4bK{random.getrandbits(48):012x}",
            "Max-Forwards: 70",
            f"From: <sip:phone@127.0.0.1>;tag={self.tag}",
            f"To: <sip:test@127.0.0.1>{to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:phone@{here}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.gateway)

    def answer_to(self, cseq: str, seconds: float) -> str:
        """The final answer to our request, or an empty text."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.sip], [], [], left)[0]:
                break
            text = self.sip.recv(65535).decode("utf-8", "replace")
            if text.startswith("SIP/2.0 ") and f"CSeq: {cseq}" in text and not text.startswith("SIP/2.0 1"):
                return text
        return ""

    def call(self) -> bool:
        rtp_port = self.rtp.getsockname()[1]
        sdp = "\r\n".join([
            "v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            f"m=audio {rtp_port} RTP/AVP 0 {EVENT_PAYLOAD}", "a=rtpmap:0 PCMU/8000",
            f"a=rtpmap:{EVENT_PAYLOAD} telephone-event/8000", f"a=fmtp:{EVENT_PAYLOAD} 0-15", "a=sendrecv", "",
        ])  # fmt: skip
        self.request("INVITE", 1, sdp)
        answer = self.answer_to("1 INVITE", 10)
        if not answer.startswith("SIP/2.0 200"):
            return False
        self.to_tag = re.search(r"^To:.*;tag=([^\s;]+)", answer, re.MULTILINE)[1]
        self.contact = re.search(r"^Contact:\s*<([^>]+)>", answer, re.MULTILINE)[1]
        self.media = ("127.0.0.1", int(re.search(r"^m=audio (\d+)", answer, re.MULTILINE)[1]))
        self.request("ACK", 1)
        return True

    def send(self, payload: bytes, ts: int, kind: int = 0, marker: bool = False) -> None:
        self.rtp.sendto(self.packet(payload, ts, kind, marker), self.media)

    def packet(self, payload: bytes, ts: int, kind: int, marker: bool) -> bytes:
        self.seq = self.seq + 1 & 0xFFFF
        head = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), self.seq, ts & 0xFFFFFFFF, self.ssrc)
        return head + payload

    def event_packets(self, key: dict, ts: int) -> list[list[bytes]]:
        """The packets of an RFC 4733 key, by frame; the last frame carries the end three times."""
        frames = max(2, key["ms"] // 20)
        code = EVENTS.index(key["digit"])
        out = [[self.packet(struct.pack("!BBH", code, 10, FRAME * (i + 1)), ts, EVENT_PAYLOAD, i == 0)]
               for i in range(frames - 1)]  # fmt: skip
        end = struct.pack("!BBH", code, 0x80 | 10, FRAME * frames)
        out.append([self.packet(end, ts, EVENT_PAYLOAD, False) for _ in range(3)])
        match key.get("mischief", ""):
            case "first_lost":
                out[0] = []
            case "ends_lost":
                out[-1] = []
            case "reordered":  # the first end overtakes, the packets before it come after it
                out[-2], out[-1] = out[-1][:1], [*out[-2], *out[-1][1:]]
        return out

    def frame_of(self, key: dict) -> float:
        """The frame in which a key begins; far away while no prompt was heard."""
        return math.inf if self.prompted is None else self.prompted + key["at_ms"] // 20

    def voice(self, frame: int) -> bytes:
        tones = []
        if hz := self.script.get("voice_hz", 0):
            tones.append((hz, amplitude(-20)))
        for key in self.script.get("keys", []):
            if key["how"] == "inband" and 0 <= frame - self.frame_of(key) < key["ms"] // 20:
                row, column = divmod(KEYS.index(key["digit"]), 4)
                tones = [(ROWS[row], amplitude(-8)), (COLUMNS[column], amplitude(-6))]
        first = frame * FRAME
        return bytes(
            ulaw(round(sum(a * math.sin(2 * math.pi * hz * n / 8000) for hz, a in tones)))
            for n in range(first, first + FRAME)
        )

    def hear(self, frame: int, until: float) -> None:
        """Takes in what has come, even when it is late, and what comes until then."""
        while select.select([self.rtp], [], [], max(0.0, until - time.monotonic()))[0]:
            packet = self.rtp.recv(2048)
            if packet[1] & 0x7F == 0:
                samples = [LINEAR[code] for code in packet[12:]]
                rms = math.sqrt(sum(x * x for x in samples) / max(1, len(samples)))
                self.heard.append((struct.unpack("!H", packet[2:4])[0], rms))
                if self.prompted is None and rms > LOUD:
                    self.prompted = frame + 1

    def talk(self) -> bool:
        """Until the gateway hangs up; False when it does not."""
        began, frame = time.monotonic(), 0
        waiting: dict[int, list[bytes]] = {}
        while not self.let_go():
            ts = self.first_ts + frame * FRAME
            for key in self.script.get("keys", []):
                if key["how"] == "rfc4733" and self.frame_of(key) == frame:
                    waiting |= {frame + i: p for i, p in enumerate(self.event_packets(key, ts))}
            if frame in waiting:
                for packet in waiting[frame]:
                    self.rtp.sendto(packet, self.media)
            else:
                self.send(self.voice(frame), ts)
            self.hear(frame, began + (frame + 1) * 0.02)
            frame += 1
            if time.monotonic() - began > TALK_MOST_S:
                return False
        self.hear(frame, 0.0)  # what was sent before the BYE
        return True

    def let_go(self) -> bool:
        """Whether the gateway has hung up; it is answered."""
        while select.select([self.sip], [], [], 0)[0]:
            text = self.sip.recv(65535).decode("utf-8", "replace")
            if text.startswith("BYE "):
                kept = [line for line in text.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq):", line)]
                answer = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
                self.sip.sendto(answer.encode(), self.gateway)
                return True
        return False


def main() -> None:
    phone = Phone(json.loads(sys.argv[1]))
    answered = phone.call()
    let_go = answered and phone.talk()
    print(json.dumps({"answered": answered, "let_go": let_go, "heard": [round(rms, 1) for _, rms in phone.heard]}))


if __name__ == "__main__":
    main()
