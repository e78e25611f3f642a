"""`hours:`, `timezone:` and the PIN in gateway.yaml: what is read of what people write."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config import hours_words as words
from gateway.config.fields import Section
from gateway.config.hours import read_hours
from gateway.config.load import load_site
from gateway.config.problems import Problems
from gateway.config.public_holidays import YEARS, public_holidays
from gateway.config.source import Mapping, parse_yaml
from gateway.core.agents.pins import digest
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"


def load(tmp_path, hours="", site="", files=()):
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    text = (folder / "gateway.yaml").read_text().replace("site:\n", f"site:\n{site}", 1)
    (folder / "gateway.yaml").write_text(text + hours)
    for name, content in files:
        (folder / name).write_text(content)
        (folder / name).chmod(0o600)
    return load_site(folder)


def calendars(text):
    problems = Problems()
    node = parse_yaml(text, "gateway.yaml", problems)
    assert isinstance(node, Mapping)
    found = read_hours(Section(node, problems, "it").mapping("hours"), problems, "PL")
    assert not problems, problems.sorted()
    return found


def test_a_whole_calendar():
    office = calendars(
        """hours:
  office:
    mon-thu: 08:00-12:00, 13:00-17:00
    fri: ["8-12", "12:00 - 14:30"]
    sobota: 22:00-04:00 next day
    holidays: 10:00-12:00
    exceptions:
      2026-12-24: 08:00-12:00
      2026-08-10..2026-08-11: closed
      2026-05-01: open
      12-30..01-02: closed
      02-29: 24h
