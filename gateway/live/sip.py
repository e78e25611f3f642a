"""SIP messages of the foreign telephones: read from a datagram, written to one (RFC 3261, 7). No state, no network."""

from __future__ import annotations

import random
import re

_COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
}  # fmt: skip
HOST = "127.0.0.1"
"""Where all far ends of a trial are."""
_random = random.SystemRandom()
_URI = re.compile(r"<([^>]+)>")
_TAG = re.compile(r";\s*tag=([^;\s>]+)")
_HOST = re.compile(r"sips?:(?:[^@]*@)?(\d+\.\d+\.\d+\.\d+)(?::(\d+))?")


class Message:
    """One message as it came. `code` is 0 for a request, `method` empty for an answer."""

    def __init__(self, raw: str) -> None:
        head, _, self.body = raw.partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.headers: list[tuple[str, str]] = []
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                low = name.strip().lower()
                self.headers.append((_COMPACT.get(low, low), value.strip()))
        words = self.start.split(" ")
        answer = words[0] == "SIP/2.0"
        self.code = int(words[1]) if answer and len(words) > 1 and words[1].isdigit() else 0
        self.method = "" if answer else words[0]

    def every(self, name: str) -> list[str]:
        """All values of a header, by its long name in small letters."""
        return [value for header, value in self.headers if header == name]

    def get(self, name: str) -> str:
        """Its first value; empty when it is not there."""
        return next(iter(self.every(name)), "")

    @property
    def call_id(self) -> str:
        return self.get("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method; (0, "") when there is none."""
        number, _, method = self.get("cseq").partition(" ")
        return (int(number) if number.isdigit() else 0), method.strip()

    def tag(self, header: str) -> str:
        """The tag of From or To."""
        found = _TAG.search(self.get(header))
        return found[1] if found else ""

    @property
    def contact(self) -> str:
        """The URI of Contact."""
        found = _URI.search(self.get("contact"))
        return found[1] if found else ""

    def __repr__(self) -> str:
        return f"<{self.start}>"


def write(start: str, headers: list[tuple[str, str]], sdp: str = "") -> bytes:
    """A message with its Content-Length, and Content-Type where there is a body."""
    body = sdp.encode()
    kind = [("Content-Type", "application/sdp")] if body else []
    lines = [start, *(f"{name}: {value}" for name, value in [*headers, *kind, ("Content-Length", str(len(body)))])]
    return "\r\n".join(lines).encode(errors="replace") + b"\r\n\r\n" + body


def answer(request: Message, code: int, reason: str, *, tag: str = "", contact: str = "", sdp: str = "") -> bytes:
    """An answer to a request (RFC 3261, 8.2.6.2): its Via, From, Call-ID and CSeq, and `tag` behind To."""
    to = request.get("to")
    if tag and not _TAG.search(to):
        to += f";tag={tag}"
    headers = [("Via", via) for via in request.every("via")]
    headers += [("Record-Route", route) for route in request.every("record-route")]
    headers += [("From", request.get("from")), ("To", to), ("Call-ID", request.call_id), ("CSeq", request.get("cseq"))]
    if contact:
        headers.append(("Contact", f"<{contact}>"))
    return write(f"SIP/2.0 {code} {reason}", headers, sdp)


def token(bits: int = 48) -> str:
    """A word for tags, branches and Call-IDs that nobody has used."""
    return f"{_random.getrandbits(bits):x}"


def address_of(uri: str) -> tuple[str, int] | None:
    """(host, port) that a SIP URI with an IPv4 address names; None for any other."""
    found = _HOST.match(uri)
    return (found[1], int(found[2] or 5060)) if found else None


def sdp_offer(host: str, port: int, payloads: tuple[int, ...], event: int | None, version: int) -> str:
    """G.711 as in `payloads` (RFC 3551), RFC 4733 events as `event`, 20 ms packets."""
    names = {0: "PCMU", 8: "PCMA"}
    lines = [
        "v=0", f"o=- {port} {version} IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, payloads))}{f' {event}' if event is not None else ''}",
        *(f"a=rtpmap:{payload} {names[payload]}/8000" for payload in payloads),
        *([f"a=rtpmap:{event} telephone-event/8000", f"a=fmtp:{event} 0-15"] if event is not None else []),
        "a=ptime:20", "a=sendrecv",
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


class Media:
    """What an SDP body says of the other side's audio. `payload` None: none that we speak; `event`: of RFC 4733."""

    def __init__(self, sdp: str) -> None:
        media = re.search(r"(?m)^m=audio (\d+) \S+ ([\d ]+)", sdp)
        host = re.search(r"(?m)^c=IN IP4 ([\d.]+)", sdp)
        self.address = (host[1], int(media[1])) if host and media and int(media[1]) else None
        listed = [int(word) for word in media[2].split()] if media else []
        self.payload = next((payload for payload in listed if payload in {0, 8}), None)
        event = re.search(r"(?mi)^a=rtpmap:(\d+) telephone-event/8000", sdp)
        self.event = int(event[1]) if event else None
