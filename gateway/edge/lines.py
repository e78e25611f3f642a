"""The line processes seen from the control process: started, connected, watched, started again.

One `Lines` owns them all. It turns what comes up their sockets into events for the core, sends the core's actions
down, and does by itself only what the core must not know: processes, sockets, and the dialogues of a dead line,
for which the next one says BYE.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import struct
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gateway.core.actions import Dial, EndOrphans, LineAction, Reconfigure, Shutdown
from gateway.core.events import (
    ActionFailed,
    CallOffered,
    LegDialog,
    LegEnded,
    LegFreed,
    LineDown,
    LineEvent,
    LineUp,
)
from gateway.edge.ending import end

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from gateway.core.line_config import LineConfig

log = logging.getLogger("gateway.lines")

MESSAGE_MAX = 1 << 18
"""Bytes of one message; a SEQPACKET socket keeps message borders, so one recv is one message."""
GREETING_S = 10.0
"""A line that was started and has not greeted for that long is killed and started again."""
BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_S = 30.0
"""A line that has lived that long starts its back-off from the beginning."""

_decode = msgspec.msgpack.Decoder(LineEvent)
_encode = msgspec.msgpack.Encoder()


class _Link:
    """One line process: its configuration, its socket while there is one, its dialogues."""

    def __init__(self, config: LineConfig) -> None:
        self.config = config
        self.name = config.line
        self.sock: socket.socket | None = None
        self.pid = 0
        self.boot = ""
        self.greeted = False
        self.outbox: deque[bytes] = deque()
        self.dialogs: dict[str, LegDialog] = {}
        self.launched: LineConfig | None = None
        """With what the present process was started; None: by somebody else, it may have other trunks."""
        self.closed = asyncio.Event()
        self.last_error = ""


class Lines:
    """Every line of the box. `on_event` gets each Event, in order for each line."""

    def __init__(
        self,
        configs: Iterable[LineConfig],
        run_dir: Path,
        on_event: Callable[[LineEvent | LineDown], None],
        *,
        spawn: bool = True,
    ) -> None:
        self._links = {config.line: _Link(config) for config in configs}
        self._run_dir = run_dir
        self._on_event = on_event
        self._spawn = spawn
        self._line_of: dict[str, _Link] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping, self._stop_reason = False, ""

    def start(self) -> None:
        """Begin to keep every line up. Needs a running event loop."""
        self._tasks = [asyncio.create_task(self._keep(link), name=f"line {link.name}") for link in self._links.values()]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, up or not."""
        return tuple(self._links)

    def state(self) -> list[dict[str, object]]:
        """For `gateway status`: one dict a line."""
        return [
            {"line": ln.name, "up": ln.greeted, "pid": ln.pid, "boot": ln.boot, "last_error": ln.last_error}
            for ln in self._links.values()
        ]

    def reconfigure(self, configs: Iterable[LineConfig]) -> None:
        """Other trunks and another `callers_max` from now on, for the lines that are up and for those that are started
        later. Whatever else a configuration holds a line takes only at its start: it must be as it was."""
        for config in configs:
            link = self._links[config.line]
            link.config = config
            if link.greeted:
                self._soon(self._reconfigure(link))

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)
        task.add_done_callback(lambda done: self._tasks.remove(done) if done in self._tasks else None)

    async def _reconfigure(self, link: _Link) -> None:
        config = link.config
        addresses: dict[str, str] = {}
        for trunk in config.trunks:
            addresses |= dict.fromkeys(await _addresses(trunk.host), trunk.id)
        if link.greeted and link.config is config:
            self._send(link, Reconfigure(trunks=config.trunks, callers_max=config.callers_max, addresses=addresses))

    def perform(self, action: LineAction) -> None:
        """Send one action to the line of its leg; what cannot be sent comes back as ActionFailed."""
        link: _Link | None
        if isinstance(action, EndOrphans | Reconfigure | Shutdown):
            raise TypeError("the core has no business with the orphans, the trunks or the end of a line")
        if isinstance(action, Dial):
            link = self._links.get(action.line)
            if link is not None:
                self._line_of[action.leg] = link
        else:
            link = self._line_of.get(action.leg)
        if link is None or not link.greeted:
            name = type(action).__name__
            failed = ActionFailed(leg=action.leg, action=name, code=410, reason="the line of this leg is not there")
            asyncio.get_running_loop().call_soon(self._on_event, failed)
            return
        self._send(link, action)

    async def stop(self, reason: str, *, keep_calls: bool = False, patience_s: float = 5.0) -> None:
        """Leave. With `keep_calls` the lines stay up with their calls, for the next control process to adopt."""
        self._stopping, self._stop_reason = True, reason
        for link in self._links.values():
            if link.greeted and not keep_calls:
                self._send(link, Shutdown(reason=reason))
        if not keep_calls:
            waits = [link.closed.wait() for link in self._links.values() if link.greeted]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await asyncio.gather(*waits)
        await end(self._tasks)
        for link in self._links.values():
            if link.sock is not None:
                self._drop(link)
            if not keep_calls and link.pid:
                _kill(link.pid)

    async def _keep(self, link: _Link) -> None:
        """Connect to the line if it lives, else start it; when it goes, say so and begin again."""
        failures = 0
        while not self._stopping:
            await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
            began = asyncio.get_running_loop().time()
            process: asyncio.subprocess.Process | None = None
            try:
                sock = _connect(link.config.socket)
                if sock is None and not self._spawn:
                    link.last_error = f"nobody listens on {link.config.socket}"
                    failures += 1
                    continue
                link.launched = None
                if sock is None:
                    process = await self._launch(link)
                    sock = await self._await_socket(link, process)
                self._adopt(link, sock)
                await self._greeting(link)
                await link.closed.wait()
                link.last_error = "the line process ended"
            except (OSError, TimeoutError) as error:
                link.last_error = str(error) or type(error).__name__
                log.warning("line %s: %s", link.name, link.last_error)
            finally:
                lost = link.greeted
                pid = link.pid
                self._drop(link)
                if not self._stopping and pid:
                    _kill(pid)
                if process is not None and not self._stopping:
                    code = await process.wait()
                    link.last_error = _why(code)
            if lost:
                if self._stopping:
                    link.last_error = self._stop_reason
                    log.info("line %s has left", link.name)
                else:
                    log.error("line %s is gone: %s", link.name, link.last_error)
                self._forget_legs(link)
                self._on_event(LineDown(line=link.name, reason=link.last_error))
            steady = asyncio.get_running_loop().time() - began > STEADY_S
            failures = 0 if steady else failures + 1

    async def _launch(self, link: _Link) -> asyncio.subprocess.Process:
        path = self._run_dir / f"{link.name}.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(link.config))
        link.launched = link.config
        log.info("line %s: starting", link.name)
        # A session of its own: Ctrl-C in a terminal reaches the control process, which ends the line in good order.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.line",
            str(path),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        link.pid = process.pid
        return process

    async def _await_socket(self, link: _Link, process: asyncio.subprocess.Process) -> socket.socket:
        loop = asyncio.get_running_loop()
        until = loop.time() + GREETING_S
        while loop.time() < until:
            sock = _connect(link.config.socket)
            if sock is not None:
                return sock
            if process.returncode is not None:
                raise OSError(_why(process.returncode))
            await asyncio.sleep(0.02)
        raise TimeoutError(f"no socket within {GREETING_S:g} s")

    def _adopt(self, link: _Link, sock: socket.socket) -> None:
        sock.setblocking(False)
        link.sock, link.greeted = sock, False
        link.closed.clear()
        link.pid = _peer_pid(sock) or link.pid
        asyncio.get_running_loop().add_reader(sock.fileno(), self._readable, link)

    async def _greeting(self, link: _Link) -> None:
        """The reader sets `greeted`; a line that stays silent is not one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GREETING_S
        while not link.greeted and not link.closed.is_set():
            if loop.time() > until:
                raise TimeoutError(f"no greeting within {GREETING_S:g} s")
            await asyncio.sleep(0.01)

    def _readable(self, link: _Link) -> None:
        while link.sock is not None:
            try:
                message = link.sock.recv(MESSAGE_MAX)
            except BlockingIOError:
                return
            except OSError as error:
                link.last_error = str(error)
                message = b""
            if not message:
                asyncio.get_running_loop().remove_reader(link.sock.fileno())
                link.closed.set()
                return
            try:
                event: LineEvent = _decode.decode(message)
            except msgspec.DecodeError as error:
                log.error("line %s sent a message that is not understood: %s", link.name, error)  # noqa: TRY400
                continue
            self._take(link, event)

    def _take(self, link: _Link, event: LineEvent) -> None:
        match event:
            case LineUp():
                self._greeted(link, event)
            case CallOffered():
                self._line_of[event.leg] = link
            case LegDialog():
                link.dialogs[event.leg] = event
                return
            case LegEnded():
                link.dialogs.pop(event.leg, None)
            case LegFreed():
                self._line_of.pop(event.leg, None)
        self._on_event(event)

    def _greeted(self, link: _Link, event: LineUp) -> None:
        orphans = tuple(link.dialogs.values()) if link.boot and link.boot != event.boot else ()
        if orphans:
            link.dialogs.clear()
            self._send(link, EndOrphans(dialogs=orphans))
        link.boot, link.greeted = event.boot, True
        for leg in event.legs:
            self._line_of[leg.leg] = link
        if link.launched != link.config:
            self._soon(self._reconfigure(link))
        log.info("line %s is up: %d legs, %d callers", link.name, event.legs_max, event.callers_max)

    def _send(self, link: _Link, action: LineAction) -> None:
        if link.sock is None:
            return
        link.outbox.append(_encode.encode(action))
        if len(link.outbox) == 1:
            self._flush(link)

    def _flush(self, link: _Link) -> None:
        """Send what waits; while the line does not read, keep the rest in order and try again when it does."""
        loop = asyncio.get_running_loop()
        while link.outbox and link.sock is not None:
            try:
                link.sock.send(link.outbox[0])
            except BlockingIOError:
                loop.add_writer(link.sock.fileno(), self._flush, link)
                return
            except OSError:
                return  # the reader sees the end of the socket and says so
            link.outbox.popleft()
        if link.sock is not None:
            loop.remove_writer(link.sock.fileno())

    def _drop(self, link: _Link) -> None:
        if link.sock is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(link.sock.fileno())
            loop.remove_writer(link.sock.fileno())
            link.sock.close()
        link.sock, link.greeted = None, False
        link.outbox.clear()

    def _forget_legs(self, link: _Link) -> None:
        for leg in [leg for leg, owner in self._line_of.items() if owner is link]:
            del self._line_of[leg]


def _connect(path: str) -> socket.socket | None:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        sock.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    return sock


async def _addresses(host: str) -> set[str]:
    """Addresses of `host[:port]`, asked for without holding up anything; empty when the name is not known now."""
    name = host.rpartition(":")[0] if host.count(":") == 1 else host.strip("[]")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except OSError:
        log.warning("the trunk host %s is not known to the name server now", name)
        return set()
    return {str(entry[4][0]) for entry in found}


def _peer_pid(sock: socket.socket) -> int:
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])


def _kill(pid: int) -> None:
    """End a line that is not to be trusted any more. It may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _why(code: int) -> str:
    if code < 0:
        return f"the line process was ended by {signal.Signals(-code).name}"
    return f"the line process left with status {code}"
