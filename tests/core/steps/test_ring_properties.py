"""The machine of queue/test_order_properties.py with more callers for whom a step rings the team, on lines with few
legs: whoever such a step holds has a phone that rings or a leg that is about to be free, and nobody rings for two."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

from gateway.core.flow.model import Ring
from tests.core.factory import KOWALSKI, NOWAK, STRANGER, flow
from tests.core.network import RINGS
from tests.core.queue.test_order_properties import Ordered


class Rung(Ordered):
    """The team is rung first, with the matter that needs a skill or without."""

    @initialize(
        tight=st.booleans(),
        strategies=st.sampled_from([("ring_all", "ring_all"), ("linear", "ring_all"), ("round_robin", "linear")]),
    )
    def begin(self, tight, strategies) -> None:
        super().begin(tight, strategies)

    def adapted(self, of):
        of = super().adapted(of)
        first = flow(
            Ring(name="office", target="team", to="office", ring_s=25, busy="sales", no_answer="sales"),
            Ring(name="sales", target="team", to="sales", ring_s=9, served="office"),
            id="direct",
        )
        return replace(of, flows={**of.flows, "direct": first})

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK, STRANGER]), number=st.integers(1, 3))
    def ring_up_several(self, line, caller, number) -> None:
        for _ in range(number):
            self.invite(line, caller, RINGS, confirmed=True)

    @invariant()
    def whoever_is_held_is_rung_for(self) -> None:
        ex = self.board._ex
        for call in ex.calls.values():
            ringing = call.ringing
            if ringing is None:
                continue
            line = ex.line(call.leg.line)
            for name, leg in ringing.legs.items():
                assert ex.legs[name] is leg
                assert leg.call is call
                assert ex.roster.seats[leg.agent].leg == name
            if not ringing.legs:
                assert line.wanting.get(call.id) is call
                assert ("retry", call.id) in ex.turn.timers._live
            if ringing.step.target == "team" and len(ringing.legs) > 1:
                assert call.site.teams[ringing.step.to].order.strategy == "ring_all"
        held = {call.id for call in ex.calls.values() if call.ringing is not None}
        assert all(set(line.wanting) <= held for line in ex.lines.values())


TestRung = Rung.TestCase
TestRung.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
