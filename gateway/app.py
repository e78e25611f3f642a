"""Composition root of the control process: builds the parts, joins them, and turns the pump.

The way of the data is one circle: edge -> Event -> core -> Action -> edge, and core -> Fact -> journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import signal
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gateway import __version__, collector
from gateway.audio.prompts import PromptStore
from gateway.clock import SteadyClock
from gateway.core.actions import BoardAction, LookUp, ScreenPop
from gateway.core.agents import commands as agent_commands
from gateway.core.events import (
    AgentCommanded,
    AgentsRecovered,
    CallsRecovered,
    HoursCommanded,
    HoursRecovered,
    MemoryRecovered,
    OwnersRecovered,
    QueueRecovered,
    TimerDue,
)
from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.core.hours import override
from gateway.core.line_config import LineConfig
from gateway.core.steps.memory import KEPT_S
from gateway.core.switchboard import BoardEvent, Switchboard
from gateway.edge import recall
from gateway.edge.control import ControlServer
from gateway.edge.crm import Crm
from gateway.edge.desk_doors import desk_doors
from gateway.edge.figures import Figures
from gateway.edge.lines import Lines
from gateway.edge.mqtt import Publisher
from gateway.edge.mqtt_agents import AGENT, AGENTS, agents_door
from gateway.edge.mqtt_commands import HOURS, Commands, hours_door
from gateway.edge.mqtt_messages import Topics
from gateway.edge.retention import keep_clean
from gateway.edge.store import Journal
from gateway.errors import SettingError
from gateway.versions import start
from gateway.versions.hangup import hang_up
from gateway.versions.keeper import Keeper
from gateway.versions.publishing import Publishing
from gateway.versions.store import VersionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.settings import Settings
    from gateway.core.agents.commands import Refusal
    from gateway.core.board.turn import Outcome
    from gateway.core.facts.all import AnyFact
    from gateway.core.hours.override import OverrideRequest

log = logging.getLogger("gateway.app")

CLOCK_STEP_S = 2.0
"""A system clock that is ahead by that much is followed as soon as no call is up; one that went back is not:
the core has no way back (docs/adr/0003)."""


class Inbox:
    """Events in order of arrival; `get` hands out TimerDue when the deadline comes first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._events: deque[BoardEvent] = deque()
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Events that nobody has taken yet."""
        return len(self._events)

    def put(self, event: BoardEvent) -> None:
        self._events.append(event)
        self._arrived.set()

    async def get(self, until: float | None) -> BoardEvent:
        while not self._events:
            self._arrived.clear()
            wait_s = None if until is None else until - self._clock()
            if wait_s is not None and wait_s <= 0:
                return TimerDue()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._arrived.wait()
        return self._events.popleft()


class App:
    """One box: a site, its journal, its lines, its publisher."""

    def __init__(
        self,
        settings: Settings,
        state_dir: Path,
        clock: SteadyClock | None = None,
        started: start.Started | None = None,
    ) -> None:
        self.settings = settings
        self.state_dir = state_dir
        self.clock = clock or SteadyClock()
        self.board = Switchboard(settings.site)
        self.journal = Journal(state_dir / "journal.sqlite")
        self.figures = Figures(self.journal, settings.site)
        self.inbox = Inbox(self.clock)
        self.lines = Lines(line_configs(settings, state_dir), state_dir / "run", self.inbox.put)
        self.crm = Crm(self.inbox.put, self.clock)
        self.crm.load(settings.site.services, settings.tokens)
        self.publishing = Publishing(self._publisher, settings)
        self.tried: Settings | None = None
        """The draft that the test number reaches."""
        started = started or start.Started(settings, Path(settings.folder), None, kept=False)
        self.keeper = Keeper(started, VersionStore(state_dir), self, self.clock)
        self.control = ControlServer(
            state_dir / "control.sock",
            status=self.status,
            on_command=self.command,
            on_stop=self.stop,
            on_hours=partial(self.override, by="cli"),
            on_desk=self.deal,
            on_site=self.keeper.ask,
        )
        self._stop = asyncio.Event()
        self._keep_calls = False
        self.started_at = self.clock()

    async def run(self) -> None:
        """Until `stop` is called or a signal asks for it. Raises what the pump raised: a bug of ours is said with its
        traceback and ends the process, so that a supervisor starts it anew; the lines and their calls stay up."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.stop)
        loop.add_signal_handler(signal.SIGHUP, hang_up(self.stop, lambda: self.keeper.soon("reload", "SIGHUP")))
        site = self.settings.site
        self.journal.append(
            [GatewayStarted(at=self.clock(), site=site.name, site_version=site.version, version=__version__)]
        )
        overridden = (fact for fact in self.journal.last_of("HoursOverridden") if isinstance(fact, HoursOverridden))
        self.inbox.put(DeskRecovered(facts=recall.of_desk(self.journal)))
        self.inbox.put(HoursRecovered(overrides=tuple(overridden)))
        self.inbox.put(AgentsRecovered(facts=recall.of_agents(self.journal, site, self.clock())))
        remembered = self.journal.of_kinds((AnswerRemembered.__name__,), since=self.clock() - KEPT_S)
        self.inbox.put(MemoryRecovered(facts=remembered))
        self.inbox.put(OwnersRecovered(facts=recall.of_owners(self.journal, site, self.clock())))
        self.inbox.put(QueueRecovered(facts=recall.of_queues(self.journal, self.clock())))
        self.inbox.put(recall.watch(self.journal, site, self.clock()))
        self.inbox.put(CallsRecovered(calls=self.journal.open_calls(), lines=self.lines.names))
        self.publishing.start()
        pump = asyncio.create_task(self._pump(), name="pump")
        stop = asyncio.create_task(self._stop.wait(), name="stop")
        days = lambda: self.settings.keep_recordings_days  # noqa: E731 - it may be another after a reload
        watch = asyncio.create_task(self.keeper.watch(), name="watch")
        tidy = asyncio.create_task(keep_clean(self.state_dir, days, self.inbox.put), name="retention")
        try:
            async with self.control:
                self.lines.start()
                await asyncio.wait({stop, pump}, return_when=asyncio.FIRST_COMPLETED)
                if pump.done():
                    self._keep_calls = True
                await self.lines.stop("the gateway is stopping", keep_calls=self._keep_calls)
                await self._drain(pump)
        finally:
            stop.cancel()
            tidy.cancel()
            watch.cancel()
            reason = "an error of its own" if pump.done() and not pump.cancelled() else "asked to"
            pump.cancel()
            self.journal.append([GatewayStopped(at=self.clock(), reason=reason)])
            await self.crm.close()
            await asyncio.to_thread(self.journal.flush)
            await self.publishing.close()
            self.figures.close()
            self.journal.close()
        await asyncio.gather(pump, return_exceptions=not pump.done() or pump.cancelled())

    async def _drain(self, pump: asyncio.Task[None]) -> None:
        """Let the pump take the events that the lines sent on their way out."""
        while self.inbox.waiting and not pump.done():  # noqa: ASYNC110 - a moment at the very end
            await asyncio.sleep(0.01)

    async def _pump(self) -> None:
        board, journal = self.board, self.journal
        while True:
            event = await self.inbox.get(board.next_deadline())
            self._follow_clock()
            outcome = board.receive(event, now=self.clock())
            journal.append(outcome.facts)
            self._perform(outcome.actions)

    def _follow_clock(self) -> None:
        """Take over a system clock that has moved ahead, before anything is judged by it: the first call after the
        time came from the network meets the hours of that time."""
        if self.clock.step_s() > CLOCK_STEP_S and not self.board.view().calls:
            log.warning("the system clock has moved by %.1f s: following it", self.clock.step_s())
            self.clock.follow()

    def _perform(self, actions: tuple[BoardAction, ...]) -> None:
        for action in actions:
            if isinstance(action, LookUp):
                self.crm.perform(action)
            elif isinstance(action, ScreenPop):
                self.publishing.pop(action)
            else:
                self.lines.perform(action)

    # What gateway/versions/keeper.py needs of the box

    async def prepare(self, settings: Settings) -> None:
        """Make everything ready that a version needs. Raises GatewayError."""
        self.publishing.check(settings)
        await asyncio.to_thread(PromptStore(self.state_dir / "clips").prepare, settings.clips)

    def switch(self, settings: Settings, facts: tuple[AnyFact, ...]) -> None:
        """From here on calls run on this version; those that are up stay on theirs."""
        self.settings = settings
        self.journal.append(facts)
        self._came(self.board.load(settings.site, now=self.clock()))
        self.figures.load(settings.site)
        self._load_services()
        self.lines.reconfigure(line_configs(settings, self.state_dir))
        self.publishing.take(settings)

    def draft(self, settings: Settings | None, called: str, facts: tuple[AnyFact, ...]) -> None:
        """Calls to the test number run on this version from here on, as calls to `called`; None: on none."""
        self.tried = settings
        self.journal.append(facts)
        self._came(self.board.load_draft(settings.site if settings else None, called, now=self.clock()))
        self._load_services()

    def note(self, fact: AnyFact) -> None:
        """Remember it."""
        self.journal.append([fact])

    def older_calls(self) -> int:
        """Calls that are on another version than the one that runs."""
        return self.board.calls_on_others(self.settings.site)

    def _came(self, outcome: Outcome) -> None:
        self.journal.append(outcome.facts)
        self._perform(outcome.actions)
        self.inbox.put(TimerDue())  # the pump waits for a deadline that may be another now

    def _load_services(self) -> None:
        for settings in (self.tried, self.settings):  # a token goes to the host that it was given for
            if settings is not None:
                self.crm.load(settings.site.services, settings.tokens)

    def stop(self, *, keep_calls: bool = False) -> None:
        """End in good order. With `keep_calls` the lines stay up with their calls."""
        self._keep_calls = keep_calls
        self._stop.set()

    def command(self, event: AgentCommanded) -> Refusal | None:
        """Take an agent's command; the reason when it is not taken."""
        refusal = agent_commands.problem(self.settings.site, event)
        if refusal is None:
            self.inbox.put(event)
        return refusal

    def deal(self, event: DeskCommanded) -> str:
        """Take a command about what callers left; "" or the sentence that says why not and what to do."""
        problem = self.board.desk_problem(event)
        if not problem:
            self.inbox.put(event)
        return problem

    def override(self, name: str, request: OverrideRequest, *, by: Literal["mqtt", "cli"]) -> HoursCommanded:
        """Take a command about a calendar. Raises OverrideError, which says why not and what to do."""
        self._follow_clock()
        event = override.commanded(self.settings.site, name, request, by=by, now=self.clock())
        self.inbox.put(event)
        return event

    def status(self) -> dict[str, Any]:
        """What `gateway status` shows: plain dicts and lists."""
        self._follow_clock()
        now = self.clock()
        return {
            "version": __version__,
            "site": self.settings.site.name,
            "site_version": self.settings.site.version,
            "folder": self.settings.folder,
            "up_s": round(now - self.started_at, 1),
            "now": now,
            "lines": self.lines.state(),
            "services": msgspec.to_builtins(self.crm.state()),
            "versions": self.keeper.state(),
            "broker": msgspec.to_builtins(self.publishing.state),
            "journal": msgspec.to_builtins(self.journal.state),
            "board": msgspec.to_builtins(self.board.view()),
            "timezone": self.settings.site.timezone,
            "hours": msgspec.to_builtins(self.board.hours(now)),
            "alarms": msgspec.to_builtins(self.board.alarms()),
            "desk": msgspec.to_builtins(self.board.desk(now)),
            "figures": msgspec.to_builtins(dict(self.figures.now(now))),
            "continuity": msgspec.to_builtins(self.figures.continuity(now)),
            "agents_today": msgspec.to_builtins(dict(self.figures.agents(now))),
        }

    def _publisher(self, settings: Settings) -> Publisher | None:
        site, broker = settings.site, settings.broker
        if broker is None:
            return None
        hours = {HOURS: hours_door(partial(self.override, by="mqtt"))} if HOURS in broker.commands else {}
        agents = {AGENT: agents_door(self.command)} if AGENTS in broker.commands else {}
        doors = {**agents, **hours, **desk_doors(broker.commands, self.deal)}
        return Publisher(
            broker,
            self.journal,
            self.figures,
            site=site.name,
            site_version=site.version,
            version=__version__,
            clock=self.clock,
            commands=Commands(Topics(broker.topic, site.name).base, doors, self.clock),
        )


