"""Baresip's SIP trace (`baresip -s`) read line by line into messages: what a foreign phone sent and received.

A block is a mark, a line "UDP source -> destination", the message as it was on the wire, and an end mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGIN = "\x1b[36;1m#"
END = "\x1b[;m"
_WAY = re.compile(r"^(?:UDP|TCP|TLS) (\S+) -> (\S+)$")
_NAME = re.compile(r'^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<')


@dataclass(frozen=True)
class SipMessage:
    """One message as a party saw it on its own wire. `at` is Unix time."""

    at: float
    sent: bool
    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """INVITE, BYE, ... of a request; empty for a response."""
        return "" if self.start.startswith("SIP/2.0 ") else self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """Status code of a response; 0 for a request."""
        return int(self.start.split(" ", 2)[1]) if self.start.startswith("SIP/2.0 ") else 0

    def header(self, name: str) -> str:
        """First value of a header, any case; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def cseq_method(self) -> str:
        """The method that a request has or a response answers."""
        return self.header("CSeq").rpartition(" ")[2]

    @property
    def from_name(self) -> str:
        """Display name in From, unquoted."""
        found = _NAME.match(self.header("From"))
        if not found:
            return ""
        return re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2].strip()


class TraceReader:
    """Lines in, messages out; everything else of baresip's output is no message."""

    def __init__(self, own_port: int) -> None:
        self._own = f":{own_port}"
        self._lines: list[str] | None = None

    def feed(self, line: str, at: float) -> SipMessage | None:
        """One line without its line end. Returns the message that it completes."""
        if line.endswith(BEGIN):
            self._lines = []
            return None
        if self._lines is None:
            return None
        if line != END:
            self._lines.append(line)
            return None
        lines, self._lines = self._lines, None
        way = _WAY.match(lines[0]) if lines else None
        if way is None or len(lines) < 2:
            return None
        blank = lines.index("", 1) if "" in lines[1:] else len(lines)
        pairs = (text.partition(":") for text in lines[2:blank])
        return SipMessage(
            at=at,
            sent=way[1].endswith(self._own),
            start=lines[1],
            headers=tuple((name.strip(), value.strip()) for name, _, value in pairs),
            body="\n".join(lines[blank + 1 :]),
        )
