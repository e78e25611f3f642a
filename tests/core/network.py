"""A model of the network and the line processes under a real Switchboard: it does what the actions tell it and holds
the switchboard to what a real line could do (no leg twice, no bridge of legs that are not up, one phone one call)."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import rule
from msgspec.structs import replace

from gateway.core.actions import (
    Answer,
    Bridge,
    Dial,
    HangUp,
    Hear,
    LineAction,
    Play,
    Refuse,
    ScreenPop,
    SendKeys,
    StopPlay,
    Unbridge,
    Unhear,
)
from gateway.core.agents.awaited import RECOVER_S
from gateway.core.events import (
    ActionFailed,
    AgentsRecovered,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegMediaChanged,
    LegProceeded,
    LegSnapshot,
    LineDown,
    LineEvent,
    LineUp,
    PlayEnded,
)
from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallStarted
from gateway.core.facts.media import MediaStats
from gateway.core.flow.model import Ring
from gateway.core.kpi.kpi import Kpi
from gateway.core.site.site import Draft
from gateway.core.switchboard import Switchboard

from .factory import KOWALSKI, MAIN, NOWAK, START, STRANGER, flow, site, team

LEGS_MAX = 6
TEST_NUMBER = "9999"
RINGS = "101"
"""Reaches a flow that rings without a queue."""
OUTSIDE = "+48221234599"
decode_fact = msgspec.json.Decoder(AnyFact).decode
decode_action = msgspec.msgpack.Decoder(LineAction).decode
decode_event = msgspec.msgpack.Decoder(LineEvent).decode


class NetLeg:
    """A dialogue as the line has it."""

    def __init__(self, leg: str, line: str, call: str, *, agent: str = "", uri: str = "") -> None:
        self.id, self.line, self.call, self.agent, self.uri = leg, line, call, agent, uri
        self.state = "dialled" if agent else "offered"
        self.confirmed = False
        self.told_to_end = 0.0
        self.other = ""
        self.play = ""
        self.held = False
        self.came_in = not agent
        """Whoever is at the other end has called us."""


class Network:
    """Lines A and B and their legs; everything that was told to the switchboard came from here."""

    def open(self, *, tight: bool) -> None:
        """Start. `tight`: the lines have few legs."""
        of = team(site(), "office", max_wait_s=60.0, overflow_wait_s=30.0)
        self.site = team(of, "sales", overflow_team="", max_wait_s=45.0)
        self.site = replace(self.site, draft=Draft(number=TEST_NUMBER, rings=("jan", "ola")))
        self.site = self.adapted(with_rings(self.site))
        self.now = START
        self.versions = [self.site]
        self.board = Switchboard(self.site)
        self.kpi = Kpi(self.site)
        self.facts: list[AnyFact] = []
        self.legs: dict[str, NetLeg] = {}
        self.past: list[str] = ["never"]
        self.count = 0
        self.boots = 0
        self.greeting = False
        self.legs_max = LEGS_MAX if tight else 100
        self.up: set[str] = set()
        self.awaited: dict[str, float] = {}
        self.unknown: set[str] = set()
        for line in "AB":
            self.greet(line)

    def adapted(self, of):
        """The site of this network; for networks of another kind."""
        return of

    def tell(self, event) -> None:
        if isinstance(event, LineEvent):  # as it comes over the socket
            event = decode_event(msgspec.msgpack.encode(event))
        self.whole = False
        self.give_up_dead_phones()
        self.come(self.board.receive(event, now=self.now))

    def load(self, of) -> None:
        """A new version of the site."""
        self.whole = False
        self.give_up_dead_phones()
        self.site = of
        self.versions.append(of)
        self.come(self.board.load(of, now=self.now))

    @rule(rings=st.sets(st.sampled_from(["anna", "jan", "ola"])), gone=st.booleans())
    def load_draft(self, rings, gone) -> None:
        """Somebody tries another version with some of the people."""
        self.whole = False
        self.give_up_dead_phones()
        self.site = self.board._ex.site
        draft = None if gone else replace(self.versions[0], version="d")
        self.come(self.board.load_draft(draft, MAIN, now=self.now))
        if len(rings) < 3:
            self.load(replace(self.site, draft=Draft(number=TEST_NUMBER, rings=tuple(sorted(rings)))))

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK, STRANGER]))
    def ring_up(self, line, caller) -> None:
        """Somebody calls a number whose flow rings people without a queue."""
        self.invite(line, caller, RINGS, confirmed=True)

    def tried(self) -> set[str]:
        """Calls on a draft."""
        return {fact.call for fact in self.facts if isinstance(fact, CallStarted) and fact.draft}

    def come(self, outcome) -> None:
        deadline = self.board.next_deadline()
        assert deadline is None or deadline > self.now
        for fact in outcome.facts:
            assert decode_fact(msgspec.json.encode(fact)) == fact
            assert fact.at == self.now
            self.kpi.apply(fact)
        self.facts += outcome.facts
        for action in (action for action in outcome.actions if not isinstance(action, ScreenPop)):
            assert decode_action(msgspec.msgpack.encode(action)) == action
        refused = [leg for leg in map(self.perform, outcome.actions) if leg]
        self.whole = True
        for leg in refused:
            self.tell(ActionFailed(leg=leg, action="Dial", code=503, reason="no free leg"))

    def perform(self, action) -> str:
        """Do as told; returns the leg of a Dial for which no leg is free."""
        match action:
            case Dial():
                assert action.line in self.up
                assert action.leg not in self.legs
                assert action.leg not in self.past
                phones = [leg for leg in self.legs.values() if action.agent == leg.agent or action.uri == leg.uri]
                phones = phones if action.agent != OUTSIDE else []  # not ours: it may have as many lines as it likes
                assert not phones, f"{action.agent} has {phones[0].id} and is given {action.leg}"
                if sum(leg.line == action.line for leg in self.legs.values()) >= self.legs_max:
                    self.past.append(action.leg)
                    return action.leg
                self.legs[action.leg] = NetLeg(action.leg, action.line, action.call, agent=action.agent, uri=action.uri)
            case Answer():
                self.legs[action.leg].state = "answering"
            case Refuse():
                self.legs.pop(action.leg)
                self.past.append(action.leg)
            case HangUp():
                if (leg := self.legs.get(action.leg)) is not None:
                    leg.state = "ending"
                    leg.told_to_end = leg.told_to_end or self.now
            case Bridge() | Unbridge() | Hear() | Unhear() if self.greeting and not {
                action.leg, action.other
            } <= self.legs.keys():  # fmt: skip
                pass  # ended while the socket was broken: the line says so, and the switchboard has heard it by now
            case Bridge():
                one, other = self.legs[action.leg], self.legs[action.other]
                assert one.state == other.state == "answered"
                assert not one.other
                assert not other.other
                assert one.line == other.line
                assert other.agent
                assert not one.agent or one.call == other.call  # whom an agent asks
                one.other, other.other = other.id, one.id
            case Unbridge():
                one, other = self.legs[action.leg], self.legs[action.other]
                assert one.other == other.id
                one.other = other.other = ""
            case Hear() | Unhear():
                assert self.legs[action.leg].state == self.legs[action.other].state == "answered"
            case Play():
                leg = self.legs[action.leg]
                assert leg.state == "answered"
                leg.play = "" if action.loop else action.play
            case StopPlay():
                self.legs[action.leg].play = ""
            case SendKeys():
                assert self.legs[action.leg].other
        return ""

    def greet(self, line: str, snapshots: tuple[LegSnapshot, ...] = (), boot: str = "") -> None:
        self.boots += 1
        self.up.add(line)
        self.awaited.pop(line, None)
        self.greeting = True
        self.tell(
            LineUp(
                line=line,
                boot=boot or f"boot{self.boots}",
                legs_max=self.legs_max,
                callers_max=self.legs_max // 2,
                codecs=(),
                listening=(),
                legs=snapshots,
            )
        )
        self.greeting = False

    def await_line(self, line: str) -> None:
        """The line has not found its way to the new program yet; its calls are up."""
        self.awaited[line] = self.now

    def greet_after_restart(self, line: str) -> None:
        snapshots = self.snapshots(line)
        for leg in self.legs.values():
            if leg.line == line:
                leg.play = ""
        self.forget_phones(line)
        self.greet(line, snapshots)

    def forget_phones(self, line: str) -> None:
        """A line tells whom it called, not where: a telephone that the agent has no more is known to nobody."""
        for leg in self.legs.values():
            agent = self.site.agents.get(leg.agent)
            if leg.line == line and (agent is None or agent.uri != leg.uri):
                leg.uri = ""

    def tell_of_agents(self) -> None:
        """The journal's last word on each agent, to a program that has just started."""
        last = {fact.agent: fact for fact in self.facts if isinstance(fact, AgentChanged)}
        working = {fact.reason for fact in last.values() if fact.state == "wrap_up"}
        at = {id(fact): number for number, fact in enumerate(self.facts)}
        told = [
            fact
            for number, fact in enumerate(self.facts)
            if isinstance(fact, AgentTold) and fact.agent in last and number > at[id(last[fact.agent])]
        ]
        calls = (f for f in self.facts if f.call and f.call in working)
        self.tell(AgentsRecovered(facts=(*calls, *last.values(), *told)))
        away = {name: fact.state for name, fact in last.items() if fact.state in {"paused", "off"}}
        for seat in self.board.view().agents:
            assert away.get(seat.agent, seat.state) == seat.state or last[seat.agent].reason == "not in the site"

    def drop(self, leg: NetLeg) -> None:
        self.legs.pop(leg.id, None)
        self.past.append(leg.id)
        if (other := self.legs.get(leg.other)) is not None:
            other.other = ""

    def end(self, leg: NetLeg, *, code: int, by: str, freed: bool = True) -> None:
        self.drop(leg)
        media = MediaStats(codec="PCMA", rx_packets=100, rtt_ms=20.0) if leg.state != "dialled" else None
        self.tell(LegEnded(leg=leg.id, code=code, reason="", by=by, media=media))
        if freed:
            self.tell(LegFreed(line=leg.line, leg=leg.id, legs_used=0, callers=0))

    def give_up_dead_phones(self) -> None:
        """A leg that was told to end and did not is gone by SIP's own timers, long reported or not; and a line that
        does not greet is killed."""
        for line, since in list(self.awaited.items()):
            if self.now - since >= RECOVER_S - 1e-6:
                self.kill(line)
        for leg in list(self.legs.values()):
            if leg.told_to_end and self.now - leg.told_to_end >= 40.0 - 1e-6:
                self.drop(leg)

    def kill(self, line: str) -> None:
        """The line that is awaited is gone with all that it had."""
        self.awaited.pop(line, None)
        for leg in [leg for leg in self.legs.values() if leg.line == line]:
            self.drop(leg)

    def snapshots(self, line: str) -> tuple[LegSnapshot, ...]:
        return tuple(
            LegSnapshot(
                leg=leg.id,
                call=leg.call,
                direction="in" if leg.came_in else "out",
                state="offered" if leg.state == "answering" else leg.state,
                caller=STRANGER,
                called=MAIN,
                agent=leg.agent,
                held=leg.held,
                bridged_with=leg.other,
            )
            for leg in self.legs.values()
            if leg.line == line
        )

    def boot_of(self, line: str) -> str:
        return next(view.boot for view in self.board.view().lines if view.line == line)

    def some(self, data, *states: str, agent: bool | None = None) -> NetLeg | None:
        legs = [
            leg
            for leg in self.legs.values()
            if leg.state in states and leg.line in self.up and (agent is None or bool(leg.agent) == agent)
        ]
        return data.draw(st.sampled_from(legs)) if legs else None

    def answered(self, leg: NetLeg) -> None:
        if leg.state != "ending":
            leg.state = "answered"
        self.tell(LegAnswered(leg=leg.id))


