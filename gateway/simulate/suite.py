"""Runs files of scripted calls against a site: results, the exits that were taken, the mutants that were noticed."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gateway.core.flow.exits import Edge, edges_of
from gateway.simulate.coverage import Coverage, probed, taken
from gateway.simulate.lengths import Lengths
from gateway.simulate.mutants import Mutant, mutants_of
from gateway.simulate.office import simulate
from gateway.simulate.plan import Run
from gateway.simulate.script import Script, ScriptFile
from gateway.simulate.script_check import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.core.site.site import Site


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One script that was run; `took_s` on the machine's clock."""

    script: Script
    run: Run
    differences: tuple[Difference, ...]
    took_s: float
    skipped: str = ""
    """A simulated call never is; one on a real line can be (gateway.live)."""

    @property
    def good(self) -> bool:
        """Everything came as expected."""
        return not self.differences


class Mutation(msgspec.Struct, frozen=True, kw_only=True):
    """How many mutants of the flows the scripts noticed, and which they did not."""

    flows: tuple[str, ...]
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


def run_file(
    site: Site,
    file: ScriptFile,
    *,
    lengths: Lengths | None = None,
    mutate: bool = False,
    scripted: Collection[str] = (),
) -> Report:
    """Run the scripts of one file. `site` is `testable`; `scripted` are the flows that have scripts of their own."""
    lengths = lengths or Lengths()
    flows = covered(site, file.flow, scripted)
    results = tuple(_result(site, script, lengths) for script in file.scripts)
    report = Report(file=file, results=results, coverage=_coverage(site, file, flows, lengths))
    if mutate and report.good:
        return replace(report, mutation=_mutation(site, report, lengths))
    return report


def _result(site: Site, script: Script, lengths: Lengths) -> Result:
    began = time.perf_counter()
    run = simulate(site, script.plan, lengths=lengths)
    return Result(script=script, run=run, differences=differences(script, run), took_s=time.perf_counter() - began)


def covered(site: Site, flow: str, scripted: Collection[str] = ()) -> tuple[str, ...]:
    """The flows that the scripts of a flow answer for: itself, and for the one at the top of a file those below it
    that have no scripts of their own."""
    file = site.flows[flow].file
    if PurePosixPath(file).stem != flow:
        return (flow,)
    below = (other.id for other in site.flows.values() if other.file == file and other.id not in {flow, *scripted})
    return (flow, *below)


def _coverage(site: Site, file: ScriptFile, flows: tuple[str, ...], lengths: Lengths) -> Coverage:
    edges: list[Edge] = []
    missed: list[Edge] = []
    for flow in flows:
        own = edges_of(site.flows[flow])
        probes = probed(site, flow)
        seen: set[int] = set()
        for script in file.scripts:
            seen |= taken(simulate(probes, script.plan, lengths=lengths))
        edges += own
        missed += (edge for number, edge in enumerate(own) if number not in seen)
    return Coverage(flows=flows, edges=tuple(edges), missed=tuple(missed))


def _mutation(site: Site, report: Report, lengths: Lengths) -> Mutation:
    """Only scripts that came to the changed step can notice: to the others the flow is the same."""
    count = 0
    survivors: list[Mutant] = []
    flows = report.coverage.flows
    for flow, mutant in ((site.flows[name], mutant) for name in flows for mutant in mutants_of(site.flows[name])):
        count += 1
        changed = replace(site, flows={**site.flows, flow.id: mutant.flow})
        at = (flow.id, mutant.edge.step)
        passing = [result.script for result in report.results if at in result.run.steps]
        if not any(differences(script, simulate(changed, script.plan, lengths=lengths)) for script in passing):
            survivors.append(mutant)
    return Mutation(flows=flows, mutants=count, survivors=tuple(survivors))