def line_configs(settings: Settings, state_dir: Path) -> list[LineConfig]:
    """One configuration a line, ports side by side (`SipSettings`)."""
    sip = settings.sip
    return [
        LineConfig(
            line=f"line{i + 1}",
            socket=str(state_dir / "run" / f"line{i + 1}.sock"),
            bind=sip.bind,
            port=sip.port + 10 * i if sip.port else 0,
            public_address=sip.public_address,
            tcp=sip.tcp,
            rtp_port=sip.rtp_port + i * sip.rtp_ports,
            rtp_ports=sip.rtp_ports,
            codecs=sip.codecs,
            callers_max=sip.callers_max,
            clips_dir=str(state_dir / "clips"),
            data_dir=str(state_dir),
            trunks=settings.trunks,
        )
        for i in range(sip.lines)
    ]


def prepare_state(state_dir: Path) -> Any:
    """Make the folders and take the lock that keeps two control processes apart. Keep what is returned alive."""
    for folder in (state_dir, state_dir / "run", state_dir / "clips"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    lock = (state_dir / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise SettingError(
            f"another gateway already runs with {state_dir}: stop it, or give this one its own --state folder"
        ) from None
    return lock


def run_site(
    settings: Settings,
    state_dir: Path,
    *,
    on_ready: Callable[[App], None] | None = None,
    clock: SteadyClock | None = None,
    started: start.Started | None = None,
) -> None:
    """Make every clip ready, then run until told to stop. Raises SettingError, SpeechError, StoreError."""
    lock = prepare_state(state_dir)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is a version that another could replace
    if started is not None:
        start.note(started, state_dir)
    try:
        PromptStore(state_dir / "clips").prepare(settings.clips)

        async def main() -> None:
            app = App(settings, state_dir, clock, started)
            collector.settle()
            if on_ready is not None:
                on_ready(app)
            await app.run()

        asyncio.run(main())
    finally:
        lock.close()
