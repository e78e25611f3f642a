"""When a client may be called back, over midnight and the nights in which clocks are set."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from gateway.core.call_back.hours import look, next_time
from gateway.core.facts.hours import HoursOverridden
from gateway.core.site.site import Hours

from .rig import RULES, office

ZONE = ZoneInfo("Europe/Warsaw")
SITE = office()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def client(begin: int, end: int):
    return replace(SITE.clients["1001"], quiet_hours=(begin * 60, end * 60))


def test_any_time_without_a_rule():
    assert look(SITE, RULES, None, at("2026-01-05T03:00")) == ("", None)


@pytest.mark.parametrize(
    ("moment", "reason", "until"),
    [
        ("2026-01-05T07:59:59", "closed", "2026-01-05T08:00"),
        ("2026-01-05T08:00", "window", "2026-01-05T09:30"),
        ("2026-01-05T09:30", "", "2026-01-05T15:00"),
        ("2026-01-05T15:00", "window", "2026-01-06T09:30"),
        ("2026-01-05T16:00", "closed", "2026-01-06T08:00"),
        ("2026-01-10T12:00", "closed", "2026-01-12T08:00"),
    ],
)
def test_calendar_and_window_both_have_to_be_open(moment, reason, until):
    rules = replace(RULES, hours="office", not_before=570, not_after=900)
    assert look(SITE, rules, None, at(moment)) == (reason, at(until))


def test_quiet_hours_over_midnight():
    quiet = client(21, 9)
    assert look(SITE, RULES, quiet, at("2026-01-05T23:00")) == ("quiet_hours", at("2026-01-06T09:00"))
    assert look(SITE, RULES, quiet, at("2026-01-05T03:00")) == ("quiet_hours", at("2026-01-05T09:00"))
    assert look(SITE, RULES, quiet, at("2026-01-05T12:00")) == ("", at("2026-01-05T21:00"))
    assert look(SITE, RULES, quiet, at("2026-10-25T02:30")).until == at("2026-10-25T09:00")


def test_the_next_time_is_when_all_of_them_let_it():
    rules = replace(RULES, hours="office", not_before=570)
    assert next_time(SITE, rules, client(8, 11), at("2026-01-09T17:00")) == at("2026-01-12T11:00")
    assert next_time(SITE, rules, None, at("2026-01-09T12:00")) == at("2026-01-09T12:00")
    assert next_time(SITE, replace(rules, not_before=23 * 60), None, at("2026-01-09T12:00")) is None


def test_an_override_opens_and_closes():
    rules = replace(RULES, hours="office")
    start, end = at("2026-01-05T10:00"), at("2026-01-05T12:00")
    closed = HoursOverridden(at=start, calendar="office", to="closed", until=end)
    assert look(SITE, rules, None, start, closed) == ("closed", end)
    night, later = at("2026-01-05T20:00"), at("2026-01-05T22:00")
    opened = HoursOverridden(at=night, calendar="office", to="open", until=later)
    assert look(SITE, rules, None, night, opened) == ("", later)
    assert next_time(SITE, rules, None, start, closed) == end


def test_a_calendar_that_never_opens():
    never = replace(SITE, hours={"office": Hours(id="office", week=((),) * 7)})
    assert next_time(never, replace(RULES, hours="office"), None, at("2026-01-05T10:00")) is None
