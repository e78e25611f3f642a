"""How legs end: hung up, told of with their figures, and let go when the library has freed them.

A leg that is over is told of at the end of the turn, because its streams give their figures after the call is over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from gateway.core.events import EndedBy, LegEnded, LegFreed, LineEvent
from gateway.line.capi import PjLibrary
from gateway.line.connections import Connections
from gateway.line.legs import Leg, Legs
from gateway.line.pj import Error, pj, why
from gateway.line.sounds import Sounds

log = logging.getLogger(__name__)

HELD_S = 5.0
"""How long a phone that ignores our CANCEL may hold its leg; the library would wait 64 * T1 = 32 s (RFC 3261, 9.1)."""


class Endings:
    """`alone()`: no control process is there to end the other half of a bridge."""

    def __init__(
        self,
        line: str,
        *,
        legs: Legs,
        library: PjLibrary,
        connections: Connections,
        sounds: Sounds,
        emit: Callable[[LineEvent], None],
        alone: Callable[[], bool],
    ) -> None:
        self._line, self._legs, self._library = line, legs, library
        self._connections, self._sounds = connections, sounds
        self._emit, self._alone = emit, alone
        self.before_report: Callable[[Leg], None] = lambda _leg: None
        """Told of a leg that is over, before the control process is."""

    def hang_up(self, leg: Leg, by: EndedBy, *, code: int = 0, reason: str = "", headers: Any = ()) -> None:
        """BYE, CANCEL or a refusal, whatever the leg needs now. Raises pj.Error."""
        if leg.over:
            return
        leg.hung_up_by = leg.hung_up_by or by
        prm = pj.CallOpParam(True)
        waiting = leg.direction == "in" and leg.state in ("offered", "ringing")
        prm.statusCode = code if 300 <= code < 700 else (480 if waiting else 0)
        prm.reason = reason
        for name, value in headers:
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        leg.sip.hangup(prm)

    def settle(self) -> None:
        """Tell of legs that are over and let go of those that the library has freed."""
        over = [leg for leg in self._legs if leg.over]
        if not over:
            return
        for leg in over:
            if not leg.reported:
                self._report_end(leg)
        self._give_up_dead_phones(over)
        in_use = self._library.calls_in_use()
        for leg in over:
            if leg.slot not in in_use and self._legs.get(leg.id) is leg:
                self._let_go(leg, len(in_use))

    def unbridge(self, leg: Leg) -> None:
        """Undo its bridge, if it has one."""
        other = self._legs.get(leg.bridged_with)
        if other is not None:
            self._connections.unwant_both_ways(("far", leg.id), ("far", other.id))
            other.bridged_with = ""
        leg.bridged_with = ""

    def free_slot(self, slot: int) -> None:
        """A new call has this slot, so whoever had it before has none."""
        self.settle()
        for leg in self._legs:
            if leg.slot == slot and leg.over:
                self._let_go(leg, len(self._library.calls_in_use()))

    def hang_up_quietly(self, leg: Leg, code: int = 0, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """By the line itself; what goes wrong is logged."""
        try:
            self.hang_up(leg, "line", code=code, headers=headers)
        except Error as error:
            log.warning("leg %s cannot be hung up: %s", leg.id, why(error))

    def _report_end(self, leg: Leg) -> None:
        leg.reported = True
        self.before_report(leg)
        code, reason, by = leg.ended or (500, "", "line")
        other = self._legs.get(leg.bridged_with)
        self.unbridge(leg)
        self._sounds.close(leg)
        log.info("leg %s is over: %d %s, by %s", leg.id, code, reason, by)
        self._emit(LegEnded(leg=leg.id, code=code, reason=reason, by=by, media=leg.media.result()))
        if other is not None and self._alone():
            self.hang_up_quietly(other)

    def _give_up_dead_phones(self, over: list[Leg]) -> None:
        for leg in over:
            if leg.branch and time.monotonic() - leg.ended_at > HELD_S:
                branch, leg.branch = leg.branch, ""
                if self._library.give_up_invite(branch):
                    log.warning("leg %s: its phone does not answer the CANCEL and is given up", leg.id)

    def _let_go(self, leg: Leg, legs_used: int) -> None:
        self._legs.remove(leg)
        # Its Call object goes here and now: later, its slot can be another call's.
        leg.sip = None
        self._emit(LegFreed(line=self._line, leg=leg.id, legs_used=legs_used, callers=self._legs.callers))
