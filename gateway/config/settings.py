"""What `gateway.yaml` settles beside the core's Site: the SIP side, the trunks, the broker, where state is kept."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.line_config import Trunk
from gateway.core.site.site import Site


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


COMMANDS = ("agents", "hours", "cases", "tasks")
"""What `commands:` under `mqtt:` can open: who answers (log in, log out, pause), whether it is open, and what became
of cases and tasks."""


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
    commands: tuple[str, ...] = ("agents",)
    """What may be commanded over MQTT, of COMMANDS; whoever may publish there commands."""

    def __repr__(self) -> str:
        """Without the password."""
        return f"BrokerSettings(host={self.host!r}, port={self.port}, user={self.user!r}, topic={self.topic!r})"


Reload = Literal["command", "watch"]


class Secret(msgspec.Struct, frozen=True):
    """A text that is not shown."""

    value: str

    def __repr__(self) -> str:
        """Without the text."""
        return "Secret()"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A whole site folder, read and sound."""

    folder: str
    site: Site
    sip: SipSettings
    broker: BrokerSettings | None
    """None: no `mqtt:` section, nothing is published."""
    trunks: tuple[Trunk, ...] = ()
    tokens: dict[str, Secret] = msgspec.field(default_factory=dict)
    """Of the HTTP services that want one, by the service's name."""
    clips: tuple[ClipSource, ...] = ()
    """Every clip that any flow of the site can ask for; all are made ready before the site goes live."""
    spare_recordings: dict[str, str] = msgspec.field(default_factory=dict)
    """Recordings in prompts/LANGUAGE/ that nothing plays, and the nearest name that would be played, or ""."""
    reload: Reload = "command"
    """"watch": the box looks for changes in the site's folder by itself."""
    keep_recordings_days: int = 0
    """Older recordings are deleted; 0: none."""


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
    """Absolute path of a WAV file. With `text`, it is a person's voice in place of the engine's for this text."""
    music: bool = False
    """A recording that is music: it keeps its ends and is softer than speech."""
    pause_ms: int = 0
    """Silence behind it."""
    place: str = ""
    """file:line:column where it was asked for, for problems."""
    places: tuple[str, ...] = ()
    """Every such place, the first among them."""
    value: str = ""
    """The variable that can become this text, such as "{manager}"; empty for a text that stands in a file."""
