"""The media clock of the native core (native/clock.h), and the true arrival times of what it takes in late."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

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
    source: str
    """host:port from which its sound came, when that is not the address that the far end had told; or ""."""


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
    """Watches the RTP and RTCP sockets of one stream until `end`, and lets in what comes from its far end alone."""

    def __init__(
        self, rtp: int, rtcp: int, *, payload_type: int, clock_rate: int, remote: str, remote_rtcp: str
    ) -> None:
        """`rtp` and `rtcp` are descriptors; `remote` and `remote_rtcp` the host:port that the far end has told. Where
        they are no IPv4 addresses, or 0.0.0.0, everything is let in. Raises NativeError when too many are watched."""
        (host, port), (_, rtcp_port) = _address(remote), _address(remote_rtcp)
        handle = lib.gw_arrivals_watch(rtp, rtcp, payload_type, clock_rate, host, port, rtcp_port)
        if handle < 0:
            raise NativeError(f"arrivals cannot be watched: {describe(handle)}")
        self._handle = handle

    def end(self) -> Arrived:
        """What was seen; once."""
        seen = lib.gw_arrivals_end(self._handle)
        self._handle = -1
        return Arrived(
            packets=int(seen.packets),
            jitter_ms=float(seen.jitter_mean),
            rtcp_late_ms=float(seen.rtcp_late_mean),
            source=f"{IPv4Address(seen.other_ip)}:{seen.other_port}" if seen.other_ip else "",
        )


def shut(descriptor: int) -> None:
    """Let nothing in by this UDP socket until `open_to_all`, or until Arrivals watches it. Raises NativeError."""
    if lib.gw_gate_shut(descriptor):
        raise NativeError("a media socket takes no filter")


def open_to_all(descriptor: int) -> None:
    """Let everything in by this UDP socket."""
    lib.gw_gate_open(descriptor)


def _address(text: str) -> tuple[int, int]:
    """(IPv4 address, port) of host:port; (0, 0) of what is none."""
    host, _, port = text.rpartition(":")
    try:
        return int(IPv4Address(host)), int(port)
    except (AddressValueError, ValueError):
        return 0, 0
