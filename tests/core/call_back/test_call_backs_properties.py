"""Whatever agents, clients, lines and restarts do: no client is dialled twice at once, nobody is dialled without an
agent on the telephone, no call-back is lost, and in the end everybody is free."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from gateway.core.actions import Answer, Bridge, Dial, HangUp, Play, Refuse, StopPlay
from gateway.core.events import (
    ActionFailed,
    AgentCommanded,
    AgentsRecovered,
    CallOffered,
    CallsRecovered,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegProceeded,
    LegSnapshot,
    LineDown,
    LineUp,
    PlayEnded,
    TimerDue,
)
from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.call_back import is_of_call_back
from gateway.core.facts.calls import CallEnded, CallStarted
from gateway.core.facts.desk import CallBackClosed, CallBackRequested, is_of_desk
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.core.switchboard import Switchboard
from tests.core.factory import KOWALSKI, MAIN, NOWAK, START

from .rig import PEOPLE, office

NUMBERS = (KOWALSKI, NOWAK, "+48500000001", "+48500000002")
LEGS_MAX = 5


class NetLeg:
    """A dialogue as the network has it. `uri` is whom the box has dialled, empty for a caller."""

    def __init__(self, leg: str, call: str, *, agent: str = "", uri: str = "", caller: str = "") -> None:
        self.id, self.call, self.agent, self.uri, self.caller = leg, call, agent, uri, caller
        self.state = "dialled" if uri else "offered"
        self.other = self.play = ""
        self.told_to_end = 0.0


class CallBackOffice(RuleBasedStateMachine):
    """One line of few legs, five agents, four clients."""

    @initialize(retries=st.integers(0, 2), press=st.booleans())
    def begin(self, retries, press) -> None:
        self.of = office(retries=retries, press=press, retry_after_s=60.0)
        self.board, self.now = Switchboard(self.of), START
        self.kpi, self.facts, self.legs, self.past = Kpi(self.of), [], {}, set()
        self.count = self.boots = 0
        self.up = False
        self.greet()

    def tell(self, event) -> None:
        for leg in list(self.legs.values()):  # as SIP's own timers give up a leg that does not end
            if leg.state == "ending" and self.now - leg.told_to_end >= 40.0 - 1e-6:
                self._drop(leg)
        self._came(self.board.receive(event, now=self.now))

    def _came(self, outcome) -> None:
        for fact in outcome.facts:
            self.kpi.apply(fact)
        self.facts += outcome.facts
        failed = [leg for leg in map(self._do, outcome.actions) if leg]
        for leg in failed:
            self.tell(ActionFailed(leg=leg, action="Dial", code=503, reason="no free leg"))

    def _do(self, action) -> str:
        match action:
            case Dial():
                assert self.up
                assert action.leg not in self.legs
                assert action.leg not in self.past
                same = [leg for leg in self.legs.values() if leg.uri == action.uri]
                assert not same, f"{action.uri} is dialled twice"
                if not action.agent:
                    agents = [leg for leg in self.legs.values() if leg.call == action.call and leg.agent]
                    assert [leg.state for leg in agents if leg.state != "ending"] == ["answered"]
                    assert not [leg for leg in self.legs.values() if leg.caller == action.uri and leg.state != "ending"]
                if len(self.legs) >= LEGS_MAX:
                    self.past.add(action.leg)
                    return action.leg
                self.legs[action.leg] = NetLeg(action.leg, action.call, agent=action.agent, uri=action.uri)
            case Answer():
                self.legs[action.leg].state = "answered"
            case Refuse():
                self._drop(self.legs[action.leg])
            case HangUp() if action.leg in self.legs:
                leg = self.legs[action.leg]
                leg.told_to_end = leg.told_to_end or self.now
                leg.state = "ending"
            case Bridge():
                one, other = self.legs[action.leg], self.legs[action.other]
                assert one.state == other.state == "answered"
                assert not one.agent
                assert other.agent
                assert not one.other
                assert not other.other
                one.other, other.other = other.id, one.id
            case Play() | StopPlay() if action.leg in self.legs:
                self.legs[action.leg].play = action.play if isinstance(action, Play) and not action.loop else ""
            case _:
                pass
        return ""

    def _drop(self, leg) -> None:
        del self.legs[leg.id]
        self.past.add(leg.id)
        if leg.other in self.legs:
            self.legs[leg.other].other = ""

    def end(self, leg, *, code=200, by="far") -> None:
        self._drop(leg)
        self.tell(LegEnded(leg=leg.id, code=code, reason="", by=by))
        self.tell(LegFreed(line="A", leg=leg.id, legs_used=0, callers=0))

    def greet(self, legs=()) -> None:
        self.boots += 1
        self.up = True
        self.tell(LineUp(line="A", boot=f"b{self.boots}", legs_max=LEGS_MAX, callers_max=2, codecs=(), listening=(),
                         legs=legs))  # fmt: skip

    def some(self, data, *states, kind="any"):
        def fits(leg) -> bool:
            return leg.state in states and kind in {"any", "agent" if leg.agent else "client" if leg.uri else "caller"}

        found = [leg for leg in self.legs.values() if fits(leg)] if self.up else []
        return data.draw(st.sampled_from(found)) if found else None

    # What people do

    @rule(caller=st.sampled_from(NUMBERS), asks=st.booleans())
    def somebody_calls(self, caller, asks) -> None:
        at_it = any(caller in {leg.caller, leg.uri} for leg in self.legs.values())
        if not self.up or at_it or len(self.legs) >= LEGS_MAX - 1:
            return
        self.count += 1
        leg = NetLeg(f"A{self.count}", f"A{self.count}", caller=caller)
        self.legs[leg.id] = leg
        self.tell(CallOffered(line="A", leg=leg.id, caller=caller, called=MAIN))
        self.tell(LegAnswered(leg=leg.id))
        if asks and leg.id in self.legs:
            self.tell(KeyPressed(leg=leg.id, key="1", source="rfc4733"))

    @rule(caller=st.sampled_from(NUMBERS), people=st.sets(st.sampled_from(PEOPLE), min_size=1))
    def somebody_asks_and_people_come(self, caller, people) -> None:
        """Somebody calls while nobody is there, asks to be called back, and hangs up."""
        for agent in PEOPLE:
            self.tell(AgentCommanded(agent=agent, command="logout"))
        self.somebody_calls(caller, True)
        for leg in [leg for leg in self.legs.values() if leg.caller == caller and leg.state == "answered"]:
            self.end(leg)
        for agent in sorted(people):
            self.tell(AgentCommanded(agent=agent, command="login"))

    @rule(data=st.data(), key=st.sampled_from("11125"))
    def somebody_presses(self, data, key) -> None:
        if leg := self.some(data, "answered"):
            self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))

    @rule()
    def everybody_has_heard(self) -> None:
        """What plays comes to its end."""
        for leg in [leg for leg in self.legs.values() if leg.play and leg.state == "answered"]:
            if leg.id in self.legs and self.up:
                play, leg.play = leg.play, ""
                self.tell(PlayEnded(leg=leg.id, play=play, how="end"))

    @rule()
    def clients_press_1(self) -> None:
        for leg in [leg for leg in self.legs.values() if leg.uri and not leg.agent and leg.state == "answered"]:
            if leg.id in self.legs and self.up:
                self.tell(KeyPressed(leg=leg.id, key="1", source="rfc4733"))

    @rule(data=st.data())
    def it_rings(self, data) -> None:
        if leg := self.some(data, "dialled"):
            leg.state = "ringing"
            self.tell(LegProceeded(leg=leg.id, code=180))

    @rule(data=st.data())
    def somebody_answers(self, data) -> None:
        if leg := self.some(data, "dialled", "ringing"):
            leg.state = "answered"
            self.tell(LegAnswered(leg=leg.id))

    @rule()
    def everybody_answers(self) -> None:
        for leg in list(self.legs.values()):
            if leg.state in {"dialled", "ringing"} and leg.id in self.legs and self.up:
                leg.state = "answered"
                self.tell(LegAnswered(leg=leg.id))
                self.tell(PlayEnded(leg=leg.id, play=f"{leg.id}/whisper", how="end"))

    @rule()
    def everything_goes_well(self) -> None:
        """Agents answer, then clients, who press 1."""
        self.everybody_answers()
        self.everybody_answers()
        self.clients_press_1()

    @rule(data=st.data(), code=st.sampled_from([486, 603, 480, 404]))
    def somebody_does_not_answer(self, data, code) -> None:
        if leg := self.some(data, "dialled", "ringing"):
            self.end(leg, code=code)

    @rule(data=st.data())
    def somebody_hangs_up(self, data) -> None:
        if leg := self.some(data, "answered", "ending"):
            self.end(leg)

    @rule()
    def the_network_does_as_told(self) -> None:
        while ending := [leg for leg in self.legs.values() if leg.state == "ending"]:
            self.end(ending[0], by="us")

    @rule(agent=st.sampled_from(PEOPLE), command=st.sampled_from(["login", "login", "logout", "pause", "unpause"]))
    def an_agent_says(self, agent, command) -> None:
        self.tell(AgentCommanded(agent=agent, command=command))

    @rule(seconds=st.sampled_from([1.0, 5.0, 9.0, 25.0, 61.0, 700.0]))
    def time_passes(self, seconds) -> None:
        until = self.now + seconds
        while (deadline := self.board.next_deadline()) is not None and deadline <= until:
            self.now = deadline
            self.tell(TimerDue())
            if seconds > 30:
                self.the_network_does_as_told()
        self.now = until

    @rule(data=st.data())
    def somebody_closes_one(self, data) -> None:
        names = tuple(self.board._ex.desk.call_back_book.open)
        if names and data.draw(st.integers(0, 3)) == 0:
            name = data.draw(st.sampled_from(names))
            self.tell(DeskCommanded(what="call_back", id=name, deed="cancelled"))

    @rule()
    def the_line_dies(self) -> None:
        if self.up:
            self.up = False
            for leg in list(self.legs.values()):
                self._drop(leg)
            self.tell(LineDown(line="A", reason="crash"))

    @rule()
    def the_line_is_back(self) -> None:
        if not self.up:
            self.greet()

    @rule(dials=st.booleans())
    def a_new_version(self, dials) -> None:
        self.count += 1
        of = replace(self.of, version=f"v{self.count}", call_backs=self.of.call_backs if dials else None)
        self._came(self.board.load(of, now=self.now))

    @rule(lost=st.integers(0, 3))
    def the_gateway_is_killed(self, lost) -> None:
        """With the line up; the journal may have lost its last moment."""
        if not self.up:
            return
        site = self.board._ex.site
        recent = sum(fact.at == self.now for fact in self.facts[-3:])
        kept = self.facts[: len(self.facts) - min(lost, recent)]
        self.facts, self.kpi = list(kept), Kpi(self.of)
        self.past.clear()  # of legs that have ended it may know nothing
        for fact in self.facts:
            self.kpi.apply(fact)
        self.now += 0.5
        self.board = Switchboard(site)
        self.tell(DeskRecovered(facts=tuple(f for f in kept if is_of_desk(f) or is_of_call_back(f))))
        last = {fact.agent: fact for fact in kept if isinstance(fact, AgentChanged)}
        working = {fact.reason for fact in last.values() if fact.state == "wrap_up"}
        self.tell(AgentsRecovered(facts=(*(f for f in kept if f.call in working and f.call), *last.values())))
        ended = {fact.call for fact in kept if isinstance(fact, CallEnded)}
        started = [fact.call for fact in kept if isinstance(fact, CallStarted) and fact.call not in ended]
        self.tell(CallsRecovered(calls=tuple(tuple(f for f in kept if f.call == call) for call in started)))
        snapshots = tuple(
            LegSnapshot(
                leg=leg.id,
                call=leg.call,
                direction="out" if leg.uri else "in",
                state=leg.state,
                caller=leg.caller,
                called=MAIN,
                agent=leg.agent,
                bridged_with=leg.other,
            )
            for leg in self.legs.values()
        )
        self.greet(snapshots)

    @invariant()
    def books_balance(self) -> None:
        if not hasattr(self, "kpi"):
            return
        assert set(self.kpi.conservation().values()) <= {0}
        of = self.kpi.figures(OFFICE)
        sums = of.answered + of.abandoned + of.overflowed + of.voicemail + of.called_back + of.lost + of.in_progress
        assert of.carried_in + of.offered == sums

    def teardown(self) -> None:
        if not hasattr(self, "board"):
            return
        self.settle()

    def settle(self) -> None:
        """In the end everybody hangs up and everybody is there: all call-backs are closed, or with people."""
        self._came(self.board.load(replace(self.of, version="last"), now=self.now))
        if not self.up:
            self.greet()
        for agent in PEOPLE:
            self.tell(AgentCommanded(agent=agent, command="unpause"))
            self.tell(AgentCommanded(agent=agent, command="login"))
        for _ in range(100):
            for leg in list(self.legs.values()):
                if leg.id in self.legs and leg.state == "answered" and not leg.uri:
                    self.end(leg)
            self.everybody_answers()
            for leg in list(self.legs.values()):
                if leg.id in self.legs and leg.state == "answered" and leg.uri and not leg.agent:
                    self.tell(KeyPressed(leg=leg.id, key="1", source="rfc4733"))
            self.time_passes(46.0)
            for leg in list(self.legs.values()):
                if leg.id in self.legs and leg.other:
                    self.end(leg)
            self.the_network_does_as_told()
            if not self.legs and not self.left():
                break
        asked = {fact.call_back for fact in self.facts if isinstance(fact, CallBackRequested)}
        closed = {fact.call_back for fact in self.facts if isinstance(fact, CallBackClosed)}
        assert not self.left()
        assert asked == closed | set(self.board._ex.desk.call_back_book.open)
        self.time_passes(700.0)
        self.the_network_does_as_told()
        assert not self.legs
        assert not self.board._ex.calls
        assert not self.board._ex.virtual.calls
        assert {seat.state for seat in self.board.view().agents} == {"idle"}

    def left(self) -> list:
        """Those that the box still has to dial."""
        return [one for one in self.board._ex.desk.call_back_book.open.values() if one.state != "people"]


TestCallBacks = CallBackOffice.TestCase
TestCallBacks.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
