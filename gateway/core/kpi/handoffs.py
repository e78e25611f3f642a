"""handoffs_per_case: how often another person talked with the client about one case / cases. A fold over facts.

A talk is about a case when its call is by then: the case was opened in that call, or the caller keyed its number or
took it in a menu (CaseOpened, CaseAsked). Whoever talks first is no handoff; each next talk with somebody else is one,
whether he was transferred to or the client called again. Whoever was only asked, or joined a talk, is none, and a talk
at a number outside is nobody's. All closed cases count below the line, those that nobody talked about, too.

It is booked where the case is (`desk/cases.py`), on the day on which it is closed. A case that is reopened is taken out
of that day, and counts again, with all handoffs since it was opened, when it is closed again. A case that has been
closed for as long as days are kept is forgotten: reopened later it does not count again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import CallBridged
from gateway.core.facts.desk import CaseAsked, CaseClosed, CaseOpened, CaseReopened
from gateway.core.kpi.cases import case_keys
from gateway.core.kpi.kpi import DAYS_KEPT, Key
from gateway.core.numbers import is_outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.callers import Caller, Callers
    from gateway.core.site.site import Site

CLOSED_KEPT_S = DAYS_KEPT * 86_400.0
HANDOFFS: tuple[type[AnyFact], ...] = (CaseOpened, CaseAsked, CaseClosed, CaseReopened)
HANDOFF_KINDS = tuple(kind.__name__ for kind in HANDOFFS)
"""The facts about cases that it has to see; beside them CallBridged, and who the callers are."""


class _Case:
    """One that is known. `person` talked with the client last; `booked` handoffs stand in the day `closed_on`."""

    __slots__ = ("area", "booked", "closed_on", "handoffs", "keys", "person")

    def __init__(self, keys: tuple[Key, ...], area: str) -> None:
        self.keys, self.area = keys, area
        self.person = ""
        self.handoffs = self.booked = 0
        self.closed_on: float | None = None


class Handoffs:
    """Feed it the facts in the journal's order, after `callers` has seen them."""

    def __init__(self, site: Site, callers: Callers, day_start: Callable[[float], float]) -> None:
        self._site, self._callers, self._day_start = site, callers, day_start
        self._cases: dict[str, _Case] = {}
        self._closed: dict[str, float] = {}
        """Case that is closed -> since when, the longest first."""
        self._days: dict[Key, dict[float, tuple[int, int]]] = {}
        """(handoffs, cases) by day."""

    def __len__(self) -> int:
        return len(self._cases)

    def load(self, site: Site) -> None:
        """A new version: the clients' teams for cases to come."""
        self._site = site

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case CallBridged():
                caller = self._callers.at(fact.call, fact.at)
                about = self._known(caller.case, fact.at)
                if about is None or caller.draft or is_outside(fact.agent):
                    return
                about.handoffs += about.person not in {"", fact.agent}
                about.person = fact.agent
            case CaseOpened() if not fact.draft:
                self._cases[fact.case] = _Case(tuple(case_keys(self._site, fact)), fact.area)
                self._is_about(fact)
            case CaseAsked():
                self._is_about(fact)
            case CaseClosed():
                self._close(fact)
            case CaseReopened():
                about = self._known(fact.case, fact.at)
                if about is not None and about.closed_on is not None:
                    self._book(about, about.closed_on, -about.booked, -1)
                    about.closed_on = None
                    self._closed.pop(fact.case, None)
            case _:
                pass

    def area_of(self, caller: Caller, at: float) -> str:
        """The area of the case that a call is about; empty: of none."""
        about = self._known(caller.case, at)
        return about.area if about is not None else ""

    def whose(self) -> tuple[Key, ...]:
        """Everybody of whom a case was closed."""
        return tuple(self._days)

    def on(self, key: Key, at: float) -> tuple[int, int]:
        """Handoffs and cases of the day that holds `at`."""
        return self._days.get(key, {}).get(self._day_start(at), (0, 0))

    def _known(self, case: str, at: float) -> _Case | None:
        """A case, unless it has been closed for too long at `at`."""
        return self._cases.get(case) if self._closed.get(case, at) >= at - CLOSED_KEPT_S else None

    def _is_about(self, fact: CaseOpened | CaseAsked) -> None:
        if fact.call:
            self._callers.at(fact.call, fact.at).case = fact.case

    def _close(self, fact: CaseClosed) -> None:
        about = self._known(fact.case, fact.at)
        if about is None or about.closed_on is not None:
            return
        about.closed_on, about.booked = self._day_start(fact.at), about.handoffs
        self._book(about, about.closed_on, about.booked, 1)
        self._closed[fact.case] = fact.at
        while next(iter(self._closed.values())) < fact.at - CLOSED_KEPT_S:
            oldest = next(iter(self._closed))
            del self._closed[oldest], self._cases[oldest]

    def _book(self, about: _Case, start: float, handoffs: int, cases: int) -> None:
        for key in about.keys:
            days = self._days.setdefault(key, {})
            if start not in days and cases > 0:
                days[start] = (0, 0)
                if len(days) > DAYS_KEPT:
                    del days[next(iter(days))]
            if start in days:
                days[start] = days[start][0] + handoffs, days[start][1] + cases
