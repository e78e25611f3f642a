"""Composition root of the control process: builds the parts, joins them, and turns the pump.

The way of the data is one circle: edge -> Event -> core -> Action -> edge, and core -> Fact -> journal.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway import __version__
from gateway.box import past
from gateway.box.doors import Doors
from gateway.box.inbox import Inbox
from gateway.box.lines import line_configs
from gateway.box.publisher import publisher_of
from gateway.box.sites import Sites
from gateway.box.status import status_of
from gateway.clock import SteadyClock
from gateway.core.actions import BoardAction, LookUp, ScreenPop
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.core.switchboard import Switchboard
from gateway.edge.control import ControlServer
from gateway.edge.crm import Crm
from gateway.edge.figures import Figures
from gateway.edge.lines import Lines
from gateway.edge.retention import keep_clean
from gateway.edge.store import Journal
from gateway.versions import start
from gateway.versions.hangup import hang_up
from gateway.versions.keeper import Keeper
from gateway.versions.publishing import Publishing
from gateway.versions.store import VersionStore

if TYPE_CHECKING:
    from gateway.config.settings import Settings

log = logging.getLogger("gateway.app")

CLOCK_STEP_S = 2.0
"""A system clock that is ahead by that much is followed as soon as no call is up; one that went back is not:
the core has no way back (docs/adr/0003)."""


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
        """Of the version on which new calls run."""
        self.state_dir = state_dir
        self.clock = clock or SteadyClock()
        self.board = Switchboard(settings.site)
        self.journal = Journal(state_dir / "journal.sqlite")
        self.figures = Figures(self.journal, settings.site)
        self.inbox = Inbox(self.clock)
        self.lines = Lines(line_configs(settings, state_dir), state_dir / "run", self.inbox.put)
        self.crm = Crm(self.inbox.put, self.clock)
        self.crm.load(settings.site.services, settings.tokens)
        self.doors = Doors(self.board, self.inbox.put, lambda: self.settings.site, self.now)
        publisher = partial(publisher_of, self.journal, self.figures, self.doors, self.clock)
        self.publishing = Publishing(publisher, settings)
        started = started or start.Started(settings, Path(settings.folder), None, kept=False)
        self.keeper = Keeper(started, VersionStore(state_dir), Sites(self), self.clock)
        self.control = ControlServer(
            state_dir / "control.sock",
            status=partial(status_of, self),
            on_command=self.doors.agent,
            on_stop=self.stop,
            on_hours=partial(self.doors.hours, by="cli"),
            on_desk=self.doors.desk,
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
        for event in past.events_of(self.journal, site, self.lines.names, self.clock()):
            self.inbox.put(event)
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
            outcome = board.receive(event, now=self.now())
            journal.append(outcome.facts)
            self.perform(outcome.actions)

    def now(self) -> float:
        """The time, after a system clock that has moved ahead was taken over, so that nothing is judged before: the
        first call after the time came from the network meets the hours of that time."""
        if self.clock.step_s() > CLOCK_STEP_S and not self.board.view().calls:
            log.warning("the system clock has moved by %.1f s: following it", self.clock.step_s())
            self.clock.follow()
        return self.clock()

    def perform(self, actions: tuple[BoardAction, ...]) -> None:
        """Hand each action to the edge that does it."""
        for action in actions:
            if isinstance(action, LookUp):
                self.crm.perform(action)
            elif isinstance(action, ScreenPop):
                self.publishing.pop(action)
            else:
                self.lines.perform(action)

    def stop(self, *, keep_calls: bool = False) -> None:
        """End in good order. With `keep_calls` the lines stay up with their calls."""
        self._keep_calls = keep_calls
        self._stop.set()
