"""The machines of the queue in one office: phones that ring all at once, skills and priorities, acceptance by key,
whisper and name, announcements, exits by key, places that are kept and queues that empty. What must hold in each of
them must hold in all of it at once."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize
from msgspec.structs import replace

from tests.core.call.test_joining_properties import JoiningOffice
from tests.core.queue.test_order_properties import Ordered
from tests.core.queue.test_waiting_properties import Told

STRATEGIES = [
    ("ring_all", "linear"),
    ("ring_all", "ring_all"),
    ("round_robin", "ring_all"),
    ("random", "weighted"),
    ("fewest_calls", "least_recent"),
]


class Everything(JoiningOffice, Told, Ordered):
    """An office that uses all there is."""

    @initialize(tight=st.booleans(), whisper=st.booleans(), say_name=st.booleans(), all_ring=st.booleans(),
                strategies=st.sampled_from(STRATEGIES), redial_s=st.sampled_from([0.0, 60.0]),
                leave_empty=st.sampled_from(["nobody_logged_in", "nobody_free_soon", "never"]),
                wrap_up_s=st.sampled_from([0.0, 5.0]))  # fmt: skip
    def begin(self, tight, whisper, say_name, all_ring, strategies, redial_s, leave_empty, wrap_up_s) -> None:  # noqa: PLR0917
        self.options = whisper, say_name, all_ring
        self.strategies = strategies
        self.waiting = {"redial_s": redial_s, "leave_empty": leave_empty}
        self.wrap_up_s = wrap_up_s
        self.open(tight=tight)

    def adapted(self, of):
        for office in (Ordered, Told, JoiningOffice):
            of = office.adapted(self, of)
        teams = {name: replace(team, waiting=replace(team.waiting, **self.waiting)) for name, team in of.teams.items()}
        agents = {name: replace(agent, wrap_up_s=self.wrap_up_s) for name, agent in of.agents.items()}
        return replace(of, teams=teams, agents=agents)


TestEverything = Everything.TestCase
TestEverything.settings = settings(
    max_examples=20,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
