"""First response and resolution, by the clock and in business hours, by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.facts.desk import CaseAnswered, CaseBreached, CaseClosed, CaseOpened, CaseReopened
from gateway.core.facts.hours import HoursOverridden
from gateway.core.kpi.cases import CaseKpi
from gateway.core.kpi.kpi import OFFICE, Key
from gateway.core.site.site import CaseRules, Hours
from tests.core.factory import site

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = 3600.0
DAYTIME = Hours(id="office", week=(((8 * 60, 16 * 60),),) * 5 + ((), ()))
WITH_HOURS = site(hours={"office": DAYTIME}, cases=CaseRules(calendar="office"))
MANAGER, TEAM = Key("manager", "anna"), Key("team", "office")


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=WARSAW).timestamp()


def day_start(moment: float) -> float:
    here = datetime.fromtimestamp(moment, WARSAW)
    return here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def opened(case: str, when: str, **more: object) -> CaseOpened:
    whose = {"whose": "agent", "to": "anna", "client": "1001", **more}
    return CaseOpened(at=at(when), case=case, kind="complaint", **whose)


def closed(case: str, when: str) -> CaseClosed:
    return CaseClosed(at=at(when), case=case, resolution_s=0.0)


def answered(case: str, when: str) -> CaseAnswered:
    return CaseAnswered(at=at(when), case=case, first_response_s=0.0)


def folded(*facts: object, place: object = WITH_HOURS) -> CaseKpi:
    kpi = CaseKpi(place, day_start=day_start)
    for fact in facts:
        kpi.apply(fact)
    return kpi


def test_a_case_over_night_took_less_of_the_office_than_of_the_clock():
    kpi = folded(
        opened("1", "16T15:00"), answered("1", "16T15:30"), closed("1", "17T09:00"),  # 18 h, of them 2 h open
    )  # fmt: skip
    monday, tuesday = kpi.figures(MANAGER, at=at("16T20:00")), kpi.figures(MANAGER, at=at("17T20:00"))
    assert (monday.opened, monday.complaints, monday.first_response_n, monday.resolution_n) == (1, 1, 1, 0)
    assert (monday.first_response_p50_s, monday.first_response_business_p50_s) == (0.5 * HOUR, 0.5 * HOUR)
    assert monday.resolution_p50_s is None
    assert (tuesday.opened, tuesday.resolution_n) == (0, 1)
    assert (tuesday.resolution_p50_s, tuesday.resolution_in_3h) == (18 * HOUR, 0.0)
    assert (tuesday.resolution_business_p50_s, tuesday.resolution_business_in_3h) == (2 * HOUR, 1.0)


def test_median_ninetieth_percentile_and_share_of_ten():
    facts = []
    for n in range(10):
        facts += [opened(str(n), "16T08:00"), closed(str(n), f"16T{9 + n:02}:00")]  # 1 to 10 h
    figures = folded(*facts).figures(OFFICE, at=at("16T20:00"))
    assert figures.resolution_n == 10
    assert (figures.resolution_p50_s, figures.resolution_p90_s) == (5 * HOUR, 9 * HOUR)
    assert figures.resolution_in_3h == pytest.approx(0.3)
    assert figures.resolution_business_p90_s == 8 * HOUR
    assert figures.first_response_p50_s is figures.first_response_in_3h is None


def test_it_is_booked_for_the_office_the_manager_and_his_clients_team():
    kpi = folded(opened("1", "16T08:00"), opened("2", "16T08:00", whose="team", to="sales", client=""))
    now = at("16T09:00")
    assert {key: kpi.figures(key, at=now).opened for key in kpi.whose()} == {
        OFFICE: 2, MANAGER: 1, TEAM: 1, Key("team", "sales"): 1,
    }  # fmt: skip


def test_a_reopened_case_was_no_solution():
    before = [opened("1", "16T08:00"), closed("1", "16T09:00")]
    kpi = folded(*before, CaseReopened(at=at("17T08:00"), case="1"))
    assert kpi.figures(OFFICE, at=at("16T20:00")).resolution_n == 0
    assert kpi.figures(OFFICE, at=at("17T08:00")).unsolved == 1
    kpi.apply(closed("1", "17T10:00"))
    later = kpi.figures(OFFICE, at=at("17T10:00"))
    assert (later.resolution_n, later.resolution_p50_s, later.unsolved) == (1, 26 * HOUR, 0)


def test_what_is_told_twice_or_of_a_case_that_nobody_knows_counts_nothing():
    kpi = folded(
        opened("1", "16T08:00"), closed("1", "16T09:00"), closed("1", "16T12:00"), answered("1", "16T12:00"),
        answered("1", "16T13:00"), closed("9", "16T09:00"), answered("9", "16T09:00"),
        CaseBreached(at=at("16T09:00"), case="9", resolve_by=0.0), CaseReopened(at=at("16T09:00"), case="9"),
        opened("2", "16T08:00", draft=True),
    )  # fmt: skip
    figures = kpi.figures(OFFICE, at=at("16T20:00"))
    assert (figures.opened, figures.resolution_n, figures.resolution_p50_s) == (1, 1, HOUR)
    assert (figures.first_response_n, figures.first_response_p50_s) == (1, 4 * HOUR)
    assert (figures.breached, figures.unsolved) == (0, 0)


def test_without_a_calendar_there_are_no_business_hours():
    figures = folded(opened("1", "16T08:00"), closed("1", "16T09:00"), place=site()).figures(OFFICE, at=at("16T20:00"))
    assert figures.resolution_p50_s == HOUR
    assert figures.resolution_business_p50_s is figures.resolution_business_in_3h is None


def overridden(when: str, to: str, until: str = "") -> HoursOverridden:
    return HoursOverridden(at=at(when), calendar="office", to=to, until=at(until) if until else 0.0)


def test_an_office_that_was_closed_early_has_no_business_hours_from_then_on():
    kpi = folded(
        opened("1", "16T10:00"), overridden("16T12:00", "closed", "17T00:00"), answered("1", "16T15:00"),
        overridden("17T07:00", "closed", "17T09:30"), closed("1", "17T10:00"),
    )  # fmt: skip
    monday, tuesday = kpi.figures(OFFICE, at=at("16T20:00")), kpi.figures(OFFICE, at=at("17T20:00"))
    assert (monday.first_response_p50_s, monday.first_response_business_p50_s) == (5 * HOUR, 2 * HOUR)
    assert (tuesday.resolution_p50_s, tuesday.resolution_business_p50_s) == (24 * HOUR, 2.5 * HOUR)


def test_a_word_said_later_changes_nothing_that_is_booked():
    facts = [opened("1", "16T10:00"), overridden("16T12:00", "closed", "17T00:00"), closed("1", "16T14:00")]
    before = folded(*facts).figures(OFFICE, at=at("16T20:00"))
    facts += [overridden("16T14:30", "normal"), overridden("16T15:00", "open", "16T20:00")]
    assert folded(*facts).figures(OFFICE, at=at("16T20:00")) == before
    assert before.resolution_business_p50_s == 2 * HOUR


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(("open", "answer", "close", "reopen"))), max_size=60))
def test_unsolved_and_solved_are_what_the_last_word_of_each_case_says(deeds):
    """A simple reference beside it: the state of each case, and on which day it was closed."""
    kpi, state = CaseKpi(WITH_HOURS), {}
    for n, (case, deed) in enumerate(deeds):
        moment, name = at("16T08:00") + n * 2 * HOUR, str(case)
        match deed:
            case "open" if name not in state:
                kpi.apply(CaseOpened(at=moment, case=name, kind="question", whose="team", to="office"))
                state[name] = None
            case "answer":
                kpi.apply(CaseAnswered(at=moment, case=name, first_response_s=0.0))
            case "close":
                kpi.apply(CaseClosed(at=moment, case=name, resolution_s=0.0))
                if name in state and state[name] is None:
                    state[name] = moment
            case "reopen":
                kpi.apply(CaseReopened(at=moment, case=name))
                if name in state:
                    state[name] = None
    last = at("16T08:00") + len(deeds) * 2 * HOUR
    days = {moment - moment % 86_400 for moment in (at("16T08:00") + n * 2 * HOUR for n in range(len(deeds) + 1))}
    assert kpi.figures(OFFICE, at=last).unsolved == sum(moment is None for moment in state.values())
    solved = sum(kpi.figures(OFFICE, at=day).resolution_n for day in days)
    assert solved == sum(moment is not None for moment in state.values())
