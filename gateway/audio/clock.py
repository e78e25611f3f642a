"""The media clock of the native core (native/clock.h), and the true arrival times of what it takes in late."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from gateway.audio._native import ffi, lib
from gateway.audio.running import describe
from gateway.errors import NativeError


@dataclass(frozen=True)
class Arrived:
    """What was seen of one stream; times in ms."""

    packets: int
    jitter_ms: float
    """Mean of the running estimate of RFC 3550 (A.8), by the kernel's time stamps."""
    rtcp_late_ms: float
    """By how much RTCP was taken in late, in the mean: the library's round trip is too long by that."""


def start_clock(bridge: int, *, sample_rate: int, frame_samples: int) -> None:
    """Turn the bridge (address of the pjmedia_port that `setNoDev` gives) from now on. Raises NativeError."""
    status = lib.gw_clock_start(ffi.cast("void *", bridge), sample_rate, frame_samples)
    if status:
        raise NativeError(f"the media clock does not start: {describe(status)}")


def stop_clock() -> None:
    """Before libDestroy. Does nothing when no clock runs."""
    lib.gw_clock_stop()


def frames_skipped() -> int:
    """Frames that were given up because the machine was too busy to turn the bridge in time."""
    return int(lib.gw_clock_skipped())


class Arrivals:
    """Watches the RTP and RTCP sockets of one stream until `end`."""

    def __init__(self, *, rtp_port: int, rtcp_port: int, payload_type: int, clock_rate: int) -> None:
        """The ports are this process's own. Raises NativeError when it has no such sockets, or too many are watched."""
        sockets = _sockets({rtp_port, rtcp_port})
        if len(sockets) < 2:
            raise NativeError(f"no sockets on the ports {rtp_port} and {rtcp_port}")
        handle = lib.gw_arrivals_watch(sockets[rtp_port], sockets[rtcp_port], payload_type, clock_rate)
        if handle < 0:
            raise NativeError(f"arrivals cannot be watched: {describe(handle)}")
        self._handle = handle

    def end(self) -> Arrived:
        """What was seen; once."""
        seen = lib.gw_arrivals_end(self._handle)
        self._handle = -1
        return Arrived(int(seen.packets), float(seen.jitter_mean), float(seen.rtcp_late_mean))


def _sockets(ports: set[int]) -> dict[int, int]:
    """Local UDP port -> descriptor, of this process. The library does not give its descriptors away."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError, ValueError):
            descriptor = int(entry.name)
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=os.dup(descriptor)) as copy:
                if copy.family in (socket.AF_INET, socket.AF_INET6) and copy.type == socket.SOCK_DGRAM:
                    port = copy.getsockname()[1]
                    if port in ports:
                        found[port] = descriptor
    return found
