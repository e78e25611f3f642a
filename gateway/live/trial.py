"""Plays one script over real SIP and RTP: a gateway started for it, its people, and what was heard and remembered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallBridged, CallEnded, CallStarted, CallTurnedAway, WrapUpEnded
from gateway.core.facts.joining import AcceptanceAsked
from gateway.errors import GatewayError
from gateway.live.actors import AGENT_HZ, AgentPhone, CallerPhone
from gateway.live.box import Box
from gateway.live.phone import Telephone
from gateway.live.recognise import Heard, Recogniser, Strange
from gateway.live.services import ServiceHost
from gateway.live.spec import RTP_PORTS, BoxSpec, number_of, talk_number
from gateway.simulate import earlier
from gateway.simulate.phones import Habit, rung
from gateway.simulate.plan import TALK_S, Run

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.settings import Settings
    from gateway.demo.ports import Ports
    from gateway.live.g711 import Samples
    from gateway.simulate.phones import Phone
    from gateway.simulate.script import Script

LOOK_S = 0.02
"""A caller looks around that often."""
JOURNAL_S = 0.08
SHORT_TALK_S = 4.0
"""A talk of which the script says nothing lasts that long, not the simulator's half minute: who hears whom is known
by then."""
PATIENCE_S = 60.0
"""Beyond the time that the simulator expects, before a call is given up."""
BEGIN_S = 30.0
"""For another call of an agent, and for the first fact of a call, on a machine with a lot to do."""
AFTER_S = 0.4
"""From the end of a call to the last facts on it."""


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent's telephone recorded of a call that was answered; `pilot_hz` is the agent's own."""

    agent: str
    pilot_hz: int
    recording: Samples


class Played(msgspec.Struct, kw_only=True):
    """What came of a script. `problem`: why it could not be played to its end."""

    run: Run
    heard: list[Heard | Strange] = msgspec.field(default_factory=list)
    recording: Samples | None = None
    talks: list[Talk] = msgspec.field(default_factory=list)
    took_s: float = 0.0
    problem: str = ""


class Ground(msgspec.Struct, frozen=True):
    """What all trials of a site share. `clips`: the prompt store, prepared."""

    settings: Settings
    clips: Path
    ports: Ports
    recogniser: Recogniser
    pause_s: float
    speech: Samples
    """What a caller's message sounds like."""


def talk_s(script: Script) -> float:
    """How long a talk of this script lasts."""
    asked = any(name == "talk_s" for fact in script.expected.facts for name, _ in fact.fields)
    return script.plan.talk_s if asked or script.plan.talk_s != TALK_S else SHORT_TALK_S


async def play(script: Script, ground: Ground, folder: Path, expected_s: float) -> Played:
    """Play it in `folder`, a new one. `expected_s`: how long the call lasts in the simulator."""
    trial = _Trial(script, ground, folder)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        await trial.open()
        await trial.call(expected_s + PATIENCE_S)
    except GatewayError as error:
        trial.problem = str(error)
    finally:
        await trial.close()
    played = await trial.played()
    played.took_s = loop.time() - began
    return played


