"""Alarms: each raised once and cleared once, at its moment."""

from __future__ import annotations

import pytest

from gateway.core.actions import StartRecording
from gateway.core.events import HoursCommanded, Recorded, TrunkChanged
from gateway.core.facts.watch import AlarmRaised
from gateway.core.flow.model import HangUpStep, Retry, Voicemail
from gateway.core.site.site import AlarmRules, Hours
from tests.core.factory import STRANGER, Rig, command, flow, prompt, team

from .office import HOUR, MONDAY_9, OFFICE, busy, cleared, everybody, place, raised, rig, waiting

# Nobody logged in


def test_nobody_in_open_hours_is_an_alarm_after_a_minute():
    r = rig()
    command(r, "jan", "logout")
    r.pass_time(200)
    assert not raised(r, "nobody_logged_in")
    alone = r.now
    command(r, "ewa", "logout")
    r.pass_time(59)
    assert not raised(r, "nobody_logged_in")
    r.pass_time(2)
    (fact,) = raised(r, "nobody_logged_in")
    assert (fact.team, fact.since, fact.value, fact.threshold) == ("office", alone, pytest.approx(60, abs=0.01), 60.0)
    r.pass_time(600)
    assert [alarm.alarm for alarm in r.board.alarms()] == ["nobody_logged_in"]
    command(r, "jan", "login")
    (over,) = cleared(r, "nobody_logged_in")
    assert over.lasted_s == pytest.approx(661, abs=1)
    assert not r.board.alarms()
    r.pass_time(600)
    assert len(raised(r, "nobody_logged_in")) == 1


def test_who_comes_back_within_the_minute_and_who_only_pauses_raise_none():
    r = rig()
    everybody(r, "logout")
    r.pass_time(55)
    command(r, "ewa", "login")
    r.pass_time(100)
    command(r, "ewa", "pause")
    r.pass_time(1000)
    assert not raised(r, "nobody_logged_in")


def test_it_begins_and_ends_with_the_hours():
    r = rig(at=MONDAY_9 - 2 * HOUR)
    everybody(r, "logout")
    r.pass_time(HOUR)
    assert not raised(r, "nobody_logged_in")
    r.pass_time(90)
    (fact,) = raised(r, "nobody_logged_in")
    assert fact.since == pytest.approx(MONDAY_9 - HOUR)
    r.pass_time(8 * HOUR)
    (over,) = cleared(r, "nobody_logged_in")
    assert over.at == pytest.approx(MONDAY_9 + 7 * HOUR, abs=1)


def test_hours_said_by_hand_count():
    r = rig()
    everybody(r, "logout")
    r.tell(HoursCommanded(calendar="office", to="closed", until=r.now + HOUR, by="cli"))
    r.pass_time(HOUR - 1)
    assert not raised(r, "nobody_logged_in")
    r.pass_time(90)
    assert len(raised(r, "nobody_logged_in")) == 1


def test_each_team_has_its_own_calendar_and_without_one_there_is_no_alarm():
    night = Hours(id="night", week=(((20 * 60, 24 * 60),),) * 7)
    hours = {"office": OFFICE, "night": night}
    r = rig(team(place(hours=hours, alarms=AlarmRules()), "sales", calendar="night"))
    everybody(r, "logout")
    everybody(r, "logout", "sales")
    r.pass_time(10 * HOUR)
    assert not raised(r, "nobody_logged_in")
    r.pass_time(2 * HOUR)
    assert [fact.team for fact in raised(r, "nobody_logged_in")] == ["sales"]


def test_a_new_version_can_raise_and_clear_it():
    r = rig(place(alarms=AlarmRules()))
    everybody(r, "logout")
    r.pass_time(300)
    assert not raised(r, "nobody_logged_in")
    r.load(place(version="v2"))
    r.pass_time(61)
    assert len(raised(r, "nobody_logged_in")) == 1
    r.load(place(version="v3", alarms=AlarmRules()))
    assert len(cleared(r, "nobody_logged_in")) == 1
    r.load(place(version="v4"))
    r.pass_time(61)
    teams = r.board._ex.site.teams
    r.load(place(version="v5", teams={"sales": teams["sales"]}))
    assert len(cleared(r, "nobody_logged_in")) == 2


