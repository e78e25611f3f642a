"""Which recorded talks of a week are drawn: by lot, each talk of an agent with the same chance, when the week is over.

A talk's lot is a hash of the seed, the call and the agent; those with the lowest lots are drawn. So the order in which
talks come says nothing, a draw can be repeated (after a restart it comes out the same), and of an agent and week no
more than KEPT_MAX talks are kept in memory (of the others eight bytes). Before the week's end nobody knows what is
drawn.

What an agent says in one call is one talk, also where its recording has several parts (nothing is recorded while
somebody else is asked). It belongs to the week in which its recording ended, from Monday 0:00 to Monday 0:00 on the
site's clock. It takes part if the recording came to its end and has sound; talks of drafts never do. A talk of which
something is deleted before the draw is out of it, and another one takes its place.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.desk import RecordingDeleted, RecordingEnded, RecordingStarted
from gateway.core.facts.quality import QualityDrawn
from gateway.core.hours.calendar import zone_of

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

KEPT_MAX = 100
"""Of an agent and week: twice what can be asked for, so that talks may still fall out before the draw."""
WEEKS_KEPT = 2
"""Weeks with talks that wait for their draw: the present one, and one whose end the box has missed."""
WHOLE = ("stopped", "longest", "leg_over")
_DAY = dt.timedelta(days=1)


class Week(NamedTuple):
    """One week of the office. `name` is the date of its Monday."""

    name: str
    start: float
    end: float


def week_of(site: Site, at: float) -> Week:
    """The week that holds `at` (Unix seconds); one in which clocks are set has an hour more or less."""
    zone = zone_of(site)
    day = dt.datetime.fromtimestamp(at, zone).date()
    return _week(site, day - day.weekday() * _DAY)


def end_of(site: Site, name: str) -> float:
    """When the week of that name ends, in Unix seconds."""
    return _week(site, dt.date.fromisoformat(name)).end


def _week(site: Site, monday: dt.date) -> Week:
    zone = zone_of(site)
    start, end = (dt.datetime.combine(day, dt.time(), zone).timestamp() for day in (monday, monday + 7 * _DAY))
    return Week(monday.isoformat(), start, end)


class Candidate(NamedTuple):
    """A recorded talk that can be drawn."""

    lot: bytes
    parts: tuple[RecordingStarted, ...]
    ended_at: float
    length_s: float

    @property
    def recording(self) -> str:
        """The name of the first part, by which the talk is known."""
        return self.parts[0].recording

    @property
    def about(self) -> RecordingStarted:
        """Whose talk, and with whom: the last part knows best."""
        return self.parts[-1]


class Pool:
    """The talks of one agent in one week; `kept` are those of the lowest lots, the lowest first."""

    __slots__ = ("_lots", "kept")

    def __init__(self) -> None:
        self.kept: list[Candidate] = []
        self._lots: set[bytes] = set()

    @property
    def recorded(self) -> int:
        """All talks, kept or not."""
        return len(self._lots)

    def add(self, one: Candidate) -> None:
        """One talk more, or one part more of a talk."""
        if one.lot not in self._lots:
            self._lots.add(one.lot)
            insort(self.kept, one, key=_lot)
            del self.kept[KEPT_MAX:]
            return
        at = bisect_left(self.kept, one.lot, key=_lot)
        if at < len(self.kept) and self.kept[at].lot == one.lot:
            so_far = self.kept[at]
            length_s = so_far.length_s + one.length_s
            self.kept[at] = one._replace(parts=so_far.parts + one.parts, length_s=length_s)

    def drop(self, file: str) -> None:
        """The talk of which this is a part cannot be heard any more."""
        self.kept = [one for one in self.kept if all(part.file != file for part in one.parts)]


def _lot(one: Candidate) -> bytes:
    return one.lot


class WeekDraw:
    """The talks of the weeks that are not drawn yet: a fold over facts, live and from the journal alike."""

    __slots__ = ("_drawn", "_open", "_seed", "site", "weeks")

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        """Whose clock tells the weeks."""
        self._seed = seed
        self._open: dict[str, RecordingStarted] = {}
        self._drawn = ""
        """The last week that was drawn: no talk of it or of one before is waited for."""
        self.weeks: dict[str, dict[str, Pool]] = {}
        """Week -> agent -> talks; the earliest week first."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case RecordingStarted(purpose="conversation"):
                if fact.draft is False and fact.agent:
                    self._open[fact.recording] = fact
            case RecordingEnded():
                started = self._open.pop(fact.recording, None)
                if started is not None and fact.how in WHOLE and fact.length_s:
                    self._add(started, fact.at, fact.length_s)
            case RecordingDeleted():
                for pools in self.weeks.values():
                    for pool in pools.values():
                        pool.drop(fact.file)
            case QualityDrawn():
                self._drawn = max(self._drawn, fact.week)
                for week in [week for week in self.weeks if week <= self._drawn]:
                    del self.weeks[week]
            case _:
                pass

    def over(self, now: float) -> list[str]:
        """The weeks that are over and not drawn, the earliest first."""
        return [week for week in sorted(self.weeks) if end_of(self.site, week) <= now]

    def next_end(self) -> float | None:
        """When the first of the weeks ends that have talks; None: none has."""
        return end_of(self.site, min(self.weeks)) if self.weeks else None

    def _add(self, started: RecordingStarted, ended_at: float, length_s: float) -> None:
        week = week_of(self.site, ended_at).name
        if week <= self._drawn:
            return
        pool = self.weeks.setdefault(week, {}).setdefault(started.agent, Pool())
        lot = blake2b(f"{self._seed}:{started.call}:{started.agent}".encode(), digest_size=8).digest()
        pool.add(Candidate(lot, (started,), ended_at, length_s))
        while len(self.weeks) > WEEKS_KEPT:
            del self.weeks[min(self.weeks)]
