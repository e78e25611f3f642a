"""A line process under test: started on a free port, and spoken to over its socket as the control process would.

with LineUnderTest(tmp_path) as line:
    offered = line.expect(CallOffered)
    line.do(Answer(leg=offered.leg))
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from gateway.core.actions import HangUp, LineAction, Shutdown
from gateway.core.events import ActionFailed, CallOffered, LineEvent, LineUp
from gateway.core.line_config import LineConfig
from tests.ports import free_rtp_range

ROOT = Path(__file__).resolve().parents[2]
E = TypeVar("E")


def wait_until(condition: Callable[[], Any], timeout_s: float = 10.0, what: str = "") -> Any:
    """The first true value of `condition`; AssertionError when it stays false."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, what or "it did not come to that"
        time.sleep(0.01)


class ControlSocket:
    """The control process's end of a line's socket."""

    def __init__(self, path: str) -> None:
        self.socket = wait_until(lambda: _connected(path), what=f"nobody listens on {path}")
        self.seen: list[LineEvent] = []
        """Every event that came, in order."""
        self._taken: set[int] = set()
        self._decode = msgspec.msgpack.Decoder(LineEvent).decode

    def do(self, *actions: LineAction) -> None:
        for action in actions:
            self.socket.send(msgspec.msgpack.encode(action))

    def pull(self, timeout_s: float) -> bool:
        """Take one event into `seen`; False when none came in time. Raises EOFError when the line hung up."""
        self.socket.settimeout(max(timeout_s, 0.001))
        try:
            data = self.socket.recv(1 << 20)
        except TimeoutError:
            return False
        if not data:
            raise EOFError("the line closed the socket")
        self.seen.append(self._decode(data))
        return True

    def expect(
        self, kind: type[E], matching: Callable[[E], bool] = lambda _: True, *, timeout_s: float = 10.0, **fields: Any
    ) -> E:
        """The next event of a kind that was not taken before; others are passed over, not lost."""
        deadline = time.monotonic() + timeout_s
        looked = 0
        while True:
            for i in range(looked, len(self.seen)):
                event = self.seen[i]
                fits = i not in self._taken and isinstance(event, kind) and matching(event)
                if fits and all(getattr(event, name) == value for name, value in fields.items()):
                    self._taken.add(i)
                    return event
            looked = len(self.seen)
            left = deadline - time.monotonic()
            got = left > 0 and self.pull(left)
            assert got or len(self.seen) > looked, f"no {kind.__name__} {fields or ''}; last came {self.seen[-12:]}"

    def settle(self) -> None:
        """Wait until everything that was sent down has been performed: the answer to a harmless action says so."""
        self.do(HangUp(leg="nobody's"))
        self.expect(ActionFailed, leg="nobody's")

    def gather(self, seconds: float) -> list[LineEvent]:
        """Everything that comes within that time."""
        start, deadline = len(self.seen), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.pull(left)
        return self.seen[start:]

    def forget(self) -> None:
        """Begin anew: nothing has been seen."""
        self.seen.clear()
        self._taken.clear()

    def close(self) -> None:
        self.socket.close()


def _connected(path: str) -> socket.socket | None:
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        end.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        end.close()
        return None
    return end


class LineUnderTest(ControlSocket):
    """A running `python -m gateway.line`. `folder` takes its configuration, socket, clips and log."""

    def __init__(self, folder: Path, *, line: str = "line-1", connect: bool = True, **settings: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.clips = folder / "clips"
        self.clips.mkdir(exist_ok=True)
        settings.setdefault("rtp_port", free_rtp_range())
        settings.setdefault("rtp_ports", 200)
        self.config = LineConfig(
            line=line,
            socket=str(folder / f"{line}.sock"),
            bind=settings.pop("bind", "127.0.0.1"),
            port=settings.pop("port", 0),
            clips_dir=str(self.clips),
            orphan_exit_s=settings.pop("orphan_exit_s", 20.0),
            **settings,
        )
        path = folder / f"{line}.json"
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.encode(self.config))
        self.log_path = folder / f"{line}.log"
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.line", str(path)], cwd=ROOT, stdout=log, stderr=log
            )
        wait_until(lambda: self._up() or self._died(), what="the line did not start")
        self.connected = False
        if connect:
            self.connect()

    def connect(self) -> LineUp:
        """Become its control process (again)."""
        if self.connected:
            self.close()
        super().__init__(self.config.socket)
        self.connected = True
        self.up = self.expect(LineUp)
        return self.up

    @property
    def socket_path(self) -> Path:
        return Path(self.config.socket)

    @property
    def port(self) -> int:
        return int(self.up.listening[0].rpartition(":")[2])

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def uri(self, user: str, *, tcp: bool = False) -> str:
        return f"sip:{user}@127.0.0.1:{self.port}{';transport=tcp' if tcp else ''}"

    def offered(self, **fields: Any) -> CallOffered:
        return self.expect(CallOffered, **fields)

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> int:
        """Shut it down in order; its exit status."""
        if self.alive():
            if self.connected:
                try:
                    self.do(Shutdown(reason="end of test"))
                except OSError:
                    self.process.terminate()
            else:
                self.process.terminate()
        try:
            return self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            if self.connected:
                self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        status = self.stop()
        if kind is None:
            assert status in (0, -signal.SIGKILL), f"the line ended with status {status}: {self.log[-2000:]}"

    def _up(self) -> bool:
        return Path(self.config.socket).exists()

    def _died(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the line ended at once: {self.log}")
        return False
