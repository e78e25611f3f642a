"""What a scripted call finds: hours that were set by hand, cases of the day before, a full disk."""

from __future__ import annotations

import pytest

from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.alarms import surge
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.desk import CaseAsked, CaseClosed, CaseOpened, MessageLeft, RecordingEnded
from gateway.core.facts.hours import HoursChecked, HoursOverridden
from gateway.core.switchboard import Switchboard
from gateway.edge import recall
from gateway.edge.store import Journal
from gateway.errors import SiteError
from gateway.simulate.earlier import before
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers

from .shipped_site import make_site

CALL = 'flow: {flow}\ncalls:\n  one: {{from: withheld, {what}, keys: "{keys}", expect: {{path: [{step}]}}}}\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = make_site(tmp_path_factory.mktemp("site") / "site")
    for path in (made / "flows").glob("*.calls.yaml"):
        path.unlink()
    return made


@pytest.fixture(scope="module")
def site(folder):
    return with_all_numbers(load_site(folder).site)


def script(folder, site, flow, what, *, keys="", step="hang_up"):
    path = folder / "flows" / f"{flow}.calls.yaml"
    path.write_text(CALL.format(flow=flow, what=what, keys=keys, step=step))
    try:
        (file,) = load_scripts(folder, site)
    finally:
        path.unlink()
    return file.scripts[0]


def of(run, kind):
    return [fact for fact in run.facts if isinstance(fact, kind)]


@pytest.mark.parametrize(("to", "step"), [("closed", "choose"), ("open", "reception")])
def test_hours_that_were_set_by_hand_hold_against_the_calendar(folder, site, to, step):
    for at in ("2026-11-23 10:00", "2026-11-23 20:00"):
        one = script(folder, site, "after_hours_pl", f'at: "{at}", hours: {{office: {to}}}')
        run = simulate(site, one.plan)
        assert step in run.path
        assert [fact.reason for fact in of(run, HoursChecked)] == ["override"]
        assert not of(run, HoursOverridden), "it was said before the call"


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_case_of_before_is_known(folder, site, state):
    one = script(folder, site, "complaint_pl", f'cases: {{"10008": {state}, "10019": open}}', keys="2, 10008#")
    (asked,) = of(simulate(site, one.plan), CaseAsked)
    assert asked.open is (state == "open")


def test_a_new_case_comes_after_those_of_before_and_they_are_no_facts_of_the_call(folder, site):
    one = script(folder, site, "complaint_pl", 'cases: {"10008": closed}', keys="1")
    run = simulate(site, one.plan)
    assert [fact.case[:-1] for fact in of(run, CaseOpened)] == ["1001"]
    assert not of(run, CaseClosed)


def test_on_a_full_disk_nothing_is_recorded(folder, site):
    one = script(folder, site, "voicemail_pl", "disk: full")
    run = simulate(site, one.plan)
    (ended,) = of(run, RecordingEnded)
    assert (ended.how, ended.reason) == ("failed", "the disk is full")
    assert not of(run, MessageLeft)
    assert "cannot_record" in run.path


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("hours: {ofice: closed}", ("there is no calendar 'ofice'", "did you mean: office")),
        ("hours: {office: clsoed}", ("'clsoed' is neither open nor closed", "did you mean: closed")),
        ("hours: closed", ("'hours' is a text", "such as {office: closed}")),
        ('cases: {"10009": open}', ("no case has the number '10009'", "the last of which checks the others")),
        ("cases: {abc: open}", ("no case has the number 'abc'",)),
        ('cases: {"10008": solved}', ("case 10008 is neither open nor closed",)),
        ('cases: {"10008": [open]}', ("case 10008 is neither open nor closed",)),
        ("disk: broken", ("'broken' is nothing that a disk can be", "expected: full")),
    ],
)
def test_mistakes_are_told(folder, site, what, told):
    with pytest.raises(SiteError) as caught:
        script(folder, site, "voicemail_pl", what)
    text = render(caught.value.problems)
    for words in told:
        assert words in text


@pytest.mark.parametrize("at", ["2026-11-23 09:01", "2026-12-31 23:59", "2026-01-08 12:00", "2026-03-30 08:00"])
def test_a_surge_is_one_whenever_somebody_calls(folder, site, at):
    for said in ("yes", "no"):
        one = script(folder, site, "reception_pl", f'at: "{at}", surge: {said}')
        assert ("rush" in simulate(site, one.plan).path) == (said == "yes")


def test_a_surge_is_in_the_journal_of_a_gateway_that_is_started_for_the_call(folder, site, tmp_path):
    one = script(folder, site, "reception_pl", 'at: "2026-11-23 09:01", surge: yes')
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append(before(one.plan, site))
        journal.flush()
        board = Switchboard(site)
        now = one.plan.at + 20.0  # it takes some seconds to come up
        board.receive(WatchRecovered(facts=recall.of_watch(journal, now)), now=now)
    assert surge.holds(board._ex)


@pytest.mark.parametrize(
    ("said", "message"), [("perhaps", "'perhaps' cannot be read as 'surge'"), ("[a]", "is a list")]
)
def test_a_surge_is_or_is_not(folder, site, said, message):
    with pytest.raises(SiteError) as caught:
        script(folder, site, "reception_pl", f"surge: {said}")
    assert message in render(caught.value.problems)
