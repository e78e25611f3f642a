"""`call_backs:` in gateway.yaml, and what a client's row says of them, as the core gets it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.call_backs import TEXTS, quiet_hours
from gateway.config.load import load_site
from gateway.core.site.call_backs import PARTS

HERE = Path(__file__).parent
HEAD = "number,client,name,manager,team,language,do_not_call_back,quiet_hours\n"


def read(folder: Path, more: str, rows: str = ""):
    site = folder / "site"
    shutil.copytree(HERE / "sound", site)
    with (site / "gateway.yaml").open("a") as file:
        file.write(more)
    if rows:
        (site / "clients.csv").write_text(HEAD + rows)
    return load_site(site)


def test_without_the_section_people_call_back(tmp_path):
    assert read(tmp_path, "").site.call_backs is None


def test_the_section_alone_has_the_defaults(tmp_path):
    settings = read(tmp_path, 'dial: ["+48*"]\ncall_backs: {}\n')
    rules = settings.site.call_backs
    assert (rules.trunk, rules.caller_id, rules.listed, rules.hours) == ("provider", "", ("+48*",), "")
    assert (rules.retry_after_s, rules.retries, rules.ring_s, rules.press, rules.cut_off) == (600, 3, 40, True, True)
    assert set(rules.said) == set(PARTS)
    assert all(set(prompt.parts) == {"pl", "en"} for prompt in rules.said.values())


def test_every_setting_is_read_and_every_word_has_a_clip(tmp_path):
    settings = read(
        tmp_path,
        'dial: ["+48*"]\nhours: {office: {mon-fri: 08:00-16:00}}\n'
        "call_backs:\n  trunk: provider\n  caller_id: 22 000 01 00\n  hours: office\n  not_before: 8:30\n"
        '  not_after: "19:00"\n  retry_after: 5 min\n  retries: 0\n  ring: 20s\n  press_1: no\n  press_within: 5s\n'
        '  cut_off: no\n  say: {greeting: {pl: "Halo.", en: "Hello there."}}\n',
    )
    rules = settings.site.call_backs
    assert (rules.caller_id, rules.hours, rules.not_before, rules.not_after) == ("+48220000100", "office", 510, 1140)
    assert (rules.retry_after_s, rules.retries, rules.ring_s, rules.press_s) == (300, 0, 20, 5)
    assert (rules.press, rules.cut_off) == (False, False)
    texts = {source.text for source in settings.clips}
    assert {"Halo.", "Hello there.", TEXTS["pl"]["press"], TEXTS["en"]["refused"]} <= texts
    assert {"zero", "dziewięć"} <= texts  # the number is said to the agent
    assert "Kwiaciarnia Pod Lipą" in texts  # and whose it is


def test_the_rows_say_who_is_called_when(tmp_path):
    rows = "+48 22 000 02 01,1001,Flowers,anna,office,pl,tak,\n+48 22 000 02 02,1002,Bakery,jan,qa,,,20:00 - 9:00\n"
    clients = read(tmp_path, "", rows).site.clients
    assert [client.do_not_call_back for client in clients.values()] == [True, False]
    assert [client.quiet_hours for client in clients.values()] == [None, (1200, 540)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("8:00-9:30", (480, 570)), ("22:00–06:00", (1320, 360)), ("00:00-24:00", None), ("12:00-12:00", None),
     ("9-17", None), ("24:30-01:00", None), ("00:00-08:00", (0, 480)), ("20:00-24:00", (1200, 1440)), ("", None)],
)  # fmt: skip
def test_quiet_hours_are_two_times_of_a_day(text, minutes):
    assert quiet_hours(text) == minutes