class _Trial:
    def __init__(self, script: Script, ground: Ground, folder: Path) -> None:
        self._script, self._ground, self._folder = script, ground, folder
        plan = script.plan
        agents = ground.settings.site.agents
        self._agents = {
            name: AgentPhone(name, plan.habit(name), AGENT_HZ[number % len(AGENT_HZ)])
            for number, name in enumerate(rung(ground.settings.site))
        }
        self._talkers = {name: plan.habit(name).at_first for name in agents if _talking(plan.habit(name))}
        self._others: list[Telephone] = []
        self._services = ServiceHost(ground.settings.site.services, plan.services)
        self._timers: list[asyncio.TimerHandle] = []
        self._caller = CallerPhone(plan, talk_s=talk_s(script), pause_s=ground.pause_s, speech=ground.speech)
        self._box: Box | None = None
        self._run = Run(call="")
        self._over = False
        self._bridged: set[str] = set()
        """Agents who have come to a talk, whatever the call."""
        self.problem = ""

    async def open(self) -> None:
        """Telephones, gateway, and everything that is so before the call."""
        for agent in self._agents.values():
            await agent.phone.open()
        await self._caller.phone.open()
        plan, settings, ports = self._script.plan, self._ground.settings, self._ground.ports
        if settings.site.services:
            await self._services.open()
        lines = 1 + len(self._talkers)
        spec = BoxSpec(
            folder=settings.folder,
            state=str(self._folder / "state"),
            at=plan.at,
            sip_port=ports.block(10 * lines),
            rtp_port=ports.block(RTP_PORTS * lines),
            agents={name: agent.phone.uri for name, agent in self._agents.items()},
            talkers=tuple(self._talkers),
            away=earlier.away(settings.site, plan),
            services_port=self._services.port,
        )
        self._box = Box(spec, self._folder, self._ground.clips, earlier.before(plan, settings.site))
        await self._box.start()
        for name in settings.site.agents:
            manner = self._script.plan.habit(name).at_first.manner
            if manner in {"paused", "off"}:
                await self._box.command(name, "pause" if manner == "paused" else "logout")
        for number, (name, phone) in enumerate(self._talkers.items(), 1):
            await self._keep_busy(self._box, name, phone, line=number)

    async def call(self, patience_s: float) -> None:
        """The call, from the dialling to the journal's last word on it."""
        box, caller, loop = self._box, self._caller, asyncio.get_running_loop()
        if box is None:
            return
        await caller.dial(box.uri(number_of(self._script.plan.called)))
        until, begun_by, read_at = loop.time() + patience_s, loop.time() + BEGIN_S, 0.0
        while not self._over:
            now = loop.time()
            if now >= read_at:
                self._take(box.facts())
                read_at = now + JOURNAL_S
            caller.look()
            if box.gone:
                self.problem = f"the gateway left in the middle of the call:\n{box.log_tail()}"
                return
            if now > until or (not self._run.facts and now > begun_by):
                self.problem = f"the call was not over after {patience_s:.0f} s"
                return
            await asyncio.sleep(LOOK_S)
        await asyncio.sleep(AFTER_S)

    async def close(self) -> None:
        """Everybody hangs up and everything ends."""
        for timer in self._timers:
            timer.cancel()
        self._caller.hang_up()
        for phone in self._others:
            for call in phone.calls:
                call.hang_up()
        if self._box is not None:
            self._take(await self._box.stop())
        self._services.close()
        self._caller.close()
        for agent in self._agents.values():
            agent.close()
        for phone in self._others:
            phone.close()

    async def played(self) -> Played:
        """What came of it. The recording is listened to beside the loop: other calls need their packets in time."""
        recording = self._caller.call.audio.recording()
        heard = await asyncio.to_thread(self._ground.recogniser.listen, recording)
        self._run.heard = [each.words[0] for each in heard if isinstance(each, Heard) and not each.music]
        self._run.unused = self._caller.unused
        talks = [
            Talk(agent=name, pilot_hz=agent.pilot_hz, recording=call.audio.recording())
            for name, agent in self._agents.items()
            for call in agent.answered()
        ]
        return Played(run=self._run, heard=heard, recording=recording, talks=talks, problem=self.problem)

    # Inside

    async def _keep_busy(self, box: Box, name: str, phone: Phone, *, line: int) -> None:
        """Somebody else calls the agent, who answers; they talk for as long as the habit says. Raises LineError."""
        agent, other = self._agents[name], Telephone(f"other-{name}")
        self._others.append(other)
        await other.open()
        agent.expects_other = True
        call = other.new_call()
        await call.dial(box.uri(talk_number(name), line=line), f"<{other.uri}>")
        loop = asyncio.get_running_loop()
        until = loop.time() + BEGIN_S
        while name not in self._bridged:
            if loop.time() > until:
                self.problem = f"the other call of {name} did not come about"
                return
            await asyncio.sleep(JOURNAL_S)
            self._take(box.facts())
        self._timers.append(loop.call_later(phone.seconds, call.hang_up))

    def _take(self, facts: list[AnyFact]) -> None:
        run = self._run
        for fact in facts:
            if isinstance(fact, CallBridged):
                self._bridged.add(fact.agent)
            if isinstance(fact, CallStarted) and fact.sip_call_id == self._caller.call.call_id:
                run.call = fact.call
            if isinstance(fact, AgentChanged | WrapUpEnded):
                run.facts.append(fact)
            elif isinstance(fact, CallTurnedAway) or (run.call and fact.call == run.call):
                run.facts.append(fact)
                self._caller.learn(fact)
                if isinstance(fact, AcceptanceAsked) and fact.agent in self._agents:
                    self._agents[fact.agent].accept()
                if isinstance(fact, CallBridged):
                    agent = self._agents.get(fact.agent) if self._script.plan.agent_hangs_up else None
                    self._caller.talk(agent.hang_up if agent is not None else None)
                elif isinstance(fact, CallEnded):
                    run.record, self._over = fact.record, True
                elif isinstance(fact, CallTurnedAway):
                    self._over = True


def _talking(habit: Habit) -> bool:
    return habit.at_first.manner == "talking"
