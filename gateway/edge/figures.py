"""The live figures: `core.kpi`'s fold, kept up to date from committed facts by a thread of its own.

Nothing is counted here, and nothing is kept but the fold: after a start it is folded anew from the journal.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

import msgspec

from gateway.core.alarms.alarms import RaisedAlarms
from gateway.core.facts.all import AnyFact
from gateway.core.facts.journal import JournalRow
from gateway.core.facts.watch import ALARM_KINDS, AlarmRaised
from gateway.core.hours.calendar import zone_of
from gateway.core.kpi.agents import MINUTE_S, AgentKpi, AgentTimes
from gateway.core.kpi.cases import CASE_KINDS, CaseFigures, CaseKpi
from gateway.core.kpi.continuity import ContinuityKpi
from gateway.core.kpi.costs import CostKpi
from gateway.core.kpi.figures import AgentFigures
from gateway.core.kpi.figures import Figures as PeriodFigures
from gateway.core.kpi.kpi import Key, Kpi, Scope
from gateway.core.quality.figures import QUALITY_FIGURE_KINDS, QualityKpi
from gateway.core.site.site import Site
from gateway.edge.figures_continuity import ContinuityMessage, Rows, continuity, past
from gateway.edge.figures_costs import costs
from gateway.edge.figures_quality import quality
from gateway.errors import StoreError

CHUNK = 250
"""Rows folded in one go: whoever asks for figures waits for no more than that (a few milliseconds)."""

REFOLD_MAX = 50_000
"""A start folds the whole journal up to that many facts (half a second, some seconds on a small board). From a longer
one it takes yesterday and today: today's figures are the same, because no contact waits for a day."""

RETRY_S = 5.0

_log = logging.getLogger(__name__)


class JournalSource(Rows, Protocol):
    """What the fold needs of the journal; every method may raise StoreError."""

    @property
    def id(self) -> str: ...
    def read_from(self, after: int, limit: int) -> tuple[JournalRow, ...]: ...
    def last_seq(self) -> int: ...
    def of_kinds(self, kinds: Iterable[str], *, before: int | None = None) -> tuple[AnyFact, ...]: ...
    def last_of_agents(self, agents: Iterable[str], *, before: int | None = None) -> tuple[AnyFact, ...]: ...
    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class FiguresMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A team's figures of the present day as they are published. `figures` is keyed by formula id (docs/mqtt.md)."""

    site: str
    site_version: str = ""
    """That runs now; which calls were counted under which version the SiteLoaded facts tell."""
    journal: str
    team: str
    period: Literal["day"] = "day"
    as_of_seq: int
    """All facts up to that one are in."""
    at: float
    threshold_s: float
    """T, and S below: those of the team now; each contact counts with those of when it entered."""
    short_abandon_s: float
    figures: PeriodFigures


class CasesMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of cases of the present day: the office's, or those of the team or manager `name`."""

    site: str
    journal: str
    scope: Scope
    name: str = ""
    period: Literal["day"] = "day"
    as_of_seq: int
    at: float
    calendar: str
    """By which business hours are counted; empty: there are none."""
    figures: CaseFigures


class AlarmsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms that are raised, the oldest first."""

    site: str
    journal: str
    as_of_seq: int
    at: float
    alarms: tuple[AlarmRaised, ...]


class AgentsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """How agents spent the present day: all of the office, the members of the team `name`, or the agent `name`."""

    site: str
    journal: str
    scope: Literal["office", "team", "agent"]
    name: str = ""
    period: Literal["day"] = "day"
    as_of_seq: int
    at: float
    figures: AgentTimes


class AgentDay(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's day: how the time was spent, and what the phone did."""

    times: AgentTimes
    phone: AgentFigures


class Published(NamedTuple):
    """One retained message. `seen` is the part whose change makes it worth sending again."""

    seen: object
    message: msgspec.Struct


Words = tuple[str, ...]
"""The levels of a topic below the site's."""


