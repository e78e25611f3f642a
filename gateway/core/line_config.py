"""What a line process is told when it starts: one JSON file, mode 0600 because it can hold a trunk's password.

`python -m gateway.line CONFIG.json` reads it; the control process (or the admin's systemd unit) writes it.
"""

from __future__ import annotations

import msgspec


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """One SIP provider. With `user` and `register` it is registered with; without, it knows us by our address."""

    id: str
    host: str
    """Registrar and next hop: `sip.example.net` or `192.0.2.1:5060`."""
    user: str = ""
    password: str = ""
    """From the file that `password_file` names, or from the environment; never in gateway.yaml, never logged."""
    realm: str = "*"
    register: bool = True
    transport: str = "udp"
    from_user: str = ""
    """User part of From on outgoing calls: the office's own number."""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Trunk(id={self.id!r}, host={self.host!r}, user={self.user!r}, register={self.register})"


class LineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One line process: where it listens, what it may use, where the clips lie."""

    line: str
    socket: str
    """Path of the Unix socket (SOCK_SEQPACKET) on which it listens for the control process."""
    bind: str = "0.0.0.0"  # noqa: S104 - a gateway faces its network
    port: int = 5060
    """UDP, and TCP when `tcp`; 0 takes any free port (tests)."""
    public_address: str = ""
    """Address for Contact and SDP when the box stands behind NAT; empty: found by the library."""
    tcp: bool = True
    rtp_port: int = 4000
    """First RTP port; `rtp_ports` of them (even: RTP, odd: RTCP)."""
    rtp_ports: int = 1000
    codecs: tuple[str, ...] = ("PCMA/8000", "PCMU/8000", "G722/16000")
    callers_max: int = 0
    """0: half of the legs that the library has."""
    retry_after_s: int = 5
    clips_dir: str = ""
    """Clips are `<clips_dir>/<key>.pcm`: raw int16 little-endian mono 8 kHz."""
    data_dir: str = ""
    """The gateway's state folder, in which recordings lie; empty: nothing can be recorded."""
    trunks: tuple[Trunk, ...] = ()
    user_agent: str = "edge-gateway"
    inband_dtmf: bool = True
    orphan_exit_s: float = 60.0
    """Without a control process and without a call for that long, the line leaves."""
    log_level: str = "INFO"
