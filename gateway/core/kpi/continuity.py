"""Whether a client is helped by one person, the first time: the figures of continuity. A fold over facts, like `kpi`.

fcr_repeat is that of `repeats.py`, handoffs_per_case of `handoffs.py`, people_per_client_30d of `people.py`; each
tells there what it counts. Here they are put together, for the office, each team and each manager.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.calls import QueueEntered
from gateway.core.kpi.callers import Callers
from gateway.core.kpi.figures import utc_day
from gateway.core.kpi.handoffs import HANDOFF_KINDS, HANDOFFS, Handoffs
from gateway.core.kpi.kpi import OFFICE, Key
from gateway.core.kpi.people import HEARD, TALK_KINDS, People
from gateway.core.kpi.repeats import RepeatDay, Repeats

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

CONTINUITY_KINDS = (*TALK_KINDS, *HANDOFF_KINDS, QueueEntered.__name__)
"""The facts that it has to see of the last BACK_S."""
_HEARD = frozenset({*HEARD, *HANDOFFS, QueueEntered})
BACK_S = 31 * 86_400.0
"""Longer than anything but a case lasts here: talks count for 30 days, and contacts, with the longest window, are shown
for 29."""


class ContinuityFigures(RepeatDay, frozen=True, kw_only=True):
    """The present day of the office, a team or a manager. Shares between 0 and 1; None without contacts, cases or
    clients."""

    handoffs_per_case: float | None
    """Handoffs of the cases that were closed / those cases."""
    handoffs_per_case_n: int
    """How many cases those are."""
    people_per_client_30d: float | None
    """Agents who have talked with a client in the last 30 days, in the mean of those who have talked with any."""
    people_per_client_30d_max: int | None
    people_per_client_30d_n: int
    """How many clients those are."""


class ContinuityKpi:
    """Feed it the facts in the journal's order; CallEnded may be left out. `day_start` as of `Kpi`."""

    def __init__(self, site: Site, *, day_start: Callable[[float], float] = utc_day) -> None:
        self._callers = Callers()
        self.people = People(self._callers)
        self.repeats = Repeats(site.cases.repeat_s, day_start)
        self.handoffs = Handoffs(site, self._callers, day_start)

    def load(self, site: Site) -> None:
        """A new version: its window, for all days that are kept."""
        self.repeats.load(site.cases.repeat_s)
        self.handoffs.load(site)

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        if type(fact) not in _HEARD:
            return
        self._callers.apply(fact)
        self.people.advance(fact.at)
        self.people.apply(fact)
        self.handoffs.apply(fact)
        if isinstance(fact, QueueEntered):
            caller = self._callers.at(fact.call, fact.at)
            self.repeats.entered(fact, caller, fact.area or self.handoffs.area_of(caller, fact.at))

    def whose(self) -> tuple[Key, ...]:
        """Everybody of whom there is anything, the office first."""
        found = (*self.repeats.whose(), *self.handoffs.whose(), *self.people.whose())
        return (OFFICE, *dict.fromkeys(key for key in found if key != OFFICE))

    def figures(self, key: Key, *, at: float) -> ContinuityFigures:
        """Of the day that holds `at`, as they stand then; people up to the last `at` that was asked for."""
        self.people.advance(at)
        spread = self.people.spread(key)
        handoffs, cases = self.handoffs.on(key, at)
        return ContinuityFigures(
            **msgspec.structs.asdict(self.repeats.day(key, at)),
            handoffs_per_case=handoffs / cases if cases else None,
            handoffs_per_case_n=cases,
            people_per_client_30d=spread.mean,
            people_per_client_30d_max=spread.most,
            people_per_client_30d_n=spread.clients,
        )

    def next_change(self, at: float) -> float | None:
        """When a figure moves next by time alone, after `at`: a day becomes final, or a talk is 30 days old."""
        self.people.advance(at)
        moments = (self.repeats.next_change(at), self.people.next_change())
        return min((moment for moment in moments if moment is not None), default=None)
