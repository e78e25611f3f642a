"""Alarms: what must not go on unseen. Each is raised once and cleared once, and outlives a restart.

nobody_logged_in  the team's calendar is open, and nobody of the team has been logged in for a minute
longest_wait      somebody has waited for the team longer than it allows (by default 3 x T, a minute at least)
service_level     in this quarter of an hour so many contacts of the team have been lost to the service level that it
                  cannot reach its target any more, even if every further contact is answered in time: lost > (1 -
                  target) x N. Lost are those that `sl` counts below the line and not above it. N is what has come
                  (met, lost, waiting), or what is expected if that is more: the mean of the same quarter of the four
                  weeks before, as far as the journal goes back. Below `contacts_min` nothing is said. Cleared when the
                  quarter is over.
trunk_down        as the line reports it
recording         the last recording failed; cleared by one that does not
many_people       a client has talked with too many different agents (`people.py`)

The counts are those of `core/kpi/kpi.py`, folded here over the board's own facts.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.alarms import wait_causes
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import QueueEntered, QueueLeft, StageEntered
from gateway.core.facts.desk import RecordingEnded
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.lines import LineStarted, TrunkReported
from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from gateway.core.hours import calendar, override
from gateway.core.kpi.callers import Callers
from gateway.core.kpi.kpi import INTERVAL_S, Key, Kpi
from gateway.core.kpi.people import People

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.watch import AlarmKind
    from gateway.core.kpi.kpi import Scope
    from gateway.core.site.site import Site, Team

WEEKS = 4
INTERVALS_KEPT = (7 * WEEKS + 1) * 96
LONGEST_WAIT_S, LONGEST_WAIT_T = 60.0, 3.0
_SCOPES: tuple[Scope, ...] = ("team",)
_OF_WAITS = frozenset({"longest_wait", "service_level"})
"""Alarms that say why callers wait."""
CALLERS_BACK_S = 40.0
"""After a start callers are back in their queues by then, or never."""


class Name(NamedTuple):
    """Which alarm: there is at most one of a name at a time. `subject` only of a trunk or a client."""

    alarm: AlarmKind
    team: str = ""
    subject: str = ""


class RaisedAlarms:
    """The alarms that are raised: a fold over their facts."""

    def __init__(self) -> None:
        self.raised: dict[Name, AlarmRaised] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        if isinstance(fact, AlarmRaised):
            self.raised[_name(fact)] = fact
        elif isinstance(fact, AlarmCleared):
            self.raised.pop(_name(fact), None)

    def shown(self) -> tuple[AlarmRaised, ...]:
        """Those that are raised, the oldest first."""
        return tuple(sorted(self.raised.values(), key=lambda fact: fact.since))

    def of_client(self, client: str) -> AlarmRaised | None:
        """The one that is raised of a client."""
        return self.raised.get(Name("many_people", subject=client))


class Alarms(RaisedAlarms):
    """The alarms that are raised, and what is needed to see the next one."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.kpi = Kpi(site, scopes=_SCOPES, intervals=INTERVALS_KEPT)
        self.callers = Callers()
        self.people = People(self.callers)
        self.begun = False
        self.nobody: dict[str, float] = {}
        """Team -> since when it is open without anybody, not yet long enough."""
        self.waits: set[str] = set()
        """Teams whose longest wait has a deadline."""
        self.crossing: float | None = None
        """The deadline at which somebody's wait passes T."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        self.kpi.apply(fact)
        super().apply(fact)


def _name(fact: AlarmRaised | AlarmCleared) -> Name:
    if fact.alarm == "many_people":
        return Name(fact.alarm, subject=fact.subject)
    return Name(fact.alarm, fact.team, fact.subject if fact.alarm == "trunk_down" else "")


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """After a start: what was raised still is, until it is looked at."""
    alarms = ex.alarms
    for fact in facts:
        alarms.apply(fact)
    for name, raised in alarms.raised.items():
        if name.alarm == "longest_wait":
            _set_wait(ex, name.team, CALLERS_BACK_S)
        elif name.alarm == "service_level":
            _at(ex, f"level:{name.team}", _quarter_end(raised.since))
    begin(ex)


def begin(ex: Exchange) -> None:
    """Look at everything anew: at the start, and with a new version of the site."""
    ex.alarms.begun = True
    ex.alarms.kpi.load(ex.site)
    for name in [name for name in ex.alarms.raised if name.team and name.team not in ex.site.teams]:
        _clear(ex, name)
    for team in ex.site.teams.values():
        _look_for_people(ex, team)


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the alarms."""
    alarms = ex.alarms
    alarms.apply(fact)
    if not alarms.begun:
        begin(ex)
    match fact:
        case QueueEntered() | StageEntered():
            call = ex.calls.get(fact.call)
            if call is not None and call.waiter is not None:
                _watch_wait(ex, call.waiter.team.id)
            _look_at_crossing(ex)
        case QueueLeft():
            _look_at_level(ex, fact.team)
            if Name("longest_wait", fact.team) in alarms.raised:
                _look_at_wait(ex, fact.team)
        case AgentChanged() if fact.state in {"off", "idle", "paused"}:
            _person_changed(ex, fact)
        case HoursOverridden():
            for team in ex.site.teams.values():
                if _calendar(ex.site, team) == fact.calendar:
                    _look_for_people(ex, team)
        case TrunkReported():
            name = Name("trunk_down", subject=f"{fact.line}/{fact.trunk}")
            if fact.up:
                _clear(ex, name)
            else:
                _raise(ex, name, since=fact.at, subject=name.subject)
        case LineStarted():  # it will report its trunks anew
            for name in [name for name in alarms.raised if name.subject.startswith(f"{fact.line}/")]:
                _clear(ex, name)
        case RecordingEnded() if ex.recording_trouble is not None:
            since, reason = ex.recording_trouble
            _raise(ex, Name("recording"), since=since, subject=reason)
        case RecordingEnded() if fact.how != "lost":
            _clear(ex, Name("recording"))
        case _:
            pass


