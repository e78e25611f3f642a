"""The virtual caller: hears what is played, and does the deeds of the plan when it is time for them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from gateway.core.facts.calls import CallBridged, InputTaken, QueueLeft, StepEntered
from gateway.core.facts.desk import RecordingEnded
from gateway.core.flow.steps import Queue
from gateway.simulate.deeds import Deed, GiveUp, Nothing, Press, Speak, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

REACTION_S = 0.4
"""From the end of a question to the first key: below the shortest time that a flow can wait for one (0.5 s)."""
KEY_GAP_S = 0.25
"""Between two keys of a group: a brisk hand, and below the shortest time between keys of a flow (0.5 s)."""
_QUESTIONS = {
    "menu", "collect", "consent", "survey", "callback", "case", "confirm", "language", "override", "sign_in",
    "case_desk", "supervise",
}  # fmt: skip
_TESTS = {"echo", "tone"}


class Voice(Protocol):
    """What the caller speaks into: the simulator's `Recorder`, or a real telephone."""

    @property
    def message(self) -> bool:
        """Whether a message of the caller is being recorded."""

    def say(self, seconds: float) -> None:
        """The caller speaks for so long from now."""


class Caller:
    """`after(seconds, do)` is the office's clock, `press` and `hang_up` its telephone. `ask` is called for further
    deeds when a question was heard and none is left (the interactive mode); it may give none. `listen_s`: so long is
    listened to what comes before a `hang up` for which the script gives no time; on a network it has to be heard.
    Whoever can `ask` is asked in a queue, too, that can be left by a key, as `site` tells; a script says `wait` and the
    key."""

    def __init__(
        self,
        deeds: Iterable[Deed],
        *,
        after: Callable[[float, Callable[[], None]], None],
        press: Callable[[str], None],
        hang_up: Callable[[], None],
        ask: Callable[[], Iterable[Deed]] | None = None,
        recorder: Voice | None = None,
        listen_s: float = 0.0,
        site: Site | None = None,
    ) -> None:
        self.deeds = deque(deeds)
        self.up = False
        """The call is answered and has not been told to end."""
        self.playing = False
        """Something with an end is being said to the caller."""
        self._after, self._press, self._hang_up, self._ask = after, press, hang_up, ask
        self._recorder, self._listen_s = recorder, listen_s
        self._site = site if ask is not None else None
        self._leaves = False
        """The caller waits in a queue that can be left by a key."""
        self._verb = ""
        self._acting = False
        self._at_once = False
        self._ignoring = False

    def learn(self, fact: AnyFact) -> None:
        """A fact of the call."""
        if isinstance(fact, StepEntered | InputTaken | RecordingEnded | CallBridged):
            if self._ignoring:
                self._ignoring = False
                self.deeds.popleft()
            if isinstance(fact, StepEntered):
                self._verb = fact.verb
                self._leaves = self._can_leave(fact)
        if isinstance(fact, CallBridged | QueueLeft):
            self._leaves = False

    def _can_leave(self, fact: StepEntered) -> bool:
        flow = self._site.flows.get(fact.flow) if self._site is not None else None
        step = flow.steps.get(fact.step) if flow is not None else None
        return isinstance(step, Queue) and bool(step.keys)

    @property
    def asked(self) -> bool:
        """Whether a question has been heard to its end, an echo or tone sounds, or a message is being recorded."""
        question = self._verb in _QUESTIONS or self._leaves
        return self.recorded or self._verb in _TESTS or (question and not self.playing)

    @property
    def recorded(self) -> bool:
        """Whether a message of the caller is being recorded."""
        return self._recorder is not None and self._recorder.message

    def consider(self) -> None:
        """After every event: is it time for the next deed?"""
        if not self.up or self._acting or self._ignoring:
            return
        if not self.deeds and self.asked and self._ask is not None:
            self.deeds.extend(self._ask())
            self._at_once = False
        if not self.deeds:
            return
        match self.deeds[0]:
            case Wait(seconds):
                self._act(seconds, self._waited)
            case GiveUp():
                if self._at_once or not self._listen_s:
                    self._gave_up()
                else:
                    self._act(self._listen_s, self._gave_up)
            case Nothing():
                self._ignoring = self.asked
            case Speak(seconds):
                if self._recorder is not None and self.recorded:
                    self._recorder.say(seconds)
                    self._act(seconds, self._waited)
            case Press(keys):
                if self._at_once:
                    self._act(0.0, lambda: self._key(keys))
                elif self.asked:
                    self._act(REACTION_S, lambda: self._key(keys))

    def _act(self, seconds: float, do: Callable[[], None]) -> None:
        self._acting = True
        self._after(seconds, do)

    def _waited(self) -> None:
        self._acting = False
        if self.up:
            self.deeds.popleft()
            self._at_once = True
            self.consider()

    def _gave_up(self) -> None:
        self._acting = False
        if self.up:
            self.deeds.popleft()
            self._hang_up()

    def _key(self, keys: str) -> None:
        """Press the first of `keys`, the others one by one behind it."""
        self._acting = False
        if not self.up:
            return
        if len(keys) > 1:
            self._act(KEY_GAP_S, lambda: self._key(keys[1:]))
        else:
            self.deeds.popleft()
            self._at_once = False
        self._press(keys[0])
