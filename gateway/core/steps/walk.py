"""The interpreter: takes one caller from step to step until a step has to wait for a key, a sound or a human.

What each kind of step does stands in the modules beside; here is only the walking, and what is common to all steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import StepEntered
from gateway.core.hours.moment import clock_values
from gateway.core.speech import saying
from gateway.core.steps import kinds as steps
from gateway.core.steps.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.actions import Clip
    from gateway.core.call.call import Call
    from gateway.core.events import Event
    from gateway.core.flow.model import AnyStep, Flow, Prompt
    from gateway.core.steps.frames import Frame
    from gateway.core.steps.kinds import Move
    from gateway.core.steps.known import Known
    from gateway.core.steps.lookups import Question
    from gateway.core.steps.recent import Matter

STEP_LIMIT = 200
"""So many steps without a key, a sound or a second in between are a loop that would never end."""

AHEAD_MAX = 32
"""Keys kept for the next input step."""


class Walk:
    """One caller's way through the flows of the site version that took the call."""

    __slots__ = (
        "_later", "_spins", "_swallow", "_swallow_until", "ahead", "call", "flow", "frames", "known", "matters",
        "no_input", "no_match", "phase", "question", "rounds", "step", "typed",
    )  # fmt: skip

    def __init__(self, call: Call) -> None:
        self.call = call
        self.flow: Flow | None = None
        self.step: AnyStep | None = None
        self.ahead: list[str] = []
        """Keys pressed before a step asked for them. A list: one that is empty takes a tenth of a deque."""
        self.typed = ""
        """Keys of the collect that is going on."""
        self.phase = ""
        """How far the present step has come, if it has several parts."""
        self.known: Known | None = None
        """The answer that the present step has said and asks to agree to."""
        self.matters: tuple[Matter, ...] = ()
        """Those of earlier calls that the present menu names first."""
        self.question: Question | None = None
        """What the present step has asked of a service."""
        self.no_input = 0
        self.no_match = 0
        self.frames: list[Frame] = []
        """The flows that wait for the return of the present one, the outermost first."""
        self.rounds: dict[tuple[str, str], int] = {}
        """Rounds so far of the loops, by flow and step."""
        self._later: Move | None = None
        """Where to go when the call has been answered."""
        self._spins = 0
        self._swallow = ""
        self._swallow_until = 0.0

    def begin(self, flow: str) -> None:
        """Enter a flow at its start."""
        self.go(steps.Move(flow=flow))

    def go(self, move: Move | None) -> None:
        """Go on until a step waits."""
        while move is not None:
            self._spins += 1
            if self._spins > STEP_LIMIT:
                self.call.trouble("step_limit")
                return
            if move.flow:
                if self.frames:  # a flow that is gone to, not called, never returns
                    self.rounds = self.frames[0].rounds
                    self.frames.clear()
                self.flow = self.call.site.flows.get(move.flow)
                if self.flow is None:
                    self.call.trouble("no_flow")
                    return
            elif not move.to:
                if self.call.state == "offered":
                    self.answer_then(move)
                else:
                    self.call.say_goodbye()
                return
            move = self._enter(move.to)

    def key(self, key: str) -> None:
        """The caller pressed a key."""
        self._spins = 0
        if key == self._swallow and self.call.now <= self._swallow_until:
            self._swallow = ""
            return
        self._swallow = ""
        if self.step is None:
            self.ahead.append(key)
            del self.ahead[:-AHEAD_MAX]
            return
        self.go(steps.key(self, self.step, key))

    def play_ended(self, *, failed: bool = False) -> None:
        """The prompt of the present step is over, or could not be played (which takes no time, and counts as a
        step without waiting)."""
        if not failed:
            self._spins = 0
        if self.step is not None:
            self.go(steps.play_ended(self, self.step))

    def due(self) -> None:
        """The present step has waited long enough."""
        self._spins = 0
        if self.step is not None:
            self.go(steps.due(self, self.step))

    def told(self, event: Event) -> None:
        """What the present step asked for came. It is up to the step whether it still wants it."""
        self._spins = 0
        if self.step is not None:
            self.go(steps.told(self, self.step, event))

    def left(self) -> None:
        """The call leaves the flow for good: what the present step began is ended."""
        step, self.step = self.step, None
        if step is not None:
            steps.left(self, step)

    def answer_then(self, move: Move) -> None:
        """Answer the call, and go on with `move` when its ACK has come."""
        self._later = move
        self.call.answer()

    def answered(self) -> None:
        """The call has been answered."""
        later, self._later = self._later, None
        self.go(later)

    def say_all(self, prompt: Prompt) -> bool:
        """Play a prompt in every language that it has, one after the other."""
        return self.play(tuple(clip for tongue in prompt.parts for clip in self.clips(prompt, tongue)))

    def say(self, prompt: Prompt, *, barge_in: bool = True) -> bool:
        """Play a prompt in the caller's language; False when there is nothing to say in it."""
        return self.play(self.clips(prompt), barge_in=barge_in)

    def play(self, clips: tuple[Clip, ...], *, barge_in: bool = True) -> bool:
        """Play clips that are one prompt; False when there are none."""
        if clips:
            self.call.play(clips, barge_in=barge_in)
            self.wait(saying.PLAY_GUARD_S)
        return bool(clips)

    def clips(self, prompt: Prompt, language: str = "", *, known: Mapping[str, str] | None = None) -> tuple[Clip, ...]:
        """What `prompt` sounds like for this caller, or in `language`; `known` are values beside the variables."""
        call = self.call
        fallback = self.flow.language if self.flow is not None else ""
        return saying.clips_of(
            prompt,
            self.readings().beside(known),
            language=language or call.values.get("language", fallback),
            fallback=fallback,
            site=call.site,
        )

    def says_all(self, prompt: Prompt, known: Mapping[str, str] | None = None) -> bool:
        """Whether `prompt` would be said to this caller without leaving a value out."""
        fallback = self.flow.language if self.flow is not None else ""
        language = self.call.values.get("language", fallback)
        values = self.readings().beside(known)
        return saying.whole(prompt, values, language=language, fallback=fallback, site=self.call.site)

    def readings(self) -> Readings:
        """All that a condition or a text can read: the variables of the call, and the clock."""
        values = Readings(self.call.ex, self.call.values)
        values.update(clock_values(self.call.site, self.call.now))
        if self.call.waiter is not None and self.call.waiter.manager:
            values["manager"] = self.call.waiter.manager  # who is rung as that now, a deputy perhaps
        elif self.call.ringing is not None and self.call.ringing.person:
            values["manager"] = self.call.ringing.person
        return values

    def wait(self, seconds: float) -> None:
        """Let `due` come after so long, unless something comes first."""
        self.call.ex.turn.after(seconds, "step", self.call.id)

    def stop_waiting(self) -> None:
        """No `due` any more."""
        self.call.ex.turn.cancel("step", self.call.id)

    def swallow(self, key: str, seconds: float) -> None:
        """The next key, if it is this one and comes soon, belongs to the input that is complete already."""
        self._swallow, self._swallow_until = key, self.call.now + seconds

    def _enter(self, name: str) -> Move | None:
        if self.flow is None:
            self.call.trouble("no_flow")
            return None
        step = self.flow.steps.get(name or self.flow.start)
        if step is None:
            self.call.trouble("no_step")
            return None
        if step.ANSWERS and self.call.state == "offered":
            self.answer_then(steps.Move(step.name))
            return None
        self.step = step
        self.typed = self.phase = ""
        self.known = None
        self.matters = ()
        self.no_input = self.no_match = 0
        self.stop_waiting()
        self.call.note(
            StepEntered(
                at=self.call.now, call=self.call.id, flow=self.flow.id, step=step.name, verb=steps.verb_of(step)
            )
        )
        return steps.enter(self, step)
