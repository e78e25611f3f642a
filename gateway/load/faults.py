"""Everything that goes wrong on a telephone line, at random: the driver with faults.

Phones that refuse, are busy, ring for ever, are not there, answer at the moment of the CANCEL or never report their
end; callers and agents who hang up at any moment; lines that die with all their legs; legs that run out; people who
take a pause or go home. Who is given up leaves a message, asks for a call-back, or hears the goodbye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gateway.core.actions import Dial, StartRecording, StopRecording
from gateway.core.events import ActionFailed, AgentCommanded, CallRefused, KeyPressed, LineDown, Recorded
from gateway.core.events_desk import DeskCommanded
from gateway.core.facts.calls import StepEntered
from gateway.core.facts.desk import CallBackRequested
from gateway.load.driver import LINE, Driver
from gateway.load.office import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.actions import BoardAction
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.desk import RecordingEnd
    from gateway.core.site.site import Site
    from gateway.load.workload import Workload

HURRY_S = 60.0
"""A caller in a hurry hangs up within that of the beginning, at any moment of it."""


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are of the ringings or of the calls; times between troubles are means."""

    seed: int = 0
    refuses: float = 0.06
    busy: float = 0.04
    silent: float = 0.06
    unreachable: float = 0.04
    no_leg: float = 0.01
    answers_late: float = 0.3
    """Of the phones that are told to stop ringing: answers before it has heard of that."""
    mute: float = 0.01
    """Of the legs that are told to end: the line never reports the end."""
    hangs_up: float = 0.3
    """Of the callers: hangs up within HURRY_S, whatever happens."""
    agent_first: float = 0.3
    """Of the talks: the agent hangs up first."""
    line_lost_s: float = 3600.0
    line_back_s: float = 20.0
    away_s: float = 1200.0
    """Between the times at which somebody takes a pause or logs out."""
    back_s: float = 300.0
    legs_max: int = 16


