"""The RTP and RTCP sockets of this line's legs: shut until the far end is known, then open to it alone (native/gate.c).

Between an INVITE and its answer there is nobody who could be heard. What comes then is for an earlier call that had the
same port; it would be the first thing that is heard of this one, and take what is said to it elsewhere.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.audio.clock import Arrivals, open_to_all, shut
from gateway.errors import NativeError

if TYPE_CHECKING:
    from gateway.line.legs import Leg

log = logging.getLogger(__name__)

_CLOCK_RATE_HZ = 8000
"""The RTP clock of every codec that the line offers, that of G.722 too (RFC 3551, 4.5.2)."""


class MediaSockets:
    """`first` and `ports` are the range that this line takes its RTP ports from. The library does not give its
    descriptors away, so they are found by their ports; a socket is looked at once."""

    def __init__(self, first: int, ports: int) -> None:
        self._range = range(first, first + ports)
        self._ports: dict[int, int] = {}
        """Inode of each socket of this process -> its local UDP port; 0 of what is none."""

    def shut_new(self) -> None:
        """Let nothing into the sockets that are new: those of a leg whose far end is not known yet."""
        try:
            for port, descriptor in self._look(new=True).items():
                if port in self._range:
                    shut(descriptor)
        except NativeError as error:
            log.warning("media sockets stay open to all: %s", error)

    def watch(self, leg: Leg, media: int, info: Any) -> Arrivals | None:
        """From now on its far end is heard. `info` is the StreamInfo of its stream `media`."""
        where = leg.sip.getMedTransportInfo(media)
        rtp, rtcp = (int(str(name).rpartition(":")[2]) for name in (where.localRtpName, where.localRtcpName))
        found = self._look()
        mine = [found.get(port, -1) for port in (rtp, rtcp)]
        try:
            return Arrivals(
                *mine,
                payload_type=int(info.rxPt),
                clock_rate=_CLOCK_RATE_HZ,
                remote=str(info.remoteRtpAddress),
                remote_rtcp=str(info.remoteRtcpAddress),
            )
        except NativeError as error:
            log.warning("leg %s: anybody is heard, and its jitter is only known to a frame: %s", leg.id, error)
            for descriptor in mine:
                open_to_all(descriptor)
            return None

    def _look(self, *, new: bool = False) -> dict[int, int]:
        """Local UDP port -> descriptor, of this process; or of the sockets that the last look has not seen."""
        found: dict[int, int] = {}
        ports: dict[int, int] = {}
        for entry in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError, ValueError):
                descriptor = int(entry.name)
                seen = os.fstat(descriptor)
                if not stat.S_ISSOCK(seen.st_mode):
                    continue
                port = self._ports.get(seen.st_ino)
                if port is None or not new:
                    found[_port(descriptor) if port is None else port] = descriptor
                ports[seen.st_ino] = _port(descriptor) if port is None else port
        self._ports = ports
        found.pop(0, None)
        return found


def _port(descriptor: int) -> int:
    """Local port of a UDP socket; 0 of any other."""
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        udp = copy.family in (socket.AF_INET, socket.AF_INET6) and copy.type == socket.SOCK_DGRAM
        return int(copy.getsockname()[1]) if udp else 0
