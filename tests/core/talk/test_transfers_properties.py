"""The same, with agents who hand callers on: by code and by REFER, talks of three and parked callers, at every
moment and through every fault. Nobody is lost, nobody is in two calls, every phone is free in the end."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from msgspec.structs import replace

from gateway.core.events import CallOffered, KeyPressed, LegMediaChanged, TransferRequested
from gateway.core.facts.calls import CallBridged, TalkEnded
from gateway.core.facts.talk import Consulted, Parked, TransferAsked, TransferDone, TransferFailed, Unparked
from gateway.core.site.features import DEFAULT_CODES, Features
from tests.core.board.test_switchboard_properties import Office
from tests.core.network import OUTSIDE, NetLeg

FEATURES = Features(
    codes=DEFAULT_CODES,
    extensions={"10": "anna", "11": "jan", "12": "ewa", "13": "ola", "14": "piotr", "20": "office", "30": "sales"},
    trunk="provider",
    dial=("+48*",),
    park_s=30.0,
)
CODES = ("*211#", "*212#", "*213#", "*220#", "*230#", "*2100#", f"*2{OUTSIDE[1:]}#", "*299#", "*311#", "*313#", "*330#",
         "*4", "*5", "*7", "*9", "*2", "*")  # fmt: skip
TARGETS = ("sip:jan@127.0.0.1", "sip:13@127.0.0.1", "sip:sales@127.0.0.1", f"tel:{OUTSIDE}", "sip:nobody@127.0.0.1")


class Desks(Office):
    """An office whose agents transfer."""

    def adapted(self, of):
        return replace(of, features=FEATURES)

    @rule(data=st.data(), keys=st.sampled_from(CODES))
    def code(self, data, keys) -> None:
        if leg := self.some(data, "answered", agent=True):
            for key in keys:
                if leg.id in self.legs:
                    self.now += 0.1
                    self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))

    @rule(data=st.data(), keys=st.sampled_from(["*311#", "*313#"]), then=st.sampled_from(["", "*5", "*4", "*5*4"]))
    def ask_first(self, data, keys, then) -> None:
        """Somebody is asked and answers at once."""
        if leg := self.some(data, "answered", agent=True):
            known = set(self.legs)
            for key in keys:
                self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))
            for one in [self.legs[name] for name in self.legs if name not in known]:
                self.answered(one)
            for key in then:
                self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))

    @rule(data=st.data(), to=st.sampled_from(TARGETS), holds=st.booleans())
    def refer(self, data, to, holds) -> None:
        if leg := self.some(data, "answered"):
            if holds and not leg.held:
                leg.held = True
                self.tell(LegMediaChanged(leg=leg.id, codec="PCMA", held=True))
            self.tell(TransferRequested(leg=leg.id, target=to))

    @rule(data=st.data(), known=st.booleans())
    def refer_with_replaces(self, data, known) -> None:
        """A phone wants to give one of its calls to the other."""
        one, other = self.some(data, "answered", agent=True), self.some(data, "answered")
        if one is not None and other is not None:
            self.tell(TransferRequested(leg=one.id, target="sip:x@127.0.0.1", replaces=other.id if known else "?"))

    @rule(line=st.sampled_from("AB"), agent=st.sampled_from(["jan", "ewa", "anna"]), slot=st.sampled_from("112"))
    def take_back(self, line, agent, slot) -> None:
        """A parked caller, from the agent's own phone, unless it is in a call."""
        uri = self.versions[0].agents[agent].uri
        busy = any(leg.agent == agent or leg.uri == uri for leg in self.legs.values())
        if busy or line not in self.up or sum(leg.line == line for leg in self.legs.values()) >= self.legs_max - 1:
            return
        self.count += 1
        leg = NetLeg(f"{line}{self.count}", line, f"{line}{self.count}", agent=agent, uri=uri)
        leg.state, leg.came_in = "offered", True
        self.legs[leg.id] = leg
        source = uri.rpartition("@")[2]
        self.tell(CallOffered(line=line, leg=leg.id, caller=agent, called=f"*7{slot}", source=source))

    @rule(data=st.data())
    def through(self, data) -> None:
        if leg := self.some(data, "answering", agent=True):
            self.answered(leg)

    @invariant()
    def nobody_is_lost_or_in_two_places(self) -> None:
        view = self.board.view()
        ringing = [agent for call in view.calls for agent in call.ringing]
        talking = [agent for call in view.calls for agent in (call.agent, call.asked) if agent]
        people = [who for who in (*ringing, *talking) if who != OUTSIDE]
        assert len(people) == len(set(people)), "an agent in two calls"
        for seat in view.agents:
            assert (seat.state == "talking") == (seat.agent in talking), seat
            assert (seat.state == "ringing") == (seat.agent in ringing), seat
        slots = [call.slot for call in view.calls if call.slot]
        assert len(slots) == len(set(slots))
        assert set(self.board._ex.parked) == set(slots)
        for call in view.calls:
            assert (call.state == "parked") == bool(call.slot), call
            assert call.state != "bridged" or call.agent, call
            if call.state == "transferring":
                assert self.board._ex.calls[call.call].transfer is not None, call

    @invariant()
    def who_talks_is_heard(self) -> None:
        """The bridges of the lines are those that the calls tell of."""
        for call in self.board._ex.calls.values():
            leg = self.legs.get(call.id)
            if leg is None or call.talk is None or leg.line not in self.up:
                continue
            agent = self.legs.get(call.talk.leg.id)
            if agent is None or leg.state != "answered" or agent.state != "answered":
                continue
            asked = call.transfer.leg.id if call.transfer is not None and call.transfer.phase == "consulting" else ""
            assert leg.other == ("" if call.talk.apart else agent.id), call.id
            if call.talk.apart and (not asked or self.legs[asked].state == "answered"):
                assert agent.other == asked

    def teardown(self) -> None:
        super().teardown()
        if not self.facts:
            return
        for fact in self.facts:
            assert not isinstance(fact, TalkEnded) or 0 <= fact.hold_s <= fact.talk_s
        balance: dict[str, int] = {}
        open_: dict[str, int] = {}
        for fact in self.facts:
            match fact:
                case Parked():
                    balance[fact.call] = balance.get(fact.call, 0) + 1
                case Unparked():
                    balance[fact.call] -= 1
                case TransferAsked():
                    assert not open_.get(fact.call), "two transfers of one call at once"
                    open_[fact.call] = 1
                case TransferDone() | Consulted():
                    open_[fact.call] = 0
                case TransferFailed() if fact.then != "rings_back" and fact.reason != "not_now":
                    open_[fact.call] = 0
                case CallBridged(after="transfer"):
                    open_[fact.call] = 0
                case _:
                    pass
        assert not [call for call, count in balance.items() if count], "parked for ever"
        assert not [call for call, count in open_.items() if count], "a transfer without an end"


TestDesks = Desks.TestCase
TestDesks.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
