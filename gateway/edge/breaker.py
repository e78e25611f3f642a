"""A circuit breaker: a service that failed several times in a row is left alone for a while, so that a dead one costs
callers nothing; then one caller's question tries whether it is back.

    closed ---- FAILURES_MAX failures in a row ----> open
    open ------ REST_S later, one question --------> half_open
    half_open - it was answered -------------------> closed
    half_open - it failed -------------------------> open, for twice as long (REST_MAX_S at most)

Time comes in as `now`, seconds of any clock that does not go back.
"""

from __future__ import annotations

from typing import Literal

State = Literal["closed", "open", "half_open"]

FAILURES_MAX = 5
REST_S = 10.0
REST_MAX_S = 120.0
PROBE_S = 5.0
"""A try of which nothing is heard for so long is lost; longer than any service's time limit."""


class Breaker:
    """Of one service."""

    __slots__ = ("_rest_s", "failures", "state", "until")

    def __init__(self) -> None:
        self.state: State = "closed"
        self.failures = 0
        """In a row."""
        self.until = 0.0
        """Until when it is open, or how long the answer to the try is awaited."""
        self._rest_s = REST_S

    def admit(self, now: float) -> bool:
        """Whether the service may be asked now. In half_open only one question is admitted, the try."""
        if self.state == "closed":
            return True
        if now < self.until:
            return False
        self.state, self.until = "half_open", now + PROBE_S
        return True

    def succeeded(self) -> None:
        """The service answered, whatever it said."""
        self.state, self.failures, self._rest_s = "closed", 0, REST_S

    def failed(self, now: float) -> None:
        """The service did not answer. A question that was admitted before the circuit opened changes nothing more."""
        self.failures += 1
        if self.state == "half_open":
            self._rest_s = min(2 * self._rest_s, REST_MAX_S)
        elif self.state == "open" or self.failures < FAILURES_MAX:
            return
        self.state, self.until = "open", now + self._rest_s
