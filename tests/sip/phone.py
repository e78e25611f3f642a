"""A foreign SIP phone in a few lines, for what needs a hand on every message: raw headers, holds at will, silence.

It knows UDP and TCP, one call at a time, and answers what a phone answers by itself (BYE, OPTIONS, re-INVITE).
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from typing import Any, Literal, Self

from tests.sip.rtp import PAYLOADS, RtpEnd

Mode = Literal["answer", "ring", "busy", "silent", "manual"]


class Message:
    """One SIP message as it was on the wire."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        head, _, self.body = raw.partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.lines = lines

    def all(self, name: str) -> list[str]:
        want = name.lower() + ":"
        return [line[len(want) :].strip() for line in self.lines if line.lower().startswith(want)]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def code(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return "" if self.code else self.start.split()[0]

    @property
    def cseq(self) -> tuple[int, str]:
        number, method = self.get("CSeq").split()
        return int(number), method

    def __repr__(self) -> str:
        return f"<{self.start}>"


class Phone:
    """`mode` says what it does with an INVITE: ring and answer, ring only, be busy, be silent (unplugged), or
    nothing until told."""

    def __init__(
        self,
        user: str = "phone",
        *,
        mode: Mode = "answer",
        codec: str = "PCMA",
        tcp: bool = False,
        telephone_event: bool = True,
    ) -> None:
        self.user, self.mode, self.tcp, self.telephone_event = user, mode, tcp, telephone_event
        self.codec = codec
        self.rtp = RtpEnd(codec)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self._stream: socket.socket | None = None
        self.received: list[Message] = []
        self.tag, self.call_id, self.cseq = f"{random.getrandbits(40):x}", "", 0
        self.remote_tag = self.target = ""
        self.incoming: Message | None = None
        self.direction = "sendrecv"
        self._news = threading.Condition()
        self._open = True
        if tcp:
            self.socket.listen(4)
        self._threads = [threading.Thread(target=self._listen_tcp if tcp else self._listen_udp, daemon=True)]
        self._threads[0].start()

    # -- where it is

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@127.0.0.1:{self.port}{';transport=tcp' if self.tcp else ''}"

    # -- calling

    def invite(self, uri: str, *, headers: str = "", from_: str = "", sdp: str | None = None) -> None:
        """Send an INVITE; wait for answers with `wait`."""
        self.target, self.remote_uri = uri, f"<{uri}>"
        self.local_uri = from_ or f'"{self.user}" <sip:{self.user}@127.0.0.1:{self.port}>'
        self.call_id, self.cseq, self.remote_tag = f"{random.getrandbits(60):x}@phone", 1, ""
        host, port = re.search(r"@([\d.]+):(\d+)", uri).groups()
        self.peer = (host, int(port))
        self._invite_branch = self._request("INVITE", sdp if sdp is not None else self.sdp(), headers)

    def call(self, uri: str, **more: Any) -> Message:
        """Call and wait for the final answer; a 200 is acknowledged and its audio taken up."""
        self.invite(uri, **more)
        return self.finish_invite()

    def finish_invite(self, timeout_s: float = 10.0) -> Message:
        final = self.wait(lambda m: m.code >= 200 and m.cseq == (self.cseq, "INVITE"), timeout_s)
        self._learn(final)
        self._ack(final)
        return final

    def cancel(self) -> None:
        self._send(self._text("CANCEL", branch=self._invite_branch, cseq=self.cseq, tagged=False))

    def reinvite(self, direction: str = "sendrecv", codec: str = "") -> Message:
        """Hold ("sendonly", "inactive") or resume; the final answer."""
        self.direction, self.codec = direction, codec or self.codec
        self.cseq += 1
        self._invite_branch = self._request("INVITE", self.sdp())
        return self.finish_invite()

    def bye(self) -> None:
        self.cseq += 1
        self._request("BYE")

    def refer(self, target: str) -> Message:
        """Ask the far end to transfer its call to `target` (RFC 3515); its answer."""
        self.cseq += 1
        self._request("REFER", headers=f"Refer-To: <{target}>\r\nReferred-By: <{self.uri}>\r\n")
        cseq = (self.cseq, "REFER")
        return self.wait(lambda m: m.code >= 200 and m.cseq == cseq)

    def told(self, timeout_s: float = 10.0) -> str:
        """The final word of the transfer that it has asked for: the start line in the NOTIFY that ends it."""
        final = self.wait(
            lambda m: m.method == "NOTIFY" and m.get("Subscription-State").startswith("terminated"), timeout_s
        )
        return final.body.strip()

    def hang_up(self) -> None:
        """BYE, and be ready for the next call."""
        self.bye()
        cseq = (self.cseq, "BYE")
        self.wait(lambda m: m.code >= 200 and m.cseq == cseq)
        self.forget()

    def forget(self) -> None:
        """The call is over: be ready for the next one."""
        self.incoming, self.remote_tag, self.call_id = None, "", ""
        self.rtp.remote = None
        self.received.clear()

    def info(self, key: str) -> None:
        self.cseq += 1
        body = f"Signal={key}\r\nDuration=160\r\n"
        self._request("INFO", body, content_type="application/dtmf-relay")

    # -- being called

    def respond(self, request: Message, code: int, reason: str = "x", *, sdp: bool = False) -> None:
        lines = [f"SIP/2.0 {code} {reason}"]
        lines += [line for line in request.lines if line.lower().startswith(("via:", "record-route:"))]
        to = request.get("To")
        if ";tag=" not in to and code > 100:
            to += f";tag={self.tag}"
        lines += [f"From: {request.get('From')}", f"To: {to}", f"Call-ID: {request.get('Call-ID')}"]
        lines += [f"CSeq: {request.get('CSeq')}", f"Contact: <{self.uri}>"]
        self._send(_closed(lines, self.sdp() if sdp else "", "application/sdp"))

    def pick_up(self) -> None:
        """Answer the INVITE that is ringing."""
        assert self.incoming is not None
        self.respond(self.incoming, 200, "OK", sdp=True)

    # -- waiting

    def wait(self, matching: Any, timeout_s: float = 10.0) -> Message:
        """The first received message that matches, be it here already or not."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while True:
                for message in self.received:
                    if matching(message):
                        return message
                left = deadline - time.monotonic()
                assert left > 0, f"{self.user}: it did not come; there were {self.received}"
                self._news.wait(left)

    def wait_for(self, method: str, timeout_s: float = 10.0) -> Message:
        return self.wait(lambda m: m.method == method, timeout_s)

    def wait_code(self, code: int, timeout_s: float = 10.0) -> Message:
        return self.wait(lambda m: m.code == code, timeout_s)

    @property
    def codes(self) -> list[int]:
        return [m.code for m in self.received if m.code]

    # -- inside

    def sdp(self) -> str:
        payload = PAYLOADS[self.codec]
        event = "\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16" if self.telephone_event else ""
        return (
            f"v=0\r\no=- 1 {self.cseq + 1} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.port} RTP/AVP {payload}{' 101' if self.telephone_event else ''}\r\n"
            f"a=rtpmap:{payload} {self.codec}/8000{event}\r\na=ptime:20\r\na={self.direction}\r\n"
        )

    def _text(
        self, method: str, body: str = "", headers: str = "", *, branch: str = "", cseq: int = 0,
        content_type: str = "application/sdp", tagged: bool = True,
    ) -> bytes:  # fmt: skip
        transport = "TCP" if self.tcp else "UDP"
        to = self.remote_uri + (f";tag={self.remote_tag}" if self.remote_tag and tagged else "")
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/{transport} 127.0.0.1:{self.port};rport;branch={branch}",
            "Max-Forwards: 70",
            f"From: {self.local_uri};tag={self.tag}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq or self.cseq} {method}",
            f"Contact: <{self.uri}>",
        ]
        lines += [line for line in headers.split("\r\n") if line]
        return _closed(lines, body, content_type)

    def _request(self, method: str, body: str = "", headers: str = "", content_type: str = "application/sdp") -> str:
        branch = f"z9hG4bK{random.getrandbits(60):x}"
        self._send(self._text(method, body, headers, branch=branch, content_type=content_type))
        return branch

    def _ack(self, final: Message) -> None:
        branch = f"z9hG4bK{random.getrandbits(60):x}" if final.code < 300 else self._invite_branch
        self._send(self._text("ACK", branch=branch))

    def _learn(self, message: Message) -> None:
        """Tag and target of the far end from an answer to us, and where its audio goes."""
        tag = re.search(r";tag=([^;\s]+)", message.get("To"))
        self.remote_tag = tag[1] if tag else self.remote_tag
        contact = re.search(r"<([^>]+)>", message.get("Contact"))
        if message.code < 300 and contact:
            self.target = contact[1]
        self._take_audio(message.body)

    def _take_audio(self, sdp: str) -> None:
        port, host = re.search(r"m=audio (\d+) RTP/AVP (\d+)", sdp), re.search(r"c=IN IP4 ([\d.]+)", sdp)
        if port and host:
            self.rtp.use(next(name for name, number in PAYLOADS.items() if number == int(port[2])))
            self.rtp.remote = (host[1], int(port[1]))
            event = re.search(r"a=rtpmap:(\d+) telephone-event", sdp)
            self.rtp.event_payload = int(event[1]) if event else self.rtp.event_payload

    def _send(self, data: bytes) -> None:
        assert self.peer is not None
        if not self.tcp:
            self.socket.sendto(data, self.peer)
            return
        if self._stream is None:
            self._stream = socket.create_connection(self.peer)
            self._start(self._read_stream, self._stream)
        self._stream.sendall(data)

    def _start(self, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen_udp(self) -> None:
        self.socket.settimeout(0.1)
        while self._open:
            try:
                data, self.peer = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            self._take(data.decode(errors="replace"))

    def _listen_tcp(self) -> None:
        self.socket.settimeout(0.1)
        while self._open:
            try:
                stream, address = self.socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._stream, self.peer = stream, address
            self._start(self._read_stream, stream)

    def _read_stream(self, stream: socket.socket) -> None:
        buffer = ""
        while self._open:
            try:
                data = stream.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data.decode(errors="replace")
            while "\r\n\r\n" in buffer:
                head, _, rest = buffer.partition("\r\n\r\n")
                length = re.search(r"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                n = int(length[1]) if length else 0
                if len(rest) < n:
                    break
                self._take(f"{head}\r\n\r\n{rest[:n]}")
                buffer = rest[n:]

    def _take(self, raw: str) -> None:
        message = Message(raw)
        if message.method:
            self._hear_request(message)
        with self._news:
            self.received.append(message)
            self._news.notify_all()

    def _hear_request(self, request: Message) -> None:
        if self.mode == "silent":
            return
        if request.method == "INVITE":
            self._hear_invite(request)
        elif request.method == "CANCEL":
            self.respond(request, 200, "OK")
            if self.incoming is not None:
                self.respond(self.incoming, 487, "Request Terminated")
        elif request.method == "ACK":
            self._take_audio(request.body)
        else:
            self.respond(request, 200, "OK")

    def _hear_invite(self, request: Message) -> None:
        again = self.incoming is not None or self.remote_tag
        self._take_audio(request.body)
        if request.body:
            self.rtp.use(self.codec)  # the offer names several; we answer with ours
        if again:
            if self.mode != "manual" or self.remote_tag:
                self.respond(request, 200, "OK", sdp=True)
            return
        self.incoming = request
        self.call_id = request.get("Call-ID")
        self.remote_tag = re.search(r";tag=([^;\s]+)", request.get("From"))[1]
        self.remote_uri = re.sub(r";tag=.*", "", request.get("From"))
        self.local_uri = request.get("To")
        self.target = re.search(r"<([^>]+)>", request.get("Contact"))[1]
        self.cseq = 100
        if self.mode == "busy":
            self.respond(request, 486, "Busy Here")
        elif self.mode in ("answer", "ring"):
            self.respond(request, 180, "Ringing")
            if self.mode == "answer":
                self.respond(request, 200, "OK", sdp=True)

    def close(self) -> None:
        self._open = False
        self.rtp.close()
        for end in (self.socket, self._stream):
            if end is not None:
                end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _closed(lines: list[str], body: str, content_type: str) -> bytes:
    if body:
        lines.append(f"Content-Type: {content_type}")
    lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode(errors="surrogateescape")
