"""SIGHUP has two meanings: "read your files again" to a service, and "your terminal is gone" to a program in one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def hang_up(stop: Callable[[], None], reload: Callable[[], None]) -> Callable[[], None]:
    """What to do on SIGHUP: `reload`, or `stop` when the terminal in which this program was started is no more."""
    terminals = [
        stream.fileno() for stream in (sys.__stdin__, sys.__stderr__) if stream is not None and _is_one(stream)
    ]

    def heard() -> None:
        if terminals and not any(os.isatty(terminal) for terminal in terminals):
            stop()
        else:
            reload()

    return heard


def _is_one(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (ValueError, OSError):
        return False