class LocalDay:
    """When the day of a moment began on the office's wall, in Unix seconds. Remembers the day that it is."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.zone = zone
        self._start = self.end = 0.0

    def __call__(self, at: float) -> float:
        """Midnight before `at`; `end` is the one after it."""
        if not self._start <= at < self.end:
            day = dt.datetime.fromtimestamp(at, self.zone).date()
            self._start = self.midnight(day)
            self.end = self.midnight(day + dt.timedelta(days=1))
        return self._start

    def midnight(self, day: dt.date) -> float:
        """When `day` begins there."""
        return dt.datetime.combine(day, dt.time(), self.zone).timestamp()


class Figures:
    """The fold of one journal for one site. `now` and `message` may be called from any thread."""

    def __init__(self, journal: JournalSource, site: Site) -> None:
        """Starts folding; `now` is empty until all that was committed before is in."""
        self._journal, self._site = journal, site
        self._day = LocalDay(zone_of(site))
        self._kpi = Kpi(site, day_start=self._day)
        self._cases = CaseKpi(site, day_start=self._day)
        self._alarms = RaisedAlarms()
        self._agents = AgentKpi(day_start=self._day)
        self._continuity = ContinuityKpi(site, day_start=self._day)
        self._costs = CostKpi(site, day_start=self._day)
        self._quality = QualityKpi(site, day_start=self._day)
        self._seq = 0
        self._ready = False
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._fresh = threading.Event()
        self._fresh.set()
        self._closing = False
        self._forget = journal.on_commit(self._fresh.set)
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether everything that was in the journal at the start has been folded."""
        return self._ready

    @property
    def seq(self) -> int:
        """The last fact that is in."""
        return self._seq

    def now(self, at: float) -> Mapping[str, PeriodFigures]:
        """Figures of the day of `at` for each team of the site; empty until `ready`."""
        with self._lock:
            if not self._ready:
                return {}
            self._kpi.advance(at)
            return {team: self._kpi.figures(Key("team", team), "day", at=at) for team in self._site.teams}

    def published(self, at: float) -> Mapping[Words, Published]:
        """Everything that stands retained on the broker, by topic; empty until `ready`."""
        teams = self.now(at)
        found: dict[Words, Published] = {
            ("figures", team): Published(one, self.message(team, one, at)) for team, one in teams.items()
        }
        with self._lock:
            if not self._ready:
                return {}
            for key in self._cases.whose():
                people = {"office": ("",), "team": self._site.teams, "manager": self._site.agents}.get(key.scope, ())
                if key.name in people:
                    words = ("cases", key.scope, key.name) if key.name else ("cases", key.scope)
                    found[words] = self._of_cases(key, at)
            found |= self._of_agents(at)
            found |= {words: Published((one.figures, one.earlier), one) for words, one in self._of_continuity(at)}
            found |= self._of_costs(at)
            told = quality(self._site, self._quality, at=at, journal=self._journal.id, seq=self._seq)
            found |= {words: Published(message.figures, message) for words, message in told}
            raised = self._alarms.shown()
        alarms = AlarmsMessage(
            site=self._site.name, journal=self._journal.id, as_of_seq=self._seq, at=at, alarms=raised
        )
        return {**found, ("alarms",): Published(raised, alarms)}

    def _of_cases(self, key: Key, at: float) -> Published:
        figures = self._cases.figures(key, at=at)
        message = CasesMessage(
            site=self._site.name,
            journal=self._journal.id,
            scope=key.scope,
            name=key.name,
            as_of_seq=self._seq,
            at=at,
            calendar=self._site.cases.calendar,
            figures=figures,
        )
        return Published(figures, message)

    def agents(self, at: float) -> Mapping[str, AgentDay]:
        """The day of `at` of each agent of the site, up to `at`; empty until `ready`."""
        with self._lock:
            return {
                agent: AgentDay(
                    times=self._agents.of((agent,), at=at), phone=self._kpi.agent_figures(agent, "day", at=at)
                )
                for agent in (self._site.agents if self._ready else ())
            }

    def _of_agents(self, at: float) -> Iterator[tuple[Words, Published]]:
        """Up to the last full minute: what grows by time alone goes out once in a minute."""
        until = max(at - at % MINUTE_S, self._day(at))
        known = set(self._agents.agents())
        groups: list[tuple[Literal["office", "team", "agent"], str, tuple[str, ...]]] = [
            ("office", "", tuple(self._site.agents)),
            *(("team", team.id, team.agents) for team in self._site.teams.values()),
            *(("agent", agent, (agent,)) for agent in self._site.agents),
        ]
        for scope, name, people in groups:
            if known.isdisjoint(people):
                continue
            figures = self._agents.of(people, at=until)
            message = AgentsMessage(
                site=self._site.name,
                journal=self._journal.id,
                scope=scope,
                name=name,
                as_of_seq=self._seq,
                at=at,
                figures=figures,
            )
            yield ("agents", scope, name) if name else ("agents", scope), Published(figures, message)

    def _of_continuity(self, at: float) -> Iterator[tuple[Words, ContinuityMessage]]:
        return continuity(self._site, self._continuity, at=at, journal=self._journal.id, seq=self._seq)

    def continuity(self, at: float) -> ContinuityMessage | None:
        """Of the office, on the day of `at`; None until `ready`."""
        with self._lock:
            return next(self._of_continuity(at))[1] if self._ready else None

    def _of_costs(self, at: float) -> Iterator[tuple[Words, Published]]:
        """Up to the last full minute, like the agents' time that they are made of."""
        until = max(at - at % MINUTE_S, self._day(at))
        folds = self._kpi, self._agents, self._costs
        for words, message in costs(self._site, *folds, at=at, until=until, journal=self._journal.id, seq=self._seq):
            yield words, Published(message.figures, message)

    def next_change(self, at: float) -> float:
        """When figures move next by time alone: a wait passes T, agents have spent a minute more, the day ends, or
        something is long enough ago. Unix seconds."""
        with self._lock:
            self._day(at)
            moves = self._agents.moves() or self._site.costs is not None
            minute = at - at % MINUTE_S + MINUTE_S if moves else self._day.end
            moments = (self._kpi.next_change(), self._continuity.next_change(at))
            return min(self._day.end, minute, *(moment for moment in moments if moment is not None))

    def message(self, team: str, figures: PeriodFigures, at: float) -> FiguresMessage:
        """What is published of them."""
        settings = self._site.teams[team]
        return FiguresMessage(
            site=self._site.name,
            site_version=self._site.version,
            journal=self._journal.id,
            team=team,
            as_of_seq=self._seq,
            at=at,
            threshold_s=settings.threshold_s,
            short_abandon_s=settings.short_abandon_s,
            figures=figures,
        )

    def load(self, site: Site) -> None:
        """A new version of the site: its teams, T and S from now on."""
        with self._lock:
            self._site = site
            self._day.zone = zone_of(site)
            self._kpi.load(site)
            self._cases.load(site)
            self._continuity.load(site)
            self._costs.load(site)
            self._quality.load(site)
        for listener in tuple(self._listeners):
            listener()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the fold's thread after facts have been folded. Returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        """End the thread."""
        self._closing = True
        self._forget()
        self._fresh.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            try:
                self._catch_up()
            except StoreError as error:
                _log.error("the figures stand still, the journal cannot be read: %s", error)
                self._fresh.wait(RETRY_S)
                continue
            except Exception:
                self._ready = False  # no figures are better than wrong ones; the traceback goes to the log
                _log.exception("the figures' fold met a fault of its own and has ended")
                raise
            self._fresh.wait()

    def _catch_up(self) -> None:
        self._fresh.clear()
        if not self._ready and self._seq == 0:
            self._seq = self._begin()
        while not self._closing:
            rows = self._journal.read_from(self._seq, CHUNK)
            with self._lock:
                for row in rows:
                    fact = row.fact()
                    if fact is not None:
                        self._kpi.apply(fact)
                        self._cases.apply(fact)
                        self._alarms.apply(fact)
                        self._agents.apply(fact)
                        self._continuity.apply(fact)
                        self._costs.apply(fact)
                        self._quality.apply(fact)
                    self._seq = row.seq
                self._ready = self._ready or len(rows) < CHUNK
            if len(rows) < CHUNK:
                break
        for listener in tuple(self._listeners):
            with contextlib.suppress(RuntimeError):  # its event loop may just have been closed
                listener()

    def _begin(self) -> int:
        """After which seq to begin."""
        last = self._journal.last_seq()
        first = self._journal.first_seq_since(0.0)
        rows = self._journal.read_from(last - 1, 1)
        if last - first < REFOLD_MAX or not rows:
            return first - 1
        yesterday = dt.datetime.fromtimestamp(rows[0].at, self._day.zone).date() - dt.timedelta(days=1)
        begin = self._journal.first_seq_since(self._day.midnight(yesterday))
        lasting = {*CASE_KINDS, *ALARM_KINDS, *QUALITY_FIGURE_KINDS}
        for fact in self._journal.of_kinds(lasting, before=begin):
            self._cases.apply(fact)
            self._alarms.apply(fact)
            self._quality.apply(fact)
        for fact in past(self._journal, before=begin, at=rows[0].at):
            self._continuity.apply(fact)
        were = self._journal.last_of_agents(self._site.agents, before=begin)
        self._agents.carry_in(were, self._day.midnight(yesterday))
        return begin - 1
