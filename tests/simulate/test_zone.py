"""The site's wall clock, over the nights in which it is set."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.simulate.zone import MomentError, moment, wall_clock, zone_of

from .office import AT, SITE

WARSAW = zone_of(SITE)


def test_the_zone_is_the_sites_own():
    assert str(WARSAW) == "Europe/Warsaw"
    assert str(zone_of(replace(SITE, timezone="America/New_York"))) == "America/New_York"


def test_a_moment_is_local():
    assert moment("2026-11-23 09:05", WARSAW) == AT
    assert wall_clock(AT, WARSAW) == "2026-11-23 09:05:00"
    assert moment("2026-07-01 12:00:30", WARSAW) == datetime(2026, 7, 1, 10, 0, 30, tzinfo=UTC).timestamp()


def test_an_hour_that_comes_twice_is_the_first_and_one_that_never_comes_is_refused():
    assert moment("2026-10-25 02:30", WARSAW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    with pytest.raises(MomentError, match="the clocks go forward"):
        moment("2026-03-29 02:30", WARSAW)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30 10:00", "2026-01-01 24:00", "9999-12-31 23:59", "09:05"])
def test_what_is_no_moment(text):
    with pytest.raises(MomentError):
        moment(text, WARSAW)


@given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\d \d\d:\d\d", fullmatch=True))
def test_any_text_is_a_moment_or_a_mistake(text):
    try:
        assert wall_clock(moment(text, WARSAW), WARSAW)
    except MomentError as error:
        assert str(error)
