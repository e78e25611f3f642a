"""Free ports on loopback for tests; test processes that run side by side never get each other's.

They lie below those that the demo takes (20000 to 31900) and those that the kernel gives out by itself (from 32768).
Each process of a test run has a slice of its own and goes round in it. Who has the same slice (another run on this
machine, the fifth process of a run) is avoided by beginning anywhere and by trying each port before it is given out.
"""

from __future__ import annotations

import os
import random
import socket

FIRST, SLICES, SLICE = 6000, 4, 3500
SINGLE = 300
"""So many ports of a slice are given out one by one or in small blocks; the others are ranges for RTP."""


class Ports:
    """Hands out neighbouring ports from `first` up to `end`, and begins anew at the end."""

    def __init__(self, first: int, end: int, step: int) -> None:
        self._first, self._end = first, end
        self._next = random.randrange(first, end, step)

    def block(self, size: int, *, tried: bool = True) -> int:
        """First port, even, of `size` neighbours; `tried`: all of them are free, UDP and TCP."""
        for _ in range(2 * (self._end - self._first)):
            if self._next + size > self._end:
                self._next = self._first
            base = self._next
            taken = next((port for port in range(base, base + size) if tried and not _is_free(port)), None)
            self._next = (base + size if taken is None else taken + 1) + 1 & ~1
            if taken is None:
                return base
        raise AssertionError(f"no {size} neighbouring ports are free between {self._first} and {self._end}")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _slice() -> int:
    """First port of this process: by its number in a run of several processes, the first slice otherwise."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return FIRST + int(number) % SLICES * SLICE


_single = Ports(_slice(), _slice() + SINGLE, 2)
_rtp = Ports(_slice() + SINGLE, _slice() + SLICE, 200)


def free_port() -> int:
    """A port, even, that nobody has, UDP and TCP."""
    return _single.block(1)


def free_block(size: int) -> int:
    """First port, even, of `size` neighbours that nobody has."""
    return _single.block(size)


def free_rtp_range(ports: int = 200) -> int:
    """First port of a range for a line's RTP. The line itself passes over what is taken there."""
    return _rtp.block(ports, tried=False)
