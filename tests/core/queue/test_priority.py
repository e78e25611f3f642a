"""Priority with ageing: who goes first, and that nobody is overtaken for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.calls import QueueEntered
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.flow.queue_order import Order
from gateway.core.queue.queue import WaitingRoom, priority_of, team_list
from gateway.core.site.site import Team
from tests.core.factory import KOWALSKI, MAIN, NOWAK, Rig, command, flow, prompt, site, team

DIDS = {9: "+48221234509", 5: MAIN, 2: "+48221234502"}


def office(*, ageing_s: float = 60.0, clients: dict[str, int] | None = None) -> Rig:
    """Jan alone answers. Each number of DIDS leads into the office's queue with a priority, MAIN with none."""
    of = team(site(), "office", order=Order(ageing_s=ageing_s), agents=("jan",), overflow_team="", max_wait_s=3600.0)
    steps = {
        priority: flow(
            Queue(name="human", to="office", gave_up="sorry", priority=priority if number != MAIN else None),
            HangUpStep(name="sorry", prompt=prompt("Później.")),
            id=f"p{priority}",
        )
        for priority, number in DIDS.items()
    }
    rows = {name: replace(client, priority=(clients or {}).get(name)) for name, client in of.clients.items()}
    rig = Rig(replace(of, flows={f.id: f for f in steps.values()}, clients=rows,
                      numbers={number: f"p{priority}" for priority, number in DIDS.items()}))  # fmt: skip
    command(rig, "jan", "pause")
    return rig


def served(rig: Rig, count: int) -> list[str]:
    """Jan comes back and takes so many callers, one after the other."""
    command(rig, "jan", "unpause")
    order = []
    for _ in range(count):
        dial = rig.dialled("jan")
        order.append(dial.call)
        rig.ring(dial.leg)
        rig.pick_up(dial.leg)
        rig.hang_up(dial.call)
        rig.end(dial.leg)
    return order


def test_higher_goes_first_and_equal_ones_by_the_clock():
    rig = office()
    low, usual, first_high = rig.call(called=DIDS[2]), rig.call(), rig.call(called=DIDS[9])
    rig.pass_time(1)
    second_high = rig.call(called=DIDS[9])
    assert [call.position for call in rig.board.view().calls] == [4, 3, 1, 2]
    assert [f.priority for f in rig.of(QueueEntered)] == [2, 5, 9, 9]
    assert rig.board.view().queues[0].calls == (first_high, second_high, usual, low)
    assert served(rig, 4) == [first_high, second_high, usual, low]


def test_a_minute_of_waiting_is_worth_a_level():
    rig = office()
    usual = rig.call()
    rig.pass_time(4 * 60 - 1)
    early = rig.call(called=DIDS[9])  # a second less than four levels behind: still before
    rig.pass_time(2)
    late = rig.call(called=DIDS[9])
    assert served(rig, 3) == [early, usual, late]


def test_ageing_is_the_teams():
    rig = office(ageing_s=10.0)
    usual = rig.call()
    rig.pass_time(41)
    high = rig.call(called=DIDS[9])
    assert served(rig, 2) == [usual, high]


def test_a_client_has_the_priority_of_the_row_and_the_step_has_the_last_word():
    rig = office(clients={"1001": 8, "2002": 0})
    usual, low, high = rig.call(), rig.call(NOWAK), rig.call(KOWALSKI)
    stepped = rig.call(NOWAK, called=DIDS[9])
    assert [f.priority for f in rig.of(QueueEntered)] == [5, 0, 8, 9]
    assert served(rig, 4) == [stepped, high, usual, low]


@pytest.mark.parametrize(
    ("of_step", "of_client", "expected"), [(None, None, 5), (None, 0, 0), (0, 9, 0), (7, None, 7), (None, 9, 9)]
)
def test_whose_word_counts(of_step, of_client, expected):
    client = replace(site().clients["1001"], priority=of_client)
    step = Queue(name="q", to="office", priority=of_step)
    assert priority_of(step, client) == expected
    assert priority_of(step, None) == (5 if of_step is None else of_step)


def test_the_place_is_kept_when_the_longest_wait_is_not_the_firsts():
    rig = office()
    rig.call()
    rig.pass_time(30)
    rig.call(called=DIDS[9])
    (queue,) = [queue for queue in rig.board.view().queues if queue.team == "office"]
    assert queue.longest_wait_s == 30.0


@given(
    ageing_s=st.sampled_from([1.0, 10.0, 60.0, 600.0]),
    arrivals=st.lists(st.tuples(st.floats(0.0, 120.0), st.integers(0, 9)), min_size=1, max_size=60),
    served_every=st.integers(1, 3),
)
def test_nobody_starves(ageing_s, arrivals, served_every):
    """However many of higher priority come: nobody is overtaken by one who comes later than nine levels are worth, so
    the number who can overtake anybody is bounded by what arrives in that time, and the place is by the key alone."""
    room = WaitingRoom()
    of = Team(id="t", name="t", agents=("a",), order=Order(ageing_s=ageing_s))
    now, entered, served = 0.0, {}, []
    for number, (gap_s, priority) in enumerate(arrivals):
        now += gap_s
        waiter = room.enter(None, of, manager="", area="", entered_at=now, priority=priority)
        waiter.stage = "team"
        room.list_(waiter)
        entered[waiter] = (now, priority, number)
        if number % served_every == 0:
            first = room.first([team_list("t")], lambda _: True)
            assert room.position(first) == 1
            room.leave(first)
            served.append((first, now))
    while (first := room.first([team_list("t")], lambda _: True)) is not None:
        room.leave(first)
        served.append((first, now))
    assert len(served) == len(arrivals)
    for index, (waiter, _) in enumerate(served):
        came, priority, number = entered[waiter]
        for earlier, _ in served[:index]:
            other, other_priority, other_number = entered[earlier]
            if other_number > number:  # somebody who came later was served before
                assert other_priority > priority
                assert other - came <= (other_priority - priority) * ageing_s + 1e-6
