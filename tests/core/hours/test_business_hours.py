"""Open seconds of a span, also over nights in which clocks are set and over holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.facts.hours import HoursOverridden
from gateway.core.hours import calendar
from gateway.core.hours.business_hours import Overrides, open_seconds
from gateway.core.site.site import Hours
from tests.core.factory import site

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


# What was said by hand


def said(*words: tuple[str, str, str], calendar_: str = "office") -> Overrides:
    overrides = Overrides()
    for when, to, until in words:
        end = at(f"2026-11-{until}") if until else 0.0
        overrides.apply(HoursOverridden(at=at(f"2026-11-{when}"), calendar=calendar_, to=to, until=end))
    return overrides


@pytest.mark.parametrize(
    ("words", "expected_h"),
    [
        ([("16T12:00", "closed", "17T00:00")], 4 + 8),  # closed early on the first of two days
        ([("17T07:00", "closed", "17T10:00")], 8 + 6),  # opened late on the second
        ([("16T15:00", "open", "16T18:00")], 8 + 2 + 8),  # open for longer
        ([("16T20:00", "open", "17T06:00")], 8 + 10 + 8),  # in the middle of the night
        ([("16T12:00", "closed", "17T00:00"), ("16T13:00", "normal", "")], 7 + 8),  # back to the hours
        (
            [("16T12:00", "closed", "17T12:00"), ("16T14:00", "open", "16T15:00")],
            6 + 8,
        ),  # the last word holds, then the hours
        ([("16T12:00", "closed", "17T12:00"), ("16T12:00", "open", "16T13:00")], 8 + 8),  # of one moment, too
        ([("14T12:00", "closed", "16T10:00")], 6 + 8),  # said long before
        ([("17T16:00", "open", "18T16:00")], 8 + 8),  # and afterwards
        ([("16T12:00", "closed", "16T12:00"), ("16T12:00", "normal", "")], 16),  # nothing at all
    ],
)
def test_what_was_said_by_hand_counts(words, expected_h):
    since, until = at("2026-11-16T08:00"), at("2026-11-17T16:00")
    assert open_seconds(PLACE, OFFICE, since, until, said(*words)) == expected_h * HOUR
    assert open_seconds(PLACE, OFFICE, since, until, said(*words, calendar_="service")) == 16 * HOUR


@given(
    hours=st.sampled_from((OFFICE, NIGHT, BREAK, ALWAYS)),
    start=st.sampled_from(("2026-03-28", "2026-10-24", "2026-11-10", "2026-11-13")),
    words=st.lists(
        st.tuples(st.integers(0, 600), st.sampled_from(("open", "closed", "normal")), st.integers(0, 2000)), max_size=6
    ),
    minutes=st.integers(0, 1440),
    length=st.integers(0, 2 * 1440),
)
def test_it_is_what_callers_met_at_every_minute(hours, start, words, minutes, length):
    """The reference: the last word of the calendar, as `calendar.decide` takes it, minute by minute."""
    facts, moment = [], at(start)
    for wait, to, holds in words:
        moment += 60 * wait
        until = moment + 60 * holds if to != "normal" else 0.0
        facts.append(HoursOverridden(at=moment, calendar=hours.id, to=to, until=until))
    overrides = Overrides()
    for fact in facts:
        overrides.apply(fact)
    since = at(start) + 60 * minutes
    decided = 0
    for now in (since + 60 * n for n in range(length)):
        last = next((fact for fact in reversed(facts) if fact.at <= now), None)
        decided += calendar.decide(PLACE, hours, now, last).open
    assert open_seconds(PLACE, hours, since, since + 60 * length, overrides) == 60 * decided
