"""Cleaning of what goes into a SIP header: nothing that comes from a file, a caller or the network may end the header
and begin another one (CR, LF), or leave its quotes.

Control characters become a space, so that words stay apart; what is too long is cut at a character's border.
"""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 80
"""Bytes of a display name; phones show 20 to 40 characters."""
VALUE_LIMIT = 400
"""Bytes of a header value of ours."""

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,64}")
_URI = re.compile(r"(?i)(?:sips?|tel):[^\s<>\"\x00-\x20\x7f]{1,250}")
_BREAKING = {"Cc", "Cf", "Zl", "Zp", "Cs"}
_OURS_ALONE = frozenset(
    """via from to call-id cseq contact max-forwards content-length content-type content-encoding route record-route
    authorization proxy-authorization require proxy-require supported allow expires event replaces referred-by
    refer-to session-expires min-se rseq rack f t i m v c l k""".split()  # noqa: SIM905
)


def one_line(text: str, limit: int) -> str:
    """`text` without control, format, line-separating and surrogate characters, at most `limit` bytes of UTF-8."""
    plain = "".join(" " if unicodedata.category(char) in _BREAKING else char for char in text)
    data = " ".join(plain.split()).encode("utf-8", errors="ignore")[:limit]
    return data.decode("utf-8", errors="ignore").rstrip()


def quoted(text: str) -> str:
    """A display name as a quoted-string (RFC 3261, 25.1), or "" for an empty one."""
    clean = one_line(text, NAME_LIMIT)
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if clean else ""


def user_part(text: str) -> str:
    """A user part of a SIP URI: what is not allowed there is escaped (RFC 3261, 25.1)."""
    allowed = "-_.!~*'()&=+$,/"
    return "".join(
        char if char.isascii() and (char.isalnum() or char in allowed) else "".join(f"%{b:02X}" for b in char.encode())
        for char in one_line(text, 64)
    )


def clean_header(name: str, value: str) -> tuple[str, str] | None:
    """Name and value fit for the wire; None when the name is no token or belongs to the SIP stack."""
    if not _TOKEN.fullmatch(name) or name.lower() in _OURS_ALONE:
        return None
    return name, one_line(value, VALUE_LIMIT)


def is_uri(text: str) -> bool:
    """Whether `text` can stand as a request URI (sip, sips or tel) without hurting the message."""
    return _URI.fullmatch(text) is not None
