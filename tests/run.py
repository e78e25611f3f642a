"""`make test`: every test of the default run, in two parts, and one summary of both.

First the tests that a busy machine only makes slower, as many at a time as there are processors. Then those that place
calls or listen in real time, with nothing beside them but each other: they mostly wait, so a few at a time do not
disturb one another, but a processor that is busy with something else would. Both parts always run; the exit status is
0 when both were good. Plain `pytest` runs the same tests one by one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "tests"
REAL_TIME = "(sip or alone)"
"""The marks of tests that are made to be run in the second part."""
MEMORY_MB = 700
"""What a process of tests may come to need: there are no more of them than the machine has room for."""


@dataclass
class Part:
    """One run of pytest and what came of it."""

    name: str
    title: str
    options: tuple[str, ...]
    status: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    """What is to be told of single tests: failures first."""

    @property
    def good(self) -> bool:
        return self.status == 0 and not self.counts["failed"] + self.counts["errors"] and self.counts["passed"] > 0

    def run(self) -> None:
        """Run it, with its output as it comes; then read its report."""
        report = REPORTS / f"{self.name}.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-rN", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        began = time.monotonic()
        print(f"\n=== {self.title}", flush=True)
        self.status = subprocess.run(
            [*command, *self.options], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
        ).returncode
        self.seconds = time.monotonic() - began
        self._read(report)

    def _read(self, report: Path) -> None:
        try:
            cases = list(ET.parse(report).iter("testcase"))
        except (OSError, ET.ParseError):
            self.lines.append(f"BROKEN OFF  {self.title}: it left no report (exit status {self.status})")
            return
        told: list[tuple[int, str]] = []
        for case in cases:
            outcome, reason = _outcome(case)
            self.counts[outcome] += 1
            if outcome != "passed":
                told.append((("errors", "failed", "skipped").index(outcome), f"{_SAID[outcome]} {_name(case)}{reason}"))
        self.lines += [line for _, line in sorted(told)]

    def told(self) -> str:
        counted = [
            f"{self.counts[what]} {what}" for what in ("passed", "failed", "errors", "skipped") if self.counts[what]
        ]
        trouble = f", exit status {self.status}" if self.status not in (0, 1) else ""
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{self.title:<40} {', '.join(counted) or 'nothing was run'}{trouble} in {minutes} min {seconds:02} s"


_SAID = {"errors": "ERROR  ", "failed": "FAILED ", "skipped": "SKIPPED"}


def _outcome(case: ET.Element) -> tuple[str, str]:
    """What became of one test, and the first line of why."""
    for tag, outcome in (("error", "errors"), ("failure", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            lines = (found.get("message") or found.text or "").strip().splitlines()
            return outcome, f" - {lines[0]}" if lines else ""
    return "passed", ""


def _name(case: ET.Element) -> str:
    """As pytest takes it on its command line."""
    file, owner = case.get("file") or "", (case.get("classname") or "").rpartition(".")[2]
    of_class = f"{owner}::" if owner and owner != Path(file).stem else ""
    return f"{file}::{of_class}{case.get('name')}"


def processes(most: int) -> int:
    """How many processes of tests this machine takes: two at least, since many tests wait for other programs."""
    room = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (MEMORY_MB << 20)
    return max(2, min(most, room, len(os.sched_getaffinity(0))))


def parts() -> list[Part]:
    side, live = processes(4), 2
    quick = ("-n", str(side), "--dist", "worksteal")
    waits = ("-n", str(live), "--dist", "loadfile", "--no-loadscope-reorder")  # the longest files come first as it is
    return [
        Part("side_by_side", f"side by side, {side} processes", ("-m", f"not long and not {REAL_TIME}", *quick)),
        Part("real_time", f"in real time, {live} processes", ("-m", f"not long and {REAL_TIME}", *waits)),
    ]


def main() -> int:
    """Exit status: 0 when all is good, 1 when something is not, 130 when it was interrupted."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    ran: list[Part] = []
    for part in parts():
        try:
            part.run()
        except KeyboardInterrupt:
            return 130
        ran.append(part)
    total = sum((part.counts for part in ran), Counter[str]())
    print(f"\n=== make test: {total.total()} tests\n")
    for line in (line for part in ran for line in part.lines):
        print(line)
    print()
    for part in ran:
        print(part.told())
    good = all(part.good for part in ran)
    print("all is good" if good else "NOT all is good", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
