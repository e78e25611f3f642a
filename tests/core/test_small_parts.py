"""Conditions, deadlines, tables, the directory, and the quality of a leg."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import tables
from gateway.core.board.timers import Timers
from gateway.core.call.call import CALL_TABLE
from gateway.core.facts.media import MediaStats, mos, mos_of
from gateway.core.flow import expr
from gateway.core.flow.model import AllOf, AnyOf, Comparison, Not
from gateway.core.legs.legs import LEG_TABLE, Leg
from gateway.core.site.directory import Directory
from gateway.errors import TransitionError

from .factory import KOWALSKI, MAIN, site

KNOWN = Comparison(variable="area")
IS_A = Comparison(variable="area", op="==", values=("a",))
IN_AB = Comparison(variable="area", op="in", values=("a", "b"))
NOT_A = Comparison(variable="area", op="!=", values=("a",))


@pytest.mark.parametrize(
    ("condition", "of_a", "of_b", "of_nothing"),
    [
        (None, True, True, True),
        (KNOWN, True, True, False),
        (IS_A, True, False, False),
        (NOT_A, False, True, True),
        (IN_AB, True, True, False),
        (AllOf(parts=(IN_AB, NOT_A)), False, True, False),
        (AnyOf(parts=(IS_A, Not(part=KNOWN))), True, False, True),
        (Not(part=IN_AB), False, False, True),
        (AllOf(parts=()), True, True, True),
        (AnyOf(parts=()), False, False, False),
    ],
)
def test_conditions(condition, of_a, of_b, of_nothing):
    assert expr.holds(condition, {"area": "a"}) is of_a
    assert expr.holds(condition, {"area": "b"}) is of_b
    assert expr.holds(condition, {}) is of_nothing


def test_timers_come_in_order_and_once():
    timers = Timers()
    timers.set("wait", "b", 2.0)
    timers.set("wait", "a", 1.0)
    timers.set("ring", "a", 1.5)
    timers.set("wait", "a", 3.0)
    timers.cancel("ring", "a")
    timers.cancel("ring", "never set")
    assert timers.next() == 2.0
    assert timers.pop_due(1.9) is None
    assert timers.pop_due(2.0) == ("wait", "b")
    assert timers.pop_due(9.0) == ("wait", "a")
    assert timers.pop_due(9.0) is None
    assert timers.next() is None


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.floats(0, 100))))
def test_timers_against_a_plain_dict(changes):
    timers, plain = Timers(), {}
    for name, at in changes:
        if at is None:
            timers.cancel("wait", name)
            plain.pop(name, None)
        else:
            timers.set("wait", name, at)
            plain[name] = at
        assert timers.next() == min(plain.values(), default=None)
        assert len(timers) == len(plain)
    popped = []
    while (due := timers.pop_due(100.0)) is not None:
        popped.append(plain[due[1]])
    assert popped == sorted(plain.values())


def test_timers_throw_rubbish_away():
    timers = Timers()
    for number in range(10_000):
        timers.set("step", "x", float(number))
    assert len(timers._heap) < 200
    assert timers.next() == 9999.0


def test_an_illegal_pair_raises_and_changes_nothing():
    leg = Leg("l", line="A", state="ending", at=0.0)
    with pytest.raises(TransitionError) as caught:
        leg.advance("answered")
    assert leg.state == "ending"
    assert (caught.value.machine, caught.value.state, caught.value.event) == ("leg", "ending", "answered")
    with pytest.raises(TransitionError):
        tables.after("call", CALL_TABLE, "ended", "hang_up")


@pytest.mark.parametrize(("table", "end"), [(CALL_TABLE, "ended"), (LEG_TABLE, "gone")])
def test_every_state_has_a_way_to_the_end(table, end):
    for state in {state for state, _ in table}:
        seen, todo = set(), [state]
        while todo:
            here = todo.pop()
            seen.add(here)
            todo += [after for (before, _), after in table.items() if before == here and after not in seen]
        assert end in seen, state


def test_directory():
    directory = Directory(site())
    assert directory.by_number(KOWALSKI).id == "1001"
    assert directory.by_number("") is None
    assert directory.by_client_number("2002").name == "Nowak S.A."
    assert directory.by_client_number("9999") is None
    assert directory.dialled("22 123 45 00") == (MAIN, "reception")
    assert directory.dialled("100") == ("100", "reception")
    assert directory.dialled("") is None
    plain = Directory(site(numbers={"48221234500": "reception"}))
    assert plain.dialled("+48221234500") == ("48221234500", "reception")
    assert plain.dialled("221234500") == ("48221234500", "reception")


def stats(**more) -> MediaStats:
    return MediaStats(**{"codec": "PCMA", "rx_packets": 1000, "rtt_ms": 0.0, **more})


def test_mos_of_known_ratings():
    # ITU-T G.107, table B.1 prints 4.34, 4.03, 3.60, 3.10 and 2.58 for these
    assert [round(mos_of(r), 2) for r in (90.0, 80.0, 70.0, 60.0, 50.0)] == [4.34, 4.02, 3.6, 3.1, 2.58]
    assert mos_of(-5.0) == 1.0
    assert mos_of(3.0) == 1.0
    assert mos_of(120.0) == 4.5


def test_mos_of_legs():
    assert 4.37 < mos(stats()) < 4.41
    assert mos(stats(codec="PCMU/8000")) == mos(stats())
    lossy = mos(stats(rx_packets=950, rx_lost=50))
    assert mos(stats(rx_packets=1000, rx_discarded=50)) == pytest.approx(lossy, abs=0.02)
    # 5 % random loss with G.711 and concealment: Ie_eff = 95 * 5 / 30.1 = 15.8
    assert lossy == pytest.approx(mos_of(93.2 - 0.024 * 20 - 15.78), abs=0.01)
    assert mos(stats(codec="GSM")) < mos(stats(codec="iLBC")) < mos(stats())
    delays = [mos(stats(rtt_ms=rtt)) for rtt in (0.0, 100.0, 300.0, 600.0, 2000.0)]
    assert delays == sorted(delays, reverse=True)
    assert delays[-1] >= 1.0


@pytest.mark.parametrize("unknown", [{"rtt_ms": None}, {"codec": "OPUS"}, {"rx_packets": 0}, {"codec": ""}])
def test_no_figure_from_what_is_not_known(unknown):
    assert mos(stats(**unknown)) is None
