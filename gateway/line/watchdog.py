"""A line that hangs is worse than one that dies: it holds its calls and answers nobody. After a minute without a turn
of its loop the process ends itself, and the control process does what it does for every line that died.

The watch is kept by a thread of the C library (faulthandler), so it bites although Python's lock is held for ever;
where every thread stood goes to the log first.
"""

from __future__ import annotations

import faulthandler
import time

LIMIT_S = 60.0
"""Longer than anything that the loop may wait for, names of trunks included (`RESOLVER_OPTIONS`)."""
RESOLVER_OPTIONS = "timeout:2 attempts:2"
"""resolv.conf(5): PJSIP resolves names inside the loop; a name server that is away holds it for seconds only."""


class Watchdog:
    """`turn` has to be called more often than every `limit_s` seconds."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._again_at = 0.0

    def turn(self) -> None:
        """The loop lives. Cheap: the watch is wound up six times in its span at the most."""
        now = time.monotonic()
        if now >= self._again_at:
            faulthandler.dump_traceback_later(self._limit_s, exit=True)
            self._again_at = now + self._limit_s / 6

    def close(self) -> None:
        """The loop ends in good order."""
        faulthandler.cancel_dump_traceback_later()
