"""A gateway that is started for one live call, as a process of its own, with its journal in sight."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.edge.control import ask
from gateway.edge.store import Journal, JournalReader
from gateway.errors import GatewayError, LineError
from gateway.live.sip import HOST
from gateway.live.spec import LINE_STEP

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.facts.all import AnyFact
    from gateway.live.spec import BoxSpec

UP_S = 60.0
"""A machine that is busy with other gateways needs long to start one more."""
STOP_S = 15.0
LOOK_S = 0.1
ROWS = 500
LOG_LINES = 12
JOURNAL = "journal.sqlite"


class Box:
    """`start`, then look at `facts`, and `stop` in any case. `spec.state` is a folder of its own."""

    def __init__(self, spec: BoxSpec, folder: Path, clips: Path, before: tuple[AnyFact, ...] = ()) -> None:
        """`clips`: the prompt store that all boxes share. `before`: what its journal holds when it starts."""
        self._spec, self._folder, self._clips, self._before = spec, folder, clips, before
        self._state = folder / "state"
        self._log = folder / "gateway.log"
        self._process: asyncio.subprocess.Process | None = None
        self._reader: JournalReader | None = None
        self._seen = 0

    def uri(self, number: str, *, line: int = 0) -> str:
        """Where a number is called, on one of its lines."""
        return f"sip:{number}@{HOST}:{self._spec.sip_port + LINE_STEP * line}"

    async def start(self) -> None:
        """Start it, and wait until every line has greeted. Raises LineError."""
        self._state.mkdir(parents=True)
        (self._state / "clips").symlink_to(self._clips.absolute())
        if self._before:
            await asyncio.to_thread(self._remember)
        spec = self._folder / "box.json"
        spec.write_bytes(msgspec.json.encode(self._spec))
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway.live", str(spec),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = asyncio.get_running_loop().time() + UP_S
        while not await self._up():
            if self._process.returncode is not None:
                raise LineError(f"the gateway of the call left at once:\n{self.log_tail()}")
            if asyncio.get_running_loop().time() > until:
                raise LineError(f"the gateway of the call did not come up within {UP_S:.0f} s:\n{self.log_tail()}")
            await asyncio.sleep(LOOK_S)
        self._reader = JournalReader(self._state / JOURNAL)

    def _remember(self) -> None:
        with contextlib.closing(Journal(self._state / JOURNAL)) as journal:
            journal.append(self._before)
            self._seen = len(self._before)

    async def command(self, agent: str, command: str) -> None:
        """Log an agent out, pause an agent. Raises GatewayError."""
        await self._ask({"request": "agent", "agent": agent, "command": command})

    def facts(self) -> list[AnyFact]:
        """What the journal has got since the last time. Raises StoreError."""
        found: list[AnyFact] = []
        while self._reader is not None:
            rows = self._reader.read_from(self._seen, ROWS)
            if not rows:
                break
            self._seen = rows[-1].seq
            found += [fact for row in rows if (fact := row.fact()) is not None]
        return found

    @property
    def gone(self) -> bool:
        """Whether the process has left by itself."""
        return self._process is not None and self._process.returncode is not None

    def log_tail(self) -> str:
        """The last lines of its log."""
        try:
            text = self._log.read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-LOG_LINES:])

    async def stop(self) -> list[AnyFact]:
        """End it, whatever state it is in; the facts of its last moments."""
        process = self._process
        if process is None:
            return []
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its children; a line that is left alone ends itself
        last: list[AnyFact] = []
        if self._reader is not None:
            with contextlib.suppress(GatewayError):
                last = self.facts()
            self._reader.close()
            self._reader = None
        return last

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await asyncio.to_thread(ask, self._state / "control.sock", request)
        if not answer.get("ok"):
            raise LineError(f"the gateway of the call said no: {answer.get('error', '')}")
        return answer

    async def _up(self) -> bool:
        try:
            answer = await self._ask({"request": "status"})
        except GatewayError:
            return False
        lines = answer.get("lines", [])
        return bool(lines) and all(line["up"] for line in lines)
