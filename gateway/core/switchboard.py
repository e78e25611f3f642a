"""The switchboard: events in, actions and facts out, time as `now=`, deadlines by `next_deadline()`.

It is the whole of the core seen from outside, and it is pure: the live box, the simulator and the tests drive the same
`receive` with clocks of their own. Nothing that an edge or a network sends makes it raise; TransitionError out of
here is a mistake in the core itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from gateway.core import cases, desk, drafts, lookups, override, recordings, recovery, ringing, routing, view, wire
from gateway.core.directory import e164
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
    PlayEnded,
    Recorded,
    TimerDue,
    TrunkChanged,
)
from gateway.core.events_desk import DeskCommanded, DeskRecovered, RecordingRemoved
from gateway.core.exchange import Exchange
from gateway.core.facts import CallTurnedAway, TrunkReported
from gateway.core.facts_desk import RecordingDeleted

if TYPE_CHECKING:
    from gateway.core.desk import DeskView
    from gateway.core.site import Site
    from gateway.core.timers import TimerKind
    from gateway.core.turn import Outcome
    from gateway.core.view import BoardView, HoursView

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
    | DeskCommanded
    | DeskRecovered
    | RecordingRemoved
)
"""What the switchboard can be told."""


class Switchboard:
    """One office's exchange. `seed` is for whatever draws lots (nothing does yet): the same seed and the same events
    give the same outcome.

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
        for fact in ex.turn.facts:  # the desk may add some
            ex.desk.apply(fact)
            cases.follow(ex, fact)
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
        routing.look_anew(self._ex)
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

    def desk_problem(self, event: DeskCommanded) -> str:
        """Why this cannot be done, and what to do about it; empty when it can."""
        return self._ex.desk.problem(event)

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
                for fact in event.facts:
                    ex.desk.apply(fact)
                return cases.resume(ex)
            case KeyPressed():
                return wire.key(ex, event)
            case LegProceeded():
                return wire.proceeded(ex, event.leg, event.code)
            case LegAnswered():
                return wire.answered(ex, event.leg)
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
                ex.roster.command(event.agent, event.command, event.reason)
                return routing.serve(ex, event.agent)
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
            case LookedUp():
                return lookups.reported(ex, event)
            case LineReconfigured():
                ex.line(event.line).callers_max = event.callers_max
                return None
            case LineUp():
                return recovery.line_up(ex, event)
            case LineDown():
                return recovery.line_down(ex, event)
            case AgentsRecovered():
                return recovery.agents(ex, event.facts)
            case CallsRecovered():
                return recovery.recovered(ex, event.calls)
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
            case "case":
                return cases.due(ex, name)
            case "lookup":
                return lookups.overdue(call) if call is not None else None
            case "wait":
                return routing.stage_due(ex, call) if call is not None else None
            case "retry":
                return routing.retry_due(ex, call) if call is not None else None
            case "ring":
                return ringing.declined(ex, leg, "no_answer", 0) if leg is not None else None
            case "proceed":
                return ringing.declined(ex, leg, "unreachable", 0) if leg is not None else None
            case "guard":
                return wire.overdue(ex, leg) if leg is not None else None
            case "wrap":
                ex.roster.wrap_up_ended(name)
                return routing.serve(ex, name)
            case "recovered":
                return recovery.recovered_due(ex, name)
        assert_never(kind)
