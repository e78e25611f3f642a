"""Cases: matters with a number, two clocks, and an end. A fold over their facts; the deadlines stand behind it.

The number can be said digit by digit and keyed back: its last digit is Damm's check digit, so a wrong digit or two that
changed places never lead to another case. Clocks run by the clock, at night and on holidays, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gateway.core.facts.calls import CallBridged, CallEnded
from gateway.core.facts.desk import (
    CaseAnswered,
    CaseAsked,
    CaseBreached,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CaseReopened,
    CaseWarned,
)
from gateway.core.flow.check_digits import damm, is_right

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact

FIRST = 1000
"""So that every number has five digits at least."""
WARN_S, LIMIT_S = 2 * 3600.0, 3 * 3600.0
"""Of a complaint: what most who complain expect is a solution within three hours."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case and how far it has come."""

    opened: CaseOpened
    answered: CaseAnswered | None = None
    warned: bool = False
    breached: bool = False
    escalated: tuple[CaseEscalated, ...] = ()
    """Before whom it was brought, in order (`escalation`)."""
    closed: CaseClosed | None = None

    @property
    def next_deadline(self) -> float | None:
        """When something has to be said of it, in Unix seconds; None: not any more."""
        if self.closed is not None or self.breached:
            return None
        return self.opened.resolve_by if self.warned or self.opened.warn_at is None else self.opened.warn_at


class Cases:
    """All cases of the journal, by number. Trials of drafts are not among them."""

    def __init__(self) -> None:
        self.by_number: dict[str, Case] = {}
        self.of_call: dict[str, str] = {}
        """Call that is up -> the case that it is about."""
        self._last = FIRST - 1

    def take_number(self) -> str:
        """A number that no case has had, taken from now on."""
        self._last += 1
        return f"{self._last}{damm(str(self._last))}"

    def find(self, keyed: str) -> Case | None:
        """The case of a number; None for none, and for one whose check digit is wrong."""
        return self.by_number.get(keyed) if is_right(keyed, "damm") else None

    def newest_open(self, *, client: str, caller: str, since: float) -> Case | None:
        """The last case of this client, or of this number (E.164) while it is not known whose it is, that was opened
        at or after `since` (Unix seconds) and is not closed."""
        for case in reversed(self.by_number.values()):  # they stand in the order in which they were opened
            opened = case.opened
            if opened.at < since:
                return None
            whose = opened.client == client if opened.client else opened.caller == caller != ""
            if whose and case.closed is None:
                return case
        return None

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case CaseOpened() if not fact.draft:
                self.by_number[fact.case] = Case(opened=fact)
                self._last = max(self._last, int(fact.case[:-1]))
                self.of_call[fact.call] = fact.case
            case CaseAsked() if fact.case in self.by_number:
                self.of_call[fact.call] = fact.case
            case CallEnded():
                self.of_call.pop(fact.call, None)
            case CaseAnswered() | CaseWarned() | CaseBreached() | CaseEscalated() | CaseClosed() | CaseReopened():
                case = self.by_number.get(fact.case)
                if case is not None:
                    self.by_number[fact.case] = _after(case, fact)
            case _:
                pass

    def unsolved(self) -> tuple[Case, ...]:
        """Those that are not closed, the nearest limit first."""
        found = [case for case in self.by_number.values() if case.closed is None]
        return tuple(sorted(found, key=lambda case: (case.opened.resolve_by or float("inf"), case.opened.at)))


def _after(
    case: Case, fact: CaseAnswered | CaseWarned | CaseBreached | CaseEscalated | CaseClosed | CaseReopened
) -> Case:
    match fact:
        case CaseAnswered():
            return replace(case, answered=case.answered or fact)
        case CaseWarned():
            return replace(case, warned=True)
        case CaseBreached():
            return replace(case, warned=True, breached=True)
        case CaseEscalated():
            return replace(case, escalated=(*case.escalated, fact))
        case CaseClosed():
            return replace(case, closed=fact)
        case CaseReopened():
            return replace(case, closed=None)


def answer(ex: Exchange, number: str, *, call: str = "", agent: str = "") -> None:
    """A human has spoken with the client about it, the first time."""
    case = ex.desk.cases.by_number.get(number)
    if case is not None and case.answered is None and case.closed is None:
        took_s = ex.turn.now - case.opened.at
        ex.turn.note(CaseAnswered(at=ex.turn.now, call=call, case=number, agent=agent, first_response_s=took_s))


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the deadlines, after it was folded."""
    match fact:
        case CaseOpened() | CaseWarned() | CaseReopened():
            _set(ex, fact.case)
        case CaseClosed() | CaseBreached():
            ex.turn.cancel("case", fact.case)
        case CallBridged() if fact.call in ex.desk.cases.of_call:
            answer(ex, ex.desk.cases.of_call[fact.call], call=fact.call, agent=fact.agent)
        case _:
            pass


def resume(ex: Exchange) -> None:
    """After a start: every deadline that the journal holds, those that passed meanwhile at once."""
    for case in ex.desk.cases.unsolved():
        _set(ex, case.opened.case)


def due(ex: Exchange, number: str) -> None:
    """A deadline has come. A box that was off over both says the worse one only."""
    case = ex.desk.cases.by_number.get(number)
    if case is None or case.next_deadline is None or case.opened.resolve_by is None:
        return
    now, limit = ex.turn.now, case.opened.resolve_by
    kind = CaseBreached if now >= limit else CaseWarned
    ex.turn.note(kind(at=now, case=number, resolve_by=limit))


def _set(ex: Exchange, number: str) -> None:
    case = ex.desk.cases.by_number.get(number)
    deadline = case.next_deadline if case is not None else None
    if deadline is not None:
        ex.turn.after(deadline - ex.turn.now, "case", number)