"""
    )["office"]
    weekday = ((480, 720), (780, 1020))
    assert office.week == (weekday, weekday, weekday, weekday, ((480, 870),), ((1320, 1680),), ())
    assert office.holidays == ((600, 720),)
    assert office.dates == {"2026-12-24": ((480, 720),), "2026-08-10": (), "2026-08-11": (), "2026-05-01": None}
    assert office.yearly == {"12-30": (), "12-31": (), "01-01": (), "01-02": (), "02-29": ((0, 1440),)}


def test_holidays_close_unless_it_is_said_otherwise():
    found = calendars(
        "hours: {a: {daily: 24h}, b: {daily: 24h, holidays: open}, c: {dni robocze: 8-16, holidays: zamknięte}}"
    )
    assert [found[name].holidays for name in "abc"] == [(), None, ()]


def test_polish_days_and_words():
    text = "hours: {biuro: {pon-pt: 08:00 do 16:00, sb.: zamknięte, nd: '20:00-02:00 następnego dnia'}}"
    (biuro,) = calendars(text).values()
    assert biuro.week == (((480, 960),),) * 5 + ((), ((1200, 1560),))


def test_polish_holidays_movable_ones_too():
    polish = public_holidays("PL")
    assert polish["2026-04-06"] == {"pl": "Poniedziałek Wielkanocny", "en": "Easter Monday"}
    assert polish["2026-06-04"]["en"] == "Corpus Christi"
    assert "2024-12-24" not in polish  # a holiday by law from 2025 on
    assert polish["2025-12-24"]["pl"] == "Wigilia Bożego Narodzenia"
    assert {day[:4] for day in polish} == {str(year) for year in YEARS}


def test_the_language_of_the_machine_does_not_matter(monkeypatch):
    public_holidays.cache_clear()
    monkeypatch.setenv("LANGUAGE", "uk")
    assert public_holidays("PL")["2026-12-25"]["en"] == "Christmas Day"
    public_holidays.cache_clear()


def test_a_site_pays_for_holidays_only_when_it_asks(tmp_path):
    assert load(tmp_path).site.holidays == {}
    assert load(tmp_path / "b", "hours: {office: {mon-fri: 8-16}}\n").site.holidays["2026-12-25"]


def test_the_time_zone(tmp_path):
    assert load(tmp_path / "a").site.timezone == "Europe/Warsaw"
    assert load(tmp_path / "b", site="  country: DE\n").site.timezone == "Europe/Berlin"
    site = "  country: DE\n  timezone: Europe/Busingen\n"
    assert load(tmp_path / "c", "hours: {office: {mon-fri: 8-16}}\n", site).site.timezone == "Europe/Busingen"


def test_the_pin_is_kept_as_a_digest(tmp_path):
    found = load(tmp_path, site="  pin_file: pin\n", files=[("pin", "471100\n")])
    assert found.site.pin == digest("471100", found.site.name)
    assert "471100" not in repr(found)


@pytest.mark.parametrize("pin", ["123", "12a4", "1234567890123", "", "12 34"])
def test_a_pin_that_cannot_be_keyed_is_refused_and_not_shown(tmp_path, pin):
    with pytest.raises(SiteError) as caught:
        load(tmp_path, site="  pin_file: pin\n", files=[("pin", pin)])
    (problem,) = caught.value.problems
    assert not pin or pin not in problem.message + problem.hint + problem.expected


def test_what_may_be_commanded(tmp_path):
    assert load(tmp_path / "a").broker.commands == ("agents",)
    for number, (text, commands) in enumerate(
        [("[agents, hours]", ("agents", "hours")), ("hours", ("hours",)), ("none", ())]
    ):
        folder = tmp_path / str(number)
        assert load(folder, f"  commands: {text}\n").broker.commands == commands
    with pytest.raises(SiteError, match="1 mistake"):
        load(tmp_path / "x", "  commands: [hour]\n")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_its_place(text):
    for read in (words.days, words.dates, words.spans):
        try:
            read(text)
        except words.WordsError as error:
            assert str(error)
            assert 0 <= error.at <= len(text)


_CLOCK = st.integers(0, 23), st.integers(0, 59)


@given(*_CLOCK, *_CLOCK)
def test_hours_are_what_was_written(hour, minute, other_hour, other_minute):
    start, end = hour * 60 + minute, other_hour * 60 + other_minute
    text = f"{hour:02}:{minute:02}-{other_hour:02}:{other_minute:02}"
    if start < end:
        assert words.spans(text) == ((start, end),)
    else:
        with pytest.raises(words.WordsError):
            words.spans(text)
        assert words.spans(text + " next day") == ((start, end + 1440),)


@given(st.dates(date(1990, 1, 1), date(2098, 12, 31)), st.integers(0, 365))
def test_a_range_of_dates_has_each_of_its_days(first, length):
    last = first + timedelta(days=length)
    once, yearly = words.dates(f"{first}..{last}")
    assert (len(once), yearly) == (length + 1, ())
    assert once[0] == first.isoformat()
    assert once[-1] == last.isoformat()


WORDS = st.sampled_from(
    ["mon", "mon-fri", "sat", "holidays", "exceptions", "2026-12-24", "12-24", "2026-02-30", "x", "closed", "open",
     "08:00-16:00", "22:00-06:00", "24h", "8-16, 10-12", "", '"', "{", "[a]", "~", "- 1", "daily"]
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 3), WORDS, WORDS), max_size=8))
def test_any_section_is_read_or_told_where_it_is_wrong(rows):
    text = "hours:\n" + "".join(f"{'  ' * depth}{key}: {value}\n" for depth, key, value in rows)
    problems = Problems()
    node = parse_yaml(text, "gateway.yaml", problems)
    if isinstance(node, Mapping):
        read_hours(Section(node, problems, "it").mapping("hours"), problems, "PL")
    assert all(problem.line for problem in problems.sorted())


README = (Path(__file__).parents[2] / "firmware_config" / "site.example" / "README.md").read_text()


def block(first: str) -> str:
    """The indented lines of the page that begin with this one."""
    rows = README[README.index(f"    {first}\n") :].split("\n")
    end = next(n for n, row in enumerate(rows) if row and not row.startswith("    "))
    return "\n".join(row[4:] for row in rows[:end]) + "\n"


def test_the_examples_of_the_site_page_are_right(tmp_path):
    calls = block("flow: hours_by_phone")
    site = load(
        tmp_path,
        block("hours:"),
        "  pin_file: pin\n",
        [("pin", "4711\n"), ("flows/hours_by_phone.yaml", calls)],
    ).site
    assert set(site.hours) == {"office", "helpline", "night"}
    assert site.hours["office"].dates["2027-05-01"] is None
    assert site.flows["hours_by_phone"].steps["close"].to == "closed"
