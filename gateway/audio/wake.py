"""Readiness of a socket inside PJSIP's own I/O queue: `libHandleEvents` returns as soon as it can be read."""

from __future__ import annotations

import enum
import socket

from gateway.audio._native import ffi, lib
from gateway.audio.running import describe
from gateway.errors import NativeError


class Readiness(enum.IntEnum):
    IDLE = 0
    ARMED = 1
    READABLE = 2
    CLOSED = 3
    FAILED = 4


class Wake:
    """Watches one socket. Nothing is read from it: drain it with `recv(..., MSG_DONTWAIT)`, then arm again.

        wake = Wake(control.fileno())
        while running:
            if wake.arm() is Readiness.ARMED:
                endpoint.libHandleEvents(100)
            if wake.state is Readiness.READABLE:
                drain(control)

    The socket stays the caller's; the queue watches a duplicate. Use it from the thread that runs libHandleEvents.
    """

    def __init__(self, fd: int, *, listening: bool = False) -> None:
        """`listening`: the socket accepts connections. Raises NativeError when the queue does not take it."""
        status = ffi.new("int32_t *")
        self._wake = lib.gw_wake_add(fd, int(listening), status)
        if self._wake == ffi.NULL:
            raise NativeError(f"watching file descriptor {fd}: {describe(status[0])}")

    def arm(self) -> Readiness:
        """Asks for the next readiness; READABLE or CLOSED at once when that is so already."""
        return Readiness(lib.gw_wake_arm(self._open()))

    @property
    def state(self) -> Readiness:
        return Readiness(lib.gw_wake_fired(self._open()))

    @property
    def failure(self) -> str:
        """Why the state is FAILED."""
        return describe(lib.gw_wake_status(self._open()))

    def accepted(self) -> socket.socket | None:
        """The connection that made a listening socket READABLE, once; it is the caller's and blocking."""
        fd = lib.gw_wake_take_accepted(self._open())
        return None if fd < 0 else socket.socket(fileno=fd)

    def close(self) -> None:
        """Takes it off the queue; the watched socket is left open. A second close does nothing."""
        if self._wake is not None:
            lib.gw_wake_remove(self._wake)
            self._wake = None

    def _open(self) -> object:
        if self._wake is None:
            raise NativeError("this wake is closed")
        return self._wake


def notify_fd() -> int:
    """The socket that becomes readable when an event waits in any tap: one for the process, for a Wake."""
    return int(lib.gw_notify_fd())


def notify_clear() -> None:
    """Empties that socket. Call it before taking the events of every tap, never after."""
    lib.gw_notify_clear()
