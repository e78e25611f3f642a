"""A queue so simple that it can be seen to be right, beside the real one: lists that are searched from end to end.

The reference knows nothing of the core but its facts. Whatever happens, each offer must be one that it allows (who may
serve, who is first in order, who has been idle longest), each place must be the one that it counts, and when an event
has been dealt with nobody waits for an agent who is free for him.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from gateway.core.actions import Answer, Dial, HangUp, Refuse
from gateway.core.events import AgentCommanded, LegAnswered, LegEnded, LegFreed
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    QueueEntered,
    QueueLeft,
    StageEntered,
    WrapUpEnded,
)
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.flow.queue_order import Order, Wish
from gateway.core.flow.queue_waiting import Waiting
from gateway.core.kpi.kpi import Kpi
from gateway.core.site.site import Agent, Client, Team
from tests.core import factory
from tests.core.factory import KOWALSKI, START, Rig, flow, prompt

AGEING_S, RELAX_S, AGAIN_S = 60.0, 30.0, 10.0
SKILLS = {"a": {"tax": 8}, "b": {"tax": 5, "law": 7}, "c": {}, "m": {"law": 3}}
TEAMS = {"office": ("a", "b", "c"), "law": ("b", "m")}
"""`b` is in both; `m` is a client's manager."""
WAYS = {
    "901": ("office", 5, {}),
    "902": ("office", 7, {}),
    "903": ("office", 5, {"tax": 7}),
    "904": ("office", 3, {"law": 8}),
    "905": ("law", 9, {}),
    "906": ("by_client", 5, {}),
}
"""Number -> where its callers wait, with which priority, and what they need."""
_REST = {"busy": 486, "refused": 603, "unreachable": 404}


def office():
    """Every number leads straight into a queue that nobody has to leave for hours."""
    people = {
        name: Agent(id=name, name=name, uri=f"sip:{name}@127.0.0.1", skills=skills, wrap_up_s=5.0 if name == "c" else 0)
        for name, skills in SKILLS.items()
    }
    order = Order(ageing_s=AGEING_S, relax_every_s=RELAX_S)
    teams = {
        name: Team(
            id=name,
            name=name,
            agents=agents,
            max_wait_s=1e6,
            order=order,
            waiting=Waiting(redial_s=0.0, join_empty="always", leave_empty="never"),
        )
        for name, agents in TEAMS.items()
    }
    flows = {}
    for number, (to, priority, needs) in WAYS.items():
        step = Queue(
            name="wait",
            to=to,
            team="office",
            priority=priority,
            wish=Wish(needs=needs) if needs else None,
            gave_up="bye",
        )
        flows[f"f{number}"] = flow(step, HangUpStep(name="bye", prompt=prompt("Pa.")), id=f"f{number}")
    client = Client(id="1001", name="Kowalski", numbers=(KOWALSKI,), manager="m", team="office")
    return replace(
        factory.site(),
        agents=people,
        teams=teams,
        flows=flows,
        numbers={number: f"f{number}" for number in WAYS},
        clients={client.id: client},
    )


