"""Questions of which the answer was known, held back until it is clear for whom they count.

A question belongs to the contact that its caller becomes: it is booked when he comes to a queue, for the office, the
number, the team and the manager of that contact; what is asked after that, at once for the same. A caller who never
comes to a queue counts when the call ends, by what its record tells.

`denied` is in neither figure: the caller said that the answer is not right any more, so it was not known. Nor is a
question to which the flow leads a caller back, or one that he answered before it was put.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.facts.joining import AnswerKnown
    from gateway.core.kpi.figures import Tally
    from gateway.core.kpi.kpi import Key


class _Asked:
    """Of one call: what is not booked yet, and for whom it will be, once that is clear."""

    __slots__ = ("keys", "known", "repeated")

    def __init__(self) -> None:
        self.keys: tuple[Key, ...] = ()
        self.known = self.repeated = 0


class Questions:
    """`tallies` are those of somebody at a moment in Unix seconds."""

    def __init__(self, tallies: Callable[[Key, float], Iterable[Tally]]) -> None:
        self._tallies = tallies
        self._calls: dict[str, _Asked] = {}

    def put(self, fact: AnswerKnown) -> None:
        """One more, skipped, confirmed, or asked all the same."""
        if fact.how == "denied":
            return
        asked = self._calls.setdefault(fact.call, _Asked())
        asked.known += 1
        asked.repeated += fact.how == "asked"
        if asked.keys:
            self._book(asked, fact.at)

    def queued(self, call: str, at: float, keys: tuple[Key, ...]) -> None:
        """The caller came to a queue, as a contact of `keys`."""
        asked = self._calls.setdefault(call, _Asked())
        asked.keys = keys
        self._book(asked, at)

    def ended(self, call: str, at: float, keys: tuple[Key, ...]) -> None:
        """The call is over; `keys` is whose it was if it came to no queue."""
        asked = self._calls.pop(call, None)
        if asked is not None and not asked.keys:
            asked.keys = keys
            self._book(asked, at)

    def _book(self, asked: _Asked, at: float) -> None:
        if not asked.known:
            return
        for key in asked.keys:
            for tally in self._tallies(key, at):
                tally.questions_known += asked.known
                tally.questions_repeated += asked.repeated
        asked.known = asked.repeated = 0
