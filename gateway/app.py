"""Composition root of the control process: builds the parts, joins them, and turns the pump.

The way of the data is one circle: edge -> Event -> core -> Action -> edge, and core -> Fact -> journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import fcntl
import logging
import signal
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gateway import __version__
from gateway.audio.prompts import PromptStore
from gateway.clock import SteadyClock
from gateway.core.events import AgentCommanded, CallsRecovered, TimerDue
from gateway.core.facts import GatewayStarted, GatewayStopped
from gateway.core.line_config import LineConfig
from gateway.core.switchboard import BoardEvent, Switchboard
from gateway.edge.control import ControlServer
from gateway.edge.figures import Figures
from gateway.edge.lines import Lines
from gateway.edge.mqtt import Publisher
from gateway.edge.store import Journal
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.settings import Settings

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
                await asyncio.wait_for(self._arrived.wait(), wait_s)
        return self._events.popleft()


class App:
    """One box: a site, its journal, its lines, its publisher."""

    def __init__(self, settings: Settings, state_dir: Path) -> None:
        self.settings = settings
        self.state_dir = state_dir
        self.clock = SteadyClock()
        self.board = Switchboard(settings.site)
        self.journal = Journal(state_dir / "journal.sqlite")
        self.figures = Figures(self.journal, settings.site)
        self.inbox = Inbox(self.clock)
        self.lines = Lines(line_configs(settings, state_dir), state_dir / "run", self.inbox.put)
        self.publisher = self._publisher()
        self.control = ControlServer(
            state_dir / "control.sock", status=self.status, on_command=self.command, on_stop=self.stop
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
        site = self.settings.site
        self.journal.append(
            [GatewayStarted(at=self.clock(), site=site.name, site_version=site.version, version=__version__)]
        )
        self.inbox.put(CallsRecovered(calls=self.journal.open_calls()))
        publisher = asyncio.create_task(self.publisher.run(), name="publisher") if self.publisher else None
        pump = asyncio.create_task(self._pump(), name="pump")
        stop = asyncio.create_task(self._stop.wait(), name="stop")
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
            reason = "an error of its own" if pump.done() and not pump.cancelled() else "asked to"
            pump.cancel()
            self.journal.append([GatewayStopped(at=self.clock(), reason=reason)])
            await asyncio.to_thread(self.journal.flush)
            if self.publisher and publisher:
                await self.publisher.close()
                await asyncio.gather(publisher, return_exceptions=True)
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
            outcome = board.receive(event, now=self.clock())
            journal.append(outcome.facts)
            for action in outcome.actions:
                self.lines.perform(action)
            if outcome.facts and self.clock.step_s() > CLOCK_STEP_S and not board.view().calls:
                log.warning("the system clock has moved by %.1f s: following it", self.clock.step_s())
                self.clock.follow()

    def stop(self, *, keep_calls: bool = False) -> None:
        """End in good order. With `keep_calls` the lines stay up with their calls."""
        self._keep_calls = keep_calls
        self._stop.set()

    def command(self, event: AgentCommanded) -> str:
        """Take an agent's command; "" or the sentence that says why not and what to do."""
        agents = self.settings.site.agents
        if event.agent not in agents:
            near = difflib.get_close_matches(event.agent, agents, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"no agent {event.agent!r} in this site{hint} (it has {', '.join(sorted(agents))})"
        self.inbox.put(event)
        return ""

    def status(self) -> dict[str, Any]:
        """What `gateway status` shows: plain dicts and lists."""
        now = self.clock()
        return {
            "version": __version__,
            "site": self.settings.site.name,
            "site_version": self.settings.site.version,
            "folder": self.settings.folder,
            "up_s": round(now - self.started_at, 1),
            "now": now,
            "lines": self.lines.state(),
            "broker": msgspec.to_builtins(self.publisher.state) if self.publisher else None,
            "journal": msgspec.to_builtins(self.journal.state),
            "board": msgspec.to_builtins(self.board.view()),
            "figures": msgspec.to_builtins(dict(self.figures.now(now))),
        }

    def _publisher(self) -> Publisher | None:
        site, broker = self.settings.site, self.settings.broker
        if broker is None:
            return None
        return Publisher(
            broker,
            self.journal,
            self.figures,
            site=site.name,
            site_version=site.version,
            version=__version__,
            on_command=self.command,
            clock=self.clock,
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


def run_site(settings: Settings, state_dir: Path, *, on_ready: Callable[[App], None] | None = None) -> None:
    """Make every clip ready, then run until told to stop. Raises SettingError, SpeechError, StoreError."""
    lock = prepare_state(state_dir)
    try:
        PromptStore(state_dir / "clips").prepare(settings.clips)

        async def main() -> None:
            app = App(settings, state_dir)
            if on_ready is not None:
                on_ready(app)
            await app.run()

        asyncio.run(main())
    finally:
        lock.close()