def due(ex: Exchange, name: str) -> None:
    """A moment has come at which an alarm may have to be raised or cleared."""
    what, _, team_id = name.partition(":")
    team = ex.site.teams.get(team_id)
    match what:
        case "crossing":
            ex.alarms.crossing = None
            ex.alarms.kpi.advance(ex.turn.now)
            for other in ex.site.teams:
                _look_at_level(ex, other)
            _look_at_crossing(ex)
        case "level":
            _clear(ex, Name("service_level", team_id))
        case "wait":
            ex.alarms.waits.discard(team_id)
            _look_at_wait(ex, team_id)
        case "hours" if team is not None:
            _look_for_people(ex, team)
        case "nobody" if team is not None and team_id in ex.alarms.nobody:
            since, allowed_s = ex.alarms.nobody.pop(team_id), ex.site.alarms.nobody_s
            alone_s = ex.turn.now - since
            _raise(ex, Name("nobody_logged_in", team_id), since=since, value=alone_s, threshold=allowed_s)
        case _:
            pass


# Nobody logged in


def _calendar(site: Site, team: Team) -> str:
    return team.calendar or site.alarms.calendar


def _person_changed(ex: Exchange, fact: AgentChanged) -> None:
    for team_id in ex.roster.teams_of(fact.agent):
        team = ex.site.teams.get(team_id)
        wrong = team_id in ex.alarms.nobody or Name("nobody_logged_in", team_id) in ex.alarms.raised
        if team is not None and wrong != (fact.state == "off"):
            _look_for_people(ex, team)


def _look_for_people(ex: Exchange, team: Team) -> None:
    """Whether somebody should be there and nobody is; and look again when the hours change."""
    now, name = ex.turn.now, Name("nobody_logged_in", team.id)
    hours = ex.site.hours.get(_calendar(ex.site, team))
    is_open = False
    ex.turn.cancel("alarm", f"hours:{team.id}")
    if hours is not None:
        forced = override.current(ex, hours.id, now)
        is_open = calendar.decide(ex.site, hours, now, forced).open
        changes_at = calendar.changes_at(ex.site, hours, now, forced)
        if changes_at is not None:
            _at(ex, f"hours:{team.id}", changes_at)
    if not is_open or ex.roster.logged_in(team.id):
        ex.turn.cancel("alarm", f"nobody:{team.id}")
        ex.alarms.nobody.pop(team.id, None)
        _clear(ex, name)
    elif name not in ex.alarms.raised and team.id not in ex.alarms.nobody:
        ex.alarms.nobody[team.id] = now
        _at(ex, f"nobody:{team.id}", now + ex.site.alarms.nobody_s)


# The longest wait


def longest_wait_of(team: Team) -> float:
    """How long somebody may wait for a team before it is an alarm, in seconds; 0: for ever."""
    if team.longest_wait_s is not None:
        return team.longest_wait_s
    return max(LONGEST_WAIT_S, LONGEST_WAIT_T * team.threshold_s)


