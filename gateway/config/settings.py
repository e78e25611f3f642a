"""What `gateway.yaml` settles beside the core's Site: the SIP side, the trunks, the broker, where state is kept."""

from __future__ import annotations

import msgspec

from gateway.core.line_config import Trunk
from gateway.core.site import Site


class SipSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`sip:` in gateway.yaml."""

    bind: str = "0.0.0.0"  # noqa: S104 - a gateway faces its network
    port: int = 5060
    """With `lines: N`, line i (from 0) listens on port + i * 10."""
    tcp: bool = True
    public_address: str = ""
    rtp_port: int = 4000
    rtp_ports: int = 1000
    """For each line; line i starts at rtp_port + i * rtp_ports."""
    lines: int = 1
    callers_max: int = 0
    codecs: tuple[str, ...] = ("PCMA/8000", "PCMU/8000", "G722/16000")


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`mqtt:` in gateway.yaml. The password comes from a file or the environment, never from gateway.yaml."""

    host: str = "127.0.0.1"
    port: int = 1883
    user: str = ""
    password: str = ""
    tls: bool = False
    ca_file: str = ""
    """With `tls`: PEM file of the authority that signed the broker's certificate; empty: the system's own."""
    topic: str = "gateway"
    """Topics begin with `<topic>/<site name>/`."""
    keepalive_s: int = 30

    def __repr__(self) -> str:
        """Without the password."""
        return f"BrokerSettings(host={self.host!r}, port={self.port}, user={self.user!r}, topic={self.topic!r})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A whole site folder, read and sound."""

    folder: str
    site: Site
    sip: SipSettings
    broker: BrokerSettings | None
    """None: no `mqtt:` section, nothing is published."""
    trunks: tuple[Trunk, ...] = ()
    clips: tuple[ClipSource, ...] = ()
    """Every clip that any flow of the site can ask for; all are made ready before the site goes live."""


WAITING_MUSIC = "waiting-music-1"
"""Clip key of the loop that gateway.audio.music makes; the number is raised when the loop changes."""


class ClipSource(msgspec.Struct, frozen=True, kw_only=True):
    """How one clip is made: a text for the speech engine, a recording of the site, or (neither given, key
    WAITING_MUSIC) the waiting music."""

    key: str
    text: str = ""
    language: str = ""
    voice: str = ""
    recording: str = ""
    """Absolute path of a WAV file."""
    place: str = ""
    """file:line:column where it was asked for, for problems."""
