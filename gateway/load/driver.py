"""The network around a real Switchboard, thousands of calls at a time: callers, one line, the agents' phones.

It does what the actions tell it and answers with the events that a line process would send; what happens to callers is
the core's. Nothing takes time but arrivals, ringing, patience and talks, unless `Faults` say so.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.actions import Answer, Dial, HangUp, Play, Refuse, StopPlay
from gateway.core.events import (
    CallOffered,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegProceeded,
    LineUp,
    PlayEnded,
    TimerDue,
)
from gateway.core.facts.calls import CallBridged, CallEnded, QueueEntered
from gateway.core.switchboard import Switchboard
from gateway.load.office import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.actions import BoardAction
    from gateway.core.events import EndedBy
    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site
    from gateway.core.switchboard import BoardEvent
    from gateway.load.workload import Workload

LINE = "load"
LEGS_MAX = 1_000_000
PROMPT_S = 2.0
BEGINS_AT = 1_700_006_400.0
"""A full hour, and the begin of a day in UTC."""

_INF = float("inf")


class Driver:
    """One run. `remember` is handed every fact, in order."""

    legs_max = LEGS_MAX

    def __init__(
        self, site: Site, workload: Workload, remember: Callable[[AnyFact], None], *, ring_s: float = 0.0
    ) -> None:
        self.board = Switchboard(replace(site, call_backs=None))  # people call back here
        self.now = BEGINS_AT
        self.callers = 0
        """Who has called so far."""
        self._remember = remember
        self._ring_s = ring_s
        self._arrivals = [BEGINS_AT + s for s in workload.arrivals_s.tolist()]
        self._handling = workload.handling_s.tolist()
        self._patience = workload.patience_s.tolist()
        self._todo: list[tuple[float, int, Callable[[str], None], str]] = []
        self._count = 0
        self._boot = "b1"
        self._number: dict[str, int] = {}
        """Call that is up -> its place in the workload."""
        self._legs: dict[str, str] = {}
        """Legs that are up or ringing -> agent; empty for a caller."""
        self._plays: dict[str, str] = {}
        self._talks: dict[str, str] = {}
        """Agent's leg that is bridged -> call."""

    def run(self, progress: Callable[[int], None] | None = None) -> None:
        """All calls, to the end of the last. `progress` hears now and then how many have come."""
        self.line_up()
        arrivals, todo, board = self._arrivals, self._todo, self.board
        total = len(arrivals)
        while True:
            at = todo[0][0] if todo else _INF
            arrival = arrivals[self.callers] if self.callers < total else _INF
            deadline = board.next_deadline()
            if deadline is not None and deadline < at and deadline < arrival:
                self.now = max(deadline, self.now)
                self.tell(TimerDue())
            elif arrival <= at:
                if arrival == _INF:
                    break
                self.now = max(arrival, self.now)
                self._call()
                if progress is not None and self.callers % 100 == 0:
                    progress(self.callers)
            else:
                self.now, _, do, what = heapq.heappop(todo)
                do(what)
        if progress is not None:
            progress(total)

    def tell(self, event: BoardEvent) -> None:
        """One event, now, and all that it brings about."""
        outcome = self.board.receive(event, now=self.now)
        for fact in outcome.facts:
            self.remember(fact)
        for action in outcome.actions:
            self.perform(action)

    def after(self, seconds: float, do: Callable[[str], None], what: str) -> None:
        """Have `do(what)` done then."""
        self._count += 1
        heapq.heappush(self._todo, (self.now + seconds, self._count, do, what))

    def line_up(self) -> None:
        """The line greets."""
        half = self.legs_max // 2
        self.tell(LineUp(line=LINE, boot=self._boot, legs_max=self.legs_max, callers_max=half, codecs=(), listening=()))

    # A caller

    def caller_number(self, number: int) -> str:  # noqa: ARG002 - all hide theirs: nothing here depends on it
        """Who the caller with this place in the workload is; empty: withheld."""
        return ""

    def _call(self) -> None:
        number = self.callers
        self.callers += 1
        leg = f"{LINE}-{self._boot}-{number}"
        self._legs[leg] = ""
        self._number[leg] = number
        self.offered(leg)
        caller = self.caller_number(number)
        self.tell(CallOffered(line=LINE, leg=leg, caller=caller, called=NUMBER, withheld=not caller))

    def offered(self, leg: str) -> None:
        """A caller's leg has just come up; told before the core is."""

    def remember(self, fact: AnyFact) -> None:
        """What the facts mean to the people: how long this caller waits, how long the two will talk."""
        self._remember(fact)
        if isinstance(fact, QueueEntered):
            patience_s = self._patience[self._number[fact.call]]
            if patience_s < _INF:
                self.after(patience_s, self._lost_patience, fact.call)
        elif isinstance(fact, CallBridged):
            self._talks[fact.leg] = fact.call
            self.after(self._handling[self._number[fact.call]], self.talked, fact.leg)
        elif isinstance(fact, CallEnded):
            self._number.pop(fact.call, None)

    def _lost_patience(self, call: str) -> None:
        if call in self._legs and call not in self._talks.values():
            self.hung_up(call)

    def talked(self, leg: str) -> None:
        """The talk on this agent's leg has been as long as it should be."""
        call = self._talks.get(leg, "")
        if leg in self._legs and call in self._legs:
            self.hung_up(call)

    def hung_up(self, leg: str) -> None:
        """The far end puts the phone down."""
        self.ended(leg, 200, "far")

    # Legs

    def perform(self, action: BoardAction) -> None:
        """What a line process would do; what has no report and changes nothing here is passed over."""
        if isinstance(action, Dial):
            self._legs[action.leg] = action.agent
            self.dialled(action.leg)
        elif isinstance(action, HangUp):
            self.after(0.0, self.told_to_end, action.leg)
        elif isinstance(action, Answer):
            self.after(0.0, self.answered, action.leg)
        elif isinstance(action, Play):
            self._plays[action.leg] = action.play
            if not action.loop:
                self.after(PROMPT_S, self._played, f"{action.leg} {action.play}")
        elif isinstance(action, StopPlay):
            self._plays.pop(action.leg, None)
        elif isinstance(action, Refuse):
            self._legs.pop(action.leg, None)
            self._number.pop(action.leg, None)

    def dialled(self, leg: str) -> None:
        """An agent's phone is rung: it is answered after the time that takes."""
        if self._ring_s > 0:
            self.after(0.0, self.rings, leg)
        self.after(self._ring_s, self.answered, leg)

    def rings(self, leg: str) -> None:
        if leg in self._legs:
            self.tell(LegProceeded(leg=leg, code=180))

    def answered(self, leg: str) -> None:
        if leg in self._legs:
            self.tell(LegAnswered(leg=leg))

    def told_to_end(self, leg: str) -> None:
        """The core has hung up on it."""
        self.ended(leg, 487, "us")

    def ended(self, leg: str, code: int, by: EndedBy) -> None:
        """The dialogue is over, and the library gives the leg back."""
        if leg not in self._legs:
            return
        del self._legs[leg]
        self._plays.pop(leg, None)
        self._talks.pop(leg, None)
        self.leg_over(leg)
        self.tell(LegEnded(leg=leg, code=code, reason="", by=by))
        self.tell(LegFreed(line=LINE, leg=leg, legs_used=len(self._legs), callers=0))

    def _played(self, what: str) -> None:
        leg, play = what.split(" ", 1)
        if self._plays.get(leg) == play and leg in self._legs:
            del self._plays[leg]
            self.tell(PlayEnded(leg=leg, play=play, how="end"))

    def leg_over(self, leg: str) -> None:
        """A leg has gone; told before the core is."""
