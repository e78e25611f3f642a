"""What an hour was like, what is usual for it, and both over a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.alarms.usual import Lately
from gateway.core.events import QueueRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import QueueEntered, WrapUpEnded
from gateway.core.facts.usual import HourCounted
from tests.core.factory import Rig, command

from .office import HOUR, MONDAY_9, WARSAW, answer, everybody, place, rig, waiting

WEEK = 7 * 24 * HOUR


def alone(at: float = MONDAY_9) -> Rig:
    """Jan is there, and Ewa is not."""
    r = rig(at=at)
    command(r, "ewa", "logout")
    return r


def hours(r: Rig, team: str = "office") -> list[tuple[float, int, int, float, float]]:
    """(hours from nine, offered, handled, handling_s, hours of people) of each."""
    return [
        ((f.start - MONDAY_9) / HOUR, f.offered, f.handled, f.handling_s, f.staff_s / HOUR)
        for f in r.of(HourCounted)
        if f.team == team
    ]


def counted(start: float, team: str = "office", **of: float) -> HourCounted:
    values = {"seen_s": 3600.0, "offered": 40, "handled": 20, "handling_s": 4000.0, "staff_s": 2 * HOUR} | of
    return HourCounted(at=start + HOUR, team=team, start=start, **values)


def weeks_before(count: int = 4, at: float = MONDAY_9, **of: float) -> WatchRecovered:
    """The same hour of so many weeks."""
    zone = [datetime.fromtimestamp(at, WARSAW).replace(tzinfo=None) - timedelta(weeks=n) for n in range(count, 0, -1)]
    return WatchRecovered(facts=tuple(counted(wall.replace(tzinfo=WARSAW).timestamp(), **of) for wall in zone))


def usual(r: Rig, at: float | None = None, team: str = "office"):
    return r.board._ex.usual.before(r.board._ex.site, team, r.now if at is None else at)


def test_an_hour_is_written_down_with_what_comes_next():
    r = rig()
    r.pass_time(600)
    command(r, "ewa", "pause")  # ten minutes of two, then one
    answer(r)
    r.pass_time(100)
    answer(r)
    r.pass_time(HOUR)
    assert not hours(r), "nothing has happened since"
    waiting(r)
    ((start, offered, handled, handling_s, staff),) = hours(r)
    assert (start, offered, handled) == (0.0, 2, 2)
    assert handling_s == pytest.approx(sum(f.talk_s + f.wrap_up_s for f in r.of(WrapUpEnded)))
    assert staff == pytest.approx(600 / 3600 + 1)
    assert hours(r, "")[0][1:3] == (2, 2)
    assert [f.team for f in r.of(HourCounted)] == ["office", "sales", ""]


def test_quiet_hours_in_which_somebody_is_there_count_and_those_of_an_empty_office_do_not():
    r = rig()
    answer(r)
    r.pass_time(2 * HOUR + 60)
    everybody(r, "logout")
    everybody(r, "logout", "sales")
    command(r, "anna", "logout")
    r.pass_time(3 * HOUR)
    r.call()
    assert [hour[:2] for hour in hours(r)] == [(0.0, 1), (1.0, 0), (2.0, 0)]


def test_an_hour_that_was_seen_in_part_only_is_not_written_down():
    r = alone(MONDAY_9 + 700)
    answer(r)
    r.pass_time(HOUR)
    answer(r)
    r.pass_time(HOUR)
    answer(r)
    assert [hour[0] for hour in hours(r)] == [1.0]


def test_an_hour_of_which_most_was_seen_says_how_much():
    r = alone(MONDAY_9 + 600)
    answer(r)
    r.pass_time(HOUR)
    answer(r)
    assert r.of(HourCounted)[0].seen_s == 3000.0


def test_a_long_quiet_is_not_told_hour_by_hour():
    r = alone()
    answer(r)
    r.pass_time(200 * HOUR)
    answer(r)
    assert len(hours(r)) == 72


def test_usual_is_the_mean_of_the_weeks_before():
    r = rig()
    r.tell(weeks_before(2))
    r.tell(WatchRecovered(facts=(counted(MONDAY_9 - 3 * WEEK, offered=10, handled=0, handling_s=0.0, staff_s=HOUR),)))
    found = usual(r)
    assert len(found) == 3
    assert found.contacts(900.0) == pytest.approx((40 + 40 + 10) / 12)
    assert found.handling_s() == pytest.approx(200.0)
    assert found.staff() == pytest.approx(5 / 3)


def test_one_week_alone_tells_nothing_and_neither_does_another_hour():
    r = rig()
    r.tell(weeks_before(1))
    assert not usual(r)
    r.tell(weeks_before(2))
    assert len(usual(r)) == 2
    assert not usual(r, MONDAY_9 + HOUR)
    assert not usual(r, MONDAY_9 + 24 * HOUR)
    assert not usual(r, team="sales")


def test_what_was_seen_in_part_counts_for_what_was_seen():
    r = rig()
    r.tell(weeks_before(2, seen_s=3000.0, offered=30, staff_s=3000.0))
    assert usual(r).contacts(900.0) == pytest.approx(9.0)
    assert usual(r).staff() == pytest.approx(1.0)


def test_too_few_handled_tell_no_handling_time():
    r = rig()
    r.tell(weeks_before(4, handled=1, handling_s=900.0))
    assert usual(r).handling_s() is None
    assert usual(r).contacts(900.0) == 10.0


def test_a_public_holiday_is_no_usual_monday():
    free = (datetime.fromtimestamp(MONDAY_9, WARSAW) - timedelta(weeks=1)).date().isoformat()
    r = rig(place(holidays={free: {"pl": "Święto"}}))
    r.tell(weeks_before(2))
    assert not usual(r)
    r.tell(weeks_before(3))
    assert len(usual(r)) == 2


def test_the_clock_counts_over_the_night_in_which_it_is_set():
    monday = datetime(2026, 10, 26, 9, tzinfo=WARSAW).timestamp()
    r = rig(at=monday)
    r.tell(weeks_before(4, monday))
    assert len(usual(r)) == 4
    assert usual(r)[0].start == monday - WEEK - HOUR


def test_after_a_restart_the_hours_are_those_of_the_journal():
    r = alone()
    for _ in range(2 * 7 * 24 + 1):
        answer(r)
        r.pass_time(HOUR)
    again = rig(at=r.now)
    again.tell(WatchRecovered(facts=tuple(r.of(HourCounted))))
    assert usual(again)
    assert usual(again) == usual(r)
    assert again.board._ex.usual.hours == r.board._ex.usual.hours


def test_what_came_right_before_a_restart_is_of_now():
    r = rig()
    entered = [QueueEntered(at=MONDAY_9 - at, call=f"c{at}", team="office", position=1) for at in (7000, 300, 10)]
    over = [
        WrapUpEnded(at=MONDAY_9 - at, agent="jan", team="office", talk_s=at, hold_s=0, wrap_up_s=0) for at in (5000, 50)
    ]
    r.tell(QueueRecovered(facts=tuple(over)))
    r.tell(WatchRecovered(facts=tuple(entered)))
    lately = r.board._ex.usual.of("office")
    assert (list(lately.offered), list(lately.handled)) == ([MONDAY_9 - 300, MONDAY_9 - 10], [(MONDAY_9 - 50, 50.0)])


def test_trials_of_drafts_are_nobodys_usual():
    r = rig()
    draft = QueueEntered(at=MONDAY_9, call="d", team="draft:office", position=1)
    r.tell(WatchRecovered(facts=(draft,)))
    assert not r.board._ex.usual.of("").offered


STEPS = st.lists(st.tuples(st.integers(0, 7200), st.integers(0, 9)), max_size=20).map(sorted)


@given(steps=STEPS, since=st.integers(0, 7200), length=st.integers(0, 3600), forgotten=st.integers(0, 7200))
def test_people_are_counted_second_by_second(steps, since, length, forgotten):
    lately = Lately()
    lately.staff.extend((float(at), people) for at, people in steps)
    lately.forget(float(min(forgotten, since)))

    def there(second: int) -> int:
        return next((people for at, people in reversed(steps) if at <= second), 0)

    assert lately.staff_s(since, since + length) == sum(there(second) for second in range(since, since + length))


def test_a_quarter_over_the_full_hour_expects_a_part_of_each():
    r = rig()
    r.tell(weeks_before(2, MONDAY_9 - HOUR, offered=12, staff_s=HOUR, handled=10, handling_s=1000.0))
    r.tell(weeks_before(2, offered=60, staff_s=3 * HOUR))
    expected = r.board._ex.usual.expected(r.board._ex.site, "office", MONDAY_9 - 600, MONDAY_9 + 300)
    assert expected is not None
    assert expected.contacts == pytest.approx(2.0 + 5.0)
    assert expected.staff == pytest.approx((600 * 1 + 300 * 3) / 900)
    assert (expected.handling_s, expected.weeks) == (200.0, 2)
    whole = r.board._ex.usual.expected(r.board._ex.site, "office", MONDAY_9 + 2700, MONDAY_9 + HOUR)
    assert whole is not None
    assert (whole.contacts, whole.staff) == (pytest.approx(15.0), pytest.approx(3.0))


def test_the_hour_before_the_office_opens_brings_nothing():
    r = rig()
    r.tell(weeks_before(2, offered=60, staff_s=3 * HOUR))
    expected = r.board._ex.usual.expected(r.board._ex.site, "office", MONDAY_9 - 600, MONDAY_9 + 300)
    assert expected is not None
    assert (expected.contacts, expected.staff) == (pytest.approx(5.0), pytest.approx(1.0))
    assert r.board._ex.usual.expected(r.board._ex.site, "office", MONDAY_9 - 900, MONDAY_9) is None


def test_right_after_the_full_hour_the_hour_before_is_still_known():
    r = alone(MONDAY_9 + 3000)
    for _ in range(6):
        answer(r)
    r.pass_time(660)
    waiting(r)  # with this the hour is written down
    lately = r.board._ex.usual.of("office")
    assert lately.handling(r.now - HOUR, r.now)[0] == 6
    assert lately.contacts(r.now - 900, r.now + 1) == 7
