"""What one run looked like by the hour: who waited, and what the agents did. A fold over the facts.

Occupancy is on contact / (on contact + idle); on contact is an agent whose phone rings for a caller, who talks, or who
does after-call work. Pauses and hours without a login count on neither side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import QueueEntered, QueueLeft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.facts.all import AnyFact

HOUR_S = 3600.0
_ON = frozenset({"ringing", "talking", "wrap_up"})


class Hour:
    """One hour: seconds of agents on contact and idle, seconds of callers waiting, and the most at once."""

    __slots__ = ("idle_s", "on_contact_s", "waiting_max", "waiting_s")

    def __init__(self) -> None:
        self.on_contact_s = 0.0
        self.idle_s = 0.0
        self.waiting_s = 0.0
        self.waiting_max = 0


class Hours:
    """Feed it every fact of a run that began at `begins_at` (Unix seconds) with these agents idle, then `finish`."""

    def __init__(self, agents: Iterable[str], begins_at: float) -> None:
        self._begins_at = begins_at
        self._agents: dict[str, tuple[str, float]] = dict.fromkeys(agents, ("idle", begins_at))
        self._waiting = 0
        self._since = begins_at
        self.hours: dict[int, Hour] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more."""
        if isinstance(fact, AgentChanged):
            state, since = self._agents[fact.agent]
            self._spent(state, since, fact.at)
            self._agents[fact.agent] = (fact.state, fact.at)
        elif isinstance(fact, QueueEntered | QueueLeft):
            self._waited(fact.at)
            self._waiting += 1 if isinstance(fact, QueueEntered) else -1
            hour = self._hour(int((fact.at - self._begins_at) // HOUR_S))
            hour.waiting_max = max(hour.waiting_max, self._waiting)

    def finish(self, at: float) -> None:
        """The run ends at `at`."""
        for state, since in self._agents.values():
            self._spent(state, since, at)
        self._waited(at)

    def occupancy(self, hours: Iterable[int]) -> tuple[float | None, float]:
        """(occupancy, the seconds of agents that it is a share of) over these hours of the run."""
        those = [self.hours[n] for n in hours if n in self.hours]
        on = sum(hour.on_contact_s for hour in those)
        whole = on + sum(hour.idle_s for hour in those)
        return (on / whole if whole > 0 else None), whole

    def _hour(self, number: int) -> Hour:
        hour = self.hours.get(number)
        if hour is None:
            hour = self.hours[number] = Hour()
        return hour

    def _spent(self, state: str, since: float, until: float) -> None:
        if state in _ON:
            for number, seconds in self._parts(since, until):
                self._hour(number).on_contact_s += seconds
        elif state == "idle":
            for number, seconds in self._parts(since, until):
                self._hour(number).idle_s += seconds

    def _waited(self, until: float) -> None:
        if self._waiting:
            for number, seconds in self._parts(self._since, until):
                hour = self._hour(number)
                hour.waiting_s += self._waiting * seconds
                hour.waiting_max = max(hour.waiting_max, self._waiting)
        self._since = until

    def _parts(self, since: float, until: float) -> Iterable[tuple[int, float]]:
        since, until = since - self._begins_at, until - self._begins_at
        first, last = int(since // HOUR_S), int(until // HOUR_S)
        if first == last:
            return ((first, until - since),)
        return ((n, min(until, (n + 1) * HOUR_S) - max(since, n * HOUR_S)) for n in range(first, last + 1))
