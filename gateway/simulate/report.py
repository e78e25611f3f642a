"""What `gateway test` shows: each call with its differences, the exits that nobody tried, the mutants that survived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean
from gateway.simulate.edge_places import EdgePlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.site.site import Site
    from gateway.simulate.suite import Report


def render(site: Site, reports: Iterable[Report], places: dict[str, EdgePlaces]) -> str:
    """The reports as text, plain and stable. `places` by flow."""
    reports = tuple(reports)
    lines: list[str] = []
    for report in reports:
        lines += [*_calls(report), *_coverage(report, places), *_mutation(report, places), ""]
    scripted = {flow for report in reports for flow in report.coverage.flows}
    lines += [f"{flow}: no scripted calls (flows/{flow}.calls.yaml)" for flow in site.flows if flow not in scripted]
    failed = sum(not result.good for report in reports for result in report.results)
    calls = sum(len(report.results) for report in reports)
    lines.append(f"{calls} calls, {failed} failed." if failed else f"{calls} calls, all good.")
    return "\n".join(lines) + "\n"


def _calls(report: Report) -> Iterator[str]:
    yield report.file.file
    for result in report.results:
        yield f"  {'ok  ' if result.good else 'FAIL'}  {clean(result.script.name)}"
        for difference in result.differences:
            yield from (f"        {row}" for row in str(difference).splitlines())


def _coverage(report: Report, places: dict[str, EdgePlaces]) -> Iterator[str]:
    coverage = report.coverage
    yield f"  exits tried: {coverage.taken} of {len(coverage.edges)} ({_percent(coverage.share)})"
    for edge in coverage.missed:
        yield f"        {places[edge.flow].place(edge)}: never tried: {edge}"


def _mutation(report: Report, places: dict[str, EdgePlaces]) -> Iterator[str]:
    mutation = report.mutation
    if mutation is None:
        return
    noticed = mutation.mutants - len(mutation.survivors)
    yield f"  mistakes noticed: {noticed} of {mutation.mutants} ({_percent(mutation.score)})"
    for mutant in mutation.survivors:
        yield f"        {places[mutant.edge.flow].place(mutant.edge)}: not noticed: {mutant}"


def _percent(share: float) -> str:
    """Whole percents, and 100 only for all."""
    return f"{int(share * 100 + 1e-9)} %"
