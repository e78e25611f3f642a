"""Free ports on loopback for everything that the demo starts, below the range from which the kernel takes its own.

A port is tried by binding it, UDP and TCP, then let go; a block is sought from a random place, so that two demos
on one machine do not meet.
"""

from __future__ import annotations

import random
import socket

from gateway.errors import SettingError

FIRST, LAST = 20000, 31900


class Ports:
    """Hands out each port once."""

    def __init__(self) -> None:
        self._next = random.randrange(FIRST, LAST, 20)  # noqa: S311 - spreads demos, hides nothing

    def block(self, size: int) -> int:
        """First port, even, of `size` neighbours that are all free. Raises SettingError when there is no such block."""
        wrapped = False
        while True:
            base = self._next
            if base + size > LAST:
                if wrapped:
                    raise SettingError(f"no {size} neighbouring ports are free between {FIRST} and {LAST} on 127.0.0.1")
                self._next, wrapped = FIRST, True
                continue
            taken = next((port for port in range(base, base + size) if not _free(port)), None)
            self._next = (base + size if taken is None else taken + 1) + 1 & ~1
            if taken is None:
                return base


def _free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
