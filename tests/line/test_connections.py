"""The table of wanted connections against a bridge that forgets edges when a port moves, as PJMEDIA's does."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.line.connections import Connections


class Bridge:
    """Ports with slots; connecting needs both, removing a port takes its edges away without a word."""

    def __init__(self):
        self.ports, self.edges = set(), set()

    def connect(self, source, sink):
        assert {source, sink} <= self.ports
        self.edges.add((source, sink))

    def disconnect(self, source, sink):
        assert (source, sink) in self.edges
        self.edges.discard((source, sink))

    def remove(self, slot):
        self.ports.discard(slot)
        self.edges = {edge for edge in self.edges if slot not in edge}


@pytest.fixture
def bridge():
    return Bridge()


def test_a_hold_that_moves_the_slot_and_the_resume_that_moves_it_back(bridge):
    table = Connections(bridge.connect, bridge.disconnect)
    bridge.ports = {1, 2}
    table.port(("far", "a"), 1)
    table.port(("far", "b"), 2)
    table.want_both_ways(("far", "a"), ("far", "b"))
    assert bridge.edges == {(1, 2), (2, 1)}
    for slot in (3, 1):  # hold, resume
        bridge.remove(4 - slot)
        table.no_port(("far", "a"))
        bridge.ports.add(slot)
        table.port(("far", "a"), slot)
        assert bridge.edges == {(slot, 2), (2, slot)}


def test_the_same_slot_again_is_connected_again(bridge):
    table = Connections(bridge.connect, bridge.disconnect)
    bridge.ports = {1, 2}
    table.want_both_ways(("far", "a"), ("tap", "a"))
    table.port(("tap", "a"), 2)
    table.port(("far", "a"), 1)
    bridge.remove(1)
    bridge.ports.add(1)
    table.port(("far", "a"), 1)
    assert bridge.edges == {(1, 2), (2, 1)}


ENDS = [(kind, leg) for kind in ("far", "tap") for leg in "abc"]
PAIRS = [(one, other) for one in ENDS for other in ENDS if one < other]
EDGES = [(one, other) for one in ENDS for other in ENDS if one != other]


class Moves(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.bridge = Bridge()
        self.table = Connections(self.bridge.connect, self.bridge.disconnect)
        self.wanted, self.single, self.slots, self.next = set(), set(), {}, 0

    @rule(pair=st.sampled_from(PAIRS))
    def want(self, pair):
        self.table.want_both_ways(*pair)
        self.wanted |= {pair, pair[::-1]}

    @rule(pair=st.sampled_from(PAIRS))
    def unwant(self, pair):
        self.table.unwant_both_ways(*pair)
        self.wanted -= {pair, pair[::-1]}

    @rule(edge=st.sampled_from(EDGES))
    def want_one_way(self, edge):
        self.table.want_one_way(*edge)
        self.single.add(edge)

    @rule(edge=st.sampled_from(EDGES))
    def unwant_one_way(self, edge):
        self.table.unwant_one_way(*edge)
        self.single.discard(edge)

    @rule(end=st.sampled_from(ENDS), told=st.booleans())
    def move(self, end, told):
        if end in self.slots:
            self.bridge.remove(self.slots[end])
            if told:
                self.table.no_port(end)
        self.next += 1
        self.bridge.ports.add(self.next)
        self.slots[end] = self.next
        self.table.port(end, self.next)

    @rule(end=st.sampled_from(ENDS))
    def go(self, end):
        if end in self.slots:
            self.bridge.remove(self.slots.pop(end))
        self.table.forget(end)
        self.wanted = {edge for edge in self.wanted if end not in edge}
        self.single = {edge for edge in self.single if end not in edge}

    @invariant()
    def edges_are_those_wanted_between_ports_that_are_there(self):
        there = {(a, b) for a, b in self.wanted | self.single if a in self.slots and b in self.slots}
        assert self.bridge.edges == {(self.slots[a], self.slots[b]) for a, b in there}
        assert self.table.made == there


TestMoves = Moves.TestCase
TestMoves.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
