"""What is usual for this day of the week at this hour, and what is now: contacts, handling time and people of each
team, and of the whole office (team "").

Each hour is written down in short (HourCounted) with the first fact that comes after it, so that a start reads a few
thousand facts and not the journal. Usual is the mean of the same hour on the site's clock in the WEEKS weeks before, as
many of them as are there and are no public holiday; of fewer than WEEKS_MIN nothing is said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import QueueEntered, WrapUpEnded
from gateway.core.facts.usual import HourCounted
from gateway.core.hours import calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

HOUR_S = 3600.0
QUARTER_S = 900.0
OFFICE = ""
WEEKS = 4
WEEKS_MIN = 2
"""One week alone is mostly chance."""
KEPT_S = 29 * 86_400.0  # events_watch.BACK_S
SEEN_MIN_S = 3000.0
"""An hour of which the gateway saw less is not written down."""
BEFORE_MAX = 500
HANDLED_MIN = 5
"""Fewer contacts tell nothing of a handling time."""
HOURS_BACK_MAX = 72
"""So many quiet hours are written down when somebody comes back after them; a longer quiet is nobody's working time."""
_AWAY = frozenset({"off", "paused"})


class Hours(list[HourCounted]):
    """The same hour of several weeks."""

    def contacts(self, seconds: float) -> float:
        """Usually offered in so many seconds."""
        return seconds * sum(hour.offered for hour in self) / sum(hour.seen_s for hour in self)

    def handling_s(self) -> float | None:
        handled = sum(hour.handled for hour in self)
        return sum(hour.handling_s for hour in self) / handled if handled >= HANDLED_MIN else None

    def staff(self) -> float:
        return sum(hour.staff_s for hour in self) / sum(hour.seen_s for hour in self)


class Expected(NamedTuple):
    """What a stretch of time usually brings."""

    contacts: float
    handling_s: float | None
    staff: float
    """People on the mean."""
    weeks: int


class Lately:
    """What has happened to one team, back to the last hour that is written down."""

    __slots__ = ("handled", "offered", "staff")

    def __init__(self) -> None:
        self.offered: list[float] = []
        """When contacts came, ascending."""
        self.handled: deque[tuple[float, float]] = deque()
        """(when, seconds)."""
        self.staff: deque[tuple[float, int]] = deque()
        """(since when, so many people)."""

    def contacts(self, since: float, until: float) -> int:
        return bisect_left(self.offered, until) - bisect_left(self.offered, since)

    def handling(self, since: float, until: float) -> tuple[int, float]:
        """How many contacts, and all their seconds."""
        found = [seconds for at, seconds in self.handled if since <= at < until]
        return len(found), sum(found)

    def staff_s(self, since: float, until: float) -> float:
        """Seconds of all people together."""
        ends = (*[at for at, _ in self.staff][1:], until)
        parts = zip(self.staff, ends, strict=True) if self.staff else ()
        return sum(people * max(0.0, min(end, until) - max(at, since)) for (at, people), end in parts)

    def forget(self, before: float) -> None:
        """What nobody asks for any more."""
        del self.offered[: bisect_left(self.offered, before)]
        while self.handled and self.handled[0][0] < before:
            self.handled.popleft()
        while len(self.staff) > 1 and self.staff[1][0] <= before:
            self.staff.popleft()


