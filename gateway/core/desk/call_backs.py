"""Which call-backs are open and how far each has come: a fold over facts, live and from the journal alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.facts.call_back import (
    OURS,
    CallBackGivenUp,
    CallBackHeld,
    CallBackMissed,
    CallBackOverdue,
    CallBackQueued,
    CallBackRestored,
    CallBackTried,
    CallBackWithdrawn,
)
from gateway.core.facts.desk import CallBackClosed, CallBackRequested

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

State = Literal[
    "open",  # nothing has been decided yet
    "held",  # it waits for a moment, or for somebody
    "queued",  # it stands in the queue
    "dialling",  # the client's telephone rings, or the client has answered and nobody talks yet
    "called_in",  # the client is on the telephone by himself
    "people",  # the box does not dial: it is a task for people
]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One open call-back. `reason` is why it is held or with people; `next_at` when it is dialled at the earliest."""

    requested: CallBackRequested
    state: State = "open"
    outbound: str = ""
    """The last call that was to be made."""
    tries: int = 0
    """Times that the client was dialled."""
    counted: int = 0
    """Of these, those that failed without a fault of ours."""
    given_up: str = ""
    """Why the box does not dial any more."""
    reason: str = ""
    next_at: float | None = None
    tried_at: float | None = None
    again_at: float = 0.0
    """Not dialled before that, whatever comes between."""
    last_missed: str = ""
    """Why the last try failed."""
    by_call: str = ""
    """The client's own call, while there is one."""
    overdue: bool = False

    @property
    def since(self) -> float:
        """The moment that the place in the queue counts from."""
        waiting_since = self.requested.waiting_since
        return self.requested.at if waiting_since is None else waiting_since


class CallBackBook:
    """The open call-backs by id, and by number."""

    __slots__ = ("_by_number", "open")

    def __init__(self) -> None:
        self.open: dict[str, Progress] = {}
        self._by_number: dict[str, list[str]] = {}

    def of_number(self, number: str) -> tuple[Progress, ...]:
        """The open call-backs to a number, the oldest first."""
        return tuple(self.open[name] for name in self._by_number.get(number, ()))

    def by_state(self) -> dict[str, int]:
        """How many are how far."""
        found: dict[str, int] = {}
        for progress in self.open.values():
            found[progress.state] = found.get(progress.state, 0) + 1
        return found

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case CallBackRequested() if not fact.draft:
                self.open[fact.call_back] = Progress(requested=fact)
                self._by_number.setdefault(fact.number, []).append(fact.call_back)
            case CallBackClosed() if fact.call_back in self.open:
                number = self.open.pop(fact.call_back).requested.number
                names = self._by_number[number]
                names.remove(fact.call_back)
                if not names:
                    del self._by_number[number]
            case CallBackQueued():
                self._change(fact.call_back, state="queued", reason="", next_at=None, outbound=fact.outbound)
            case CallBackHeld():
                self._change(fact.call_back, state="held", reason=fact.reason, next_at=fact.until)
                if fact.reason == "nobody_took":
                    self._change(fact.call_back, again_at=fact.until or 0.0)
            case CallBackTried():
                self._change(fact.call_back, state="dialling", tries=fact.attempt, tried_at=fact.at)
            case CallBackMissed() if fact.call_back in self.open:
                counted = self.open[fact.call_back].counted + (fact.why not in OURS)
                self._change(
                    fact.call_back,
                    state="held",
                    reason="retry",
                    next_at=fact.next_at,
                    again_at=fact.next_at or 0.0,
                    last_missed=fact.why,
                    counted=counted,
                )
            case CallBackGivenUp():
                self._change(fact.call_back, state="people", reason=fact.reason, given_up=fact.reason, next_at=None)
            case CallBackWithdrawn():
                self._change(fact.call_back, state="called_in", by_call=fact.by_call)
            case CallBackRestored() if fact.call_back in self.open:
                given_up = self.open[fact.call_back].given_up
                self._change(fact.call_back, state="people" if given_up else "open", by_call="")
            case CallBackOverdue():
                self._change(fact.call_back, overdue=True)
            case _:
                pass

    def _change(self, name: str, **changes: object) -> None:
        progress = self.open.get(name)
        if progress is not None:
            self.open[name] = msgspec.structs.replace(progress, **changes)
