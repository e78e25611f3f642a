"""The steps that know the calendar, the PIN, and overrides: what is said by hand, for how long, and after a restart."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.agents.pins import MISSES_MAX, PinGuard, digest
from gateway.core.events import HoursCommanded, HoursRecovered
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import InputTaken
from gateway.core.facts.hours import HolidayChecked, HoursChecked, HoursOverridden
from gateway.core.facts.pins import PinLocked
from gateway.core.flow.model import HangUpStep, HolidayStep, HoursStep, OverrideStep, Retry
from gateway.core.hours import calendar, override
from gateway.core.hours.override import OverrideError, OverrideRequest
from gateway.core.site.site import Draft, Hours
from tests.core import factory
from tests.core.factory import MAIN, STRANGER, Rig, flow, prompt

OFFICE = Hours(id="office", week=(((480, 960),),) * 5 + ((), ()))
PIN = "4711"
BYE = [HangUpStep(name=name, prompt=prompt(name)) for name in ("open", "closed", "festive", "done", "wrong", "late")]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Warsaw")).timestamp()


def site(*steps, **changes):
    known = {
        "hours": {"office": OFFICE},
        "holidays": {"2026-12-25": {"pl": "Boże Narodzenie"}},
        "pin": digest(PIN, "test"),
        "flows": {"reception": flow(*steps, *BYE)},
    }
    return factory.site(**{**known, **changes})


def asks(**changes):
    return HoursStep(name="ask", **{"calendar": "office", "open": "open", "closed": "closed", **changes})


def closes(**changes):
    fields = {
        "calendar": "office",
        "to": "closed",
        "prompt": prompt("PIN"),
        "then": "done",
        "no_input": Retry(tries=2, then="late"),
        "no_match": Retry(tries=2, then="wrong"),
    }
    return OverrideStep(name="close", **{**fields, **changes})


def rig(of, moment: str) -> Rig:
    made = Rig(of, up=False)
    made.now = at(moment)
    made.line_up("A")
    return made


def steps_of(made: Rig) -> list[str]:
    return [fact.step for fact in made.facts if type(fact).__name__ == "StepEntered"]


def facts(made: Rig, kind):
    return [fact for fact in made.facts if isinstance(fact, kind)]


@pytest.mark.parametrize(
    ("moment", "step", "reason"),
    [
        ("2026-11-23 09:05", "open", "hours"),
        ("2026-11-23 18:00", "closed", "after_hours"),
        ("2026-12-25 09:00", "festive", "holiday"),
    ],
)
def test_hours_leads_by_the_calendar_and_says_why(moment, step, reason):
    made = rig(site(asks(holiday="festive")), moment)
    made.call(STRANGER)
    assert steps_of(made) == ["ask", step]
    (fact,) = facts(made, HoursChecked)
    assert (fact.calendar, fact.open, fact.reason, fact.day) == ("office", step == "open", reason, moment[:10])


def test_closed_hours_tell_when_they_open_again():
    made = rig(site(asks()), "2026-12-24 16:00")
    call = made.call(STRANGER)
    values = made.board._ex.calls[call].values
    assert (values["opens.date"], values["opens.time"]) == ("2026-12-28", "08:00")
    made = rig(site(asks()), "2026-12-24 12:00")
    call = made.call(STRANGER)
    assert "opens.date" not in made.board._ex.calls[call].values


def test_a_holiday_without_an_exit_of_its_own_is_closed():
    made = rig(site(asks()), "2026-12-25 09:00")
    made.call(STRANGER)
    assert steps_of(made) == ["ask", "closed"]


@pytest.mark.parametrize(
    ("moment", "day", "step"),
    [
        ("2026-12-25 00:00", "today", "festive"),
        ("2026-12-24 23:59", "today", "open"),
        ("2026-12-24 23:59", "tomorrow", "festive"),
    ],
)
def test_holiday_asks_the_country(moment, day, step):
    made = rig(site(HolidayStep(name="ask", day=day, yes="festive", no="open")), moment)
    made.call(STRANGER)
    assert steps_of(made) == ["ask", step]
    (fact,) = facts(made, HolidayChecked)
    assert bool(fact.holiday) == (step == "festive")


def test_the_right_pin_overrides_and_stands_in_no_fact():
    made = rig(site(closes(until="18:00")), "2026-11-23 09:00")
    call = made.call(STRANGER)
    made.press(call, PIN + "#")
    assert steps_of(made) == ["close", "done"]
    (said,) = facts(made, HoursOverridden)
    assert (said.calendar, said.to, said.until, said.by, said.call) == (
        "office", "closed", at("2026-11-23 18:00"), "phone", call,
    )  # fmt: skip
    assert STRANGER not in said.who
    assert PIN not in msgspec.json.encode(made.facts).decode()
    (view,) = made.board.hours(made.now)
    assert (view.open, view.reason, view.changes_at) == (False, "override", at("2026-11-24 08:00"))
    (later,) = made.board.hours(at("2026-11-24 09:00"))
    assert (later.open, later.override) == (True, None)


def test_a_pin_without_its_hash_key_counts_after_a_moment():
    made = rig(site(closes()), "2026-11-23 09:00")
    call = made.call(STRANGER)
    made.press(call, PIN)
    assert not facts(made, HoursOverridden)
    made.pass_time(5)
    assert facts(made, HoursOverridden)[0].until == at("2026-11-24 00:00")


def test_a_wrong_pin_changes_nothing_and_runs_out_of_tries():
    made = rig(site(closes()), "2026-11-23 09:00")
    call = made.call(STRANGER)
    made.press(call, "1111#")
    made.press(call, "22#")
    assert steps_of(made) == ["close", "wrong"]
    assert not facts(made, HoursOverridden)
    assert [(fact.outcome, fact.keys) for fact in facts(made, InputTaken)] == [("no_match", "")] * 2


def test_nobody_who_says_nothing_gets_in():
    made = rig(site(closes()), "2026-11-23 09:00")
    made.call(STRANGER)
    made.pass_time(700)
    assert steps_of(made) == ["close", "late"]


def test_a_site_without_a_pin_has_none_that_is_right():
    made = rig(site(closes(), pin=""), "2026-11-23 09:00")
    call = made.call(STRANGER)
    made.press(call, "#")
    made.press(call, "0000#")
    assert steps_of(made) == ["close", "wrong"]


def test_after_many_wrong_pins_the_right_one_is_wrong_for_an_hour_and_that_is_a_fact():
    made = rig(site(closes(no_match=Retry(tries=MISSES_MAX + 1, then="wrong"))), "2026-11-23 09:00")
    call = made.call(STRANGER)
    for _ in range(MISSES_MAX):
        made.press(call, "1111#")
    made.press(call, PIN + "#")
    assert steps_of(made) == ["close", "wrong"]
    assert facts(made, PinLocked)
    made.pass_time(3601)
    other = made.call(STRANGER)
    made.press(other, PIN + "#")
    assert steps_of(made)[-1] == "done"


def test_a_trial_goes_its_way_and_closes_nobodys_office():
    of = site(closes(), draft=Draft(number="9999"))
    made = rig(of, "2026-11-23 09:00")
    made.draft(replace(of, version="d"), MAIN)
    made.press(made.call(STRANGER, called="9999"), PIN + "#")
    assert steps_of(made) == ["close", "done"]
    assert not facts(made, HoursOverridden)
    made.press(made.call(STRANGER), PIN + "#")
    assert [fact.to for fact in facts(made, HoursOverridden)] == ["closed"]


@given(st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=60))
def test_the_pin_guard_never_lets_more_than_ten_guesses_an_hour_count(tries):
    guard, of, now = PinGuard(), site(asks()), 0.0
    judged: list[float] = []
    for wait, right in tries:
        now += wait
        locked = guard.locked(now)
        let_in = guard.is_right(of, PIN if right else "0000", now)
        assert let_in == (right and not locked)
        if let_in:
            judged.clear()
        elif not right and not locked:
            judged.append(now)
    for start in judged:
        assert sum(start <= moment < start + 3600 for moment in judged) <= MISSES_MAX


def test_a_command_holds_for_new_calls_until_its_end():
    made = rig(site(asks()), "2026-11-23 09:00")
    made.tell(HoursCommanded(calendar="office", to="closed", until=at("2026-11-23 10:00"), by="mqtt", who="Anna"))
    made.call(STRANGER)
    made.now = at("2026-11-23 10:00")
    made.call(STRANGER)
    assert steps_of(made) == ["ask", "closed", "ask", "open"]
    assert [fact.reason for fact in facts(made, HoursChecked)] == ["override", "hours"]


def test_normal_ends_it_and_an_unknown_calendar_is_left_alone():
    made = rig(site(asks()), "2026-11-23 09:00")
    made.tell(HoursCommanded(calendar="office", to="closed", until=at("2026-11-23 18:00"), by="cli"))
    made.tell(HoursCommanded(calendar="office", to="normal", until=0.0, by="cli"))
    made.tell(HoursCommanded(calendar="shop", to="closed", until=at("2026-11-23 18:00"), by="cli"))
    assert [fact.to for fact in facts(made, HoursOverridden)] == ["closed", "normal"]
    assert made.board.hours(made.now)[0].open


def test_the_last_word_of_the_journal_counts_after_a_restart():
    before = rig(site(asks()), "2026-11-23 09:00")
    before.tell(HoursCommanded(calendar="office", to="open", until=at("2026-11-23 20:00"), by="cli"))
    before.tell(HoursCommanded(calendar="office", to="closed", until=at("2026-11-23 12:00"), by="cli"))
    said = facts(before, HoursOverridden)
    kept = tuple(msgspec.json.decode(msgspec.json.encode(fact), type=AnyFact) for fact in said)
    after = rig(site(asks()), "2026-11-23 11:00")
    after.tell(HoursRecovered(overrides=kept))
    assert not facts(after, HoursOverridden)
    after.call(STRANGER)
    assert steps_of(after) == ["ask", "closed"]
    late = rig(site(asks()), "2026-11-23 12:00")
    late.tell(HoursRecovered(overrides=kept))
    assert late.board.hours(late.now)[0].open


def test_what_was_said_since_the_start_is_newer_than_the_journal():
    made = rig(site(asks()), "2026-11-23 09:00")
    made.tell(HoursCommanded(calendar="office", to="normal", until=0.0, by="cli"))
    old = HoursOverridden(at=made.now - 60, calendar="office", to="closed", until=made.now + 3600)
    made.tell(HoursRecovered(overrides=(old,)))
    assert made.board.hours(made.now)[0].open


NOW = at("2026-11-23 17:30")


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("18:00", "2026-11-23 18:00"),
        ("1800", "2026-11-23 18:00"),
        ("9:15", "2026-11-24 09:15"),
        ("17:30", "2026-11-24 17:30"),
        ("", "2026-11-24 00:00"),
        ("end of day", "2026-11-24 00:00"),
        ("24:00", "2026-11-24 00:00"),
        ("2h", "2026-11-23 19:30"),
        ("1 h 30 min", "2026-11-23 19:00"),
        ("2026-12-01 08:00", "2026-12-01 08:00"),
    ],
)
def test_how_an_end_is_written(until, end):
    assert override.ends_at(site(asks()), until, NOW) == at(end)


@pytest.mark.parametrize("until", ["6pm", "25:00", "18:60", "0h", "2026-02-30 10:00", "2026-11-23 10:00", "soon",
                                   "2027-01-01 10:00", "900h", "9999-12-31 23:59"])  # fmt: skip
def test_what_is_no_end(until):
    with pytest.raises(OverrideError) as caught:
        override.ends_at(site(asks()), until, NOW)
    assert caught.value.place == "until"
    assert caught.value.remedy


@given(st.text(max_size=30) | st.from_regex(r"\d{1,4}[-: h]\d{1,4}([- ]\d{1,2}){0,3}", fullmatch=True))
def test_any_end_is_in_the_days_to_come_or_refused(until):
    try:
        end = override.ends_at(site(asks()), until, NOW)
    except OverrideError:
        return
    assert NOW < end <= NOW + override.DAYS_MAX * 86_400


def test_a_command_names_a_calendar_or_there_is_only_one():
    one = site(asks())
    request = OverrideRequest(to="closed", who="Anna\r\nX" * 30)
    event = override.commanded(one, "", request, by="cli", now=NOW)
    assert event.calendar == "office"
    assert "\n" not in event.who
    assert len(event.who) <= override.WHO_MAX
    two = replace(one, hours={"office": OFFICE, "shop": replace(OFFICE, id="shop")})
    with pytest.raises(OverrideError, match="which calendar"):
        override.commanded(two, "", request, by="cli", now=NOW)
    with pytest.raises(OverrideError, match="did you mean shop"):
        override.commanded(two, "shpo", request, by="cli", now=NOW)
    with pytest.raises(OverrideError, match="write some under hours"):
        override.commanded(replace(one, hours={}), "", request, by="cli", now=NOW)
    with pytest.raises(OverrideError, match="has no end"):
        override.commanded(one, "office", OverrideRequest(to="normal", until="18:00"), by="cli", now=NOW)


def test_an_override_that_ends_into_the_same_state_goes_on():
    said = HoursOverridden(at=NOW, calendar="office", to="closed", until=at("2026-11-23 20:00"))
    of = site(asks())
    assert calendar.changes_at(of, OFFICE, NOW, said) == at("2026-11-24 08:00")
