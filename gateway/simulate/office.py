"""A virtual office: one line, one caller and the agents' phones under the real Switchboard, on a clock of its own.

It does what the actions tell it and answers with the events that a line process would send; nothing of the flow, the
queue or the routing is decided here. A day of waiting takes no longer than its events.
"""

from __future__ import annotations

import heapq
from functools import partial
from typing import TYPE_CHECKING, assert_never

from gateway.core.actions import (
    Answer,
    BoardAction,
    Bridge,
    Dial,
    Echo,
    EndOrphans,
    HangUp,
    Hear,
    KeepKeys,
    LookUp,
    MeasureLevel,
    Play,
    Reconfigure,
    Refuse,
    Ring,
    ScreenPop,
    SendKeys,
    Shutdown,
    StartRecording,
    StopPlay,
    StopRecording,
    TellTransfer,
    Tone,
    Unbridge,
    Unhear,
)
from gateway.core.events import (
    AgentCommanded,
    CallOffered,
    HoursRecovered,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegProceeded,
    LegSnapshot,
    LineUp,
    MemoryRecovered,
    OwnersRecovered,
    PlayEnded,
    TimerDue,
)
from gateway.core.events_desk import DeskRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallBridged, CallEnded, CallTurnedAway, WrapUpEnded
from gateway.core.facts.joining import AcceptanceAsked
from gateway.core.legs.acceptance import TAKE
from gateway.core.switchboard import Switchboard
from gateway.simulate import earlier, queues, surge
from gateway.simulate.caller import Caller
from gateway.simulate.lengths import Lengths
from gateway.simulate.plan import AgentHeard, Happening, HungUp, Plan, Pressed, Run
from gateway.simulate.recorder import Recorder
from gateway.simulate.replies import Counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.events import EndedBy
    from gateway.core.site.site import Site
    from gateway.core.switchboard import BoardEvent
    from gateway.simulate.deeds import Deed

    Watch = Callable[[float, Happening], None]

LINE = "sim"
CALL = "sim-call"
LEGS_MAX = 64
NETWORK_S = 0.05
"""From an action to the report of it: a phone on the office's network."""
ACCEPT_S = 3.0
"""Who has to accept by key hears who calls before that."""
REFUSE_S = 2.0
"""An agent looks at the display before pressing "decline"."""


