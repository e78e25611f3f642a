"""The machine of board/test_switchboard_properties.py in an office where all phones ring, agents have skills and
clients have priorities: nobody is lost, no phone rings for two, and whoever could serve a caller is rung."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant
from msgspec.structs import replace

from gateway.core.facts.calls import AgentOffered
from gateway.core.flow.queue_order import Order, Wish
from gateway.core.queue import skills
from tests.core.board.test_switchboard_properties import Office

SKILLS = {"jan": {"invoices": 9}, "ewa": {"invoices": 2, "en": 5}, "ola": {"en": 9}, "piotr": {"invoices": 6}}


class Ordered(Office):
    """Office and sales have strategies that differ; the menu's 1 asks for somebody who knows invoices."""

    @initialize(
        tight=st.booleans(),
        strategies=st.sampled_from(
            [("ring_all", "linear"), ("ring_all", "ring_all"), ("round_robin", "ring_all"), ("random", "weighted")]
        ),
    )
    def begin(self, tight, strategies) -> None:
        self.strategies = strategies
        self.open(tight=tight)

    def adapted(self, of):
        areas = {"invoices": Wish(needs={"invoices": 5}, prefers={"en": 5})}
        orders = dict(zip(("office", "sales"), self.strategies, strict=True))
        return replace(
            of,
            teams={
                name: replace(team, order=Order(strategy=orders[name], areas=areas, relax_every_s=10.0, ageing_s=30.0))
                for name, team in of.teams.items()
            },
            agents={name: replace(agent, skills=SKILLS.get(name, {})) for name, agent in of.agents.items()},
            clients={name: replace(client, priority=int(name) % 10) for name, client in of.clients.items()},
        )

    @invariant()
    def nobody_waits_while_one_could_answer(self) -> None:
        """No phone rings for a caller, though his line has room: then nobody is free who may serve him and whom he has
        not tried."""
        ex = self.board._ex
        for call in ex.calls.values():
            waiter = call.waiter
            if waiter is None or waiter.blocked or waiter.stage == "manager" or call.joining is not None:
                continue
            rung = call.site.teams.get(waiter.rung_team, waiter.team)  # a trial has teams of its own
            rings_all = rung.order.strategy == "ring_all"
            if waiter.rings and not rings_all:
                continue
            offered = {f.agent for f in self.facts if isinstance(f, AgentOffered) and f.call == call.id}
            members = set(ex.roster.members(waiter.team.id)) & self.site.agents.keys()
            able = {agent for agent in members if skills.may_serve(ex, agent, waiter)}
            free = {agent for agent in able if ex.roster.is_free(agent)}
            assert not free - offered, (call.id, free, waiter.legs)

    @invariant()
    def the_legs_of_a_caller_are_those_that_ring_for_him(self) -> None:
        ex = self.board._ex
        for call in ex.calls.values():
            if call.waiter is None:
                continue
            for name, leg in call.waiter.legs.items():
                assert ex.legs[name] is leg
                assert leg.call is call
                assert ex.roster.seats[leg.agent].leg == name


TestOrdered = Ordered.TestCase
TestOrdered.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