class FaultyDriver(Driver):
    """A run with faults. Each is drawn from a seeded generator in the order of the events: the same seed is the same
    run. `faults.legs_max` legs are all the line has."""

    def __init__(
        self,
        site: Site,
        workload: Workload,
        remember: Callable[[AnyFact], None],
        faults: Faults,
        *,
        ring_s: float = 0.0,
    ) -> None:
        super().__init__(site, workload, remember, ring_s=ring_s)
        self.legs_max = faults.legs_max
        self.lines_lost = 0
        self._faults = faults
        self._draw = np.random.default_rng(faults.seed)
        self._people = tuple(site.agents)
        self._up = True
        self._until = self._arrivals[-1] if self._arrivals else self.now
        self._recordings: dict[str, tuple[StartRecording, float]] = {}
        self.after(self._soon(faults.line_lost_s), self._line_lost, "")
        self.after(self._soon(faults.away_s), self._away, "")

    def calm(self, calls: int, handling_s: float) -> None:
        """No faults from now on; `calls` callers, all at once."""
        self._faults = msgspec.structs.replace(
            self._faults, refuses=0, busy=0, silent=0, unreachable=0, no_leg=0, mute=0, hangs_up=0, agent_first=0,
            answers_late=0,
        )  # fmt: skip
        self._arrivals += [self.now + 1.0] * calls
        self._handling += [handling_s] * calls
        self._patience += [float("inf")] * calls

    def caller_number(self, number: int) -> str:
        return f"+48501{number % 900_000 + 100_000:06d}" if number % 10 else ""

    def offered(self, leg: str) -> None:
        if self._happens(self._faults.hangs_up):
            self.after(float(self._draw.random()) * HURRY_S, self.hung_up, leg)

    def remember(self, fact: AnyFact) -> None:
        super().remember(fact)
        if isinstance(fact, StepEntered) and fact.verb == "callback":
            self.after(float(self._draw.random()) * 8.0, self._presses_1, fact.call)
        elif isinstance(fact, CallBackRequested):
            self.after(self._soon(600.0), self._calls_back, fact.call_back)

    def talked(self, leg: str) -> None:
        if leg in self._legs and self._happens(self._faults.agent_first):
            self.ended(leg, 200, "far")
        else:
            super().talked(leg)

    def perform(self, action: BoardAction) -> None:
        if isinstance(action, StartRecording):
            self._recordings[action.recording] = (action, self.now)
            seconds = float(self._draw.random()) * 1.2 * action.longest_s
            self.after(seconds, self._presses_hash if self._happens(0.5) else self.hung_up, action.leg)
            self.after(action.longest_s, self._longest, action.recording)
        elif isinstance(action, StopRecording):
            self._recorded(action.recording, "stopped")
        elif isinstance(action, Dial) and (not self._up or self._full() or self._happens(self._faults.no_leg)):
            self.after(0.0, self._no_leg, action.leg)
        else:
            super().perform(action)

    def dialled(self, leg: str) -> None:
        faults, chance = self._faults, float(self._draw.random())
        for share, code in ((faults.refuses, 603), (faults.busy, 486), (faults.unreachable, 0), (faults.silent, -1)):
            if chance < share:
                if code:
                    self.after(0.1, self.rings, leg)
                if code > 0:
                    self.after(0.1 + 3.0 * chance, self._busy if code == 486 else self._refused, leg)
                return
            chance -= share
        super().dialled(leg)

    def told_to_end(self, leg: str) -> None:
        if not self._up or leg not in self._legs:
            return
        if self._legs[leg] and leg not in self._talks and self._happens(self._faults.answers_late):
            self.answered(leg)
        if self._happens(self._faults.mute):
            self.after(60.0, self._gone_unheard, leg)
        else:
            super().told_to_end(leg)

    def leg_over(self, leg: str) -> None:
        for recording, (action, _) in list(self._recordings.items()):
            if action.leg == leg:
                self._recorded(recording, "leg_over")

    def _call(self) -> None:
        if self._up and not self._full():
            super()._call()
            return
        caller = self.caller_number(self.callers)
        self.callers += 1
        if self._up:  # a dead line does not even tell
            refused = CallRefused(line=LINE, caller=caller, called=NUMBER, code=503, reason="no free leg")
            self.tell(refused)

    def _full(self) -> bool:
        return len(self._legs) >= self.legs_max

    def _happens(self, share: float) -> bool:
        return bool(self._draw.random() < share)

    def _soon(self, mean_s: float) -> float:
        return float(self._draw.exponential(mean_s))

    # Phones

    def _busy(self, leg: str) -> None:
        self.ended(leg, 486, "far")

    def _refused(self, leg: str) -> None:
        self.ended(leg, 603, "far")

    def _no_leg(self, leg: str) -> None:
        self.tell(ActionFailed(leg=leg, action="Dial", code=503, reason="no free leg"))

    def _gone_unheard(self, leg: str) -> None:
        self._legs.pop(leg, None)
        self._talks.pop(leg, None)

    # Lines

    def _line_lost(self, _: str) -> None:
        if self.now > self._until:
            return
        self.lines_lost += 1
        self._up = False
        self._legs.clear()
        self._talks.clear()
        self._plays.clear()
        self._recordings.clear()
        self.tell(LineDown(line=LINE, reason="killed"))
        self.after(self._soon(self._faults.line_back_s), self._line_back, "")

    def _line_back(self, _: str) -> None:
        self._up = True
        self._boot = f"b{self.lines_lost + 1}"
        self.line_up()
        self.after(self._soon(self._faults.line_lost_s), self._line_lost, "")

    # People

    def _away(self, _: str) -> None:
        if self.now > self._until:
            return
        agent = self._people[int(self._draw.integers(len(self._people)))]
        self.tell(AgentCommanded(agent=agent, command="pause" if self._happens(0.5) else "logout"))
        self.after(self._soon(self._faults.back_s), self._back, agent)
        self.after(self._soon(self._faults.away_s), self._away, "")

    def _back(self, agent: str) -> None:
        self.tell(AgentCommanded(agent=agent, command="unpause"))
        self.tell(AgentCommanded(agent=agent, command="login"))

    def _calls_back(self, call_back: str) -> None:
        deed = ("reached", "not_reached", "cancelled")[int(self._draw.integers(3))]
        self.tell(DeskCommanded(what="call_back", id=call_back, deed=deed))  # type: ignore[arg-type]

    # Callers who were given up

    def _presses_1(self, leg: str) -> None:
        self._presses(leg, "1")

    def _presses_hash(self, leg: str) -> None:
        self._presses(leg, "#")

    def _presses(self, leg: str, key: str) -> None:
        if leg in self._legs:
            self.tell(KeyPressed(leg=leg, key=key, source="rfc4733"))

    def _longest(self, recording: str) -> None:
        self._recorded(recording, "longest")

    def _recorded(self, recording: str, how: RecordingEnd) -> None:
        running = self._recordings.pop(recording, None)
        if running is None:
            return
        action, began = running
        length_ms = round(1000 * (self.now - began))
        self.tell(Recorded(leg=action.leg, recording=recording, how=how, length_ms=length_ms, sound_ms=length_ms // 2))
