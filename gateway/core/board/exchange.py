"""Everything that is going on: lines, legs, calls, agents, queues, deadlines. One object, handed to every part of
the core; each part changes only what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Answer, HangUp
from gateway.core.agents.agents import Roster
from gateway.core.agents.codes import CodeGuard
from gateway.core.agents.pins import PinGuard
from gateway.core.alarms.alarms import Alarms
from gateway.core.alarms.usual import Usual
from gateway.core.board.turn import Turn
from gateway.core.call_back.virtual import VirtualCallers
from gateway.core.desk.desk import Desk
from gateway.core.legs import trunk_legs
from gateway.core.quality.draw import WeekDraw
from gateway.core.queue import routing
from gateway.core.queue.ewt import Handling
from gateway.core.queue.owners import Owners
from gateway.core.queue.queue import WaitingRoom
from gateway.core.queue.redial import Redials
from gateway.core.queue.tallies import Tallies
from gateway.core.site.directory import Directory
from gateway.core.steps import ringing
from gateway.core.steps.memory import Memory
from gateway.core.talk.supervision import Supervisions

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.call.record import Story
    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.legs.legs import Leg
    from gateway.core.queue.queue import Waiter
    from gateway.core.site.drafts import Trial
    from gateway.core.site.site import Site
    from gateway.core.talk.talk import Talk

GUARD_S = 40.0
"""A leg that was told to end or to be answered and has not reported by then is given up: longer than the 32 s in
which SIP itself gives up on a transaction (64 x T1: RFC 3261, 17.1.1.2)."""


class Line:
    """One line process, as far as it has told of itself. `legs_max` 0: it has not greeted yet."""

    __slots__ = ("blocked", "boot", "callers_max", "codecs", "id", "legs", "legs_max", "listening", "up", "wanting")

    def __init__(self, line: str) -> None:
        self.id = line
        self.boot = ""
        self.up = True
        self.legs_max = 0
        self.callers_max = 0
        self.codecs: tuple[str, ...] = ()
        self.listening: tuple[str, ...] = ()
        self.legs: dict[str, Leg] = {}
        self.blocked: dict[Waiter, None] = {}
        """Callers for whom an agent is there, but no free leg; in the order in which that was found."""
        self.wanting: dict[str, Call] = {}
        """Calls for whose present step a phone could be rung, but for want of a free leg."""


class Exchange:
    """The state of one switchboard. `site` is the version that new calls get."""

    __slots__ = (
        "_directories", "alarms", "away", "calls", "codes", "desk", "handling", "legs", "lines", "memory",
        "overrides", "owners", "parked", "pins", "quality", "recording_trouble", "recovered", "redials", "room",
        "roster", "seed", "site", "supervisions", "tallies", "trial", "trunk_legs", "turn", "usual", "virtual",
    )  # fmt: skip

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.turn = Turn()
        self.seed = seed
        """Of the lots that are drawn."""
        self.roster = Roster(site, self.turn)
        self.room = WaitingRoom()
        self.tallies = Tallies()
        self.lines: dict[str, Line] = {}
        self.legs: dict[str, Leg] = {}
        self.calls: dict[str, Call] = {}
        self.virtual = VirtualCallers()
        self.desk = Desk()
        self.alarms = Alarms(site)
        self.supervisions = Supervisions()
        self.quality = WeekDraw(site, seed)
        self.trunk_legs = trunk_legs.TrunkLegs()
        self.usual = Usual()
        self.owners = Owners()
        self.away: frozenset[str] | None = None
        """Who is absent; None: it was not asked yet."""
        self.handling = Handling()
        self.redials = Redials()
        self.recording_trouble: tuple[float, str] | None = None
        """Since when, and why, recordings fail; None: the last one was good."""
        self.parked: dict[str, Call] = {}
        """Slot -> who is parked there."""
        self.recovered: dict[str, dict[str, Story]] = {}
        """Line -> call -> what the journal tells of a call that did not end."""
        self.memory = Memory()
        """What callers keyed on earlier days."""
        self.pins = PinGuard()
        self.codes = CodeGuard()
        self.overrides: dict[str, HoursOverridden] = {}
        """Calendar -> what was last said of it by hand; whether it still holds `calendar.in_force` tells."""
        self.trial: Trial | None = None
        """The draft that the test number reaches."""
        self._directories: dict[int, Directory] = {id(site): Directory(site)}
        """By the identity of a site, which its directory keeps alive: a draft may have the version of another."""

    def load(self, site: Site) -> None:
        """A new version for the calls to come; versions that no call is on are forgotten."""
        self.site = site
        self._settle()

    def load_trial(self, trial: Trial | None) -> None:
        """A draft for the calls to come to the test number, or none."""
        self.trial = trial
        self._settle()

    def _settle(self) -> None:
        """Know the versions that are in use, and no other."""
        older = [call.site for call in self.calls.values()]
        if self.trial is not None:
            older.append(self.trial.site)
        known = self._directories
        self._directories = {id(site): known.get(id(site)) or Directory(site) for site in (*older, self.site)}
        self.roster.load(self.site, older)

    def directory_of(self, site: Site) -> Directory:
        """The lookups of one version."""
        return self._directories[id(site)]

    def line(self, line: str) -> Line:
        """A line by its name, known from now on."""
        known = self.lines.get(line)
        if known is None:
            known = self.lines[line] = Line(line)
        return known

    def is_full(self, line: str) -> bool:
        """Whether another leg on this line would fail for certain."""
        known = self.line(line)
        return not known.up or 0 < known.legs_max <= len(known.legs)

    # Legs

    def add_leg(self, leg: Leg) -> None:
        self.legs[leg.id] = leg
        self.line(leg.line).legs[leg.id] = leg

    def answer_leg(self, leg: Leg) -> None:
        """200 OK."""
        self.turn.order(Answer(leg=leg.id))
        self.turn.after(GUARD_S, "guard", leg.id)

    def drop_leg(self, leg: Leg) -> None:
        """The leg is no more. Its agent stays reserved until `agent_let_go`."""
        leg.advance("gone")
        trunk_legs.over(self, leg)
        self.legs.pop(leg.id, None)
        self.line(leg.line).legs.pop(leg.id, None)
        for kind in ("ring", "proceed", "accept", "guard"):
            self.turn.cancel(kind, leg.id)

    def hang_up_leg(self, leg: Leg, code: int = 0, words: str = "", *, elsewhere: bool = False) -> None:
        """CANCEL, BYE or a refusal, unless it is ending already. `elsewhere`: because somebody else has answered."""
        if not leg.may("hang_up"):
            return
        leg.advance("hang_up")
        self.turn.cancel("ring", leg.id)
        self.turn.cancel("proceed", leg.id)
        self.turn.cancel("accept", leg.id)
        leg.acceptance = None
        self.turn.order(HangUp(leg=leg.id, code=code, reason=words, elsewhere=elsewhere))
        self.turn.after(GUARD_S, "guard", leg.id)

    # Agents

    def agent_let_go(self, leg: Leg) -> None:
        """The network has let go of the agent's phone: perhaps somebody waits for him."""
        for agent in self.roster.leg_gone(leg.id):
            routing.serve(self, agent)

    def talk_ended(self, talk: Talk, *, talk_s: float, hold_s: float) -> None:
        """The agent of a talk goes to after-call work."""
        seat = self.roster.seats.get(talk.agent)
        if seat is None:
            self.roster.stranger_done(talk.agent)
        elif seat.state == "talking" and seat.call == talk.call:
            self.roster.talk_ended(talk.agent, team=talk.team, talk_s=talk_s, hold_s=hold_s)
            routing.serve(self, talk.agent)

    # Full lines

    def block(self, waiter: Waiter) -> None:
        """The caller's line has no free leg for an agent."""
        self.room.unlist(waiter)
        waiter.blocked = True
        self.line(waiter.call.leg.line).blocked[waiter] = None

    def unblock(self, waiter: Waiter) -> None:
        """It may have one again."""
        if waiter.blocked:
            waiter.blocked = False
            self.line(waiter.call.leg.line).blocked.pop(waiter, None)

    def leg_freed(self, line: str) -> None:
        """The library has given a leg back: whoever waited for one, in order, until the line is full again. Those for
        whom no phone rings come before those for whom another one is to ring."""
        blocked = self.line(line).blocked
        ringing.leg_freed(self, line, first=True)
        for waiter in sorted(blocked, key=lambda waiting: (waiting.rings, waiting.entry)):
            if self.is_full(line):
                return
            if waiter in blocked:
                self.unblock(waiter)
                routing.unblocked(self, waiter)
        ringing.leg_freed(self, line, first=False)

    # Calls

    def forget_call(self, call: Call) -> None:
        """The call's books are closed."""
        self.calls.pop(call.id, None)
