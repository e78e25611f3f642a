"""`make soak`: ten thousand real calls through one gateway, by SIPp, and the memory of both processes as it goes.

Takes about ten minutes. Nine of ten calls hang up in the menu, one of ten is bridged to an agent (SIPp, too). RSS rises
for the first calls, while the library's timers of 32 s fill their pools; what counts is that it is flat after that.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.process import rss_mb
from tests.sip.box import Box
from tests.sip.sipp import SCENARIOS, Sipp

CALLS = 10_000
ROUND = 1000
FLOW = """
flow: main
language: en
start: which
steps:
  which:
    branch:
      - {if: "called == 100", then: menu}
      - {then: people}
  menu:
    menu: "Press one."
    choices: {"1": people}
    no_input: {tries: 1, then: people}
    no_match: {tries: 1, then: people}
  people:
    queue: office
    gave_up: hang_up
"""


def _callers(box: Box, folder: Path, calls: int, *, service: str, at_once: int, stay_ms: int) -> None:
    """One SIPp that places that many calls; it fails when one of them did not go as the scenario says."""
    log = folder / f"sipp-{service}.log"
    with log.open("wb") as out:
        subprocess.run(
            [
                "sipp", "-sf", str(SCENARIOS / "caller.xml"), "-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", "u1",
                "-s", service, "-m", str(calls), "-l", str(at_once), "-r", "60", "-d", str(stay_ms),
                "-nostdin", "-timeout", "600", "-timeout_error", f"127.0.0.1:{box.port}",
            ],
            cwd=folder, stdout=out, stderr=out, check=True, timeout=700,
        )  # fmt: skip


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    console = Console(highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="gateway-soak-"))
    table = Table("calls", "line RSS MB", "control RSS MB", "calls a second")
    bridged = ROUND // 10
    with (
        Sipp("agent", folder, calls=calls, echo=True, stay_ms=20, timeout_s=3600) as agent,
        Box(folder, agents={"anna": agent.uri}, flow=FLOW, numbers={"200": "main"}) as box,
    ):
        assert box.process is not None
        line = box.line_pid()
        for done in range(ROUND, calls + 1, ROUND):
            begin = time.monotonic()
            _callers(box, folder, ROUND - bridged, service="100", at_once=1, stay_ms=5)
            _callers(box, folder, bridged, service="200", at_once=1, stay_ms=300)
            rate = ROUND / (time.monotonic() - begin)
            row = (str(done), f"{rss_mb(line):.1f}", f"{rss_mb(box.process.pid):.1f}", f"{rate:.0f}")
            console.print("  ".join(row))
            table.add_row(*row)
        records = box.ended(calls)
        lines = box.status()["lines"]
    console.print(table)
    outcomes = {outcome: sum(r.outcome == outcome for r in records) for outcome in {r.outcome for r in records}}
    console.print(
        f"{len(records)} records: {outcomes}; the line process is the one that was started: {lines[0]['pid'] == line}"
    )


if __name__ == "__main__":
    main()
