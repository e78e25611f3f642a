"""Runs files of scripted calls against a site: results, the exits that were taken, the mutants that were noticed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gateway.core.exits import edges_of
from gateway.simulate.coverage import Coverage, probed, taken
from gateway.simulate.lengths import Lengths
from gateway.simulate.mutants import Mutant, mutants_of
from gateway.simulate.office import simulate
from gateway.simulate.plan import Run
from gateway.simulate.script import Script, ScriptFile
from gateway.simulate.script_check import Difference, differences

if TYPE_CHECKING:
    from gateway.core.site import Site


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One script that was run; `took_s` on the machine's clock."""

    script: Script
    run: Run
    differences: tuple[Difference, ...]
    took_s: float

    @property
    def good(self) -> bool:
        """Everything came as expected."""
        return not self.differences


class Mutation(msgspec.Struct, frozen=True, kw_only=True):
    """How many mutants the scripts noticed, and which they did not."""

    flow: str
    mutants: int
    survivors: tuple[Mutant, ...]

    @property
    def score(self) -> float:
        """Noticed of all; 1.0 for a flow without exits."""
        return 1 - len(self.survivors) / self.mutants if self.mutants else 1.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one file. `mutation` is None when it was not asked for, or when scripts failed (a failing script
    notices everything, which tells nothing)."""

    file: ScriptFile
    results: tuple[Result, ...]
    coverage: Coverage
    mutation: Mutation | None = None

    @property
    def good(self) -> bool:
        """Every script came as expected."""
        return all(result.good for result in self.results)


def run_file(site: Site, file: ScriptFile, *, lengths: Lengths | None = None, mutate: bool = False) -> Report:
    """Run the scripts of one file. `site` is `testable`."""
    lengths = lengths or Lengths()
    results = tuple(_result(site, script, lengths) for script in file.scripts)
    report = Report(file=file, results=results, coverage=_coverage(site, file, lengths))
    if mutate and report.good:
        return replace(report, mutation=_mutation(site, report, lengths))
    return report


def _result(site: Site, script: Script, lengths: Lengths) -> Result:
    began = time.perf_counter()
    run = simulate(site, script.plan, lengths=lengths)
    return Result(script=script, run=run, differences=differences(script, run), took_s=time.perf_counter() - began)


def _coverage(site: Site, file: ScriptFile, lengths: Lengths) -> Coverage:
    edges = edges_of(site.flows[file.flow])
    probes = probed(site, file.flow)
    seen: set[int] = set()
    for script in file.scripts:
        seen |= taken(simulate(probes, script.plan, lengths=lengths))
    missed = tuple(edge for number, edge in enumerate(edges) if number not in seen)
    return Coverage(flow=file.flow, edges=edges, missed=missed)


def _mutation(site: Site, report: Report, lengths: Lengths) -> Mutation:
    """Only scripts that came to the changed step can notice: to the others the flow is the same."""
    flow = site.flows[report.file.flow]
    count = 0
    survivors: list[Mutant] = []
    for mutant in mutants_of(flow):
        count += 1
        changed = replace(site, flows={**site.flows, flow.id: mutant.flow})
        at = (flow.id, mutant.edge.step)
        passing = [result.script for result in report.results if at in result.run.steps]
        if not any(differences(script, simulate(changed, script.plan, lengths=lengths)) for script in passing):
            survivors.append(mutant)
    return Mutation(flow=flow.id, mutants=count, survivors=tuple(survivors))
