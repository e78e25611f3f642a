"""Whom each strategy rings: as a table over what is known of the free agents, and in an office that really rings."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.events import AgentsRecovered
from gateway.core.facts.calls import AgentOffered, CallBridged
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.flow.queue_order import Order, Strategy
from gateway.core.queue.strategies import Candidate, choose
from gateway.core.queue.tallies import Tallies
from gateway.core.switchboard import Switchboard
from tests.core.factory import Rig, command, flow, offers, prompt, site, team

FREE = (
    Candidate("ewa", listed=2, answered=4, last_at=300.0, weight=1),
    Candidate("jan", listed=1, answered=2, last_at=200.0, weight=3),
    Candidate("ola", listed=3, answered=2, last_at=100.0, weight=0),
    Candidate("anna", listed=0, answered=9, last_at=0.0, weight=10),
)
"""In the order of the longest idle."""


@pytest.mark.parametrize(
    ("strategy", "after", "expected"),
    [
        ("longest_idle", -1, ["ewa", "jan", "ola", "anna"]),
        ("ring_all", -1, ["ewa", "jan", "ola", "anna"]),
        ("fewest_calls", -1, ["jan", "ola", "ewa", "anna"]),
        ("least_recent", -1, ["anna", "ola", "jan", "ewa"]),
        ("round_robin", -1, ["anna", "jan", "ewa", "ola"]),
        ("round_robin", 1, ["ewa", "ola", "anna", "jan"]),
        ("round_robin", 3, ["anna", "jan", "ewa", "ola"]),
        ("linear", -1, ["anna", "jan", "ewa", "ola"]),
        # (answered + 1) / weight: jan 3/3, anna 10/10 (jan is idle for longer), ewa 5/1; ola in need only
        ("weighted", -1, ["jan", "anna", "ewa", "ola"]),
    ],
)
def test_order_in_which_the_free_ones_are_rung(strategy, after, expected):
    """Whoever was chosen is free no more; the next is chosen of the rest."""
    free, order = list(FREE), []
    while free:
        order.append(choose(strategy, free, after=after))
        free = [one for one in free if one.agent != order[-1]]
    assert order == expected


def test_a_lot_gives_the_same_agent_again_and_many_lots_give_everybody():
    drawn = [choose("random", FREE, lot=f"7:call-{number}:0") for number in range(4000)]
    assert drawn == [choose("random", FREE, lot=f"7:call-{number}:0") for number in range(4000)]
    counts = {one.agent: drawn.count(one.agent) for one in FREE}
    assert all(850 < count < 1150 for count in counts.values()), counts  # 1000 each, five sigma


@given(free=st.lists(st.builds(Candidate, st.text("abcdef", min_size=1), st.integers(0, 99), st.integers(0, 50),
                               st.floats(0, 1e9), st.integers(0, 100)), min_size=1, max_size=9),
       strategy=st.sampled_from(get_args(Strategy)), after=st.integers(-1, 99), lot=st.text())  # fmt: skip
def test_every_strategy_names_one_of_the_free(free, strategy, after, lot):
    assert choose(strategy, free, after=after, lot=lot) in {one.agent for one in free}


@given(weights=st.lists(st.integers(1, 10), min_size=2, max_size=5))
def test_weights_share_out_the_calls(weights):
    """With everybody always free, ten rounds of the weights give each ten times the own weight."""
    answered = dict.fromkeys(range(len(weights)), 0)
    for _ in range(10 * sum(weights)):
        free = [Candidate(str(i), i, answered[i], 0.0, weight) for i, weight in enumerate(weights)]
        answered[int(choose("weighted", free))] += 1
    assert list(answered.values()) == [10 * weight for weight in weights]


# In an office


def office(strategy: Strategy, agents=("jan", "ewa", "ola"), **order) -> Rig:
    of = team(site(), "office", order=Order(strategy=strategy, **order), agents=agents, overflow_team="")
    agents_of = {name: replace(agent, wrap_up_s=0.0) for name, agent in of.agents.items()}
    queue = Queue(name="human", to="office", gave_up="sorry")
    steps = flow(queue, HangUpStep(name="sorry", prompt=prompt("Później.")))
    return Rig(replace(of, flows={"reception": steps}, agents=agents_of))


def serve(rig: Rig, *, talk_s: float = 30.0) -> str:
    """One call from ring to hang-up; who had it."""
    call = rig.call()
    (agent,) = offers(rig, call)
    leg = rig.dialled(agent).leg
    rig.ring(leg)
    rig.pass_time(2)
    rig.pick_up(leg)
    rig.pass_time(talk_s)
    rig.hang_up(call)
    rig.end(leg)
    rig.pass_time(1)
    return agent


def whys(rig: Rig) -> list[str]:
    return [fact.why for fact in rig.of(AgentOffered)]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("longest_idle", "jan ewa ola jan ewa ola"),
        ("fewest_calls", "jan ewa ola jan ewa ola"),
        ("least_recent", "jan ewa ola jan ewa ola"),
        ("round_robin", "jan ewa ola jan ewa ola"),
        ("linear", "jan jan jan jan jan jan"),
    ],
)
def test_six_quiet_calls(strategy, expected):
    rig = office(strategy)
    assert " ".join(serve(rig) for _ in range(6)) == expected
    assert whys(rig) == [strategy] * 6


def test_fewest_calls_and_longest_idle_differ_after_a_pause():
    """Ewa was away for three calls: she is the last of the idle, but the first by calls."""
    for strategy, expected in (("longest_idle", "jan"), ("fewest_calls", "ewa")):
        rig = office(strategy, agents=("jan", "ewa"))
        serve(rig)
        command(rig, "ewa", "pause")
        serve(rig)
        rig.pass_time(5)
        command(rig, "ewa", "unpause")
        assert serve(rig) == expected, strategy


def test_calls_of_yesterday_do_not_count():
    """START is 23:13 in Warsaw."""
    rig = office("fewest_calls", agents=("jan", "ewa"))
    assert [serve(rig) for _ in range(3)] == ["jan", "ewa", "jan"]
    rig.pass_time(3600)  # past midnight
    assert serve(rig) == "ewa"  # equal again: the longest idle
    assert serve(rig) == "jan"
    assert serve(rig) == "ewa"


def test_round_robin_goes_on_where_it_was_though_somebody_was_skipped():
    rig = office("round_robin")
    assert serve(rig) == "jan"
    command(rig, "ewa", "pause")
    assert serve(rig) == "ola"
    command(rig, "ewa", "unpause")
    assert serve(rig) == "jan"
    assert serve(rig) == "ewa"


def test_weights_in_an_office():
    rig = office("weighted", weights={"jan": 3, "ola": 0})
    assert sorted(serve(rig) for _ in range(8)) == ["ewa"] * 2 + ["jan"] * 6
    for agent in ("jan", "ewa"):
        command(rig, agent, "pause")
    assert serve(rig) == "ola", "weight 0: when nobody else is there"


def test_random_is_the_same_for_the_same_seed_and_differs_for_another():
    def calls(seed: int) -> list[str]:
        rig = office("random")
        rig.board = Switchboard(rig.board._ex.site, seed=seed)
        rig.line_up("A")
        return [serve(rig) for _ in range(20)]

    assert calls(1) == calls(1)
    assert calls(1) != calls(2)
    assert set(calls(3)) == {"jan", "ewa", "ola"}


def test_one_who_gets_free_takes_the_first_in_the_queue_whatever_the_strategy():
    rig = office("linear", agents=("jan",))
    first = rig.call()
    leg = rig.dialled("jan").leg
    rig.ring(leg)
    rig.pick_up(leg)
    second = rig.call()
    rig.hang_up(first)
    rig.end(leg)
    assert offers(rig, second) == ["jan"]
    assert [fact.why for fact in rig.of(AgentOffered, second)] == ["next_caller"]


def test_the_overflow_is_rung_by_its_own_strategy():
    of = team(site(), "office", order=Order(strategy="linear"), agents=("jan",), max_wait_s=10.0)
    of = team(of, "sales", order=Order(strategy="linear"), agents=("piotr", "ola"))
    steps = flow(Queue(name="human", to="office", gave_up=""))
    rig = Rig(replace(of, flows={"reception": steps}))
    command(rig, "jan", "pause")
    call = rig.call()
    rig.pass_time(10.1)
    assert [(fact.agent, fact.team, fact.why) for fact in rig.of(AgentOffered, call)] == [("piotr", "sales", "linear")]


# After a restart


def restarted(rig: Rig) -> Rig:
    """A new program with the journal of the old one."""
    new = Rig(rig.board._ex.site, up=False)
    new.now = rig.now + 5.0
    new._calls = 1000
    new.tell(AgentsRecovered(facts=tuple(f for f in rig.facts if isinstance(f, CallBridged | AgentOffered))))
    new.line_up("A")
    return new


@pytest.mark.parametrize("strategy", ["fewest_calls", "least_recent", "round_robin"])
def test_the_strategy_remembers_across_a_restart(strategy):
    rig, uninterrupted = office(strategy), office(strategy)
    for one in (rig, uninterrupted):
        command(one, "ola", "pause")
        assert [serve(one) for _ in range(3)] == ["jan", "ewa", "jan"]
        command(one, "ola", "unpause")
    after = restarted(rig)
    assert [serve(after) for _ in range(3)] == [serve(uninterrupted) for _ in range(3)] == {
        "fewest_calls": ["ola", "ewa", "ola"],
        "least_recent": ["ola", "ewa", "jan"],
        "round_robin": ["ewa", "ola", "jan"],
    }[strategy]  # fmt: skip


def test_what_the_journal_tells_twice_counts_once():
    of, tallies = site(), Tallies()
    bridged = [CallBridged(at=1_700_000_000.0 + at, call=f"c{at}", agent="jan", leg="l", stage="team", team="office",
                           wait_s=1.0) for at in (1, 2, 3)]  # fmt: skip
    tallies.recover(of, [*bridged, *bridged[::-1]])
    assert tallies.answered_today(of, 1_700_000_100.0) == {"jan": 3}
    assert tallies.last_at == {"jan": 1_700_000_003.0}
    assert tallies.answered_today(of, 1_700_000_000.0 + 86_400.0) == {}
