"""Which scripts are played live, which are skipped and why, in which order, and how it is shown."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree as ET

import msgspec
import pytest

from gateway.config.load import load_site
from gateway.errors import SettingError
from gateway.live import report, suite
from gateway.live.commands import Options, run_live
from gateway.live.suite import LiveReport, LiveResult, Prospect, Wanted, duration_s, play_all, prospects
from gateway.live.trial import SHORT_TALK_S, Played, talk_s
from gateway.shipped import example_site
from gateway.simulate.deeds import Press
from gateway.simulate.junit import junit
from gateway.simulate.lengths import Lengths
from gateway.simulate.plan import Run
from gateway.simulate.script import ExpectedFact
from gateway.simulate.script_check import Difference
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers

PAUSE_S = 0.57


@pytest.fixture(scope="module")
def site():
    return with_all_numbers(load_site(example_site()).site)


@pytest.fixture(scope="module")
def files(site):
    return load_scripts(example_site(), site)


@pytest.fixture(scope="module")
def script(files):
    return next(
        each for file in files for each in file.scripts if each.plan.deeds and isinstance(each.plan.deeds[0], Press)
    )


def test_flows_and_calls_are_chosen_by_name(files):
    assert Wanted().of(files) == files
    assert [file.flow for file in Wanted(flows=("test_number",)).of(files)] == ["test_number"]
    (only,) = Wanted(calls=("ECHO UNTIL",)).of(files)
    assert [script.name for script in only.scripts] == ["echo until a key, then the tone to its end, then goodbye"]
    assert Wanted(calls=("nothing of the kind",)).of(files) == ()


def test_a_call_that_lasts_too_long_is_skipped_with_the_reason(site, files):
    scripts = [script for file in files for script in file.scripts]
    without = prospects(site, scripts, Wanted(), Lengths(), PAUSE_S)
    assert {each.script.name for each in without if each.skipped} == {s.name for s in scripts if s.plan.disk_full}
    can = [each.script for each in without if not each.skipped]
    found = prospects(site, can, Wanted(at_most_s=60), Lengths(), PAUSE_S)
    long = [each for each in found if each.skipped]
    assert 0 < len(long) < len(found)
    assert all(each.seconds > 60 and "at most 60 s are wanted" in each.skipped for each in long)


def test_a_question_that_nobody_can_answer_in_time_by_ear_is_skipped(site, script):
    flow_id = site.numbers[script.plan.called]
    flow = site.flows[flow_id]
    quick = {
        name: msgspec.structs.replace(step, first_key_s=0.5) if hasattr(step, "first_key_s") else step
        for name, step in flow.steps.items()
    }
    site = msgspec.structs.replace(site, flows={**site.flows, flow_id: msgspec.structs.replace(flow, steps=quick)})
    (found,) = prospects(site, [script], Wanted(), Lengths(), PAUSE_S)
    assert "waits 0.5 s for a key, and a caller who listens needs 1.3 s" in found.skipped


@pytest.mark.parametrize(
    ("had", "why"),
    [
        ({"disk_full": True}, "disk would have to be full"),
    ],
)
def test_what_a_new_gateway_cannot_have_is_skipped_with_the_reason(site, script, had, why):
    script = msgspec.structs.replace(script, plan=msgspec.structs.replace(script.plan, **had))
    (found,) = prospects(site, [script], Wanted(), Lengths(), PAUSE_S)
    assert why in found.skipped


def test_what_a_journal_holds_can_be_there_before(site, script):
    had = {"cases": {"10008": True}, "hours": {"office": "closed"}}
    script = msgspec.structs.replace(script, plan=msgspec.structs.replace(script.plan, **had))
    (found,) = prospects(site, [script], Wanted(), Lengths(), PAUSE_S)
    assert not found.skipped


def test_talks_of_which_nothing_is_said_are_short(script):
    assert talk_s(script) == SHORT_TALK_S
    said = msgspec.structs.replace(script, plan=msgspec.structs.replace(script.plan, talk_s=11))
    assert talk_s(said) == 11
    fact = ExpectedFact("TalkEnded", (("talk_s", "30"),), script.place)
    asked = msgspec.structs.replace(script, expected=msgspec.structs.replace(script.expected, facts=(fact,)))
    assert talk_s(asked) == 30


def test_how_long_it_takes_side_by_side(script):
    found = [Prospect(script, seconds, "") for seconds in (10, 10, 20)] + [Prospect(script, 900, "too long")]
    assert duration_s(found, 2) == 20 + 2 * suite.START_S  # 20 beside 10 and 10
    assert duration_s(found, 1) == 40 + 3 * suite.START_S
    assert duration_s([], 4) == 0


def test_so_many_at_once_and_all_in_their_order(script, monkeypatch, tmp_path):
    running, most = 0, 0

    async def play(script, ground, folder, expected_s):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Played(run=Run(call=""), problem=f"{expected_s}")

    monkeypatch.setattr(suite, "play", play)
    found = [Prospect(script, float(number), "no" if number == 3 else "") for number in range(7)]
    told = []
    results = asyncio.run(play_all(found, None, tmp_path, jobs=3, done=told.append))
    assert most == 3
    assert [result.expected_s for result in results] == list(range(7))
    assert len(told) == 7
    assert [result.skipped for result in results if not result.failed] == ["no"]


@pytest.fixture
def reports(files):
    file = files[0]
    good, bad, skipped, *_ = file.scripts
    difference = Difference(what="hears", expected='"A"', got='"B"', place=bad.place)
    results = (
        LiveResult(script=good, expected_s=1, played=Played(run=Run(call="1"), took_s=12)),
        LiveResult(script=bad, expected_s=1, played=Played(run=Run(call="2"), took_s=7), differences=(difference,)),
        LiveResult(script=skipped, expected_s=400, skipped="the call lasts about 400 s"),
    )
    return (LiveReport(file=file, results=results),)


def test_the_table_says_good_failed_and_skipped(reports, files):
    text = report.render(reports)
    good, bad, skipped, *_ = files[0].scripts
    assert f"  ok    {good.name} (12 s)\n" in text
    assert f'  FAIL  {bad.name} (7 s)\n        {bad.place}: hears\n          expected: "A"' in text
    assert f"  skip  {skipped.name}\n        {skipped.place}: skipped: the call lasts about 400 s\n" in text
    assert text.endswith("3 calls over SIP and RTP, 1 failed, 1 skipped.\n")


def test_junit_names_what_was_skipped(reports):
    (read,) = ET.fromstring(junit(reports))
    assert (read.get("tests"), read.get("failures"), read.get("skipped")) == ("3", "1", "1")
    assert [len(case.findall("skipped")) for case in read] == [0, 0, 1]
    assert read[2].find("skipped").get("message") == "the call lasts about 400 s"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(flows=("reception_lp",)), "did you mean reception_"),
        (Options(calls=("nobody has that name",)), "no scripted call has that name"),
        (Options(jobs=0), "--jobs: from 1 to"),
        (Options(at_most="soon"), "--at-most: 'soon' cannot be read"),
    ],
)
def test_wrong_options_are_told_before_anything_is_started(options, says):
    with pytest.raises(SettingError, match=says):
        run_live(example_site(), options)
