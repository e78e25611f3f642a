"""The office of test_switchboard_properties with mobiles that accept by key, whispers, names, and a team whose phones
all ring: whatever happens in whatever order, no leg is left, nobody is stuck, and every contact has its end."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

from gateway.core.events import KeyPressed, PlayEnded
from gateway.core.facts.calls import AgentDeclined, CallBridged, CallEnded, QueueLeft
from gateway.core.facts.joining import AcceptanceAsked, AcceptanceEnded, JoiningBegan
from tests.core.board.test_switchboard_properties import Office
from tests.core.factory import KOWALSKI, NOWAK, team

from .rig import WORDS


class JoiningOffice(Office):
    """Anna, Jan and Ola have mobiles."""

    @initialize(tight=st.booleans(), whisper=st.booleans(), say_name=st.booleans(), all_ring=st.booleans())
    def begin(self, tight, whisper, say_name, all_ring) -> None:
        self.options = whisper, say_name, all_ring
        self.open(tight=tight)

    def adapted(self, of):
        whisper, say_name, all_ring = self.options
        for name, each in of.teams.items():
            order = replace(each.order, strategy="ring_all" if all_ring else each.order.strategy)
            of = team(of, name, whisper=whisper, say_name=say_name, order=order)
        agents = {
            name: replace(agent, accept="key") if name in {"anna", "jan", "ola"} else agent
            for name, agent in of.agents.items()
        }
        return replace(of, agents=agents, joining=WORDS)

    def hearing(self) -> list:
        """Agents' legs to which something plays or a key of which is wanted."""
        legs = (leg for leg in self.legs.values() if leg.line in self.up)
        return [leg for leg in legs if leg.agent and leg.state == "answered" and not leg.other]

    @rule(data=st.data(), key=st.sampled_from("1112"))
    def agent_presses(self, data, key) -> None:
        legs = self.hearing()
        if legs:
            self.tell(KeyPressed(leg=data.draw(st.sampled_from(legs)).id, key=key, source="rfc4733"))

    @rule(late=st.booleans())
    def all_prompts_end(self, late) -> None:
        """Also those that nobody waits for any more."""
        for leg in [leg for leg in self.legs.values() if leg.play and leg.line in self.up]:
            if leg.id in self.legs and leg.play and leg.state == "answered":
                play, leg.play = leg.play, ""
                self.tell(PlayEnded(leg=leg.id, play=play, how="end"))
                if late:
                    self.tell(PlayEnded(leg=leg.id, play=play, how="stopped"))

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK]), heard=st.booleans())
    def come_far(self, line, caller, heard) -> None:
        """A client is queued, phones are picked up and the call is accepted; perhaps all is heard to its end."""
        self.queue_up_and_ring(line=line, caller=caller, rings=False)
        for leg in self.hearing():
            if leg.id in self.legs and leg.state == "answered" and leg.line in self.up:
                self.tell(KeyPressed(leg=leg.id, key="1", source="rfc4733"))
        if heard:
            self.all_prompts_end(late=False)

    @rule(data=st.data())
    def agent_hangs_up_before_the_talk(self, data) -> None:
        legs = self.hearing()
        if legs:
            self.end(data.draw(st.sampled_from(legs)), code=200, by="far")

    @invariant()
    def an_acceptance_has_one_end(self) -> None:
        asked = [fact.leg for fact in self.facts if isinstance(fact, AcceptanceAsked)]
        ended = [fact.leg for fact in self.facts if isinstance(fact, AcceptanceEnded)]
        assert len(asked) == len(set(asked))
        assert len(ended) == len(set(ended))
        assert set(ended) <= set(asked)
        accepted = {fact.leg for fact in self.facts if isinstance(fact, AcceptanceEnded) and fact.how == "accepted"}
        for fact in self.facts:
            if isinstance(fact, CallBridged) and fact.leg in asked:
                assert fact.leg in accepted

    @invariant()
    def who_hears_is_rung_for_somebody(self) -> None:
        """An agent's leg that is up and talks with nobody is about to talk, or told to end."""
        if not self.whole:
            return
        for leg in self.hearing():
            mine = self.board._ex.legs.get(leg.id)
            assert mine is not None
            assert mine.acceptance is not None or mine.call.joining.leg is mine

    @invariant()
    def a_joining_comes_to_an_end(self) -> None:
        over = {fact.call for fact in self.facts if isinstance(fact, CallEnded)}
        for fact in self.facts:
            if isinstance(fact, JoiningBegan) and fact.call in over:
                ends = [
                    other
                    for other in self.facts
                    if other.call == fact.call
                    and isinstance(other, CallBridged | AgentDeclined | QueueLeft)
                    and other.at >= fact.at
                ]
                assert ends, fact


TestJoiningOffice = JoiningOffice.TestCase
TestJoiningOffice.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
