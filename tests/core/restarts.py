"""Restarts of the control process, for the model of `network.py`: the journal is all that the new one has, and each
line greets it at once, later or never; meanwhile calls go on, end and come."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from gateway.core.events import CallsRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded
from gateway.core.switchboard import Switchboard

from .factory import KOWALSKI, NOWAK, STRANGER
from .network import RINGS, Network


class Restarted(Network):
    """A network whose control process dies."""

    @rule(data=st.data())
    def control_restarts(self, data) -> None:
        """kill -9 of the control process: the journal is all it has. Each line greets the new one at once, later
        (`line_greets_at_last`) or never."""
        if not data.draw(st.integers(0, 4)):
            greets = st.sampled_from(["at once", "at once", "later", "never"])
            self.restart(data, {line: data.draw(greets) for line in "AB"})

    @rule(data=st.data(), first=st.sampled_from("AB"), callers=st.lists(st.sampled_from([KOWALSKI, NOWAK]), max_size=2),
          rings=st.booleans())  # fmt: skip
    def calls_before_the_other_line_greets(self, data, first, callers, rings) -> None:
        """After a restart one line takes calls, and what the agents do on the other one is not known yet."""
        other = "B" if first == "A" else "A"
        if first in self.up and any(leg.agent and leg.line == other for leg in self.legs.values()):
            self.restart(data, {first: "at once", other: "later"})
            for caller in callers:
                self.queue_up(first, caller)
            if rings:
                self.invite(first, STRANGER, RINGS, confirmed=True)

    def restart(self, data, greets) -> None:
        calls: dict[str, list[AnyFact]] = {}
        for fact in self.facts:
            if fact.call:
                calls.setdefault(fact.call, []).append(fact)
        ended = {fact.call for fact in self.facts if isinstance(fact, CallEnded)}
        lines, self.up, self.awaited = self.up | self.awaited.keys(), set(), {}
        for leg in list(self.legs.values()):
            if data.draw(st.integers(0, 3)) == 0:
                self.drop(leg)
        self.board = Switchboard(self.site)
        self.unknown |= {fact.agent for fact in self.facts if isinstance(fact, AgentChanged)} - self.site.agents.keys()
        for line in lines:
            self.forget_phones(line)
            self.await_line(line)
        self.tell_of_agents()
        told = tuple(tuple(facts) for call, facts in calls.items() if call not in ended)
        self.tell(CallsRecovered(calls=told, lines=("A", "B")))
        for line in sorted(lines):
            if greets[line] == "at once":
                self.greet_after_restart(line)
            elif greets[line] == "never":
                self.kill(line)

    @rule(line=st.sampled_from("AB"))
    def line_greets_at_last(self, line) -> None:
        """The program was started anew, and here comes the line, with the calls that it still has."""
        if line in self.awaited:
            self.greet_after_restart(line)

    @rule(data=st.data())
    def leg_ends_unheard(self, data) -> None:
        """On a line that has not greeted."""
        legs = [leg for leg in self.legs.values() if leg.line in self.awaited]
        if legs:
            self.drop(data.draw(st.sampled_from(legs)))

    @invariant()
    def agents_are_what_the_journal_tells_last(self) -> None:
        """Once every line has told, or is not waited for any more."""
        if any(kind == "recovered" for kind, _ in self.board._ex.turn.timers._live):
            return
        last = {fact.agent: fact.state for fact in self.facts if isinstance(fact, AgentChanged)}
        for seat in self.board.view().agents:
            assert last.get(seat.agent, seat.state) == seat.state, seat

    @invariant()
    def no_state_is_told_twice(self) -> None:
        """But of those who were not in the site at a restart, whose past is not asked for."""
        told: dict[str, tuple] = {}
        for fact in self.facts:
            if isinstance(fact, AgentChanged):
                news = (fact.state, fact.reason, fact.then, fact.then_reason, fact.unanswered)
                assert told.get(fact.agent) != news or fact.agent in self.unknown, fact
                told[fact.agent] = news
