"""Steps that go into another flow and come back, and the one that counts its rounds. None of them takes time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.flow import RoundCounted, SubflowReturned
from gateway.core.flow.steps_subflow import Loop, Return, Subflow
from gateway.core.steps import frames
from gateway.core.steps.frames import Frame
from gateway.core.steps.kind import Kind, Move, take

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk


class SubflowKind(Kind[Subflow]):
    """Puts the present flow aside and enters the called one with variables of its own."""

    def enter(self, walk: Walk, step: Subflow) -> Move | None:
        call, here = walk.call, walk.flow
        there = call.site.flows.get(step.flow)
        if here is None or there is None:
            call.trouble("no_flow")
            return None
        if len(walk.frames) >= frames.DEPTH_MAX:
            call.trouble("subflow_depth")
            return None
        given = frames.handed(step.given, call.values)
        walk.frames.append(Frame(here, step, frames.take_own(call.values), walk.rounds))
        call.values.update(given)
        walk.rounds = {}
        walk.flow = there
        return Move(there.start)


class ReturnKind(Kind[Return]):
    """Takes up the flow that called this one. Nobody called it (a trial call came straight to it): the end."""

    def enter(self, walk: Walk, step: Return) -> Move | None:
        call, here = walk.call, walk.flow
        if not walk.frames or here is None:
            return Move()
        given = frames.handed(step.given, call.values)
        frames.take_own(call.values)
        frame = walk.frames.pop()
        call.values.update(frame.values)
        call.values.update(given)
        walk.flow, walk.rounds = frame.flow, frame.rounds
        call.note(SubflowReturned(at=call.now, call=call.id, flow=here.id, outcome=step.outcome, to=frame.flow.id))
        taken = frame.step.returns.get(step.outcome)
        return take(walk, taken) if taken is not None else Move()


class LoopKind(Kind[Loop]):
    """Counts the rounds of a call. A flow that is called counts its own anew each time."""

    def enter(self, walk: Walk, step: Loop) -> Move | None:
        call = walk.call
        loop = (walk.flow.id if walk.flow is not None else "", step.name)
        number = walk.rounds.get(loop, 0) + 1
        used_up = number > step.times
        walk.rounds[loop] = 0 if used_up else number
        if step.count and not used_up:
            call.values[step.count] = str(number)
        done = min(number, step.times)
        call.note(RoundCounted(at=call.now, call=call.id, step=step.name, round=done, of=step.times, used_up=used_up))
        return Move(step.then if used_up else step.each)
