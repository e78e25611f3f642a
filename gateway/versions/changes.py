"""What of a new version a running box takes at once, and what it can take only when it starts anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from gateway.config.settings import Settings, SipSettings

_AT_START = ("bind", "port", "tcp", "public_address", "lines", "codecs")
"""Of `sip:`. Sockets that phones and the provider speak to, and processes that carry calls, are not changed under
them. `callers_max` and everything outside of `sip:` is taken at once."""


def at_next_start(running: SipSettings, new: SipSettings) -> tuple[str, ...]:
    """The settings that wait for the next start, such as "sip: port 5060 -> 5070". `running` is what the box was
    started with."""
    found = [(name, getattr(running, name), getattr(new, name)) for name in _AT_START]
    found.append(("rtp_ports", _ports(running), _ports(new)))
    return tuple(f"sip: {name} {_shown(before)} -> {_shown(after)}" for name, before, after in found if before != after)


def effective(running: SipSettings, new: Settings) -> Settings:
    """`new` as a box that was started with `running` can run it."""
    return replace(new, sip=replace(running, callers_max=new.sip.callers_max))


def _ports(sip: SipSettings) -> str:
    return f"{sip.rtp_port}..{sip.rtp_port + sip.lines * sip.rtp_ports - 1}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "[" + ", ".join(str(each) for each in value) + "]"
    return str(value) or "none"