def with_rings(of):
    """The manager, then an agent, a team, a number outside; who is still there after a talk goes on to the next."""
    direct = flow(
        Ring(name="manager", target="manager", ring_s=9, busy="jan", no_answer="office", served="outside"),
        Ring(name="jan", target="agent", to="jan", ring_s=9, busy="office", served="office"),
        Ring(name="office", target="team", to="office", ring_s=30, busy="outside", unreachable="jan"),
        Ring(name="outside", target="number", to=OUTSIDE, trunk="provider", ring_s=9),
        id="direct",
    )
    return replace(of, flows={**of.flows, "direct": direct}, numbers={**of.numbers, RINGS: "direct"})


def nonsense_about(leg: str) -> list:
    """Reports about a leg that is over, or never was."""
    return [
        LegEnded(leg=leg, code=200, reason="", by="far"),
        LegAnswered(leg=leg),
        LegProceeded(leg=leg, code=180),
        LegMediaChanged(leg=leg, codec="", held=True),
        LegFreed(line="Z", leg=leg, legs_used=-1, callers=0),
        KeyPressed(leg=leg, key="ABC", source="info"),
        KeyPressed(leg=leg, key="1", source="info", duration_ms=-5),
        PlayEnded(leg=leg, play="x", how="end"),
        ActionFailed(leg=leg, action="whatever", code=0, reason=""),
        LineDown(line="Z", reason="never was"),
    ]
