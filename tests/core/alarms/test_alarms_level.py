"""The service level that can no longer be reached in a quarter of an hour, and alarms over a restart."""

from __future__ import annotations

from datetime import datetime

import pytest

from gateway.core.events import AgentsRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import QueueEntered, QueueLeft
from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from tests.core.factory import Rig, command

from .office import (
    HOUR,
    MONDAY_9,
    QUARTER,
    WARSAW,
    abandon_late,
    answer,
    busy,
    cleared,
    everybody,
    raised,
    rig,
    waiting,
)


def test_it_is_raised_when_a_wait_passes_t_not_when_the_caller_hangs_up():
    r = rig()
    busy(r)
    for _ in range(10):
        waiting(r)
    r.pass_time(19)
    assert not raised(r, "service_level")
    r.pass_time(2)
    (fact,) = raised(r, "service_level")
    assert (fact.team, fact.threshold) == ("office", 0.8)
    assert fact.value < 0.8


def test_with_few_contacts_nothing_is_said():
    r = rig()
    busy(r)
    for _ in range(9):
        waiting(r)
    r.pass_time(60)
    assert not raised(r, "service_level")


def test_it_is_cleared_with_the_quarter_and_can_come_again_in_the_next():
    r = rig()
    busy(r)
    abandon_late(r, 10)
    assert len(raised(r, "service_level")) == 1
    abandon_late(r, 10)
    assert len(raised(r, "service_level")) == 1
    r.pass_time(QUARTER)
    (over,) = cleared(r, "service_level")
    assert over.at == pytest.approx(MONDAY_9 + QUARTER, abs=0.1)
    abandon_late(r, 10)
    assert len(raised(r, "service_level")) == 2


def earlier(weeks: int, contacts: int, *, met: bool = True) -> WatchRecovered:
    """So many contacts in the same quarter of each of these weeks."""
    facts = []
    for week in range(weeks, 0, -1):
        start = MONDAY_9 - week * 7 * 24 * HOUR
        for n in range(contacts):
            entered = QueueEntered(at=start + n, call=f"e{week}-{n}", team="office", position=1)
            facts.append(entered)
            outcome = "answered" if met else "abandoned"
            facts.append(QueueLeft(at=start + n + 3, call=entered.call, team="office", outcome=outcome, wait_s=3.0))
    return WatchRecovered(facts=tuple(sorted(facts, key=lambda fact: fact.at)))


@pytest.mark.parametrize(("weeks", "lost", "alarm"), [(4, 10, False), (4, 11, True), (1, 11, True), (1, 10, False)])
def test_what_is_expected_counts(weeks, lost, alarm):
    """50 are expected, 80 % wanted: ten may be lost."""
    r = rig()
    r.tell(earlier(weeks, 50))
    busy(r)
    abandon_late(r, lost)
    assert [round(fact.value, 3) for fact in raised(r, "service_level")] == [0.78] * alarm


def test_more_than_expected_have_come():
    """Ten are expected; forty that were answered make room for ten that are lost."""
    r = rig()
    r.tell(earlier(4, 10))
    command(r, "ewa", "logout")
    for _ in range(40):
        answer(r)
    busy(r)
    abandon_late(r, 10)
    assert not raised(r, "service_level")
    abandon_late(r, 1)
    assert len(raised(r, "service_level")) == 1


def test_the_clock_counts_not_the_hour_of_the_world():
    """The Monday after the clocks were set back: nine o'clock is another hour of UTC than a week before."""
    monday = datetime(2026, 10, 26, 9, tzinfo=WARSAW).timestamp()
    before = datetime(2026, 10, 19, 9, tzinfo=WARSAW).timestamp()
    assert monday - before != 7 * 24 * HOUR
    r = rig(at=monday)
    contacts = [QueueEntered(at=before + n, call=f"e{n}", team="office", position=1) for n in range(50)]
    left = [QueueLeft(at=before + 60, call=fact.call, team="office", outcome="lost", wait_s=3.0) for fact in contacts]
    r.tell(WatchRecovered(facts=(*contacts, *left)))
    busy(r)
    abandon_late(r, 10)
    assert not raised(r, "service_level")
    abandon_late(r, 1)
    assert len(raised(r, "service_level")) == 1


# A restart


def restarted(r: Rig, after_s: float, *, states: dict[str, str] | None = None) -> Rig:
    again = Rig(r.board._ex.site, up=False)
    again.now = r.now + after_s
    if states:
        again.tell(AgentsRecovered(facts=tuple(AgentChanged(at=r.now, agent=a, state=s) for a, s in states.items())))
    kinds = (AlarmRaised, AlarmCleared, QueueEntered, QueueLeft)
    again.tell(WatchRecovered(facts=tuple(fact for fact in r.facts if isinstance(fact, kinds))))
    again.line_up("A", boot="b9")
    return again


OFF = {"jan": "off", "ewa": "off"}


def test_an_alarm_outlives_a_restart_and_is_not_raised_twice():
    r = rig()
    everybody(r, "logout")
    r.pass_time(100)
    again = restarted(r, 10, states=OFF)
    again.pass_time(1000)
    assert not again.of(AlarmRaised)
    assert [alarm.alarm for alarm in again.board.alarms()] == ["nobody_logged_in"]
    command(again, "jan", "login")
    assert [fact.since for fact in cleared(again, "nobody_logged_in")] == [raised(r, "nobody_logged_in")[0].since]


def test_who_is_back_at_the_start_clears_it_at_once():
    r = rig()
    everybody(r, "logout")
    r.pass_time(100)
    again = restarted(r, 10)
    assert len(cleared(again, "nobody_logged_in")) == 1


def test_a_box_that_starts_into_it_raises_it_after_a_minute():
    r = rig()
    everybody(r, "logout")
    r.pass_time(30)
    again = restarted(r, 5, states=OFF)
    again.pass_time(59)
    assert not again.of(AlarmRaised)
    again.pass_time(2)
    assert len(raised(again, "nobody_logged_in")) == 1


def test_a_longest_wait_whose_caller_does_not_come_back_is_over():
    r = rig()
    busy(r)
    waiting(r)
    r.pass_time(100)
    again = restarted(r, 5)
    assert len(again.board.alarms()) == 1
    again.pass_time(60)
    assert len(cleared(again, "longest_wait")) == 1


@pytest.mark.parametrize("after_s", [60.0, 5000.0])
def test_a_service_level_is_cleared_with_its_quarter_over_a_restart(after_s):
    r = rig()
    busy(r)
    abandon_late(r, 10)
    again = restarted(r, after_s)
    if after_s < QUARTER:
        assert not again.of(AlarmCleared)
        abandon_late(again, 10)
        assert not again.of(AlarmRaised)
    again.pass_time(QUARTER)
    assert len(cleared(again, "service_level")) == 1
