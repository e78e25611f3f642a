"""The same office, whose callers hear where they stand and texts by turns, and leave the queue by keys: out of it, into
another queue, or to the same one again; at every moment and through every fault.

Beside what must always hold: nothing is begun to be said while somebody is being joined to the caller, nor while a
phone rings for him where the team does not want it; places and estimates only fall as long as he stays in a queue.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from msgspec.structs import replace

from gateway.core.events import AgentCommanded, KeyPressed, PlayEnded
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged, QueueEntered, QueueLeft
from gateway.core.facts.queue import WaitTold
from gateway.core.flow.model import Exit, Queue
from gateway.core.flow.queue_waiting import Waiting
from tests.core.board.test_switchboard_properties import AGENTS, Office
from tests.core.factory import KOWALSKI, NOWAK

from .rig import announce, periodic

OUT, OTHER, AGAIN, NOTHING = "1", "2", "3", "7"
KEYS = {OUT: Exit(then="sorry"), OTHER: Exit(then="other"), AGAIN: Exit(then="human")}


class Told(Office):
    """An office that talks to those who wait."""

    def __init__(self) -> None:
        super().__init__()
        self.judged = 0
        self.rings: dict[str, set[str]] = {}
        self.place: dict[str, int] = {}
        self.wait_s: dict[str, int] = {}
        self.waits: set[str] = set()

    def adapted(self, of):
        reception = of.flows["reception"]
        human = replace(reception.steps["human"], keys=KEYS)
        keys = {OUT: Exit(then="sorry"), AGAIN: Exit(then="human")}
        other = Queue(name="other", to="sales", keys=keys, gave_up="sorry")
        flows = {**of.flows, "reception": replace(reception, steps={**reception.steps, "human": human, "other": other})}
        office = Waiting(announce=announce(first_s=1.0, every_s=4.0), periodic=periodic("A.", "B.", every_s=3.0))
        sales = Waiting(announce=announce(first_s=0.0, every_s=2.0, while_ringing=True), queue_max=3)
        teams = {
            "office": replace(of.teams["office"], waiting=office),
            "sales": replace(of.teams["sales"], waiting=sales),
        }
        return replace(of, flows=flows, teams={**of.teams, **teams})

    @rule(back=st.integers(0, 2))
    def all_have_a_break(self, back) -> None:
        """Or are back, so that people wait at times."""
        for agent in AGENTS:
            self.tell(AgentCommanded(agent=agent, command="unpause" if not back else "pause", reason="lunch"))

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK]), seconds=st.integers(1, 8))
    def queue_up_and_listen(self, line, caller, seconds) -> None:
        """What is said comes to its end, second by second."""
        self.queue_up(line, caller)
        for _ in range(seconds):
            self.pass_time(1.0)
            for leg in list(self.legs.values()):
                if leg.play and leg.state == "answered" and leg.line in self.up:
                    play, leg.play = leg.play, ""
                    self.tell(PlayEnded(leg=leg.id, play=play, how="end"))

    @rule(data=st.data(), key=st.sampled_from([OUT, OTHER, AGAIN, NOTHING]))
    def press_while_waiting(self, data, key) -> None:
        """The key is his who waits, and nobody else's: it leads out at once, unless somebody has answered."""
        queued = {call.call for call in self.board.view().calls if call.state == "queued"}
        there = [leg for leg in self.legs.values() if leg.state == "answered" and leg.line in self.up]
        waiting = [leg for leg in there if leg.id in queued]
        if not waiting:
            return
        leg = data.draw(st.sampled_from(waiting))
        call = self.board._ex.calls[leg.id]
        step, joining, left = call.waiter.step, call.joining, self.lefts(leg.id)
        self.now += 0.5  # as a key of its own, not another report of the last one
        self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))
        leads = step is not None and key in step.keys and joining is None
        assert len(self.lefts(leg.id)) == len(left) + (1 if leads else 0) + self.again(leg.id, len(left) + leads)
        if leads:
            fact = self.lefts(leg.id)[len(left)]
            assert (fact.outcome, fact.reason) == ("overflowed", "key")

    def lefts(self, call: str) -> list[QueueLeft]:
        return [fact for fact in self.facts if isinstance(fact, QueueLeft) and fact.call == call]

    def again(self, call: str, since: int) -> int:
        """Of the contacts behind the first `since`, those that did not even begin to wait: nobody is there, or it is
        full."""
        return sum(fact.wait_s == 0 for fact in self.lefts(call)[since:])

    @invariant()
    def what_is_told_only_falls_and_never_disturbs(self) -> None:
        new, self.judged = self.facts[self.judged :], len(self.facts)
        for fact in new:
            self.follow(fact, self.rings, self.place, self.wait_s, self.waits)

    def follow(self, fact, rings, place, wait_s, waits) -> None:  # noqa: PLR0917
        match fact:
            case QueueEntered():
                waits.add(fact.call)
                place.pop(fact.call, None)  # he left the other queue himself; here he stands where he stands
                wait_s.pop(fact.call, None)
            case QueueLeft():
                waits.discard(fact.call)
                rings.pop(fact.call, None)
            case AgentOffered():
                rings.setdefault(fact.call, set()).add(fact.leg)
            case AgentDeclined() | CallBridged():
                rings.get(fact.call, set()).discard(fact.leg)
            case WaitTold():
                assert fact.call in waits, "told something, and does not wait"
                assert fact.team == "sales" or not rings.get(fact.call), "told something while a phone rings"
                assert fact.position is None or fact.position <= place.get(fact.call, fact.position)
                assert fact.ewt_s is None or fact.ewt_s <= wait_s.get(fact.call, fact.ewt_s)
                place[fact.call] = fact.position or place.get(fact.call, 1_000)
                wait_s[fact.call] = fact.ewt_s or wait_s.get(fact.call, 100_000)
            case _:
                pass


TestTold = Told.TestCase
TestTold.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
