"""The switchboard: events in, actions and facts out, time as `now=`, deadlines by `next_deadline()`.

It is the whole of the core seen from outside, and it is pure: the live box, the simulator and the tests drive the same
`receive` with clocks of their own. Nothing that an edge or a network sends makes it raise; TransitionError out of
here is a mistake in the core itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from gateway.core.agents import away, pin_locks
from gateway.core.agents import commands as agent_commands
from gateway.core.board import recovery, view, watch, wire
from gateway.core.board.exchange import Exchange
from gateway.core.call import joining, lease
from gateway.core.call_back import call_backs
from gateway.core.call_back import dial as call_back_dial
from gateway.core.desk import desk
from gateway.core.events import (
    ActionFailed,
    AgentCommanded,
    AgentsRecovered,
    CallOffered,
    CallRefused,
    CallsRecovered,
    HoursCommanded,
    HoursRecovered,
    KeyPressed,
    LegAnswered,
    LegDialog,
    LegEnded,
    LegFreed,
    LegMediaChanged,
    LegProceeded,
    LevelMeasured,
    LineDown,
    LineEvent,
    LineReconfigured,
    LineUp,
    LookedUp,
    MemoryRecovered,
    OwnersRecovered,
    PlayEnded,
    QueueRecovered,
    Recorded,
    TimerDue,
    TransferRequested,
    TrunkChanged,
)
from gateway.core.events_desk import DeskCommanded, DeskRecovered, RecordingRemoved
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import CallTurnedAway
from gateway.core.facts.desk import RecordingDeleted
from gateway.core.facts.lines import TrunkReported
from gateway.core.hours import override
from gateway.core.queue import announcing, routing, waiting
from gateway.core.site import drafts
from gateway.core.site.directory import e164
from gateway.core.steps import lookups, ringing
from gateway.core.talk import keys as talk_keys
from gateway.core.talk import park, recordings, transfers

if TYPE_CHECKING:
    from gateway.core.board.timers import TimerKind
    from gateway.core.board.turn import Outcome
    from gateway.core.board.view import BoardView, HoursView
    from gateway.core.desk.desk import DeskView
    from gateway.core.facts.watch import AlarmRaised
    from gateway.core.site.site import Site

BoardEvent = (
    LineEvent
    | LineDown
    | TimerDue
    | AgentCommanded
    | AgentsRecovered
    | CallsRecovered
    | HoursCommanded
    | HoursRecovered
    | LookedUp
    | MemoryRecovered
    | OwnersRecovered
    | QueueRecovered
    | DeskCommanded
    | DeskRecovered
    | RecordingRemoved
    | WatchRecovered
)
"""What the switchboard can be told."""


class Switchboard:
    """One office's exchange. `seed` is for the lots that are drawn (strategy `random`): the same seed and the same
    events give the same outcome.

    `now` is Unix time in seconds, from a clock that does not go back; if it does, the switchboard stands still until
    it has caught up.
    """

    def __init__(self, site: Site, *, seed: int = 0) -> None:
        self._ex = Exchange(site, seed)

    def receive(self, event: BoardEvent, *, now: float) -> Outcome:
        """Take one event, then every deadline that has come by `now` (so an answer that comes together with the end
        of the ringing wins). Returns what to do and what to remember, both in order."""
        self._ex.turn.begin(now)
        self._take(event)
        return self._finish()

    def _finish(self) -> Outcome:
        ex = self._ex
        while (due := ex.turn.timers.pop_due(ex.turn.now)) is not None:
            self._due(*due)
        facts, told = ex.turn.facts, 0
        while told < len(facts) or call_backs.settle(ex):  # whoever is told of a fact may add some
            for fact in facts[told:]:
                told += 1
                ex.tallies.apply(ex.site, fact)
                ex.owners.apply(fact)
                ex.handling.apply(fact)
                ex.redials.apply(fact)
                watch.follow(ex, fact)
                call_backs.follow(ex, fact)
        return ex.turn.take()

    def next_deadline(self) -> float | None:
        """When `receive(TimerDue(), ...)` is wanted at the latest, in Unix seconds; None: not before an event."""
        return self._ex.turn.timers.next()

    def load(self, site: Site, *, now: float) -> Outcome:
        """Take a new version of the site for the calls to come. Running calls stay on the version that took them, and
        callers who wait stay with their team; people are hired, leave and change teams and telephones at once, whoever
        talks finishes the call. A caller for whom nobody is left goes on at once."""
        self._ex.turn.begin(now)
        self._ex.load(site)
        if self._ex.away is not None:
            away.follow(self._ex)
        call_backs.load(self._ex)
        routing.look_anew(self._ex)
        watch.loaded(self._ex)
        return self._finish()

    def load_draft(self, draft: Site | None, called: str = "", *, now: float) -> Outcome:
        """Let calls to the test number run on `draft` as if its number `called` was dialled; None: on nothing. Draft
        calls that are up stay on theirs. Raises LookupError when the draft has no such number."""
        trial = drafts.trial_of(draft, self._ex.site, called) if draft is not None else None
        if draft is not None and trial is None:
            raise LookupError(called)
        self._ex.turn.begin(now)
        self._ex.load_trial(trial)
        return self._finish()

    def calls_on_others(self, site: Site) -> int:
        """Calls that are up on another version than this one; those of a draft among them."""
        return sum(call.draft or call.site.version != site.version for call in self._ex.calls.values())

    def view(self) -> BoardView:
        """A frozen picture of everything, as of the last event."""
        return view.look(self._ex)

    def desk(self, now: float) -> DeskView:
        """What is left to do for callers, at `now` (Unix seconds)."""
        return desk.look(self._ex, now)

    def alarms(self) -> tuple[AlarmRaised, ...]:
        """What is wrong now, the oldest first."""
        return self._ex.alarms.shown()

    def desk_problem(self, event: DeskCommanded) -> str:
        """Why this cannot be done, and what to do about it; empty when it can."""
        return desk.problem(self._ex, event)

    def hours(self, now: float) -> tuple[HoursView, ...]:
        """Every calendar of the site at `now` (Unix seconds): open or closed, why, until when."""
        return view.look_at_hours(self._ex, now)

    def _take(self, event: BoardEvent) -> None:
        ex = self._ex
        match event:
            case TimerDue() | LevelMeasured() | LegDialog():
                return None
            case PlayEnded():
                return wire.play_ended(ex, event)
            case Recorded():
                return recordings.ended(ex, event)
            case DeskCommanded():
                return desk.commanded(ex, event)
            case RecordingRemoved():
                removed = RecordingDeleted(at=ex.turn.now, file=event.file, recorded_at=event.recorded_at)
                return ex.turn.note(removed)
            case DeskRecovered():
                for left in event.facts:
                    ex.desk.apply(left)
                call_backs.resume(ex)
                return desk.resume(ex, event.facts)
            case WatchRecovered():
                return watch.recovered(ex, event)
            case KeyPressed():
                return wire.key(ex, event)
            case LegProceeded():
                return wire.proceeded(ex, event.leg, event.code)
            case LegAnswered():
                return wire.answered(ex, event.leg)
            case TransferRequested():
                return wire.transfer_requested(ex, event)
            case LegMediaChanged():
                return wire.media_changed(ex, event)
            case LegEnded():
                return wire.ended(ex, event)
            case LegFreed():
                return ex.leg_freed(event.line)
            case CallOffered():
                return wire.offered(ex, event)
            case ActionFailed():
                return wire.failed(ex, event)
            case AgentCommanded():
                agent_commands.take(ex, event)
                return None
            case CallRefused():
                return ex.turn.note(
                    CallTurnedAway(
                        at=ex.turn.now,
                        line=event.line,
                        caller=e164(event.caller, ex.site.country),
                        called=event.called,
                        code=event.code,
                        reason=event.reason,
                    )
                )
            case TrunkChanged():
                return ex.turn.note(
                    TrunkReported(
                        at=ex.turn.now,
                        line=event.line,
                        trunk=event.trunk,
                        up=event.up,
                        code=event.code,
                        reason=event.reason,
                    )
                )
            case MemoryRecovered():
                return ex.memory.recover(event.facts, ex.turn.now)
            case LookedUp():
                return lookups.reported(ex, event)
            case LineReconfigured():
                ex.line(event.line).callers_max = event.callers_max
                return None
            case LineUp():
                if ex.away is None:
                    away.follow(ex)
                return recovery.line_up(ex, event)
            case LineDown():
                return recovery.line_down(ex, event)
            case AgentsRecovered():
                pin_locks.recovered(ex, event.facts)
                return recovery.agents(ex, event.facts)
            case OwnersRecovered():
                for fact in event.facts:
                    ex.owners.apply(fact)
                return None
            case QueueRecovered():
                return waiting.recovered(ex, event.facts)
            case CallsRecovered():
                recovery.recovered(ex, event)
                return call_backs.calls_recovered(ex, (facts[0].call for facts in event.calls if facts))
            case HoursCommanded():
                return override.take(ex, event)
            case HoursRecovered():
                return override.recovered(ex, event.overrides)
        assert_never(event)

    def _due(self, kind: TimerKind, name: str) -> None:
        ex = self._ex
        call, leg = ex.calls.get(name), ex.legs.get(name)
        match kind:
            case "step":
                return call.step_due() if call is not None else None
            case "case" | "escalate" | "task" | "alarm" | "quality":
                return watch.due(ex, kind, name)
            case "call_back":
                return call_backs.due(ex, name)
            case "call_back_due":
                return call_backs.overdue(ex, name)
            case "outbound":
                return call_back_dial.due(ex, call) if call is not None else None
            case "farewell":
                return ex.hang_up_leg(leg) if leg is not None else None
            case "lookup":
                return lookups.overdue(call) if call is not None else None
            case "wait":
                return joining.stage_due(ex, call) if call is not None else None
            case "step_wait":
                return waiting.step_due(ex, call) if call is not None else None
            case "announce":
                return announcing.due(ex, call) if call is not None else None
            case "retry":
                return ringing.retry_due(ex, call) if call is not None else None
            case "skills":
                return routing.skills_due(ex, call) if call is not None else None
            case "look":
                return routing.look_due(ex, call) if call is not None else None
            case "ring":
                return ringing.declined(ex, leg, "no_answer", 0) if leg is not None else None
            case "proceed":
                return ringing.declined(ex, leg, "unreachable", 0) if leg is not None else None
            case "accept":
                return joining.acceptance_due(ex, leg) if leg is not None else None
            case "join":
                return joining.due(ex, call) if call is not None else None
            case "guard":
                return wire.overdue(ex, leg) if leg is not None else None
            case "code":
                return talk_keys.due(call) if call is not None else None
            case "transfer":
                return transfers.due(call) if call is not None else None
            case "park":
                return park.due(call) if call is not None else None
            case "parked":
                return ex.hang_up_leg(leg) if leg is not None else None
            case "away":
                return away.follow(ex)
            case "wrap":
                ex.roster.wrap_up_ended(name)
                return routing.serve(ex, name)
            case "lease":
                return lease.due(ex, name)
            case "recovered":
                return recovery.recovered_due(ex, name)
        assert_never(kind)
