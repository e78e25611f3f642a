"""The bench's own SIP caller (RFC 3261, UDP, no digest): one call at a time, PCMA and telephone-event."""

from __future__ import annotations

import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Self

from hil_tests.rtp import RtpStream

T1_S = 0.5
_CRLF = "\r\n"


class CallError(Exception):
    """The box did not take the call. `code` as SIP says it; 0 for no answer at all."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"the box answered {code} {reason}" if code else f"the box did not answer: {reason}")


@dataclass
class _Message:
    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> _Message:
        head, _, body = data.decode("utf-8", "replace").partition(_CRLF * 2)
        lines = head.split(_CRLF)
        pairs = (line.partition(":") for line in lines[1:])
        return cls(lines[0], [(name.strip(), value.strip()) for name, _, value in pairs], body)

    def all(self, name: str) -> list[str]:
        short = {"via": "v", "from": "f", "to": "t", "call-id": "i", "contact": "m"}.get(name.lower(), "")
        return [value for key, value in self.headers if key.lower() in (name.lower(), short)]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else 0


def parse_target(target: str) -> tuple[str, str, int]:
    """`sip:user@host[:port]` as (user, host, port). Raises ValueError."""
    found = re.fullmatch(r"sip:([^@;:]+)@([^@;:]+)(?::(\d+))?", target)
    if not found:
        raise ValueError(f"{target!r} is not sip:number@host or sip:number@host:port")
    return found[1], found[2], int(found[3] or 5060)


class Call:
    """A call to `target`; made by `with Call(...) as call:`, which hangs up at the end. Raises CallError."""

    def __init__(self, target: str, *, user: str = "bench", timeout_s: float = 15.0) -> None:
        called, host, port = parse_target(target)
        self._far = (socket.gethostbyname(host), port)
        self._uri, self._timeout_s = f"sip:{called}@{host}:{port}", timeout_s
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(self._far)  # so the kernel names our address towards the box
        self._ip, self._port = self._socket.getsockname()
        self._socket.settimeout(0.1)
        self.rtp = RtpStream(self._ip)
        self._id, self._tag = uuid.uuid4().hex, uuid.uuid4().hex[:10]
        self._from = f"<sip:{user}@{self._ip}:{self._port}>;tag={self._tag}"
        self._contact = f"<sip:{user}@{self._ip}:{self._port}>"
        self._to, self._remote, self._routes = f"<{self._uri}>", self._uri, [""][:0]
        self._branch = ""
        self._cseq = 1
        self._answers: list[_Message] = []
        self._news = threading.Condition()
        self._open = True
        self.ended = threading.Event()
        """Set when the far end has said BYE."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._receive, daemon=True).start()
        try:
            answer = self._invite()
        except BaseException:
            self._close()
            raise
        self._to, self._remote = answer.get("To"), self._address(answer.get("Contact")) or self._uri
        self._routes = answer.all("Record-Route")[::-1]
        self._ack()
        where = re.search(r"^c=IN IP4 (\S+)", answer.body, re.MULTILINE)
        media = re.search(r"^m=audio (\d+) RTP/AVP ([\d ]+)", answer.body, re.MULTILINE)
        if not where or not media or "8" not in media[2].split():
            self.hang_up()
            raise CallError(488, "the answer offers no PCMA audio")
        event = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", answer.body, re.MULTILINE)
        self.rtp.start((where[1], int(media[1])), int(event[1]) if event else None)
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """BYE, unless the far end was first; then everything is closed."""
        if self._open and not self.ended.is_set():
            self._cseq += 1
            self._transact("BYE", "", lambda answer: answer.status >= 200, 4.0)
        self._close()

    def _close(self) -> None:
        self._open = False
        self.rtp.stop()
        self._socket.close()

    def _invite(self) -> _Message:
        sdp = _CRLF.join(
            [
                "v=0",
                f"o=bench {int(time.time())} 1 IN IP4 {self._ip}",
                "s=bench",
                f"c=IN IP4 {self._ip}",
                "t=0 0",
                f"m=audio {self.rtp.port} RTP/AVP 8 101",
                "a=rtpmap:8 PCMA/8000",
                "a=rtpmap:101 telephone-event/8000",
                "a=fmtp:101 0-15",
                "a=ptime:20",
                "a=sendrecv",
                "",
            ]
        )
        answer = self._transact("INVITE", sdp, lambda answer: answer.status >= 200, self._timeout_s)
        if answer is None:
            raise CallError(0, f"no final answer from {self._far[0]}:{self._far[1]} within {self._timeout_s:.0f} s")
        if answer.status >= 300:
            self._to = answer.get("To")
            self._ack(same_branch=True)
            raise CallError(answer.status, answer.start.partition(" ")[2].partition(" ")[2])
        return answer

    def _transact(self, method: str, body: str, final: object, timeout_s: float) -> _Message | None:
        """Send a request, again at T1, 2 T1, ... until something comes back, and wait for its final answer."""
        self._branch = "z9hG4bK" + uuid.uuid4().hex[:16]
        data = self._request(method, self._branch, body)
        until, again, pause = time.monotonic() + timeout_s, 0.0, T1_S
        with self._news:
            while time.monotonic() < until:
                mine = [a for a in self._answers if a.get("CSeq") == f"{self._cseq} {method}"]
                if done := next((a for a in mine if final(a)), None):  # type: ignore[operator]
                    return done
                if not mine and time.monotonic() >= again:
                    self._socket.send(data)
                    again, pause = time.monotonic() + pause, min(2 * pause, 4.0)
                self._news.wait(0.05)
        return None

    def _ack(self, *, same_branch: bool = False) -> None:
        branch = self._branch if same_branch else "z9hG4bK" + uuid.uuid4().hex[:16]
        self._acknowledgement = self._request("ACK", branch, "")
        self._socket.send(self._acknowledgement)

    def _request(self, method: str, branch: str, body: str) -> bytes:
        lines = [
            f"{method} {self._remote} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._ip}:{self._port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {self._from}",
            f"To: {self._to}",
            f"Call-ID: {self._id}",
            f"CSeq: {self._cseq} {method}",
            *(f"Route: {route}" for route in self._routes),
            f"Contact: {self._contact}",
            "User-Agent: edge-gateway-bench",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        return (_CRLF.join(lines) + _CRLF * 2 + body).encode()

    def _receive(self) -> None:
        while self._open:
            try:
                message = _Message.parse(self._socket.recv(65536))
            except TimeoutError:
                continue
            except OSError:
                return
            if message.get("Call-ID") != self._id:
                continue
            if message.status:
                if (
                    message.status == 200
                    and message.get("CSeq").endswith("INVITE")
                    and hasattr(self, "_acknowledgement")
                ):
                    self._socket.send(self._acknowledgement)  # our ACK was lost: RFC 3261, 13.2.2.4
                with self._news:
                    self._answers.append(message)
                    self._news.notify_all()
                continue
            method = message.start.split(" ")[0]
            if method != "ACK":
                self._answer(message, 200 if method in ("BYE", "OPTIONS") else 488)
            if method == "BYE":
                self.ended.set()

    def _answer(self, request: _Message, code: int) -> None:
        copied = [(name, value) for name in ("Via", "From", "To", "Call-ID", "CSeq") for value in request.all(name)]
        lines = [f"SIP/2.0 {code} {'OK' if code == 200 else 'Not Acceptable Here'}"]
        lines += [f"{name}: {value}" for name, value in copied] + ["Content-Length: 0"]
        self._socket.send((_CRLF.join(lines) + _CRLF * 2).encode())

    @staticmethod
    def _address(contact: str) -> str:
        found = re.search(r"<([^>]+)>", contact)
        return found[1] if found else contact.split(";")[0].strip()
