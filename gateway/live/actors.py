"""The people of a script with real telephones: agents who do what their habits say, and the caller.

The caller is the simulator's (`gateway.simulate.caller`), so a script means the same here and there; but it hears with
its own ears: a question is over when the received audio is silent for longer than any prompt pauses.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.core.facts.calls import CallBridged, InputTaken, StepEntered, TalkEnded
from gateway.core.facts.desk import RecordingEnded, RecordingStarted
from gateway.core.legs.acceptance import TAKE
from gateway.live.phone import Call, Telephone
from gateway.live.rtp import pilot
from gateway.simulate.caller import Caller
from gateway.simulate.office import REFUSE_S
from gateway.simulate.phones import Phone

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.facts.all import AnyFact
    from gateway.live.g711 import Samples
    from gateway.simulate.deeds import Deed
    from gateway.simulate.phones import Habit
    from gateway.simulate.plan import Plan

SETTLE_S = 0.5
"""After a key and after a new step, what is said next needs a moment to be heard."""
LISTEN_S = 3.0
"""Who hangs up without a time given hears so much of what comes last: enough to know it again."""
CALLER_HZ = 1830
AGENT_HZ = (1990, 2150, 2310, 2470, 2630, 2790, 2950, 3110, 3270)
"""Pilot tones, so that who hears whom can be measured: above the DTMF bands, within the telephone band."""
WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>'


class AgentPhone:
    """The telephone of one agent."""

    def __init__(self, agent: str, habit: Habit, pilot_hz: int) -> None:
        self.agent, self.pilot_hz = agent, pilot_hz
        user = "".join(char for char in agent if char.isalnum() or char in "-_")
        self.phone = Telephone(user, on_ring=self._rung)
        self.busy_with: Call | None = None
        """The other call that the agent is on from the start, once it is up."""
        self.expects_other = False
        self._habit, self._ringings = habit, 0
        self._present = Phone()
        self._tasks: set[asyncio.Task[None]] = set()

    def answered(self) -> list[Call]:
        """The calls that were answered, in order, but for the other one."""
        return [call for call in self.phone.calls if call.audio.packets and call is not self.busy_with]

    def accept(self) -> None:
        """Press the key that takes the call; a voicemail box does not."""
        for call in self.phone.calls:
            if call.state == "up" and call is not self.busy_with and self._present.manner != "voicemail":
                call.press(TAKE)

    def hang_up(self) -> None:
        """End the talk that goes on."""
        for call in self.phone.calls:
            if call.state == "up" and call is not self.busy_with:
                call.hang_up()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self.phone.close()

    def _rung(self, call: Call) -> None:
        if self.expects_other and self.busy_with is None:
            self.busy_with = call
            self._do(call, Phone("answers", 0.0))
            return
        phone = self._habit.at(self._ringings)
        self._ringings += 1
        self._present = phone
        self._do(call, phone)

    def _do(self, call: Call, phone: Phone) -> None:
        call.audio.say(pilot(self.pilot_hz))
        task = asyncio.get_running_loop().create_task(_behave(call, phone))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _behave(call: Call, phone: Phone) -> None:
    match phone.manner:
        case "unreachable":
            call.silent = True
        case "busy":
            call.refuse(486, "Busy Here")
        case "refuses":
            call.ring()
            await asyncio.sleep(REFUSE_S)
            call.refuse(603, "Decline")
        case "answers" | "voicemail":
            call.ring()
            await asyncio.sleep(phone.seconds)
            await call.pick_up()
        case _:
            call.ring()


class Voice:
    """The caller's own voice: silent, but for messages and talks (`caller.Voice`)."""

    def __init__(self, call: Call, speech: Samples) -> None:
        self._call, self._speech = call, speech
        self._timer: asyncio.TimerHandle | None = None
        self.message = False
        """Whether a message of the caller is being recorded."""

    def say(self, seconds: float) -> None:
        """Speak for so long."""
        self._call.audio.say(self._speech)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._call.audio.say, None)

    def learn(self, fact: AnyFact) -> None:
        """A fact of the call: a talk, an echo, a recording begins or ends."""
        match fact:
            case CallBridged() | StepEntered(verb="echo"):
                self._call.audio.say(pilot(CALLER_HZ))
            case TalkEnded() | StepEntered():
                self._call.audio.say(None)
            case RecordingStarted(purpose="message"):
                self.message = True
            case RecordingEnded():
                self.message = False
            case _:
                pass

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class CallerPhone:
    """The caller of a script. `pause_s`: so much silence ends a question; `speech`: what a message sounds like."""

    def __init__(self, plan: Plan, *, talk_s: float, pause_s: float, speech: Samples) -> None:
        self._plan, self._talk_s, self._pause_s = plan, talk_s, pause_s
        self.phone = Telephone(plan.caller or "caller")
        self.call = self.phone.new_call()
        self._loop = asyncio.get_running_loop()
        self._timers: set[asyncio.TimerHandle] = set()
        self._settled_at = 0.0
        self._voice = Voice(self.call, speech)
        self._caller = Caller(
            plan.deeds,
            after=self._after,
            press=self._press,
            hang_up=self.hang_up,
            recorder=self._voice,
            listen_s=LISTEN_S,
        )

    @property
    def unused(self) -> tuple[Deed, ...]:
        """The deeds that never came."""
        return tuple(self._caller.deeds)

    async def dial(self, uri: str) -> None:
        """Call, as the script's number."""
        caller = self._plan.caller
        from_ = f"<sip:{caller}@{self.phone.uri.rpartition('@')[2]}>" if caller else WITHHELD
        await self.call.dial(uri, from_, () if caller else (("Privacy", "id"),))

    def learn(self, fact: AnyFact) -> None:
        """A fact of the call: which step it has come to, and the beginning of a talk."""
        self._voice.learn(fact)
        self._caller.learn(fact)
        if isinstance(fact, StepEntered | InputTaken):
            self._settle()

    def talk(self, hang_up: Callable[[], None] | None = None) -> None:
        """A talk has begun; when it has lasted long enough, the caller hangs up, or `hang_up` does."""
        self._after(self._talk_s, hang_up or self.hang_up)

    def look(self) -> None:
        """Look around: is it time for the next deed? To be called all the time."""
        up = self.call.state == "up"
        if up and not self._caller.up:
            self._after(self._plan.hang_up_after_s, self.hang_up)
            self._settle()
        self._caller.up = up
        now = self._loop.time()
        self._caller.playing = now < self._settled_at or now - self.call.sound_at < self._pause_s
        self._caller.consider()

    def hang_up(self) -> None:
        self._caller.up = False
        self.call.hang_up()

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._voice.close()
        self.phone.close()

    def _settle(self) -> None:
        self._settled_at = self._loop.time() + SETTLE_S

    def _press(self, key: str) -> None:
        self._settle()
        self.call.press(key)

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._timers.add(self._loop.call_later(seconds, do))
