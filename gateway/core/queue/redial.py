"""Who was in a queue and is gone again may come back to his place: whose place, for how long. A fold over facts.

Only the order is given back. The contact that was given up stays abandoned (or lost) in the figures, and the new one
has a wait clock of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.facts.calls import CallEnded, QueueEntered, QueueLeft
from gateway.core.facts.queue import PlaceRegained

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

KEPT_S = 600.0
"""The longest that a team can give (`redial:`)."""


class Left(NamedTuple):
    """A place that somebody left: by when it is ordered, when and how he left it, in which call."""

    since: float
    at: float
    how: Literal["abandoned", "lost"]
    call: str
    team: str


class Redials:
    """The places that were left lately, by caller and team."""

    __slots__ = ("_gone", "_left", "_since")

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        """Call that waits -> by when it is ordered."""
        self._gone: dict[str, Left] = {}
        """Call that has left the queue and has not ended yet."""
        self._left: dict[tuple[str, str], Left] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more, in the journal's order."""
        match fact:
            case QueueEntered():
                self._since[fact.call] = fact.at
            case PlaceRegained():
                self._since[fact.call] = fact.since
            case QueueLeft():
                since = self._since.pop(fact.call, fact.at - fact.wait_s)
                if fact.outcome == "abandoned" or fact.outcome == "lost":  # noqa: PLR1714 - narrows the Literal
                    self._gone[fact.call] = Left(since, fact.at, fact.outcome, fact.call, fact.team)
            case CallEnded():
                self._since.pop(fact.call, None)
                left, record = self._gone.pop(fact.call, None), fact.record
                if left is not None and record.caller and not record.withheld and not record.draft:
                    self._keep(record.caller, left)
            case _:
                pass

    def since(self, call: str) -> float | None:
        """By when a call that waits is ordered; None for one that is not known to wait."""
        return self._since.get(call)

    def take(self, caller: str, team: str, *, now: float, within_s: float) -> Left | None:
        """The place that this caller left in this team's queue at most `within_s` ago; it is given once."""
        left = self._left.get((caller, team)) if caller else None
        if left is None or within_s <= 0 or now - left.at > within_s:
            return None
        del self._left[caller, team]
        return left

    def _keep(self, caller: str, left: Left) -> None:
        key = (caller, left.team)
        self._left.pop(key, None)
        self._left[key] = left
        while next(iter(self._left.values())).at < left.at - KEPT_S:
            del self._left[next(iter(self._left))]
