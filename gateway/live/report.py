"""What `gateway test --live` shows: each call as it comes, and a table like that of `gateway test` at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean
from gateway.live.verdict import clock, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.live.suite import LiveReport, LiveResult


def render(reports: Iterable[LiveReport]) -> str:
    """The reports as text."""
    reports = tuple(reports)
    lines: list[str] = []
    for report in reports:
        lines.append(report.file.file)
        for result in report.results:
            lines += _result(result)
        lines.append("")
    results = [result for report in reports for result in report.results]
    failed, skipped = sum(result.failed for result in results), sum(bool(result.skipped) for result in results)
    told = [f"{len(results)} calls over SIP and RTP"]
    told += [f"{failed} failed"] if failed else []
    told += [f"{skipped} skipped"] if skipped else []
    lines.append(", ".join(told) + ("." if failed or skipped else ", all good."))
    return "\n".join(lines) + "\n"


def progress(result: LiveResult, number: int, count: int) -> str:
    """One line while the others still go on."""
    return f"[{number}/{count}] {_word(result)} {clean(result.script.name)}{_time(result)}"


def _result(result: LiveResult) -> Iterator[str]:
    yield f"  {_word(result)}  {clean(result.script.name)}{_time(result)}"
    if result.skipped:
        yield f"        {result.script.place}: skipped: {result.skipped}"
    for difference in result.differences:
        yield from (f"        {row}" for row in str(difference).splitlines())
    if result.differences and result.played is not None and result.played.heard:
        yield "        heard:"
        yield from (f"          {clock(each.start_s)}  {shown(each)}" for each in result.played.heard)


def _word(result: LiveResult) -> str:
    return "skip" if result.skipped else "ok  " if result.good else "FAIL"


def _time(result: LiveResult) -> str:
    return f" ({result.took_s:.0f} s)" if result.played is not None else ""
