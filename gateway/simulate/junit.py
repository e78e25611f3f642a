"""The reports as JUnit XML, as build servers read it: a suite a file, a case a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from xml.etree import ElementTree as ET  # written only, nothing is parsed

from gateway.config.fields import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.simulate.script import Script, ScriptFile
    from gateway.simulate.script_check import Difference


class Case(Protocol):
    """One call that was run, or `skipped` for that reason."""

    @property
    def script(self) -> Script: ...
    @property
    def differences(self) -> Sequence[Difference]: ...
    @property
    def took_s(self) -> float: ...
    @property
    def skipped(self) -> str: ...


class Suite(Protocol):
    """A file of calls and what came of each."""

    @property
    def file(self) -> ScriptFile: ...
    @property
    def results(self) -> Sequence[Case]: ...


def junit(reports: Iterable[Suite]) -> bytes:
    """UTF-8 with a declaration. A failure's text is the difference as people read it."""
    root = ET.Element("testsuites", name="scripted calls")
    for report in reports:
        failed = sum(bool(result.differences) for result in report.results)
        skipped = sum(bool(result.skipped) for result in report.results)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=report.file.file,
            tests=str(len(report.results)),
            failures=str(failed),
            errors="0",
            time=f"{sum(result.took_s for result in report.results):.3f}",
        )
        if skipped:
            suite.set("skipped", str(skipped))
        for result in report.results:
            case = ET.SubElement(
                suite,
                "testcase",
                name=clean(result.script.name),
                classname=report.file.flow,
                file=result.script.place.file,
                line=str(result.script.place.line),
                time=f"{result.took_s:.3f}",
            )
            if result.skipped:
                ET.SubElement(case, "skipped", message=clean(result.skipped))
            for difference in result.differences:
                failure = ET.SubElement(case, "failure", message=clean(difference.what), type="difference")
                failure.text = "\n".join(clean(row) for row in str(difference).splitlines())
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()
