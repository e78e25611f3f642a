"""The socket of the control process: SOCK_SEQPACKET, one msgpack message a packet, watched by PJSIP's own I/O queue.

One control process at a time: a new one takes the place of the old and is greeted with what is up. Nothing is lost
on the way to it: what the socket does not take now waits in order.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from gateway.audio.tap import Readiness, Wake
from gateway.core.actions import LineAction
from gateway.core.events import ActionFailed, LineEvent
from gateway.errors import LineError

log = logging.getLogger(__name__)

_MESSAGE_MAX = 1 << 20
_BACKLOG_SAID = 1000
_BACKLOG_MAX = 100_000
"""Events that wait; a control process that has taken none of so many is stuck, and a new one gets a snapshot."""


class Control:
    """`greeting()` is what a new control process is told first; `came` and `lost` say that there is one, or none."""

    def __init__(
        self,
        path: str,
        *,
        greeting: Callable[[], Iterable[LineEvent]],
        came: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        """Raises LineError when the socket cannot be made, or another line process listens on it."""
        self._path = Path(path)
        self._greeting, self._came, self._lost = greeting, came, lost
        self._listener = _listen(self._path)
        self._door = Wake(self._listener.fileno(), listening=True)
        self._peer: socket.socket | None = None
        self._wake: Wake | None = None
        self._waiting: deque[bytes] = deque()
        self._say_at = _BACKLOG_SAID
        self._buffer = memoryview(bytearray(_MESSAGE_MAX))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode: Callable[[bytes], LineAction] = msgspec.msgpack.Decoder(LineAction).decode

    @property
    def connected(self) -> bool:
        return self._peer is not None

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    def send(self, event: LineEvent) -> None:
        """Tell the control process; without one nobody is told, and the next is greeted with what is up."""
        if self._peer is None:
            return
        self._waiting.append(self._encode(event))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the socket takes it."""
        while self._waiting and self._peer is not None:
            try:
                self._peer.send(self._waiting[0], socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            except BlockingIOError:
                self._mind_backlog()
                return
            except OSError as error:
                self._drop(f"it cannot be told: {error.strerror}")
                return
            self._waiting.popleft()
        self._say_at = _BACKLOG_SAID

    @property
    def ringing(self) -> bool:
        """Arms both sockets; whether one of them waits already."""
        states = [self._door.arm()]
        if self._wake is not None:
            states.append(self._wake.arm())
        return any(state is not Readiness.ARMED for state in states)

    def actions(self) -> Iterator[LineAction]:
        """What came down since the last turn. Takes in a new control process before it reads."""
        self._accept()
        while self._peer is not None:
            if self._wake is None or self._wake.state in (Readiness.ARMED, Readiness.IDLE):
                return
            try:
                size, _, flags, _ = self._peer.recvmsg_into([self._buffer], 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError as error:
                self._drop(f"it cannot be heard: {error.strerror}")
                return
            data = bytes(self._buffer[:size])
            if not data:
                self._drop("it closed the socket")
                return
            if flags & socket.MSG_TRUNC:
                self._refuse(data, "the message is too long")
                continue
            try:
                action = self._decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                self._refuse(data, str(error))
                continue
            yield action

    def close(self) -> None:
        """The socket's file goes first: nobody may connect to a line that leaves."""
        self._path.unlink(missing_ok=True)
        self._door.close()
        self._listener.close()
        if self._peer is not None:
            self._drop("the line leaves", tell=False)

    def _accept(self) -> None:
        peer = self._door.accepted()
        if peer is None:
            return
        if self._peer is not None:
            self._drop("another one has come", tell=False)
        log.info("a control process has come")
        with contextlib.suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MESSAGE_MAX)
        greeting = list(self._greeting())  # what it still tells of the past is not for the new one
        self._peer, self._wake = peer, Wake(peer.fileno())
        self._wake.arm()
        self._came()
        for event in greeting:
            self.send(event)

    def _drop(self, reason: str, *, tell: bool = True) -> None:
        log.log(logging.WARNING if tell else logging.INFO, "the control process is gone: %s", reason)
        if self._wake is not None:
            self._wake.close()
        if self._peer is not None:
            self._peer.close()
        self._peer = self._wake = None
        self._waiting.clear()
        if tell:
            self._lost()

    def _refuse(self, data: bytes, reason: str) -> None:
        leg, name = "", "?"
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            raw = msgspec.msgpack.decode(data)
            if isinstance(raw, dict):
                leg, name = str(raw.get("leg", ""))[:80], str(raw.get("type", "?"))[:40]
        log.warning("a message of the control process is malformed: %s", reason)
        self.send(ActionFailed(leg=leg, action=name, code=400, reason=reason))

    def _mind_backlog(self) -> None:
        if len(self._waiting) >= _BACKLOG_MAX:
            self._drop(f"it has not taken {len(self._waiting)} events")
        elif len(self._waiting) >= self._say_at:
            log.warning("%d events wait for the control process", len(self._waiting))
            self._say_at *= 2


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    try:
        _clear_stale(path)
        mask = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(mask)
        listener.listen(4)
    except OSError as error:
        listener.close()
        raise LineError(f"the line's socket {path} cannot be made: {error.strerror or error}") from error
    return listener


def _clear_stale(path: Path) -> None:
    if not path.is_socket():
        return
    # A socket of another type is never accepted, so that a living line keeps its control process: it is told
    # EPROTOTYPE where somebody listens, and ECONNREFUSED where nobody does.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(path))
        except OSError as error:
            if error.errno != errno.EPROTOTYPE:
                path.unlink(missing_ok=True)
                return
    raise LineError(f"another line process listens on {path}")
