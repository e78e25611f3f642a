"""Journals in, people out; honest about what the journal has not seen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.errors import SettingError
from gateway.load import history
from gateway.load.erlang import Traffic, agents_needed
from gateway.load.forecast import TeamForecast, forecast
from gateway.load.profile import is_month_end
from gateway.load.report import forecast_text
from tests.core.factory import site
from tests.load.journals import MONDAY, office_hours, weeks, write

if TYPE_CHECKING:
    from pathlib import Path


def cell(told: TeamForecast, weekday: str, hour: int):
    return next(cell for cell in told.cells if (cell.weekday, cell.hour) == (weekday, hour))


def test_a_history_from_the_facts() -> None:
    past = history.fold(weeks(1, office_hours))["office"]
    assert len(past.arrivals) == 5 * 8 * 20
    assert past.mean_handling_s() == 240.0
    assert past.mean_ring_s() == 6.0
    assert past.patience_s() is None
    assert (past.threshold_s, past.short_s) == (30.0, 5.0)


def test_trials_and_other_teams_are_not_in_it() -> None:
    facts = sorted((*weeks(1, office_hours, draft=True), *weeks(1, lambda at: int(at.hour == 9), team="sales")),
                   key=lambda fact: fact.at)  # fmt: skip
    # Calls of the two have the same ids here, so a draft's facts must not hide the other's: rename them.
    facts = [replace(f, call=f"s{f.call}") if getattr(f, "team", "") == "sales" else f for f in facts]
    histories = history.fold(facts)
    assert "office" not in histories
    assert len(histories["sales"].arrivals) == 7


def test_patience_is_all_the_waiting_by_the_hang_ups() -> None:
    past = history.fold(weeks(1, lambda at: int(at.hour == 9), gives_up=True))["office"]
    assert (past.abandoned, past.patience_s()) == (7, 30.0)


def test_five_weeks_tell_the_people_of_each_hour_and_of_the_months_end() -> None:
    told = forecast(history.fold(weeks(5, office_hours))["office"], site())
    assert (told.formula, told.threshold_s, told.target) == ("erlang_c", 30.0, 0.8)
    assert told.weeks == pytest.approx(5.0)
    assert not told.few_weeks
    nine = cell(told, "monday", 9)
    assert (nine.weeks, nine.contacts_per_hour) == (5 - 1, 20.0)  # 30 March is of the month's end
    assert nine.people == agents_needed(Traffic(per_hour=20.0, handling_s=240.0), target=0.8, threshold_s=30.0)
    assert told.month_end_days == 3
    assert told.month_end_factor == pytest.approx(1.5)
    assert nine.people_month_end == agents_needed(
        Traffic(per_hour=30.0, handling_s=240.0), target=0.8, threshold_s=30.0
    )
    night = cell(told, "sunday", 3)
    assert (night.contacts_per_hour, night.people, night.people_month_end) == (0.0, 0, None)


def test_the_clock_is_the_sites_own_in_summer_too() -> None:
    """The fifth week begins after the clocks went forward on 29 March."""
    told = forecast(history.fold(weeks(6, lambda at: 4 * (at.hour == 9)))["office"], site())
    assert cell(told, "thursday", 9).contacts_per_hour == 4.0
    assert cell(told, "thursday", 8).contacts_per_hour == cell(told, "thursday", 10).contacts_per_hour == 0.0


def test_what_was_not_seen_is_none() -> None:
    facts = weeks(1, office_hours)
    cut = MONDAY.timestamp() + 36 * 3600.0
    told = forecast(history.fold([fact for fact in facts if fact.at < cut])["office"], site())
    assert told.few_weeks
    assert told.month_end_factor is None
    assert cell(told, "monday", 9).weeks == 1
    for hour in (cell(told, "friday", 9), cell(told, "sunday", 0)):
        assert (hour.weeks, hour.contacts_per_hour, hour.people, hour.people_month_end) == (0, None, None, None)
    words = forecast_text([told], "Europe/Warsaw")
    assert "Few weeks" in words
    assert "Month end: not known" in words


def test_hours_in_which_the_gateway_was_stopped_were_not_seen() -> None:
    at = MONDAY.timestamp() + 9.5 * 3600
    stopped = [
        GatewayStopped(at=at, call="", reason="stop"),
        GatewayStarted(at=at + 3600.0, call="", site="test", site_version="v1", version="1"),
    ]
    facts = sorted((*weeks(2, office_hours), *stopped), key=lambda fact: fact.at)
    told = forecast(history.fold(facts)["office"], site())
    assert [cell(told, "monday", hour).weeks for hour in (8, 9, 10, 11)] == [2, 1, 1, 2]


def test_holidays_of_the_site_are_no_ordinary_days() -> None:
    told = forecast(history.fold(weeks(2, office_hours))["office"], site(holidays={"2026-03-04": {"en": "A day off"}}))
    assert (cell(told, "wednesday", 9).weeks, cell(told, "thursday", 9).weeks) == (1, 2)


def test_patience_is_used_where_enough_have_hung_up() -> None:
    few = forecast(history.fold(weeks(1, lambda at: int(at.hour == 9), gives_up=True))["office"], site())
    assert (few.formula, few.patience_s, few.handling_s) == ("erlang_c", None, None)
    assert cell(few, "monday", 9).people is None  # nobody knows how long a call takes
    enough = forecast(history.fold(weeks(1, office_hours, gives_up=True))["office"], site())
    assert (enough.formula, enough.patience_s) == ("erlang_a", 30.0)


def test_the_last_three_working_days_of_a_month() -> None:
    of_march = [day for day in range(1, 32) if is_month_end(date(2026, 3, day))]
    assert of_march == [27, 30, 31]
    assert [day for day in range(1, 32) if is_month_end(date(2026, 5, day))] == [27, 28, 29]  # ends on a Sunday


def test_a_journal_file_and_one_without_contacts(tmp_path: Path) -> None:
    assert len(history.read(write(weeks(1, office_hours), tmp_path / "a.sqlite"))["office"].arrivals) == 800
    with pytest.raises(SettingError, match="nothing to learn"):
        history.read(write(weeks(1, lambda _: 0), tmp_path / "b.sqlite"))
