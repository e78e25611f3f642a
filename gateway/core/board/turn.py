"""One turn: the time of the present event, and what it brings about (actions, facts, deadlines)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.actions import BoardAction
from gateway.core.board.timers import Timers
from gateway.core.facts.all import AnyFact

if TYPE_CHECKING:
    from gateway.core.board.timers import Rank, TimerKind

SHORTEST_S = 0.001
"""No deadline is nearer than that, so that two steps of no length cannot chase each other inside one turn."""


class Outcome(msgspec.Struct, frozen=True):
    """What an event brought about: what to do, and what to remember, both in order."""

    actions: tuple[BoardAction, ...] = ()
    facts: tuple[AnyFact, ...] = ()


class Turn:
    """Everything in the core writes here what it wants done and remembered. `now` never goes back."""

    __slots__ = ("actions", "facts", "now", "timers")

    def __init__(self) -> None:
        self.now = 0.0
        self.timers = Timers()
        self.actions: list[BoardAction] = []
        self.facts: list[AnyFact] = []

    def begin(self, now: float) -> None:
        """A new event. A clock that was set back stands still until it has caught up: no wait is negative."""
        self.now = max(now, self.now)

    def take(self) -> Outcome:
        """Hand over what has gathered."""
        outcome = Outcome(tuple(self.actions), tuple(self.facts))
        self.actions.clear()
        self.facts.clear()
        return outcome

    def order(self, action: BoardAction) -> None:
        """Have something done."""
        self.actions.append(action)

    def note(self, fact: AnyFact) -> None:
        """Have something remembered. Facts of a call go through `Call.note`, which keeps its record."""
        self.facts.append(fact)

    def after(self, seconds: float, kind: TimerKind, name: str, rank: Rank = ()) -> None:
        """Set a deadline from now; of several of one moment by which callers look for somebody, the lowest rank is
        first."""
        self.timers.set(kind, name, self.now + max(seconds, SHORTEST_S), rank)

    def cancel(self, kind: TimerKind, name: str) -> None:
        """Drop a deadline."""
        self.timers.cancel(kind, name)
