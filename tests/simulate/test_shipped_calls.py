"""The scripted calls that come with the program: all good, every exit tried, (nearly) every mistake noticed."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from gateway import shipped
from gateway.config.load import load_site
from gateway.core.facts.desk import SurveyAnswered
from gateway.core.facts.flow import SubflowReturned
from gateway.simulate.coverage import probed, taken, without_probes
from gateway.simulate.lengths import Lengths
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

from . import office
from .shipped_site import asked_for, make_site

with tempfile.TemporaryDirectory() as folder:
    SETTINGS = load_site(make_site(Path(folder) / "site"))
    SITE = with_all_numbers(SETTINGS.site)
    FILES = load_scripts(Path(folder) / "site", SITE)
LENGTHS = Lengths(SETTINGS.clips)
SCRIPTS = [(file.flow, script) for file in FILES for script in file.scripts]
PAIRS = sorted(name.removesuffix("_pl") for name in shipped.flow_files() if name.endswith("_pl"))


def test_every_shipped_flow_has_its_calls_and_the_example_has_the_same():
    assert {file.flow for file in FILES} == set(shipped.flow_files())
    for path in (office.FOLDER / "flows").iterdir():
        assert path.read_bytes() == (shipped.flows_folder() / path.name).read_bytes()


@pytest.mark.parametrize("name", PAIRS)
def test_polish_and_english_are_one_flow_in_two_languages(name):
    """The same steps, exits, times and calls: what is mended in one is mended in the other."""
    for end in (".yaml", ".calls.yaml"):
        polish, english = (
            (shipped.flows_folder() / f"{name}_{language}{end}").read_text() for language in ("pl", "en")
        )
        assert shape(polish, "pl") == shape(english, "en")


def shape(text, language):
    """A file without its words: comments, texts and the names of calls."""
    lines = [re.sub(r"(^|\s+)#( .*|$)", "", line) for line in text.splitlines()]
    alike = ("keys:", "from:", "at:")
    words = re.compile(r"[^\W\d_]{2}")
    plain = [
        line if line.strip().startswith(alike)
        else re.sub(r'"([^"]*)"', lambda quoted: '""' if words.search(quoted[1]) else quoted[0], line)
        for line in lines
    ]  # fmt: skip
    calls = re.compile(r"^  [^\s].*:$") if "\ncalls:\n" in text else re.compile(r"^\b$")
    own = re.compile(rf"_{language}\b")
    return [
        own.sub("", calls.sub("  call:", line)).replace(f"language: {language}", "") for line in plain if line.strip()
    ]


def test_what_they_need_is_told_alike_in_both_languages():
    assert asked_for("faq_pl", "services") == asked_for("faq_en", "services")
    assert asked_for("outage_pl", "hours") == asked_for("outage_en", "hours")


def test_each_alone_is_found_by_its_name_and_checked_without_a_word(tmp_path):
    """As an admin has it: the flow is named by a number, nothing is copied."""
    site = make_site(tmp_path / "site")
    gateway = (site / "gateway.yaml").read_text()
    shutil.rmtree(site / "flows")
    for number, name in enumerate(name for name in shipped.flow_files() if not name.startswith("outage")):
        gateway = gateway.replace('  "1004": test_number\n', f'  "1004": test_number\n  "{2000 + number}": {name}\n')
    (site / "gateway.yaml").write_text(gateway)
    named = set(load_site(site).site.flows)
    assert named == {name for name in shipped.flow_files() if not name.startswith("outage")}


def joined(**of_plan):
    return simulate(SITE, office.plan(called="flow:office_line", **of_plan), lengths=LENGTHS)


def test_the_joined_example_leads_through_all_of_them():
    working = joined(caller=office.KNOWN, keys="0, 1, 1, 5, 7, 10", agent_hangs_up=True)
    assert working.path[:6] == ("now", "outage", "outage_pl/now", "outage_pl/back", "welcome", "person")
    assert working.path[-1] == "survey_pl/thanks"
    assert [fact.score for fact in working.facts if isinstance(fact, SurveyAnswered)] == [1, 5, 7, 10]
    assert "faq_pl/topic" in joined(keys="1").path
    assert "complaint_pl/which" in joined(keys="2").path
    assert "voicemail_pl/message" in joined(keys="0", everyone="silent").path
    evening = joined(at=office.AT + 10 * 3600, keys="hang up")
    assert evening.path[:2] == ("now", "closed")
    assert any("Najbliższy dzień pracy" in words for words in joined(at=office.AT + 10 * 3600).heard)


def test_in_an_outage_everybody_hears_of_it_before_anything_is_asked():
    run = joined(keys="1", hours={"service": "closed"})
    assert run.heard[0].startswith("Mamy teraz awarię")
    assert run.heard[1].startswith("Dzień dobry. Zamówienia, jeden.")
    assert [fact.to for fact in run.facts if isinstance(fact, SubflowReturned)] == ["office_line"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.flow)
def test_all_good_every_exit_tried_and_mistakes_noticed(file):
    report = run_file(SITE, file, lengths=LENGTHS, mutate=True)
    assert [str(difference) for result in report.results for difference in result.differences] == []
    assert [str(edge) for edge in report.coverage.missed] == []
    assert report.coverage.share == 1.0
    assert report.mutation.mutants >= 2 * len(report.coverage.edges) - 1
    assert report.mutation.score >= 0.9, [str(mutant) for mutant in report.mutation.survivors]


@pytest.mark.parametrize(("flow", "script"), SCRIPTS, ids=lambda value: getattr(value, "name", value))
def test_probes_change_nothing_but_the_names_of_the_exits(flow, script):
    plain = simulate(SITE, script.plan, lengths=LENGTHS)
    through = simulate(probed(SITE, flow), script.plan, lengths=LENGTHS)
    assert without_probes(through) == plain.path
    assert through.heard == plain.heard
    assert taken(through) or len(plain.path) == 1
    assert through.record.outcome == plain.record.outcome
    assert not taken(plain)


def test_the_calls_do_not_hang_on_the_length_of_the_prompts():
    """With the made prompts, or other voices, the same comes of them."""
    for length_s in (0.02, 1.0, 10.0):

        class Same:
            def seconds(self, clips, length_s=length_s):
                return length_s * len(clips)

        for file in FILES:
            failed = [result for result in run_file(SITE, file, lengths=Same()).results if not result.good]
            assert [(result.script.name, *map(str, result.differences)) for result in failed] == []
