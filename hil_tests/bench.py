"""A call to the box's test number (ivr_flows/test_number.yaml) and what a technician does on it.

The number's menu: 1 sends back what it hears, 2 sends 1004 Hz at 0 dBm0; any key ends the echo.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from hil_tests.signals import RATE, Steady, dtmf, rms_dbm0, sine, steady
from hil_tests.ua import Call

if TYPE_CHECKING:
    import numpy as np

ECHO_KEY, TONE_KEY = "1", "2"
RFC4733, INBAND = "rfc4733", "inband"
MILLIWATT_HZ = 1004.0
PROBE_HZ = 1700.0
"""Neither a DTMF tone nor a harmonic of the measuring tone."""
PROBE_DBM0 = -20.0
PROBE_S = 0.2
PROBE_BACK_S = 0.1
PATIENCE_MIN_S = 0.25
ROUND_TRIP_S = 0.5
"""Longest echo that is waited for: two jitter buffers and a network."""


class Bench:
    """`with Bench(target) as bench:` calls, and hangs up at the end. Raises CallError."""

    def __init__(self, target: str) -> None:
        self.call = Call(target)
        self.patience_s = ROUND_TRIP_S
        """How long an echo is waited for; shorter once this box has shown how fast it is."""

    def __enter__(self) -> Self:
        self.call.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.call.hang_up()

    def press(self, key: str, way: str = RFC4733) -> None:
        """One key; returns when it is out."""
        if way == RFC4733:
            self.call.rtp.press(key)
        else:
            self.call.rtp.play(dtmf(key))

    def probe_comes_back(self) -> bool:
        """Whether the box sends our sound back now."""
        since = self.call.rtp.position()
        self.call.rtp.play(sine(PROBE_HZ, PROBE_DBM0, PROBE_S), wait=False)
        began = time.monotonic()
        while time.monotonic() < began + PROBE_S + self.patience_s:
            found = steady(self.call.rtp.received(since).samples, PROBE_HZ, window_s=0.05)
            if found is not None and found.length_s >= PROBE_BACK_S:
                came_s = time.monotonic() - began
                self.patience_s = min(ROUND_TRIP_S, max(2 * came_s - PROBE_S, PATIENCE_MIN_S))
                return True
            time.sleep(0.02)
        return False

    def start_echo(self, way: str = RFC4733, tries: int = 3) -> None:
        """Choose the echo, and make sure of it. Raises AssertionError when the box does not echo. A box takes one
        key that comes twice, but in two ways, for one press: so the way is that of the keys that follow."""
        for _ in range(tries):
            self.press(ECHO_KEY, way)
            if self.probe_comes_back():
                return
        msg = f"no echo after {tries} times key {ECHO_KEY}: is the flow test_number on this number?"
        raise AssertionError(msg)

    def echo_of(self, samples: np.ndarray, *, settle_s: float = ROUND_TRIP_S) -> np.ndarray:
        """Send samples, shape (n,), and return what came back meanwhile and until `settle_s` later."""
        since = self.call.rtp.position()
        self.call.rtp.play(samples)
        time.sleep(settle_s)
        return self.call.rtp.received(since).samples

    def tone_of_the_box(self, length_s: float = 3.0) -> Steady | None:
        """Choose the tone and listen to it."""
        since = self.call.rtp.position()
        self.call.rtp.press(TONE_KEY)
        time.sleep(length_s)
        return steady(self.call.rtp.received(since).samples, MILLIWATT_HZ)

    def hears_the_box(self, length_s: float = 0.6) -> bool:
        """Whether the box says anything now."""
        since = self.call.rtp.position()
        time.sleep(length_s)
        heard = self.call.rtp.received(since).samples
        return heard.size > length_s * RATE / 2 and rms_dbm0(heard) > -50.0
