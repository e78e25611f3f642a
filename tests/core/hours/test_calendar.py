"""Open or closed against a reference that walks minute by minute, in zones and nights where clocks do odd things."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.hours import HoursChecked, HoursOverridden
from gateway.core.hours import calendar
from gateway.core.hours import words as calendar_words
from gateway.core.site.site import Hours
from tests.core import factory

WEEK = tuple(((480, 960),) for _ in range(5)) + (((540, 780),), ())
OFFICE = Hours(id="office", week=WEEK)
XMAS = {"2026-12-25": {"pl": "Boże Narodzenie", "en": "Christmas Day"}}
SITE = factory.site(flows={}, agents={}, teams={}, clients={}, hours={"office": OFFICE}, holidays=XMAS)

# Clock changes at two in the morning, at midnight, at 00:01, of half an hour, and of a whole day that never was.
NIGHTS = [
    ("Europe/Warsaw", "2026-03-29"),
    ("Europe/Warsaw", "2026-10-25"),
    ("Europe/Warsaw", "2026-11-23"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/St_Johns", "2009-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
]


def at(text: str, zone: str = "Europe/Warsaw", fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def is_open(hours: Hours, text: str, **where) -> bool:
    return calendar.decide(SITE, hours, at(text, **where)).open


def reason(hours: Hours, text: str) -> str:
    return calendar.decide(SITE, hours, at(text)).reason


@st.composite
def spans(draw):
    """Hours of one day without overlap, perhaps over midnight."""
    cuts = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    cuts = [cut * 15 for cut in cuts]
    found = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    if draw(st.booleans()) and (not found or found[-1][1] < 1380):
        start = draw(st.integers(found[-1][1] + 1 if found else 0, 1439))
        found.append((start, 1440 + draw(st.integers(0, start))))
    return tuple(found)


@st.composite
def cases(draw):
    """(site, calendar, a moment of the days around a clock change, on a whole minute)."""
    zone, night = draw(st.sampled_from(NIGHTS))
    day = date.fromisoformat(night)
    near = st.integers(-2, 2).map(lambda n: (day + timedelta(days=n)).isoformat())
    maybe = st.none() | spans()
    hours = Hours(
        id="office",
        week=tuple(draw(spans()) for _ in range(7)),
        holidays=draw(maybe),
        dates=draw(st.dictionaries(near, maybe, max_size=2)),
        yearly=draw(st.dictionaries(near.map(lambda text: text[5:]), maybe, max_size=2)),
    )
    holidays = {text: {"en": "X"} for text in draw(st.sets(near, max_size=2))}
    start = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).timestamp()
    minute = draw(st.integers(-1440, 2 * 1440))
    site = replace(SITE, timezone=zone, hours={"office": hours}, holidays=holidays)
    return site, hours, start + 60 * minute


def reference_day(hours: Hours, holidays, day: date):
    """What the rules say of a day, in the order in which the language page tells them."""
    usual, text = hours.week[day.weekday()], day.isoformat()
    for rule, key in ((hours.dates, text), (hours.yearly, text[5:])):
        if key in rule:
            return usual if rule[key] is None else rule[key]
    return usual if text not in holidays or hours.holidays is None else hours.holidays


def reference(site, hours: Hours, moment: float, minutes: int) -> list[bool]:
    """Open at `moment` and at each of so many minutes after it, by reading the wall clock of every minute around."""
    zone = ZoneInfo(site.timezone)
    first = moment - 2 * 86_400
    count = 4 * 1440 + minutes
    shown = [datetime.fromtimestamp(first + 60 * n, zone).replace(tzinfo=None) for n in range(count)]
    opened = [False] * count
    today = datetime.fromtimestamp(moment, zone).date()
    for ahead in range(-1, 3):
        day = today + timedelta(days=ahead)
        midnight = datetime.combine(day, datetime.min.time())
        for start, end in reference_day(hours, site.holidays, day):
            begin, stop = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
            opens = next((n for n in range(count) if shown[n] >= begin), count)
            closes = next((n for n in reversed(range(count)) if shown[n] < stop), -1) + 1
            for n in range(opens, closes):
                opened[n] = True
    return opened[2 * 1440 :][:minutes]


@settings(max_examples=80, deadline=None)
@given(cases())
def test_it_is_what_a_walk_minute_by_minute_finds(case):
    site, hours, moment = case
    opened = reference(site, hours, moment, 600)
    assert calendar.decide(site, hours, moment).open == opened[0]
    changes = calendar.changes_at(site, hours, moment)
    expected = next((moment + 60 * n for n, now in enumerate(opened) if now != opened[0]), None)
    if expected is None:
        assert changes is None or changes > moment + 60 * 599
    else:
        assert changes == expected


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(["open", "closed", "normal"]), st.integers(1, 3000), st.integers(0, 60))
def test_an_override_holds_until_its_end_and_then_the_hours_do(case, to, length_min, since_min):
    site, hours, moment = case
    begun = moment - 60.0 * since_min
    override = HoursOverridden(at=begun, calendar="office", to=to, until=begun + 60.0 * length_min, by="cli")
    holds = to != "normal" and moment < override.until
    assert calendar.decide(site, hours, begun - 60, override).override is None
    decision = calendar.decide(site, hours, moment, override)
    assert (decision.override is not None) == holds
    assert decision.open == ((to == "open") if holds else calendar.decide(site, hours, moment).open)
    changes = calendar.changes_at(site, hours, moment, override)
    assert changes is None or changes > moment
    if changes is not None:
        assert calendar.decide(site, hours, changes, override).open != decision.open
        assert calendar.decide(site, hours, changes - 60, override).open == decision.open


def test_an_ordinary_week():
    assert reason(OFFICE, "2026-11-23 07:59") == "before_hours"
    assert reason(OFFICE, "2026-11-23 08:00") == "hours"
    assert reason(OFFICE, "2026-11-23 15:59:59") == "hours"
    assert reason(OFFICE, "2026-11-23 16:00") == "after_hours"
    assert reason(OFFICE, "2026-11-22 12:00") == "closed_day"
    siesta = replace(OFFICE, week=(((480, 720), (780, 1020)), *WEEK[1:]))
    assert reason(siesta, "2026-11-23 12:30") == "break"


def test_the_most_particular_rule_counts():
    base = replace(OFFICE, week=(((480, 960),),) * 7)
    assert reason(base, "2026-12-25 10:00") == "holiday"
    assert is_open(replace(base, holidays=None), "2026-12-25 10:00")
    short = replace(base, holidays=((600, 720),))
    assert (reason(short, "2026-12-25 11:00"), is_open(short, "2026-12-25 11:00")) == ("holiday_hours", True)
    assert (reason(short, "2026-12-25 13:00"), is_open(short, "2026-12-25 13:00")) == ("holiday_hours", False)
    yearly = replace(base, yearly={"12-25": ((0, 60),)})
    assert reason(yearly, "2026-12-25 10:00") == "exception"
    dated = replace(yearly, dates={"2026-12-25": None})
    assert (reason(dated, "2026-12-25 10:00"), is_open(dated, "2026-12-25 10:00")) == ("exception", True)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin():
    night = Hours(id="night", week=((),) * 3 + (((1200, 1680),),) + ((),) * 3)  # Thursday 20:00 to 04:00
    assert is_open(night, "2026-12-25 03:59")  # the 25th is a holiday; Thursday's night is not
    decision = calendar.decide(SITE, night, at("2026-12-25 03:59"))
    assert (decision.day, decision.holiday, decision.reason) == ("2026-12-24", {}, "hours")
    assert not is_open(night, "2026-12-25 04:00")


def test_an_hour_that_comes_twice_is_in_the_hours_both_times():
    bar = Hours(id="bar", week=((),) * 6 + (((60, 150),),))  # Sunday 01:00 to 02:30
    for fold in (0, 1):
        assert is_open(bar, "2026-10-25 02:15", fold=fold)
    assert is_open(bar, "2026-10-25 02:45", fold=0)  # it does not close and open again in between
    assert not is_open(bar, "2026-10-25 02:45", fold=1)
    assert calendar.changes_at(SITE, bar, at("2026-10-25 01:00")) == at("2026-10-25 02:30", fold=1)


def test_hours_that_end_where_the_hour_comes_twice_end_once():
    bar = Hours(id="bar", week=((),) * 6 + (((60, 120),),))  # Sunday 01:00 to 02:00
    assert calendar.changes_at(SITE, bar, at("2026-10-25 01:00")) == at("2026-10-25 02:00", fold=0)


def test_an_hour_that_never_comes_opens_nothing():
    early = Hours(id="early", week=((),) * 6 + (((130, 170), (175, 240)),))  # Sunday 02:10-02:50, 02:55-04:00
    assert not is_open(early, "2026-03-29 01:59")
    assert calendar.openings(SITE, early, date(2026, 3, 29)) == ((at("2026-03-29 03:00"), at("2026-03-29 04:00")),)


def test_what_never_changes_has_no_end():
    always = Hours(id="always", week=(((0, 1440),),) * 7, holidays=None)
    assert calendar.changes_at(SITE, always, at("2026-03-28 12:00")) is None
    never = Hours(id="never", week=((),) * 7)
    assert calendar.changes_at(SITE, never, at("2026-03-28 12:00")) is None


def test_a_day_each_year_is_found_a_year_ahead():
    once = Hours(id="once", week=((),) * 7, yearly={"12-31": ((600, 720),)})
    assert calendar.changes_at(SITE, once, at("2026-12-31 12:00")) == at("2027-12-31 10:00")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_reason_has_its_sentence(language):
    night = replace(OFFICE, week=(((480, 720), (780, 960)),) * 5 + ((), ()), dates={"2026-12-24": ((480, 720),)})
    sentences = set()
    for text in ("2026-11-23 10:00", "2026-11-22 10:00", "2026-11-23 06:00", "2026-11-23 12:30", "2026-11-23 17:00",
                 "2026-12-25 10:00", "2026-12-24 13:00"):  # fmt: skip
        decision = calendar.decide(SITE, night, at(text))
        sentences.add(calendar_words.reason_text(SITE, decision, language))
        told = calendar_words.sentence(SITE, decision, calendar.changes_at(SITE, night, at(text)), language)
        assert calendar_words.reason_text(SITE, decision, language) in told
        fact = HoursChecked(
            at=0, step="", calendar="office", open=decision.open, reason=decision.reason, day=decision.day,
            holiday=decision.holiday,
        )  # fmt: skip
        site = replace(SITE, hours={"office": night})
        assert told.startswith(calendar_words.fact_text(site, fact, language))
    short = replace(OFFICE, holidays=((600, 660),))
    sentences.add(calendar_words.reason_text(SITE, calendar.decide(SITE, short, at("2026-12-25 10:00")), language))
    override = HoursOverridden(at=0, calendar="office", to="open", until=9e9, by="phone", who="Anna")
    forced = calendar.decide(SITE, OFFICE, at("2026-12-25 10:00"), override)
    assert "Anna" in calendar_words.reason_text(SITE, forced, language)
    sentences.add(calendar_words.reason_text(SITE, forced, language))
    assert len(sentences) == len(calendar_words.REASONS[language])


def test_sentences_as_people_read_them():
    decision = calendar.decide(SITE, OFFICE, at("2026-12-25 10:00"))
    opens = calendar.changes_at(SITE, OFFICE, at("2026-12-25 10:00"))
    assert calendar_words.sentence(SITE, decision, opens, "en") == (
        "closed: 2026-12-25 is a public holiday: Christmas Day; opens at 09:00 on Saturday 2026-12-26"
    )
    assert calendar_words.sentence(SITE, decision, opens, "pl") == (
        "zamknięte: 25.12.2026 to święto: Boże Narodzenie; otwiera się o 09:00 w sobotę 26.12.2026"
    )
    monday = calendar.decide(SITE, OFFICE, at("2026-11-23 10:00"))
    ends = calendar.changes_at(SITE, OFFICE, at("2026-11-23 10:00"))
    assert calendar_words.sentence(SITE, monday, ends, "pl") == (
        "otwarte: poniedziałek ma godziny 08:00-16:00; do 16:00"
    )
    assert calendar_words.spans_text(((1320, 1800), (0, 1440)), "en") == "22:00-06:00 next day, 24h"
    assert calendar_words.moment_text(SITE, at("2026-11-24 00:00"), "en", near=at("2026-11-23 10:00"), end=True) == (
        "24:00"
    )
