"""One clock for the control process: Unix seconds that never jump while the process runs.

A board without a battery clock gets its time from the network some time after it has booted. If deadlines were
measured with that clock, every caller's wait would jump with it. So the reading is taken once, and moves on with
the monotonic clock; `step_s()` tells how far the system's clock has moved away since, and `follow()` takes that
over, which the pump does only while no call is up.
"""

from __future__ import annotations

import time


class SteadyClock:
    """`clock()` gives Unix time in seconds; `ahead_s` seconds more where a trial is to take place at another time."""

    def __init__(self, ahead_s: float = 0.0) -> None:
        self._ahead_s = ahead_s
        self._offset = time.time() + ahead_s - time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() + self._offset

    def step_s(self) -> float:
        """Seconds by which the system's clock is ahead of this one."""
        return time.time() + self._ahead_s - self()

    def follow(self) -> None:
        """Take over the system's time."""
        self._offset = time.time() + self._ahead_s - time.monotonic()
