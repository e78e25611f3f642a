"""absences.csv and what gateway.yaml says of deputies, the overflow and new clients: every value as it was written."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.config.load import load_site
from gateway.core.site.owners import OverflowStage, OwnerRule

SOUND = Path(__file__).parent / "sound"
WARSAW = ZoneInfo("Europe/Warsaw")


def load(tmp_path, *changes, absences=None):
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    text = (folder / "gateway.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "gateway.yaml").write_text(text)
    if absences is not None:
        (folder / "absences.csv").write_bytes(absences)
    return load_site(folder).site


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()


def away(site, agent="anna"):
    return [(absence.since, absence.until, absence.deputy) for absence in site.agents[agent].absences]


def test_without_the_file_nobody_is_away(tmp_path):
    assert away(load(tmp_path)) == []


@pytest.mark.parametrize(
    ("row", "since", "until"),
    [
        ("anna,2026-12-21,2026-12-31", "2026-12-21T00:00", "2027-01-01T00:00"),
        ("Anna Nowak,2026-12-21", "2026-12-21T00:00", "2026-12-22T00:00"),
        ("ANNA,2026-12-24 12:00,", "2026-12-24T12:00", "2026-12-25T00:00"),
        ("anna,2026-12-24 8:00,2026-12-24T12:30:00", "2026-12-24T08:00", "2026-12-24T12:30"),
        ("anna,24.12.2026 08.00,24.12.2026 24:00", "2026-12-24T08:00", "2026-12-25T00:00"),
        ("anna,2026-03-29,2026-03-29", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("anna,2026-10-25,2026-10-25 12:00", "2026-10-25T00:00", "2026-10-25T12:00"),
    ],
)
def test_when_by_the_clock_of_the_office(tmp_path, row, since, until):
    site = load(tmp_path, absences=f"agent,from,to\n{row}\n".encode())
    assert away(site) == [(at(since), at(until), "")]


def test_as_excel_in_poland_saves_it_with_a_reason_that_is_not_kept(tmp_path):
    text = (
        "Osoba;Od;Do;Zastępca;Powód;#notatka\nAnna Nowak;21.12.2026;31.12.2026;Jan Lis;zwolnienie lekarskie;x\n;;;;;\n"
    )
    site = load(tmp_path, absences=text.encode("cp1250"))
    assert [deputy for _, _, deputy in away(site)] == ["jan"]
    assert "lekarskie" not in repr(site)


def test_the_deputy_of_gateway_yaml_stands_in_unless_the_row_says_otherwise(tmp_path):
    rows = b"agent,from,deputy\nanna,2026-12-22,\nanna,2026-12-21,-\njan,2027-01-04,anna\n"
    site = load(tmp_path, ('spoken: {pl: "Anną Nowak"}', 'deputy: jan, spoken: {pl: "Anną Nowak"}'), absences=rows)
    assert [(since, deputy) for since, _, deputy in away(site)] == [
        (at("2026-12-21T00:00"), ""),
        (at("2026-12-22T00:00"), "jan"),
    ]
    assert site.agents["anna"].deputy == "jan"


def test_two_may_stand_in_for_each_other_when_they_are_not_away_together(tmp_path):
    rows = b"agent,from,to,deputy\nanna,2026-12-21,2026-12-23,jan\njan,2026-12-24,2026-12-31,anna\n"
    site = load(tmp_path, absences=rows)
    assert [len(away(site, agent)) for agent in ("anna", "jan")] == [1, 1]


def test_the_absences_are_part_of_the_version(tmp_path):
    before = load(tmp_path / "a").version
    assert load(tmp_path / "b", absences=b"agent,from\nanna,2026-12-21\n").version != before


def test_the_overflow_stage_by_stage(tmp_path):
    site = load(
        tmp_path,
        ("overflow_to: qa}", 'overflow: [{team: qa, for: 1 min}, {number: "600 000 301", for: 30s}, {team: qa}]}'),
        ("mqtt:\n", 'dial: ["+48600*"]\nmqtt:\n'),
    )
    assert site.teams["office"].overflow == (
        OverflowStage(team="qa", for_s=60.0),
        OverflowStage(number="+48600000301", trunk="provider", for_s=30.0),
        OverflowStage(team="qa"),
    )
    assert (site.teams["office"].overflow_team, site.teams["qa"].overflow) == ("", ())


@pytest.mark.parametrize(
    ("text", "seconds"), [("4 rings", 20.0), ("1 ring", 5.0), ("6 dzwonków", 30.0), ("25s", 25.0), ("1 min", 60.0)]
)
def test_ringing_in_time_or_in_rings(tmp_path, text, seconds):
    site = load(tmp_path, ("overflow_to: qa}", f"overflow_to: qa, ring_manager: {text}, ring_each: {text}}}"))
    assert (site.teams["office"].manager_ring_s, site.teams["office"].agent_ring_s) == (seconds, seconds)


@pytest.mark.parametrize(("text", "days"), [("30 days", 30), ("1 day", 1), ("365 dni", 365), ("no", 0)])
def test_last_spoke(tmp_path, text, days):
    site = load(tmp_path, ("overflow_to: qa}", f"overflow_to: qa, last_spoke: {text}}}"))
    assert (site.teams["office"].last_spoke_s, site.teams["qa"].last_spoke_s) == (days * 86_400.0, 0.0)


def test_the_rules_for_new_clients_in_their_order(tmp_path):
    rules = """new_clients:
  - {name: english, language: en, managers: [anna]}
  - {called: "22 000 01 00", area: [invoices, offers], industry: bakery, managers: jan}
  - {managers: [anna, jan]}
mqtt:
"""
    assert load(tmp_path, ("mqtt:\n", rules)).new_clients == (
        OwnerRule(name="english", managers=("anna",), languages=("en",)),
        OwnerRule(
            name="2",
            managers=("jan",),
            called=("+48220000100",),
            areas=("invoices", "offers"),
            industries=("bakery",),
        ),
        OwnerRule(name="3", managers=("anna", "jan")),
    )