class Office:
    """Runs one plan. `watch` hears everything that concerns the call as it happens; `ask` see `Caller`."""

    def __init__(
        self,
        site: Site,
        plan: Plan,
        *,
        lengths: Lengths | None = None,
        watch: Watch | None = None,
        ask: Callable[[], Iterable[Deed]] | None = None,
    ) -> None:
        site = queues.with_full(earlier.absences(site, plan), plan)
        self._board = Switchboard(site)
        self._site, self._plan = site, plan
        self._lengths = lengths or Lengths()
        self._watch = watch
        self._now = plan.at
        self._todo: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._legs: dict[str, str] = {}
        """Legs that are up or ringing -> agent; empty for the caller."""
        self._rung: dict[str, int] = {}
        self._boxes: set[str] = set()
        """Legs that no person picks up."""
        self._play: Play | None = None
        self._recorder = Recorder(now=lambda: self._now, after=self._after, tell=self._tell, full=plan.disk_full)
        self._over = False
        self._services = Counter(plan.services)
        self._run = Run(call=CALL)
        self._caller = Caller(plan.deeds, after=self._after, press=self._pressed, hang_up=self._hung_up, ask=ask,
                              recorder=self._recorder, site=site)  # fmt: skip

    def run(self) -> Run:
        """The whole call, to its record."""
        self._open()
        self._legs[CALL] = ""
        self._tell(CallOffered(line=LINE, leg=CALL, caller=self._plan.caller, called=self._plan.called,
                               withheld=not self._plan.caller))  # fmt: skip
        while not self._over:
            deadline = self._board.next_deadline()
            if self._todo and (deadline is None or self._todo[0][0] <= deadline):
                self._now, _, do = heapq.heappop(self._todo)
                do()
            elif deadline is not None:
                self._now = max(deadline, self._now)
                self._tell(TimerDue())
            else:  # nothing will ever come: the core forgot the call
                break
        self._run.unused = tuple(self._caller.deeds)
        return self._run

    # Before the call

    def _open(self) -> None:
        """The line greets, with the calls that agents are on already; some agents are not at the desk."""
        self._tell(DeskRecovered(facts=tuple(earlier.cases(self._plan, self._site))))
        self._tell(MemoryRecovered(facts=tuple(earlier.answers(self._plan, self._site))))
        self._tell(HoursRecovered(overrides=tuple(earlier.overrides(self._plan))))
        self._tell(OwnersRecovered(facts=tuple(earlier.talks(self._plan))))
        if self._plan.surge:
            self._tell(WatchRecovered(facts=tuple(surge.before(self._plan, self._site))))
        talks: list[LegSnapshot] = []
        for agent in self._site.agents:
            phone = self._plan.habit(agent).at_first
            if phone.manner == "talking":
                call, leg = f"sim-other-{agent}", f"sim-other-{agent}.1"
                talks += _talk(call, leg, agent, self._plan.called)
                self._legs |= {call: "", leg: agent}
                self._after(phone.seconds, lambda leg=leg: self._ended(leg, 200, "far"))  # type: ignore[misc]
        self._tell(
            LineUp(line=LINE, boot=LINE, legs_max=LEGS_MAX, callers_max=LEGS_MAX // 2, codecs=(), listening=(),
                   legs=tuple(talks))
        )  # fmt: skip
        for agent in self._site.agents:
            match self._plan.habit(agent).at_first.manner:
                case "off":
                    self._tell(AgentCommanded(agent=agent, command="logout"))
                case "paused":
                    self._tell(AgentCommanded(agent=agent, command="pause"))
                case _:
                    pass

    # The circle: event, facts, actions

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (self._now + seconds, self._count, do))

    def _tell(self, event: BoardEvent) -> None:
        outcome = self._board.receive(event, now=self._now)
        for fact in outcome.facts:
            self._remember(fact)
        for action in outcome.actions:
            self._perform(action)
        self._caller.consider()

    def _remember(self, fact: AnyFact) -> None:
        if isinstance(fact, AgentChanged | WrapUpEnded):
            self._run.facts.append(fact)
        elif fact.call == CALL or isinstance(fact, CallTurnedAway):
            self._run.facts.append(fact)
            self._log(fact)
            self._caller.learn(fact)
            if isinstance(fact, CallBridged):
                self._after(self._plan.talk_s, partial(self._talked, fact.leg))
            elif isinstance(fact, AcceptanceAsked) and fact.leg not in self._boxes:
                self._after(ACCEPT_S, partial(self._accepts, fact.leg))
            elif isinstance(fact, CallEnded):
                self._run.record = fact.record
                self._over = True
            elif isinstance(fact, CallTurnedAway):
                self._over = True

    def _log(self, happened: Happening) -> None:
        self._run.log.append((self._now, happened))
        if self._watch is not None:
            self._watch(self._now, happened)

    def _perform(self, action: BoardAction) -> None:
        """What a line process would do, and the report that it would send."""
        match action:
            case Answer():
                self._after(NETWORK_S, lambda: self._answered(action.leg))
            case Dial():
                self._dial(action)
            case HangUp():
                if action.leg == CALL:
                    self._caller.up = False
                self._after(NETWORK_S, lambda: self._ended(action.leg, 487, "us"))
            case Play():
                if action.leg == CALL:
                    self._log(action)
                    self._begin(action)
                elif not action.loop:
                    self._agent_hears(action)
            case StopPlay():
                if action.leg == CALL:
                    self._stop("stopped")
            case Echo() | Tone():
                self._log(action)
            case LookUp():
                seconds, report = self._services.answer(action)
                self._after(seconds, lambda: self._tell(report))
            case Refuse():
                self._legs.pop(action.leg, None)
            case StartRecording():
                self._log(action)
                self._recorder.start(action)
            case StopRecording():
                self._recorder.end(action.recording, "stopped")
            case ScreenPop() | Ring() | Bridge() | Unbridge() | Hear() | Unhear():
                pass
            case KeepKeys() | TellTransfer() | SendKeys() | MeasureLevel():
                pass
            case EndOrphans() | Reconfigure() | Shutdown():  # never from the core
                pass
            case _:
                assert_never(action)

    # Legs

    def _answered(self, leg: str) -> None:
        if leg not in self._legs:
            return
        if leg == CALL:
            self._caller.up = True
            self._after(self._plan.hang_up_after_s, self._hung_up)
        self._tell(LegAnswered(leg=leg))

    def _ended(self, leg: str, code: int, by: EndedBy) -> None:
        if leg not in self._legs:
            return
        if leg == CALL:
            self._caller.up = False
            self._stop("stopped")
        del self._legs[leg]
        self._recorder.leg_over(leg)
        self._tell(LegEnded(leg=leg, code=code, reason="", by=by))
        self._tell(LegFreed(line=LINE, leg=leg, legs_used=len(self._legs), callers=1))

    def _hung_up(self) -> None:
        """The caller puts the phone down."""
        if CALL in self._legs and self._caller.up:
            self._log(HungUp())
            self._ended(CALL, 200, "far")

    def _talked(self, agent_leg: str) -> None:
        """The talk with an agent is over: one of the two hangs up."""
        if self._plan.agent_hangs_up:
            self._ended(agent_leg, 200, "far")
        else:
            self._hung_up()

    def _dial(self, dial: Dial) -> None:
        """An agent's phone is rung."""
        self._legs[dial.leg] = dial.agent
        ringing = self._rung.get(dial.agent, 0)
        self._rung[dial.agent] = ringing + 1
        phone = self._plan.habit(dial.agent).at(ringing)
        if phone.manner == "unreachable":
            return
        if phone.manner == "busy":
            self._after(NETWORK_S, lambda: self._ended(dial.leg, 486, "far"))
            return
        self._after(NETWORK_S, lambda: self._rings(dial.leg))
        if phone.manner == "refuses":
            self._after(REFUSE_S, lambda: self._ended(dial.leg, 603, "far"))
        elif phone.manner in {"answers", "voicemail"}:
            if phone.manner == "voicemail":
                self._boxes.add(dial.leg)
            self._after(phone.seconds, lambda: self._answered(dial.leg))

    def _rings(self, leg: str) -> None:
        if leg in self._legs:
            self._tell(LegProceeded(leg=leg, code=180))

    def _agent_hears(self, play: Play) -> None:
        agent = self._legs.get(play.leg, "")
        self._log(AgentHeard(agent, " ".join(clip.words for clip in play.clips)))
        self._after(self._lengths.seconds(play.clips), partial(self._agent_heard, play))

    def _agent_heard(self, play: Play) -> None:
        if play.leg in self._legs:
            self._tell(PlayEnded(leg=play.leg, play=play.play, how="end"))

    def _accepts(self, leg: str) -> None:
        if leg in self._legs:
            self._tell(KeyPressed(leg=leg, key=TAKE, source="rfc4733"))

    # What the caller hears and presses

    def _begin(self, play: Play) -> None:
        self._stop("stopped")
        if play.loop:
            return
        self._run.heard.append(" ".join(clip.words for clip in play.clips))
        self._play, self._caller.playing = play, True
        self._after(self._lengths.seconds(play.clips), lambda: self._stop("end", play))

    def _stop(self, how: str, play: Play | None = None) -> None:
        """The present play is over (or `play`, if it is the present one). The core is told only of an end that it
        has not asked for."""
        present = self._play
        if present is None or (play is not None and play is not present):
            return
        self._play, self._caller.playing = None, False
        if how == "end":
            self._tell(PlayEnded(leg=CALL, play=present.play, how="end"))
        elif how == "key":
            self._tell(PlayEnded(leg=CALL, play=present.play, how="key"))

    def _pressed(self, key: str) -> None:
        """A key stops a prompt that allows it in the line already; the core hears of the key first."""
        present = self._play
        cut = present is not None and present.barge_in
        self._log(Pressed(key, cut))
        self._tell(KeyPressed(leg=CALL, key=key, source="rfc4733"))
        if cut:
            self._stop("key", present)


def _talk(call: str, leg: str, agent: str, called: str) -> tuple[LegSnapshot, LegSnapshot]:
    """The two legs of a talk that an agent is in already."""
    return (
        LegSnapshot(leg=call, call=call, direction="in", state="answered", called=called, bridged_with=leg),
        LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent=agent, bridged_with=call),
    )


def simulate(site: Site, plan: Plan, *, lengths: Lengths | None = None) -> Run:
    """Run one plan on the real switchboard."""
    return Office(site, plan, lengths=lengths).run()
