"""Whether every caller is accounted for: counted here from the facts, held against the figures and the switchboard.

    offered = answered + abandoned + overflowed + called back + voicemail + lost + in progress

The left side and "in progress" are counted from QueueEntered and QueueLeft one by one, the outcomes are those of the
figures: neither is worked out from the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.calls import CallEnded, CallStarted, CallTurnedAway, QueueEntered, QueueLeft
from gateway.core.kpi.kpi import OFFICE

if TYPE_CHECKING:
    from gateway.core.board.view import BoardView
    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.kpi import Kpi


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts by what became of them. `difference` is 0, always; `stuck` names calls and agents that never got free,
    `doubled` what began or ended twice."""

    started: int
    turned_away: int
    offered: int
    answered: int
    abandoned: int
    overflowed: int
    called_back: int
    voicemail: int
    lost: int
    in_progress: int
    stuck: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """Callers who are nowhere (above 0), or in two places."""
        settled = self.answered + self.abandoned + self.overflowed + self.called_back + self.voicemail + self.lost
        return self.offered - settled - self.in_progress

    @property
    def good(self) -> bool:
        return self.difference == 0 and not self.stuck and not self.doubled


class Ledger:
    """Who came and who went. Feed it every fact."""

    def __init__(self) -> None:
        self.offered = 0
        self._turned_away = 0
        self._up: set[str] = set()
        self._waiting: set[str] = set()
        self._past: set[str] = set()
        self._doubled: list[str] = []

    def apply(self, fact: AnyFact) -> None:
        """One fact more."""
        if isinstance(fact, QueueEntered):
            self.offered += 1
            self._add(self._waiting, fact.call)
        elif isinstance(fact, QueueLeft):
            self._take(self._waiting, fact.call)
        elif isinstance(fact, CallStarted):
            if fact.call in self._past:
                self._doubled.append(fact.call)
            self._past.add(fact.call)
            self._add(self._up, fact.call)
        elif isinstance(fact, CallEnded):
            self._take(self._up, fact.call)
        elif isinstance(fact, CallTurnedAway):
            self._turned_away += 1

    def close(self, kpi: Kpi, board: BoardView) -> Balance:
        """The books at the end of a run, when nothing is under way any more: an agent who is neither idle and free
        nor away, and a call that is still up, are stuck."""
        figures = [kpi.figures(OFFICE, at=start) for start in kpi.starts(OFFICE, "day")]
        agents = [seat for seat in board.agents if not (seat.free or seat.state in {"paused", "off"})]
        calls = {call.call for call in board.calls} | self._up
        return Balance(
            started=len(self._past),
            turned_away=self._turned_away,
            offered=self.offered,
            answered=sum(f.answered for f in figures),
            abandoned=sum(f.abandoned for f in figures),
            overflowed=sum(f.overflowed for f in figures),
            called_back=sum(f.called_back for f in figures),
            voicemail=sum(f.voicemail for f in figures),
            lost=sum(f.lost for f in figures),
            in_progress=len(self._waiting),
            stuck=(*sorted(calls), *(f"{seat.agent} {seat.state}" for seat in agents)),
            doubled=tuple(self._doubled),
        )

    def _add(self, to: set[str], call: str) -> None:
        if call in to:
            self._doubled.append(call)
        to.add(call)

    def _take(self, of: set[str], call: str) -> None:
        if call in of:
            of.remove(call)
        else:
            self._doubled.append(call)
