"""The office of a replay: all calls of a journal under one real Switchboard, on a virtual clock.

Like the simulator's office it does what the actions tell it and answers with the events of a line process; but here
many callers and agents are there at the same time, and what each of them does comes from the journal.
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
    CallOffered,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegProceeded,
    LineUp,
    LookedUp,
    PlayEnded,
    TimerDue,
)
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallBridged, CallEnded, InputTaken, QueueEntered, QueueLeft, StepEntered, TalkEnded
from gateway.core.facts.joining import AcceptanceAsked
from gateway.core.flow.base import Question
from gateway.core.legs.acceptance import TAKE
from gateway.core.switchboard import Switchboard
from gateway.replay.agents import Habits, own_deeds
from gateway.replay.call import Call, Replayed
from gateway.replay.caller import last_key
from gateway.simulate.caller import KEY_GAP_S
from gateway.simulate.lengths import Lengths
from gateway.simulate.office import NETWORK_S
from gateway.simulate.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.events import EndedBy
    from gateway.core.facts.calls import CallRecord
    from gateway.core.site.site import Site
    from gateway.core.switchboard import BoardEvent
    from gateway.replay.past import Past, PastCall

LINE = "replay"
LEGS_MAX = 100_000
"""No call of a replay finds the line full."""
BEHIND_S = 0.01
"""Who hung up in the moment in which something was heard had heard it."""


class ReplayOffice:
    """Runs every call of `past`. `done` is called with the number of calls that are over, `watch` with every fact."""

    def __init__(
        self,
        site: Site,
        past: Past,
        *,
        lengths: Lengths | None = None,
        done: Callable[[int], None] | None = None,
        watch: Callable[[AnyFact], None] | None = None,
    ) -> None:
        self._board = Switchboard(site)
        self._site, self._past = site, past
        self._lengths = lengths or Lengths()
        self._done, self._watch = done, watch
        self._habits = Habits(past)
        self._now = 0.0
        self._todo: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._calls: dict[str, Call] = {}
        self._legs: set[str] = set()
        self._agent_legs: dict[str, str] = {}
        """Leg of an agent -> its call."""
        self._results: list[Replayed] = []
        self._fresh: list[Call] = []

    def run(self) -> tuple[Replayed, ...]:
        """Every call to its end, in the order in which they ended."""
        calls = self._past.calls
        if not calls:
            return ()
        first = calls[0].started.at
        self._now = first - 1.0
        self._tell(LineUp(line=LINE, boot=LINE, legs_max=LEGS_MAX, callers_max=LEGS_MAX // 2, codecs=(), listening=()))
        for event in self._past.told_before(first):
            self._tell(event)
        self._schedule_office()
        for call in calls:
            self._at(call.started.at, partial(self._offer, call))
        while len(self._results) < len(calls):
            deadline = self._board.next_deadline()
            if self._todo and (deadline is None or self._todo[0][0] <= deadline):
                at, _, do = heapq.heappop(self._todo)
                self._now = max(at, self._now)
                do()
            elif deadline is not None:
                self._now = max(deadline, self._now)
                self._tell(TimerDue())
            else:  # the core forgot a call
                break
        return tuple(self._results)

    def _schedule_office(self) -> None:
        """What agents and the office did by themselves; all that was before the first call comes at once."""
        for at, event in own_deeds(self._past, self._site):
            self._at(max(at, self._now), partial(self._tell, event))

    # The circle

    def _at(self, at: float, do: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (at, self._count, do))

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._at(self._now + seconds, do)

    def _tell(self, event: BoardEvent) -> None:
        outcome = self._board.receive(event, now=self._now)
        for fact in outcome.facts:
            self._remember(fact)
        for action in outcome.actions:
            self._perform(action)
        fresh, self._fresh = self._fresh, []
        for call in fresh:
            self._ask(call)

    def _remember(self, fact: AnyFact) -> None:
        if self._watch is not None:
            self._watch(fact)
        call = self._calls.get(fact.call)
        if call is None:
            return
        match fact:
            case StepEntered():
                call.flow, call.step = fact.flow, fact.step
                call.asking += 1
                call.due = None
                call.asks = isinstance(self._site.flows[fact.flow].steps[fact.step], Question)
                self._fresh.append(call)
            case InputTaken():
                call.asking += 1
                call.asks = fact.step == call.step
                if fact.outcome != "no_input":
                    call.due = None
                self._fresh.append(call)
            case AcceptanceAsked():
                self._after(NETWORK_S, partial(self._accepts, fact.leg))
            case QueueEntered():
                call.queued = True
                self._after(call.memory.patience_s, partial(self._leave, call, queued=True))
            case CallBridged():
                call.queued, call.talking = False, True
                talks, number = call.past.talks, call.talks
                call.talks += 1
                seconds = talks[number].seconds if number < len(talks) else self._habits.talk_s
                by = talks[number].by if number < len(talks) else "caller"
                self._after(seconds, partial(self._ended, fact.leg if by == "agent" else call.past.id, 200, "far"))
            case QueueLeft():
                call.queued = False
            case TalkEnded():
                call.talking = False
            case CallEnded():
                self._close(call, fact.record)
            case _:
                pass

    def _close(self, call: Call, record: CallRecord | None) -> None:
        del self._calls[call.past.id]
        self._results.append(Replayed(past=call.past, record=record, unanswerable=call.memory.unanswerable))
        if self._done is not None:
            self._done(len(self._results))

    def _perform(self, action: BoardAction) -> None:
        match action:
            case Answer():
                self._after(NETWORK_S, partial(self._answered, action.leg))
            case Dial():
                self._dial(action)
            case HangUp():
                self._after(NETWORK_S, partial(self._ended, action.leg, 487, "us"))
            case Play():
                self._begin(action)
            case StopPlay():
                self._stop(action.leg, "stopped")
            case LookUp():
                self._look_up(action)
            case Refuse():
                self._legs.discard(action.leg)
                call = self._calls.get(action.leg)
                if call is not None:
                    self._close(call, None)
            case StartRecording():
                self._record(action)
            case StopRecording():
                call = self._calls.get(action.leg)
                if call is not None:
                    call.recorder.end(action.recording, "stopped")
            case ScreenPop() | Echo() | Tone() | Ring() | Bridge() | Unbridge() | Hear() | Unhear():
                pass
            case KeepKeys() | TellTransfer() | SendKeys() | MeasureLevel():
                pass
            case EndOrphans() | Reconfigure() | Shutdown():  # never from the core
                pass
            case _:
                assert_never(action)

    # Legs

    def _offer(self, past: PastCall) -> None:
        started = past.started
        recorder = Recorder(now=lambda: self._now, after=self._after, tell=self._tell)
        call = self._calls[past.id] = Call(past, recorder)
        self._legs.add(past.id)
        leaves = call.memory.leaves_after_s
        if leaves is not None:
            self._after(leaves + BEHIND_S, partial(self._leave, call, queued=False))
        self._tell(
            CallOffered(line=LINE, leg=past.id, caller=started.caller, caller_name=started.caller_name,
                        called=started.called, withheld=started.withheld, diverted_from=started.diverted_from)
        )  # fmt: skip

    def _answered(self, leg: str) -> None:
        if leg in self._legs:
            call = self._calls.get(leg)
            if call is not None:
                call.up = True
            self._tell(LegAnswered(leg=leg))

    def _ended(self, leg: str, code: int, by: EndedBy) -> None:
        if leg not in self._legs:
            return
        self._legs.discard(leg)
        call = self._calls.get(leg) or self._calls.get(self._agent_legs.get(leg, ""))
        if call is not None:
            if leg == call.past.id:
                call.up, call.play = False, None
            call.recorder.leg_over(leg)
        self._agent_legs.pop(leg, None)
        self._tell(LegEnded(leg=leg, code=code, reason="", by=by))
        self._tell(LegFreed(line=LINE, leg=leg, legs_used=len(self._legs), callers=len(self._calls)))

    def _leave(self, call: Call, *, queued: bool) -> None:
        """The caller hangs up: in the queue after the patience, elsewhere when it was so then."""
        if not call.talking and call.queued == queued:
            self._ended(call.past.id, 200, "far")

    def _dial(self, dial: Dial) -> None:
        self._legs.add(dial.leg)
        self._agent_legs[dial.leg] = dial.call
        did = self._habits.ringing(dial.agent, dial.call, self._now)
        if did.how == "unreachable":
            return
        if did.how == "busy":
            self._after(NETWORK_S, partial(self._ended, dial.leg, 486, "far"))
            return
        self._after(NETWORK_S, partial(self._rings, dial.leg))
        if did.how == "refused":
            self._after(max(did.seconds, 2 * NETWORK_S), partial(self._ended, dial.leg, 603, "far"))
        elif did.how == "answered":
            self._after(max(did.seconds, 2 * NETWORK_S), partial(self._answered, dial.leg))

    def _rings(self, leg: str) -> None:
        if leg in self._legs:
            self._tell(LegProceeded(leg=leg, code=180))

    # What the caller hears, presses and says

    def _begin(self, play: Play) -> None:
        self._stop(play.leg, "stopped")
        call = self._calls.get(play.leg)
        if call is not None and not play.loop:
            call.play = play
            self._after(self._lengths.seconds(play.clips), partial(self._stop, play.leg, "end", play))
        elif play.leg in self._agent_legs and not play.loop:
            self._after(self._lengths.seconds(play.clips), partial(self._agent_heard, play))

    def _agent_heard(self, play: Play) -> None:
        if play.leg in self._legs:
            self._tell(PlayEnded(leg=play.leg, play=play.play, how="end"))

    def _accepts(self, leg: str) -> None:
        if leg in self._legs:
            self._tell(KeyPressed(leg=leg, key=TAKE, source="rfc4733"))

    def _stop(self, leg: str, how: str, play: Play | None = None) -> None:
        """As in the simulator: the core is told only of an end that it has not asked for."""
        call = self._calls.get(leg)
        present = call.play if call is not None else None
        if call is None or present is None or (play is not None and play is not present):
            return
        call.play = None
        if how != "stopped":
            self._tell(PlayEnded(leg=leg, play=present.play, how="end" if how == "end" else "key"))

    def _ask(self, call: Call) -> None:
        """A question has begun, or is asked again: the caller answers as then."""
        if not call.asks or call.past.id not in self._calls:
            return
        call.asks = False
        due = call.due
        if due is None:
            step = self._site.flows[call.flow].steps[call.step]
            found = call.memory.answer(step, getattr(step, "variable", ""))
            if found is None:
                if call.memory.unanswerable:
                    self._after(0.0, partial(self._ended, call.past.id, 200, "far"))
                return
            if not found.keys:
                return
            typing_s = KEY_GAP_S * (len(found.keys) - 1)
            due = (found.keys, self._now + max(NETWORK_S, found.after_s - typing_s))
        call.due = due
        self._at(max(due[1], self._now), partial(self._press, call, due[0], call.asking))

    def _press(self, call: Call, keys: str, asking: int) -> None:
        if call.asking != asking or call.past.id not in self._calls:
            return
        call.due = None
        if len(keys) > 1:
            self._after(KEY_GAP_S, partial(self._press, call, keys[1:], asking))
        present = call.play
        self._tell(KeyPressed(leg=call.past.id, key=keys[0], source="rfc4733"))
        if present is not None and present.barge_in:
            self._stop(call.past.id, "key", present)

    def _record(self, action: StartRecording) -> None:
        call = self._calls.get(action.leg)
        if call is not None:
            call.recorder.start(action)
        if call is None or action.other:
            return
        if not call.spoken:
            call.memory.unanswerable = "message"
            self._after(0.0, partial(self._ended, call.past.id, 200, "far"))
            return
        did = call.spoken.popleft()
        call.recorder.say(did.sound_s)
        if did.how == "leg_over":
            self._after(did.seconds, partial(self._ended, call.past.id, 200, "far"))
        elif did.how == "stopped":
            key = last_key(self._site.flows[call.flow].steps[call.step])
            self._after(did.seconds, partial(self._press, call, key, call.asking))

    def _look_up(self, asked: LookUp) -> None:
        """What the service answered then; of an answer with values only that it came is in the journal."""
        call, name = self._calls.get(asked.leg), asked.service.name
        left = call.lookups.get(name) if call is not None else None
        outcome = left.popleft() if left else None
        if call is not None and outcome in {None, "found"}:
            call.memory.unanswerable = f"lookup:{name}"
            self._after(0.0, partial(self._ended, call.past.id, 200, "far"))
        nothing = outcome == "not_found"
        report = LookedUp(
            call=asked.leg, lookup=asked.lookup, outcome="not_found" if nothing else "failed",
            reason="" if nothing else "unreachable",
        )  # fmt: skip
        self._after(NETWORK_S, partial(self._tell, report))
