"""The scripted calls that come with the program: all good, every exit tried, (nearly) every mistake noticed."""

from __future__ import annotations

import pytest

from gateway import shipped
from gateway.simulate.coverage import probed, taken, without_probes
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from gateway.simulate.suite import run_file

from .office import FOLDER, LENGTHS, SITE

FILES = load_scripts(FOLDER, SITE)
SCRIPTS = [(file.flow, script) for file in FILES for script in file.scripts]


def test_every_shipped_flow_has_its_calls_and_the_example_has_the_same():
    assert {file.flow for file in FILES} == set(shipped.flow_files())
    for name in shipped.flow_files():
        file = f"{name}.calls.yaml"
        assert (shipped.flows_folder() / file).read_bytes() == (FOLDER / "flows" / file).read_bytes()


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
    assert taken(through)
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