@dataclass
class Waits:
    """One who waits, as the reference has him."""

    call: str
    team: str
    since: float
    key: float
    needs: dict[str, int]
    manager: str
    stage: str = ""
    rings: str = ""
    declined: dict[str, float] = field(default_factory=dict)

    def may_have(self, agent: str, now: float) -> bool:
        """Whether the agent may serve him at this stage, by skill, and may be rung for him (again)."""
        own = agent == self.manager
        if own and agent not in self.declined:
            return True
        if self.stage == "manager" or agent not in TEAMS[self.team]:
            return False
        steps = int((now - self.since + 1e-6) // RELAX_S)
        has = SKILLS[agent]
        if not own and any(has.get(skill, 0) < max(1, level - steps) for skill, level in self.needs.items()):
            return False
        return now - self.declined.get(agent, now - AGAIN_S) >= AGAIN_S


class Reference:
    """Everybody who waits and everybody who works, from the facts alone."""

    def __init__(self) -> None:
        self.waiting: list[Waits] = []
        self.ways: dict[str, str] = {}
        """Call -> number that was dialled."""
        self.state = dict.fromkeys(SKILLS, "idle")
        self.idle_since = dict.fromkeys(SKILLS, 0.0)
        self.legs: dict[str, str] = {}
        """Leg that is not over -> agent."""

    def free(self) -> list[str]:
        return [name for name, state in self.state.items() if state == "idle" and name not in self.legs.values()]

    def of(self, call: str) -> Waits:
        (found,) = [one for one in self.waiting if one.call == call]
        return found

    def told(self, fact) -> None:  # noqa: C901 - one arm a fact
        """One fact; raises AssertionError when the reference would not have done so."""
        match fact:
            case QueueEntered():
                _, priority, needs = WAYS[self.ways[fact.call]]
                one = Waits(fact.call, fact.team, fact.at, fact.at - (priority - 5) * AGEING_S, needs, fact.manager)
                ahead = sum(other.team == one.team and other.key <= one.key for other in self.waiting)
                assert fact.position == 1 + ahead
                self.waiting.append(one)
            case QueueLeft():
                self.waiting.remove(self.of(fact.call))
            case StageEntered():
                self.of(fact.call).stage = fact.stage
            case AgentOffered():
                self.offered(fact)
            case AgentDeclined():
                one = next((one for one in self.waiting if one.call == fact.call), None)
                if one is not None and one.rings == fact.agent:
                    one.rings = ""
                    if fact.why not in {"cancelled", "elsewhere", "failed"}:
                        one.declined[fact.agent] = fact.at
                if fact.why not in {"cancelled", "elsewhere", "failed"}:
                    self.idle_since[fact.agent] = fact.at
            case WrapUpEnded():
                self.idle_since[fact.agent] = fact.at
            case AgentChanged():
                assert fact.state != "ringing" or fact.agent in self.free(), "one agent, two calls"
                if fact.state == "idle" and self.state[fact.agent] in {"off", "paused"}:
                    self.idle_since[fact.agent] = fact.at
                self.state[fact.agent] = fact.state
            case _:
                pass

    def offered(self, fact: AgentOffered) -> None:
        one, now = self.of(fact.call), fact.at
        assert self.state[fact.agent] == "ringing"
        assert not one.rings, "one caller, two phones"
        assert one.may_have(fact.agent, now)
        for other in self.waiting:
            before = other is not one and other.key < one.key and not other.rings
            assert not (before and other.stage and other.may_have(fact.agent, now)), "somebody was before him"
        if fact.why == "longest_idle":
            for agent in self.free():
                earlier = self.idle_since[agent] < self.idle_since[fact.agent]
                assert not (earlier and agent not in one.declined and one.may_have(agent, now)), "idle for longer"
        one.rings = fact.agent
        self.legs[fact.leg] = fact.agent


class Queues(RuleBasedStateMachine):
    """Callers, agents and a network that reports in its own time."""

    def __init__(self) -> None:
        super().__init__()
        self.reference, self.kpi = Reference(), Kpi(office())
        self.rig = Rig(office(), legs_max=400)
        self.seen_facts = self.seen_actions = self.callers = 0
        self.dialled: dict[str, str] = {}
        """Leg that rings -> agent."""
        self.talks: dict[str, str] = {}
        """Leg of an agent who talks -> call."""
        self.ending: list[str] = []
        """Legs that were told to end, of which nothing was reported yet."""
        self.up: list[str] = []
        """Callers' legs."""

    # Callers

    @rule(number=st.sampled_from(sorted(WAYS)))
    def arrive(self, number) -> None:
        self.callers += 1
        call = f"A-b1-{self.callers}"
        self.reference.ways[call] = number
        caller = KOWALSKI if number == "906" else f"+4850{self.callers:07d}"
        self.up.append(call)
        assert self.rig.offer(caller, called=number) == call
        self.done()

    @precondition(lambda self: self.up)
    @rule(data=st.data())
    def hang_up(self, data) -> None:
        call = data.draw(st.sampled_from(self.up))
        self.up.remove(call)
        self.report(call, by="far", code=200)

    # Agents

    @precondition(lambda self: self.dialled)
    @rule(data=st.data())
    def answer(self, data) -> None:
        leg = data.draw(st.sampled_from(sorted(self.dialled)))
        del self.dialled[leg]
        self.talks[leg] = leg.rpartition(".")[0]
        self.rig.tell(LegAnswered(leg=leg))
        self.done()

    @precondition(lambda self: self.dialled)
    @rule(data=st.data(), how=st.sampled_from(sorted(_REST)))
    def decline(self, data, how) -> None:
        leg = data.draw(st.sampled_from(sorted(self.dialled)))
        del self.dialled[leg]
        self.report(leg, by="far", code=_REST[how])

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def end_talk(self, data) -> None:
        leg = data.draw(st.sampled_from(sorted(self.talks)))
        del self.talks[leg]
        self.report(leg, by="far", code=200)

    @rule(agent=st.sampled_from(sorted(SKILLS)), command=st.sampled_from(["login", "logout", "pause", "unpause"]))
    def command(self, agent, command) -> None:
        self.rig.tell(AgentCommanded(agent=agent, command=command))
        self.done()

    # Network and time

    @precondition(lambda self: self.ending)
    @rule(data=st.data())
    def network(self, data) -> None:
        leg = data.draw(st.sampled_from(self.ending))
        self.ending.remove(leg)
        self.report(leg, by="us", code=487)

    @rule(seconds=st.sampled_from([0.5, 3.0, 10.0, 11.0, 21.0, 30.0, 31.0]))
    def pass_time(self, seconds) -> None:
        for leg in self.ending[:]:  # no network is that slow
            self.ending.remove(leg)
            self.report(leg, by="us", code=487)
        until = self.rig.now + seconds
        while (deadline := self.rig.board.next_deadline()) is not None and deadline <= until:
            self.rig.pass_time(deadline - self.rig.now)
            self.done()
        self.rig.pass_time(until - self.rig.now)
        self.done()

    def report(self, leg: str, *, by: str, code: int) -> None:
        self.reference.legs.pop(leg, None)
        self.dialled.pop(leg, None)
        self.talks.pop(leg, None)
        self.rig.tell(LegEnded(leg=leg, code=code, reason="", by=by))
        self.rig.tell(LegFreed(line="A", leg=leg, legs_used=0, callers=0))
        self.done()

    def done(self) -> None:
        """Let the reference judge the facts, and the network do the actions."""
        facts = self.rig.facts[self.seen_facts :]
        self.seen_facts = len(self.rig.facts)
        for fact in facts:
            self.reference.told(fact)
            self.kpi.apply(fact)
        actions = self.rig.actions[self.seen_actions :]
        self.seen_actions = len(self.rig.actions)
        for action in actions:
            match action:
                case Dial():
                    self.dialled[action.leg] = action.agent
                case HangUp() | Refuse():
                    known = action.leg in self.dialled or action.leg in self.talks or action.leg in self.up
                    self.dialled.pop(action.leg, None)
                    self.talks.pop(action.leg, None)
                    if action.leg in self.up:
                        self.up.remove(action.leg)
                    if known:
                        self.ending.append(action.leg)
                case Answer():
                    self.rig.tell(LegAnswered(leg=action.leg))
                    self.done()
                case _:
                    pass

    @invariant()
    def nobody_waits_for_one_who_is_free(self) -> None:
        now = self.rig.now
        for one in self.reference.waiting:
            for agent in self.reference.free():
                assert one.rings or not one.may_have(agent, now)

    @invariant()
    def the_places_are_those_that_the_reference_counts(self) -> None:
        for team in TEAMS:
            real = [waiter.call.id for waiter in self.rig.board._ex.room.waiting(team)]
            mine = sorted((one for one in self.reference.waiting if one.team == team), key=lambda one: one.key)
            assert real == [one.call for one in mine]

    def teardown(self) -> None:
        while self.up:
            call = self.up.pop()
            self.report(call, by="far", code=200)
        self.pass_time(31.0)
        self.pass_time(31.0)
        assert not self.reference.waiting
        assert not self.reference.legs
        assert set(self.reference.state.values()) <= {"idle", "paused", "off"}
        assert set(self.kpi.conservation().values()) <= {0}
        ended = [fact.call for fact in self.rig.facts if isinstance(fact, CallEnded)]
        assert len(ended) == len(set(ended)) == self.callers
        for fact in self.rig.facts:
            assert not isinstance(fact, CallBridged) or fact.wait_s >= 0


Queues.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestReferenceQueue = Queues.TestCase


def test_the_reference_says_no_when_a_caller_is_passed_over():
    reference = Reference()
    reference.ways = {"one": "901", "two": "902"}
    for call, at in (("one", START), ("two", START + 1)):
        position = 1  # the second has the higher priority
        reference.told(QueueEntered(at=at, call=call, team="office", position=position))
        reference.told(StageEntered(at=at, call=call, stage="team", team="office", reason="no_manager"))
    reference.told(AgentChanged(at=START + 2, agent="a", state="ringing"))
    wrong = AgentOffered(at=START + 2, call="one", agent="a", leg="one.1", stage="team", team="office")
    with pytest.raises(AssertionError, match="before him"):
        reference.told(wrong)