def _oldest(ex: Exchange, team: str) -> float | None:
    """Since when he waits who waits longest. Who waits to be called back does not hear the time pass."""
    callers = (waiter for waiter in ex.room.waiting(team) if waiter.call.leg.state != "planned")
    return min((waiter.entered_at for waiter in callers), default=None)


def _watch_wait(ex: Exchange, team_id: str) -> None:
    team = ex.site.teams.get(team_id)
    if team is None or team_id in ex.alarms.waits or Name("longest_wait", team_id) in ex.alarms.raised:
        return
    oldest, allowed_s = _oldest(ex, team_id), longest_wait_of(team)
    if oldest is not None and allowed_s:
        _set_wait(ex, team_id, oldest + allowed_s - ex.turn.now)


def _set_wait(ex: Exchange, team: str, seconds: float) -> None:
    ex.alarms.waits.add(team)
    ex.turn.after(seconds, "alarm", f"wait:{team}")


def _look_at_wait(ex: Exchange, team_id: str) -> None:
    team, name = ex.site.teams.get(team_id), Name("longest_wait", team_id)
    oldest = _oldest(ex, team_id) if team is not None else None
    allowed_s = longest_wait_of(team) if team is not None else 0.0
    if oldest is not None and allowed_s and ex.turn.now >= oldest + allowed_s:
        waited_s = ex.turn.now - oldest
        _raise(ex, name, since=oldest + allowed_s, value=waited_s, threshold=allowed_s)
        return
    _clear(ex, name)
    _watch_wait(ex, team_id)


# The service level


def expected(ex: Exchange, team: str, at: float) -> float | None:
    """Contacts that the quarter of an hour of `at` should bring, by the same quarter on the clock of up to four weeks
    before; None: the journal does not go back a week."""
    kpi, key = ex.alarms.kpi, Key("team", team)
    first = min(kpi.starts(key, "interval"), default=at)
    wall, zone = calendar.wall(ex.site, at).replace(tzinfo=None), calendar.zone_of(ex.site)
    before = [(wall - timedelta(weeks=week)).replace(tzinfo=zone).timestamp() for week in range(1, WEEKS + 1)]
    known = [kpi.offered(key, at=moment) for moment in before if moment >= first]
    return sum(known) / len(known) if known else None


def _quarter_end(at: float) -> float:
    return at - at % INTERVAL_S + INTERVAL_S


def _look_at_crossing(ex: Exchange) -> None:
    """Be told when the next wait passes T."""
    alarms = ex.alarms
    at = alarms.kpi.next_change()
    if at is not None and at != alarms.crossing:
        alarms.crossing = at
        _at(ex, "crossing", at)


def _look_at_level(ex: Exchange, team_id: str) -> None:
    team, name = ex.site.teams.get(team_id), Name("service_level", team_id)
    if team is None or name in ex.alarms.raised:
        return
    met, lost, waiting = ex.alarms.kpi.standing(Key("team", team_id))
    come = met + lost + waiting
    allowed = 1.0 - team.sl_target
    if lost <= allowed * come:  # more to come makes it only better
        return
    contacts = max(come, expected(ex, team_id, ex.turn.now) or 0.0)
    if contacts < ex.site.alarms.contacts_min or lost <= allowed * contacts + 1e-9:
        return
    best = (contacts - lost) / contacts
    _raise(ex, name, since=ex.turn.now, value=best, threshold=team.sl_target)
    _at(ex, f"level:{team_id}", _quarter_end(ex.turn.now))


# Raised and cleared


def _raise(
    ex: Exchange,
    name: Name,
    *,
    since: float,
    subject: str = "",
    value: float | None = None,
    threshold: float | None = None,
) -> None:
    if name in ex.alarms.raised:
        return
    fact = AlarmRaised(
        at=ex.turn.now,
        alarm=name.alarm,
        team=name.team,
        subject=subject,
        value=value,
        threshold=threshold,
        since=since,
        cause=wait_causes.look(ex, name.team, ex.turn.now) if name.alarm in _OF_WAITS else None,
    )
    ex.alarms.raised[name] = fact
    ex.turn.note(fact)


def _clear(ex: Exchange, name: Name) -> None:
    raised = ex.alarms.raised.pop(name, None)
    if raised is None:
        return
    ex.turn.note(
        AlarmCleared(
            at=ex.turn.now,
            alarm=raised.alarm,
            team=raised.team,
            subject=raised.subject,
            since=raised.since,
            lasted_s=ex.turn.now - raised.since,
        )
    )


def _at(ex: Exchange, name: str, at: float) -> None:
    ex.turn.after(at - ex.turn.now, "alarm", name)
