"""Hours, occupancy and calls per hour, folded from facts."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.core.kpi.agents import AgentKpi
from gateway.core.site import drafts
from gateway.edge.figures import LocalDay

WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")
H = 3600.0


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()


DAY = moment("2026-11-23 00:00")


def changed(at: float, state: str, agent: str = "anna", reason: str = "") -> AgentChanged:
    return AgentChanged(at=at, agent=agent, state=state, reason=reason)


def handled(at: float, agent: str = "anna", team: str = "office") -> WrapUpEnded:
    return WrapUpEnded(at=at, agent=agent, team=team, talk_s=100.0, hold_s=0.0, wrap_up_s=10.0)


def started(at: float) -> GatewayStarted:
    return GatewayStarted(at=at, site="s", site_version="v", version="0")


def folded(*facts, carried=(), at: float = 0.0) -> AgentKpi:
    kpi = AgentKpi(day_start=LocalDay(WARSAW))
    if carried:
        kpi.carry_in(carried, at)
    for fact in facts:
        kpi.apply(fact)
    return kpi


def test_a_day_of_one_agent():
    kpi = folded(
        changed(DAY + 8 * H, "idle"),
        changed(DAY + 9 * H, "ringing"),
        changed(DAY + 9 * H + 10, "talking"),
        changed(DAY + 9 * H + 310, "wrap_up"),
        handled(DAY + 9 * H + 370),
        changed(DAY + 9 * H + 370, "idle"),
        changed(DAY + 12 * H, "paused", reason="lunch"),
        changed(DAY + 12.5 * H, "idle"),
        changed(DAY + 16 * H, "off"),
    )
    times = kpi.of(["anna"], at=DAY + 20 * H)
    assert times.start == DAY
    assert times.logged_in_s == 8 * H
    assert times.paused_s == 0.5 * H
    assert times.pauses == {"lunch": 0.5 * H}
    assert times.contact_s == 360
    assert times.idle_s == 7.5 * H - 360
    assert times.occupancy == pytest.approx(360 / (7.5 * H))
    assert times.cph == pytest.approx(1 / 7.5)
    assert times.handled == 1


def test_of_nobody_nothing_is_known():
    times = folded().of(["anna"], at=DAY)
    assert (times.logged_in_s, times.occupancy, times.cph, times.handled) == (0.0, None, None, 0)


def test_whose_whole_day_was_a_pause_has_no_occupancy():
    times = folded(changed(DAY, "paused")).of(["anna"], at=DAY + H)
    assert (times.logged_in_s, times.paused_s, times.occupancy, times.cph) == (H, H, None, None)
    assert times.pauses == {"": H}


def test_a_state_that_lasts_counts_up_to_the_moment_asked_for():
    kpi = folded(changed(DAY, "idle"))
    assert [kpi.of(["anna"], at=DAY + seconds).logged_in_s for seconds in (0.0, 1.0, 60.0)] == [0.0, 1.0, 60.0]


def test_who_changed_nothing_since_yesterday_is_in_todays_figures_and_in_yesterdays():
    kpi = folded(changed(DAY - 2 * H, "idle"))
    assert kpi.of(["anna"], at=DAY + 3 * H).logged_in_s == 3 * H
    assert kpi.of(["anna"], at=DAY - 1).logged_in_s == 2 * H - 1
    kpi.apply(changed(DAY + 4 * H, "off"))
    assert kpi.of(["anna"], at=DAY + 5 * H).logged_in_s == 4 * H
    assert kpi.of(["anna"], at=DAY - 0.001).logged_in_s == 2 * H


def test_a_talk_over_midnight_is_cut_there_and_handled_where_it_ended():
    kpi = folded(
        changed(DAY - 100, "talking"), changed(DAY + 50, "wrap_up"), handled(DAY + 60), changed(DAY + 60, "off")
    )
    before, after = kpi.of(["anna"], at=DAY - 1), kpi.of(["anna"], at=DAY + 100)
    assert (before.contact_s, before.handled) == (100, 0)
    assert (after.contact_s, after.handled) == (60, 1)


def test_quarters_of_an_hour():
    kpi = folded(changed(DAY + 800, "idle"), changed(DAY + 2000, "off"))
    got = [kpi.of(["anna"], "interval", at=DAY + at).logged_in_s for at in (899.0, 1799.0, 2699.0, 3599.0)]
    assert got == [100, 900, 200, 0]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)])
def test_days_on_which_clocks_are_set_have_their_hours(day, hours):
    begin = moment(f"{day} 00:00")
    kpi = folded(changed(begin - H, "idle"), changed(begin + 30 * H, "off"))
    assert kpi.of(["anna"], at=begin + H).logged_in_s == hours * H
    lasting = folded(changed(begin - H, "idle"))
    assert lasting.of(["anna"], at=begin + hours * H - 1).logged_in_s == hours * H - 1


def test_a_team_is_the_sum_of_its_members():
    kpi = folded(
        changed(DAY, "talking"),
        changed(DAY, "idle", "jan"),
        changed(DAY, "off", "ewa"),
        handled(DAY + 1),
        handled(DAY + 2, "jan"),
    )
    both = kpi.of(["anna", "jan", "ewa", "never"], at=DAY + H)
    assert (both.logged_in_s, both.occupancy, both.cph, both.handled) == (2 * H, 0.5, 1.0, 2)


# The gateway itself


def test_the_night_in_which_the_gateway_did_not_run_is_nobodys():
    kpi = folded(
        changed(DAY + 8 * H, "idle"), GatewayStopped(at=DAY + 10 * H, reason="asked to"), started(DAY + 20 * H)
    )
    assert kpi.of(["anna"], at=DAY + 21 * H).logged_in_s == 3 * H


def test_while_it_does_not_run_nothing_grows():
    kpi = folded(changed(DAY + 8 * H, "idle"), GatewayStopped(at=DAY + 10 * H, reason="asked to"))
    assert kpi.of(["anna"], at=DAY + 11 * H).logged_in_s == 2 * H
    assert not kpi.moves()


def test_after_a_kill_time_ends_with_the_last_fact():
    kpi = folded(
        changed(DAY + 8 * H, "idle"), handled(DAY + 9 * H), started(DAY + 20 * H), changed(DAY + 21 * H, "off")
    )
    assert kpi.of(["anna"], at=DAY + 22 * H).logged_in_s == 2 * H


def test_the_fold_may_begin_in_the_middle_with_what_everybody_was():
    kpi = folded(changed(DAY + H, "paused"), carried=[changed(DAY - 9 * H, "idle")], at=DAY - 5 * H)
    assert kpi.of(["anna"], at=DAY - 1).idle_s == 5 * H
    assert kpi.of(["anna"], at=DAY + 2 * H).idle_s == H
    assert kpi.of(["anna"], at=DAY + 2 * H).paused_s == H


def test_carried_in_time_does_not_count_before_a_start():
    kpi = folded(started(DAY + 8 * H), carried=[changed(DAY - 90 * H, "idle")], at=DAY)
    assert kpi.of(["anna"], at=DAY + 9 * H).logged_in_s == H


def test_trials_and_numbers_outside_are_handled_by_nobody():
    kpi = folded(handled(DAY, team=drafts.TEAM), handled(DAY, agent="+48220000100"))
    assert kpi.of(["anna", "+48220000100"], at=DAY).handled == 0


def test_it_moves_while_somebody_is_there():
    assert not folded().moves()
    assert folded(changed(DAY, "idle")).moves()
    assert not folded(changed(DAY, "idle"), changed(DAY + 1, "off")).moves()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(1.0, 20 * H), st.sampled_from(["idle", "ringing", "talking", "wrap_up", "paused", "off"])),
        min_size=1,
        max_size=15,
    )
)
def test_every_second_is_booked_once(steps):
    """The sum over the quarters of an hour is the sum over the days, is the time that went by."""
    at, facts = DAY, [changed(DAY, "idle")]
    for gap, state in steps:
        at += gap
        facts.append(changed(at, state))
    kpi, end = folded(*facts), at
    off = sum(b.at - a.at for a, b in zip(facts, facts[1:], strict=False) if a.state == "off")
    days, day = 0.0, DAY
    while day < end:
        days += kpi.of(["anna"], at=min(day + 24 * H - 0.001, end)).logged_in_s
        day += 24 * H
    assert days == pytest.approx(end - DAY - off, abs=0.1)
    recent = max(DAY, end - 40 * H)
    start = recent - recent % 900 + 900
    quarters = []
    while start + 900 <= end:
        quarters.append(kpi.of(["anna"], "interval", at=start + 899.999))
        start += 900
    assert all(0 <= one.logged_in_s <= 900.001 for one in quarters)
    assert all(one.occupancy is None or 0 <= one.occupancy <= 1 for one in quarters)
