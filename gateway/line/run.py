"""The line process from start to end: one thread, inside PJSIP's event loop."""

from __future__ import annotations

import logging
import secrets
import signal
import time

from gateway.core.events import LineEvent
from gateway.core.line_config import LineConfig
from gateway.line.accounts import GatewayAccount, phone_config
from gateway.line.control import Control
from gateway.line.endpoint import LineEndpoint
from gateway.line.gate import Gate
from gateway.line.line import Line
from gateway.line.perform import Performer
from gateway.line.watchdog import Watchdog

log = logging.getLogger(__name__)

_WAIT_MS = 1000
"""With nothing to look after: whatever happens wakes the loop, and each turn that nobody needs costs CPU."""
_WAIT_WATCHFUL_MS = 100
"""While a leg that is over waits for the library to free it, or nobody controls us."""
_WAIT_BACKLOG_MS = 5
_LEAVE_S = 3.0
"""How long a shutdown waits for BYEs and the unregistration to be answered."""


def run(config: LineConfig) -> None:
    """Returns when the line has left; then the process must end by os._exit.

    Raises LineError and NativeError when it cannot start.
    """
    process = LineProcess(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.leave())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the control process, if it comes to the whole unit
    process.loop()


class LineProcess:
    """Joins endpoint, line, control socket and gate, and turns them."""

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        self._endpoint = LineEndpoint(config)
        self._line = Line(config, self._endpoint, secrets.token_hex(4), self._emit)
        self._phones = GatewayAccount(self._line)
        self._phones.create(phone_config(config, self._endpoint.address, self._line.phone_share()), True)
        self._line.trunks.take(config.trunks)
        self._performer = Performer(self._line, self._phones)
        gate = Gate(
            self._endpoint.library,
            line=config.line,
            retry_after_s=config.retry_after_s,
            refusal=self._line.refusal,
            emit=self._emit,
        )
        gate.stand()
        self._line.transfers.stand()
        self._endpoint.on_rejected(gate.tell)
        self._control = Control(
            config.socket,
            greeting=self._line.greeting,
            came=self._line.control_came,
            lost=self._line.control_lost,
        )
        self._watchdog = Watchdog()
        self._leaving = False
        self._lonely_since = time.monotonic()
        log.info(
            "line %s listens on %s, %d legs, at most %d callers",
            config.line,
            ", ".join(self._endpoint.listening),
            self._endpoint.legs_max,
            self._line.callers_max,
        )

    def leave(self) -> None:
        """Ask the loop to shut down; safe in a signal handler."""
        self._leaving = True

    def loop(self) -> None:
        """Until told to leave, or lonely for too long."""
        while not self._leaving and not self._line.closing and not self._too_lonely():
            self._turn()
        self._performer.shut_down()
        deadline = time.monotonic() + _LEAVE_S
        while (len(self._line.legs) or self._control.backlog) and time.monotonic() < deadline:
            self._turn()
        log.info("line %s leaves", self._config.line)
        self._watchdog.close()
        self._line.recordings.close()
        self._control.close()
        self._endpoint.destroy()

    def _turn(self) -> None:
        self._watchdog.turn()
        self._endpoint.turn(self._patience_ms())
        self._line.sounds.drain()
        self._line.endings.settle()
        for action in self._control.actions():
            self._performer.perform(action)
        self._line.endings.settle()
        self._line.recordings.turn()
        self._line.transfers.turn()
        self._line.look_after_itself()
        self._control.flush()

    def _patience_ms(self) -> int:
        if self._control.ringing or self._line.sounds.ringing:
            return 0
        if self._control.backlog:
            return _WAIT_BACKLOG_MS
        unsettled = any(leg.over for leg in self._line.legs) or self._line.transfers.waits
        watchful = self._leaving or not self._control.connected or unsettled
        patience = _WAIT_WATCHFUL_MS if watchful else _WAIT_MS
        recording = self._line.recordings.patience_ms
        return patience if recording is None else min(patience, recording)

    def _too_lonely(self) -> bool:
        if self._control.connected or len(self._line.legs):
            self._lonely_since = time.monotonic()
        lonely_s = time.monotonic() - self._lonely_since
        return 0 < self._config.orphan_exit_s < lonely_s

    def _emit(self, event: LineEvent) -> None:
        control = getattr(self, "_control", None)
        if control is not None:
            control.send(event)