class Usual:
    """The hours of earlier weeks, and what happens now."""

    __slots__ = ("_before", "began", "counted_to", "here", "hours", "lately")

    def __init__(self) -> None:
        self.hours: dict[str, dict[float, HourCounted]] = {}
        """Team -> start -> hour, the oldest first."""
        self.lately: dict[str, Lately] = {}
        self.here: dict[str, bool] = {}
        """Agent -> whether he was counted as there when he was last heard of."""
        self.began: float | None = None
        """Since when the gateway has looked."""
        self.counted_to = 0.0
        """Up to this hour everything is written down."""
        self._before: dict[tuple[str, float], Hours] = {}
        """What `before` found lately."""

    def of(self, team: str) -> Lately:
        """What is known of the present."""
        known = self.lately.get(team)
        if known is None:
            known = self.lately[team] = Lately()
        return known

    def before(self, site: Site, team: str, at: float) -> Hours:
        """The same hour as that of `at` in the weeks before; empty where too little is known."""
        hour = at // HOUR_S * HOUR_S
        found = self._before.get((team, hour))
        if found is None:
            if len(self._before) > BEFORE_MAX:
                self._before.clear()
            found = self._before[team, hour] = self._look_back(site, team, hour)
        return found

    def forget_site(self) -> None:
        """Another version may have other holidays, or another clock."""
        self._before.clear()

    def _look_back(self, site: Site, team: str, at: float) -> Hours:
        kept = self.hours.get(team, {})
        wall, zone = calendar.wall(site, at).replace(tzinfo=None), calendar.zone_of(site)
        moments = [(wall - timedelta(weeks=week)).replace(tzinfo=zone) for week in range(1, WEEKS + 1)]
        starts = [moment.timestamp() // HOUR_S * HOUR_S for moment in moments if not _holiday(site, moment.timestamp())]
        found = Hours(kept[start] for start in starts if start in kept)
        return found if len(found) >= WEEKS_MIN else Hours()

    def expected(self, site: Site, team: str, since: float, until: float) -> Expected | None:
        """Of the time from `since` to `until` (less than an hour later); None: too little is known of the hour in which
        it ends. An hour before that of which nothing is known was one of a closed office: it brings nothing."""
        begun = (until - 0.001) // HOUR_S * HOUR_S
        last = self.before(site, team, begun)
        if not last:
            return None
        last_s, first_s = until - max(since, begun), max(0.0, begun - since)
        first = self.before(site, team, begun - HOUR_S) if first_s else Hours()
        contacts = last.contacts(last_s) + (first.contacts(first_s) if first else 0.0)
        staff_s = last.staff() * last_s + (first.staff() * first_s if first else 0.0)
        return Expected(contacts, last.handling_s(), staff_s / (until - since), len(last))

    def apply(self, fact: AnyFact) -> None:
        """A fact of before a restart, or one of now."""
        match fact:
            case HourCounted():
                self._before.clear()
                hours = self.hours.setdefault(fact.team, {})
                hours[fact.start] = fact
                while next(iter(hours)) < fact.start - KEPT_S:
                    del hours[next(iter(hours))]
            case QueueEntered():
                for team in (fact.team, OFFICE):
                    self.of(team).offered.append(fact.at)
            case WrapUpEnded() if fact.team:
                for team in (fact.team, OFFICE):
                    self.of(team).handled.append((fact.at, fact.talk_s + fact.wrap_up_s))
            case _:
                pass


def _holiday(site: Site, at: float) -> bool:
    return bool(site.holidays) and bool(calendar.holiday_on(site, calendar.local_day(site, at)))


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """What the journal tells: the hours, and the contacts that are recent enough to be of now."""
    since = ex.turn.now - HOUR_S
    for fact in facts:
        if isinstance(fact, HourCounted) or (isinstance(fact, QueueEntered) and fact.at >= since and _counts(ex, fact)):
            ex.usual.apply(fact)
    look_at_people(ex)


def handled_before(ex: Exchange, fact: AnyFact) -> None:
    """One of the last handling times before a restart."""
    if isinstance(fact, WrapUpEnded) and fact.at >= ex.turn.now - HOUR_S and _counts(ex, fact):
        ex.usual.apply(fact)


def follow(ex: Exchange, fact: AnyFact) -> None:
    """One fact of this turn."""
    if ex.usual.began is None:
        look_at_people(ex)
    _count(ex)
    if isinstance(fact, AgentChanged):
        here = fact.state not in _AWAY
        if ex.usual.here.get(fact.agent) != here:  # most changes are from call to call
            ex.usual.here[fact.agent] = here
            _staff(ex, (*ex.roster.teams_of(fact.agent), OFFICE))
    elif _counts(ex, fact):
        ex.usual.apply(fact)


def look_at_people(ex: Exchange) -> None:
    """Who is there, at the start and with a new version of the site."""
    if ex.usual.began is None:
        ex.usual.began = ex.turn.now
        ex.usual.counted_to = ex.turn.now // HOUR_S * HOUR_S
    ex.usual.forget_site()
    ex.usual.here.clear()
    _staff(ex, (*ex.site.teams, OFFICE))


def _counts(ex: Exchange, fact: AnyFact) -> bool:
    """Trials of drafts have teams of their own, which are none of the site's."""
    return isinstance(fact, QueueEntered | WrapUpEnded) and fact.team in ex.site.teams


def _staff(ex: Exchange, teams: Iterable[str]) -> None:
    for team in teams:
        people = ex.roster.members(team) if team else tuple(ex.roster.seats)
        seats = (ex.roster.seats[agent] for agent in people if agent in ex.roster.seats)
        count = sum(seat.state not in _AWAY and not seat.removed for seat in seats)
        steps = ex.usual.of(team).staff
        if not steps or steps[-1][1] != count:
            steps.append((ex.turn.now, count))


def _count(ex: Exchange) -> None:
    """Write down the hours that are over."""
    usual, now = ex.usual, ex.turn.now
    if usual.began is None or now < usual.counted_to + HOUR_S:
        return
    end = now // HOUR_S * HOUR_S
    start = max(usual.counted_to, end - HOURS_BACK_MAX * HOUR_S)
    usual.counted_to = end
    while start < end:
        seen_s = start + HOUR_S - max(start, usual.began)
        if seen_s >= SEEN_MIN_S:
            for team in (*ex.site.teams, OFFICE):
                _note(ex, team, start, seen_s)
        start += HOUR_S
    for lately in usual.lately.values():
        lately.forget(end - HOUR_S)


def _note(ex: Exchange, team: str, start: float, seen_s: float) -> None:
    lately, end = ex.usual.of(team), start + HOUR_S
    offered, staff_s = lately.contacts(start, end), lately.staff_s(start, end)
    handled, handling_s = lately.handling(start, end)
    if not offered and not handled and staff_s <= 0:
        return
    hour = HourCounted(
        at=ex.turn.now,
        team=team,
        start=start,
        seen_s=seen_s,
        offered=offered,
        handled=handled,
        handling_s=handling_s,
        staff_s=staff_s,
    )
    ex.usual.apply(hour)
    ex.turn.note(hour)
