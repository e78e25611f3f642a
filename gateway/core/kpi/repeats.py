"""fcr_repeat: contacts with no further contact of the same client and reason within 7 days / contacts. A fold.

A contact is a caller who comes to a queue, with each reason once in a call: whoever is handed on to another queue with
the same reason is still the same contact. It is booked for the office, and for the team and the manager of that queue,
on the day on which it came. The further contact may be any other call that comes to a queue, answered or not, that of
a caller who had hung up as well; it is a contact itself. A call that the box makes is neither. Trials of drafts count
nowhere.

The same client is the one as whom the caller was identified by then, whatever number he calls from; of a stranger it is
the same number. A stranger who withholds it cannot be told from others: he is left out and counted beside.

The reason is the `area` with which the caller came to the queue; where none was chosen, the area of the case that the
call is about. Contacts without either have that in common.

A day is provisional until its last moment is as long ago as the window, then final: nothing can change it any more. The
window is 7 x 24 hours, so it does not mind clocks that are set.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateway.core.kpi.kpi import OFFICE, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.facts.calls import QueueEntered
    from gateway.core.kpi.callers import Caller

DAY_S = 86_400.0
WINDOW_MAX_S = 21 * DAY_S
"""No longer window can be set: contacts are kept that long."""
FINAL_SHOWN_S = 7 * DAY_S
"""So long a final day is still told, for whoever was away, the box itself perhaps."""
LONGEST_DAY_S = 26 * 3600.0
"""Longer than any day and shorter than two: from midnight it leads into the next day."""
_KEPT = 31
"""Days with contacts that are kept of each: those that any window lets be shown, and that on which it began."""


class RepeatDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the office, a team or a manager."""

    start: float
    """Of the day, in Unix seconds."""
    fcr_repeat: float | None
    """Contacts without a further one / contacts, 0 to 1; None without contacts."""
    fcr_repeat_n: int
    """How many contacts those are."""
    fcr_repeat_unknown: int
    """Contacts of whom nobody knows who they are: in neither number."""
    fcr_repeat_final: bool
    fcr_repeat_until: float
    """Until when it is provisional, in Unix seconds."""


class _Contact(NamedTuple):
    """The last one of somebody with some reason."""

    at: float
    days: tuple[_Day, ...]


class _Day:
    """What is booked on one day. `gaps`: seconds from a contact to the next one, of those that have a next one."""

    __slots__ = ("contacts", "end", "gaps", "repeated", "start", "unknown")

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end
        self.contacts = self.unknown = 0
        self.gaps = array("d")
        self.repeated = 0
        """Of the gaps, those within the window."""

    def figures(self, window_s: float, at: float) -> RepeatDay:
        """The day as it stands at `at`."""
        until = self.end + window_s
        return RepeatDay(
            start=self.start,
            fcr_repeat=1.0 - self.repeated / self.contacts if self.contacts else None,
            fcr_repeat_n=self.contacts,
            fcr_repeat_unknown=self.unknown,
            fcr_repeat_final=at >= until,
            fcr_repeat_until=until,
        )


class Repeats:
    """Feed it QueueEntered in the journal's order. `window_s` may change at any time."""

    def __init__(self, window_s: float, day_start: Callable[[float], float]) -> None:
        self._window_s = window_s
        self._day_start = day_start
        self._last: dict[tuple[str, str], _Contact] = {}
        """(who, reason) -> his last contact, the oldest first."""
        self._days: dict[Key, dict[float, _Day]] = {}

    def __len__(self) -> int:
        return len(self._last)

    def load(self, window_s: float) -> None:
        """Another window, for all days that are kept."""
        self._window_s = window_s
        for days in self._days.values():
            for day in days.values():
                day.repeated = sum(gap <= window_s for gap in day.gaps)

    def entered(self, fact: QueueEntered, caller: Caller, reason: str) -> None:
        """Somebody came to a queue."""
        if caller.draft or caller.ours or reason in caller.reasons:
            return
        caller.reasons = (*caller.reasons, reason)
        days = tuple(self._on(fact))
        who = f"client {caller.client}" if caller.client else caller.number
        if not who:
            for day in days:
                day.unknown += 1
            return
        for day in days:
            day.contacts += 1
        before = self._last.pop((who, reason), None)
        for day in before.days if before is not None else ():
            gap_s = fact.at - (before.at if before is not None else 0.0)
            day.gaps.append(gap_s)
            day.repeated += gap_s <= self._window_s
        self._last[who, reason] = _Contact(fact.at, days)
        while next(iter(self._last.values())).at < fact.at - WINDOW_MAX_S:
            del self._last[next(iter(self._last))]

    def whose(self) -> tuple[Key, ...]:
        """Everybody who has had a contact."""
        return tuple(self._days)

    def day(self, key: Key, at: float) -> RepeatDay:
        """The day that holds `at`, as it stands then."""
        start = self._day_start(at)
        day = self._days.get(key, {}).get(start) or _Day(start, self._day_start(start + LONGEST_DAY_S))
        return day.figures(self._window_s, at)

    def earlier(self, key: Key, at: float) -> tuple[RepeatDay, ...]:
        """The days before that one that had contacts and are provisional, or have been final for no longer than a
        week; the latest first."""
        today, gone_s = self._day_start(at), self._window_s + FINAL_SHOWN_S
        days = [day for day in self._days.get(key, {}).values() if day.start < today and at < day.end + gone_s]
        return tuple(day.figures(self._window_s, at) for day in reversed(days))

    def next_change(self, at: float) -> float | None:
        """When a day becomes final next, after `at`; None: none will."""
        moments = (day.end + self._window_s for day in self._days.get(OFFICE, {}).values())
        return min((moment for moment in moments if moment > at), default=None)

    def _on(self, fact: QueueEntered) -> Iterator[_Day]:
        start = self._day_start(fact.at)
        for key in (OFFICE, Key("team", fact.team), Key("manager", fact.manager)):
            if not key.name and key != OFFICE:
                continue
            days = self._days.setdefault(key, {})
            if start not in days:
                days[start] = _Day(start, self._day_start(start + LONGEST_DAY_S))
                if len(days) > _KEPT:
                    del days[next(iter(days))]
            yield days[start]
