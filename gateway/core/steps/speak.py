"""Steps that are heard, or hold still: say and play, wait, the two tests of technicians, the last words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Echo, Tone
from gateway.core.flow.steps import EchoTest, HangUpStep, Say, ToneTest, Wait
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk


class SayKind(Kind[Say]):
    """Says a text or plays a recording; skipped when keys were pressed ahead."""

    def verb(self, step: Say) -> str:
        """`say` or `play`, as it was written."""
        return step.verb

    def enter(self, walk: Walk, step: Say) -> Move | None:
        skipped = step.barge_in and bool(walk.ahead)
        return None if not skipped and walk.say(step.prompt, barge_in=step.barge_in) else Move(step.then)

    def key(self, walk: Walk, step: Say, pressed: str) -> Move | None:
        walk.ahead.append(pressed)
        if step.barge_in and walk.call.playing:
            walk.call.stop_play()
            return self.play_ended(walk, step)
        return None

    def play_ended(self, walk: Walk, step: Say) -> Move | None:
        walk.stop_waiting()
        return Move(step.then)


class WaitKind(Kind[Wait]):
    """Silence for a time."""

    def enter(self, walk: Walk, step: Wait) -> Move | None:
        walk.call.stop_play()
        walk.wait(step.length_s)
        return None

    def due(self, walk: Walk, step: Wait) -> Move | None:  # noqa: ARG002 - it looks at nothing
        return Move(step.then)


class EchoKind(Kind[EchoTest]):
    """Sends the caller's sound back until a key or its time."""

    def enter(self, walk: Walk, step: EchoTest) -> Move | None:
        walk.call.stop_play()
        walk.call.order(Echo(leg=walk.call.id, on=True))
        walk.wait(step.length_s)
        return None

    def key(self, walk: Walk, step: EchoTest, pressed: str) -> Move | None:  # noqa: ARG002 - any key ends it
        return self.due(walk, step)

    def due(self, walk: Walk, step: EchoTest) -> Move | None:
        walk.stop_waiting()
        walk.call.order(Echo(leg=walk.call.id, on=False))
        return Move(step.then)


class ToneKind(Kind[ToneTest]):
    """A steady tone until a key or its time."""

    def enter(self, walk: Walk, step: ToneTest) -> Move | None:
        call = walk.call
        call.stop_play()
        call.order(Tone(leg=call.id, hz=step.hz, level_dbm0=step.level_dbm0))
        call.sounding = True
        walk.wait(step.length_s)
        return None

    def key(self, walk: Walk, step: ToneTest, pressed: str) -> Move | None:  # noqa: ARG002 - any key ends it
        return self.due(walk, step)

    def due(self, walk: Walk, step: ToneTest) -> Move | None:
        walk.stop_waiting()
        walk.call.stop_play()
        return Move(step.then)


class HangUpKind(Kind[HangUpStep]):
    """The last words, if any, then the end."""

    def enter(self, walk: Walk, step: HangUpStep) -> Move | None:
        if step.prompt is None or not walk.say(step.prompt):
            walk.call.hang_up(by="flow", reason="hang_up")
        return None

    def key(self, walk: Walk, step: HangUpStep, pressed: str) -> Move | None:  # noqa: ARG002 - any key cuts them short
        if not walk.call.playing:
            return None
        walk.call.stop_play()
        return self.play_ended(walk, step)

    def play_ended(self, walk: Walk, step: HangUpStep) -> Move | None:  # noqa: ARG002 - the step leads nowhere
        walk.call.hang_up(by="flow", reason="hang_up")
        return None