# The longest wait


def test_who_waits_too_long_is_an_alarm_until_he_waits_no_more():
    r = rig()
    busy(r)
    first = waiting(r)
    r.pass_time(30)
    second = waiting(r)
    r.pass_time(29)
    assert not raised(r, "longest_wait")
    r.pass_time(2)
    (fact,) = raised(r, "longest_wait")
    assert (fact.team, fact.value, fact.threshold) == ("office", pytest.approx(60, abs=0.1), 60.0)
    r.hang_up(first)  # the second has waited for 31 s
    assert len(cleared(r, "longest_wait")) == 1
    r.pass_time(28)
    assert len(raised(r, "longest_wait")) == 1
    r.pass_time(2)
    assert len(raised(r, "longest_wait")) == 2
    r.hang_up(second)
    assert len(cleared(r, "longest_wait")) == 2
    r.pass_time(1000)
    assert len(raised(r, "longest_wait")) == 2


def test_the_next_who_has_waited_too_long_keeps_it():
    r = rig()
    busy(r)
    calls = [waiting(r) for _ in range(3)]
    r.pass_time(61)
    for call in calls[:2]:
        r.hang_up(call)
    assert (len(raised(r, "longest_wait")), len(cleared(r, "longest_wait"))) == (1, 0)
    r.hang_up(calls[2])
    assert len(cleared(r, "longest_wait")) == 1


@pytest.mark.parametrize(("of_team", "after_s"), [({"threshold_s": 30.0}, 90.0), ({"longest_wait_s": 25.0}, 25.0)])
def test_how_long_is_the_teams(of_team, after_s):
    r = rig(team(place(), "office", **of_team))
    busy(r)
    waiting(r)
    r.pass_time(after_s - 1)
    assert not raised(r, "longest_wait")
    r.pass_time(2)
    assert [fact.threshold for fact in raised(r, "longest_wait")] == [after_s]


def test_a_team_may_want_none():
    r = rig(team(place(), "office", longest_wait_s=0.0))
    busy(r)
    waiting(r)
    r.pass_time(250)
    assert not raised(r, "longest_wait")


# Trunks and recordings


def trunk(r: Rig, *, up: bool) -> None:
    r.tell(TrunkChanged(line="A", trunk="provider", up=up, code=0 if up else 408))


def test_a_trunk_that_is_down_is_raised_once():
    r = rig()
    trunk(r, up=True)
    assert not r.of(AlarmRaised)
    trunk(r, up=False)
    r.pass_time(5)
    trunk(r, up=False)
    assert [fact.subject for fact in raised(r, "trunk_down")] == ["A/provider"]
    r.tell(TrunkChanged(line="A", trunk="other", up=False))
    assert len(r.board.alarms()) == 2
    trunk(r, up=True)
    assert [(fact.subject, fact.lasted_s) for fact in cleared(r, "trunk_down")] == [("A/provider", pytest.approx(5))]


def test_a_line_that_starts_anew_reports_its_trunks_anew():
    r = rig()
    trunk(r, up=False)
    r.line_up("A", boot="b2")
    assert len(cleared(r, "trunk_down")) == 1


def test_a_recording_that_fails_and_the_next_that_does_not():
    box = Voicemail(name="box", to="office", whose="team", prompt=prompt("Proszę mówić."), then="bye",
                    too_short=Retry(tries=1, then="bye"))  # fmt: skip
    r = rig(place(flows={"reception": flow(box, HangUpStep(name="bye", prompt=prompt("Pa.")))}))

    def message(how: str, reason: str = "") -> None:
        call = r.call(STRANGER)
        r.heard(call)
        r.pass_time(2)
        recording = next(a.recording for a in reversed(r.actions) if isinstance(a, StartRecording))
        r.tell(Recorded(leg=call, recording=recording, how=how, reason=reason, length_ms=9000, sound_ms=8000))
        r.hang_up(call)

    message("stopped")
    assert not r.of(AlarmRaised)
    message("failed", "no space left on the disk")
    message("failed", "no space left on the disk")
    assert [fact.subject for fact in raised(r, "recording")] == ["no space left on the disk"]
    message("stopped")
    assert len(cleared(r, "recording")) == 1
