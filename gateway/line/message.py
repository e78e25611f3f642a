"""Reading the text of a SIP message: headers, addresses, users (RFC 3261, 7 and 20.10).

Only what the line wants to know; the message itself was parsed and accepted by PJSIP before. Nothing here raises on
bad text: what cannot be read is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

_COMPACT = {
    "f": "from", "t": "to", "m": "contact", "i": "call-id", "v": "via",
    "c": "content-type", "l": "content-length", "s": "subject", "k": "supported", "r": "refer-to",
}  # fmt: skip
_URI_USER = re.compile(r"(?i)\s*(?:sips?:(?P<user>[^@;?>]*)[^@>]*@|tel:(?P<tel>[^;?>]*))")
_SIP_HOST = re.compile(r"(?i)\s*sips?:(?:[^@>]*@)?(?P<host>\[[^\]]*\]|[^;:?>\s]*)")


@dataclass(frozen=True, slots=True)
class Address:
    """A name-addr or addr-spec with its parameters."""

    uri: str = ""
    name: str = ""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> str:
        """User part, unescaped, without parameters of its own."""
        match = _URI_USER.match(self.uri)
        return unquote(match["user"] or match["tel"] or "") if match else ""

    @property
    def host(self) -> str:
        match = _SIP_HOST.match(self.uri)
        return match["host"].lower() if match else ""


@dataclass(frozen=True, slots=True)
class SipText:
    """Start line and headers, names in lower case and in full, in their order."""

    start: str
    headers: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a header, those joined by commas taken apart."""
        return tuple(part for key, value in self.headers if key == name for part in split_list(value))

    @property
    def request_uri(self) -> str:
        parts = self.start.split(" ")
        return parts[1] if len(parts) == 3 else ""


def read(text: str) -> SipText:
    """Start line and headers of a message; the body is left alone. Bytes that are no UTF-8 become U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    lines = re.sub(r"\r?\n[ \t]+", " ", head).splitlines()
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            headers.append((_COMPACT.get(key, key), value.strip()))
    return SipText(start=lines[0].strip() if lines else "", headers=tuple(headers))


def split_list(value: str) -> tuple[str, ...]:
    """The parts of a comma-separated header; commas inside quotes or angle brackets do not separate."""
    parts, start, quoted, angle, skip = [], 0, False, False, False
    for i, char in enumerate(value):
        if skip:
            skip = False
        elif quoted and char == "\\":
            skip = True
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "<>":
            angle = char == "<"
        elif char == "," and not quoted and not angle:
            parts.append(value[start:i].strip())
            start = i + 1
    parts.append(value[start:].strip())
    return tuple(part for part in parts if part)


def address(value: str) -> Address:
    """`"Name" <sip:user@host>;tag=1` or `sip:user@host;tag=1` taken apart."""
    value = value.strip()
    name = ""
    if value.startswith('"'):
        match = re.match(r'"((?:[^"\\]|\\.)*)"', value)
        if match is None:
            return Address()
        name, value = re.sub(r"\\(.)", r"\1", match[1]), value[match.end() :].strip()
    opening, bracket, rest = value.partition("<")
    if bracket:
        uri, _, tail = rest.partition(">")
        return Address(uri=uri.strip(), name=(name or opening).strip(), params=_params(tail))
    uri, _, tail = value.partition(";")
    return Address(uri=uri.strip(), name=name, params=_params(";" + tail))


def _params(tail: str) -> dict[str, str]:
    found = {}
    for part in tail.split(";")[1:]:
        key, _, value = part.partition("=")
        found[key.strip().lower()] = value.strip().strip('"')
    return found
