"""Open seconds of a span, also over nights in which clocks are set and over holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import calendar
from gateway.core.business_hours import open_seconds
from gateway.core.site import Hours

from .factory import site

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = 3600.0
DAYTIME = ((8 * 60, 16 * 60),)
OFFICE = Hours(id="office", week=(DAYTIME,) * 5 + ((), ()))
NIGHT = Hours(id="night", week=(((22 * 60, 30 * 60),),) * 7)
ALWAYS = Hours(id="always", week=(((0, 1440),),) * 7)
BREAK = Hours(id="break", week=(((8 * 60, 12 * 60), (12 * 60 + 30, 16 * 60)),) * 7)
PLACE = site(holidays={"2026-11-11": {"en": "Independence Day"}})


def at(text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("hours", "since", "until", "expected_h"),
    [
        (OFFICE, "2026-11-16T09:00", "2026-11-16T11:30", 2.5),
        (OFFICE, "2026-11-16T15:00", "2026-11-17T09:00", 2),
        (OFFICE, "2026-11-13T15:30", "2026-11-16T08:30", 1),  # over a weekend
        (OFFICE, "2026-11-14T10:00", "2026-11-15T18:00", 0),
        (OFFICE, "2026-11-10T15:00", "2026-11-12T09:00", 2),  # over Independence Day
        (BREAK, "2026-11-16T11:45", "2026-11-16T12:45", 0.5),
        (NIGHT, "2026-11-16T23:00", "2026-11-17T05:00", 6),
        (NIGHT, "2026-03-28T21:00", "2026-03-29T12:00", 7),  # the hour from two to three never comes
        (NIGHT, "2026-10-24T21:00", "2026-10-25T12:00", 9),  # and this one comes twice
        (ALWAYS, "2026-03-28T12:00", "2026-03-30T12:00", 47),
        (ALWAYS, "2026-10-24T12:00", "2026-10-26T12:00", 49),
        (OFFICE, "2026-11-16T11:30", "2026-11-16T09:00", 0),
    ],
)
def test_spans(hours, since, until, expected_h):
    assert open_seconds(PLACE, hours, at(since), at(until)) == pytest.approx(expected_h * HOUR)


def test_a_year_has_the_sum_of_its_days():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    open_days = sum(day.weekday() < 5 and day.isoformat() != "2026-11-11" for day in days)
    assert open_seconds(PLACE, OFFICE, at("2026-01-01"), at("2027-01-01")) == open_days * 8 * HOUR


@given(
    hours=st.sampled_from((OFFICE, NIGHT, BREAK, ALWAYS)),
    start=st.sampled_from(("2026-03-28", "2026-10-24", "2026-11-10", "2026-11-13")),
    minutes=st.integers(0, 3 * 1440),
    length=st.integers(0, 2 * 1440),
)
def test_it_is_what_the_calendar_says_of_every_minute(hours, start, minutes, length):
    since = at(start) + 60 * minutes
    decided = sum(calendar.decide(PLACE, hours, since + 60 * n).open for n in range(length))
    assert open_seconds(PLACE, hours, since, since + 60 * length) == 60 * decided


def test_hours_that_overlap_the_next_days_count_once():
    over = Hours(id="over", week=(((6 * 60, 32 * 60),),) * 7)  # till eight in the morning, open from six
    assert open_seconds(PLACE, over, at("2026-11-16T05:00"), at("2026-11-17T12:00")) == 31 * HOUR
