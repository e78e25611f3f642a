"""The live figures: `core.kpi`'s fold, kept up to date from committed facts by a thread of its own.

Nothing is counted here, and nothing is kept but the fold: after a start it is folded anew from the journal.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import msgspec

from gateway.core.calendar import zone_of
from gateway.core.journal import JournalRow
from gateway.core.kpi import Key, Kpi
from gateway.core.kpi_figures import Figures as PeriodFigures
from gateway.core.site import Site
from gateway.errors import StoreError

CHUNK = 250
"""Rows folded in one go: whoever asks for figures waits for no more than that (a few milliseconds)."""

REFOLD_MAX = 50_000
"""A start folds the whole journal up to that many facts (half a second, some seconds on a small board). From a longer
one it takes yesterday and today: today's figures are the same, because no contact waits for a day."""

RETRY_S = 5.0

_log = logging.getLogger(__name__)


class JournalSource(Protocol):
    """What the fold needs of the journal; every method may raise StoreError."""

    @property
    def id(self) -> str: ...
    def read_from(self, after: int, limit: int) -> tuple[JournalRow, ...]: ...
    def last_seq(self) -> int: ...
    def first_seq_since(self, at: float) -> int: ...
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

    def next_change(self, at: float) -> float:
        """When figures move next by time alone: a wait passes T, or the day ends. Unix seconds."""
        with self._lock:
            self._day(at)
            crossing = self._kpi.next_change()
            return self._day.end if crossing is None else min(self._day.end, crossing)

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
        return self._journal.first_seq_since(self._day.midnight(yesterday)) - 1
