"""Who the callers of the calls that are up are, as far as the facts have told: for folds that follow clients from call
to call. A call is forgotten when it has ended, and in any case after a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import CallEnded, CallStarted, ClientIdentified

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

LONGEST_CALL_S = 86_400.0
"""So that facts can be read back without the CallEnded, the largest of all."""


class Caller:
    """The far end of one call."""

    __slots__ = ("at", "case", "client", "draft", "manager", "number", "ours", "reasons", "spoke", "team")

    def __init__(self, at: float) -> None:
        self.at = at
        self.client = self.manager = self.team = ""
        """Empty as long as nobody knows which client it is; his manager and team as they were told with it."""
        self.number = ""
        """From which he calls; empty when it is withheld."""
        self.draft = False
        """A trial of a version that is not published: counted nowhere."""
        self.ours = False
        """The box has called him."""
        self.case = ""
        """The case that the call is about."""
        self.reasons: tuple[str, ...] = ()
        """With which he has come to a queue in this call."""
        self.spoke: tuple[tuple[str, float], ...] = ()
        """Agents who talked with him while nobody knew which client it is, and when."""


class Callers:
    """Show it each fact before a fold asks."""

    def __init__(self) -> None:
        self._calls: dict[str, Caller] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        if isinstance(fact, CallStarted):
            caller = self.at(fact.call, fact.at)
            caller.draft = fact.draft
            caller.ours = fact.direction == "out"
            caller.number = "" if fact.withheld or caller.ours else fact.caller
        elif isinstance(fact, ClientIdentified):
            caller = self.at(fact.call, fact.at)
            caller.client, caller.manager, caller.team = fact.client, fact.manager, fact.team
        elif isinstance(fact, CallEnded):
            self._calls.pop(fact.call, None)

    def at(self, call: str, now: float) -> Caller:
        """The caller of a call, of which nothing has to be known yet."""
        caller = self._calls.get(call)
        if caller is None:
            while self._calls and next(iter(self._calls.values())).at < now - LONGEST_CALL_S:
                del self._calls[next(iter(self._calls))]
            caller = self._calls[call] = Caller(now)
        return caller
