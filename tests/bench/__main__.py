"""`make bench`: speed and memory of this checkout on this machine, as a table. It asserts nothing."""

from __future__ import annotations

import importlib.util
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import calls, core, flows, load, pauses, queue, tap
from tests.bench.calls import Row


def main() -> None:
    console = Console(width=130 if not sys.stdout.isatty() else None, highlight=False)
    console.print(f"Python {platform.python_version()} on {platform.machine()}, {_processor()}")
    folder = Path(tempfile.mkdtemp(prefix="gateway-bench-"))
    rows: list[Row] = []
    parts = [
        ("switchboard", core.switchboard),
        ("queue", queue.rows),
        ("pauses", pauses.rows),
        ("simulate", core.simulate_calls),
        ("flows", flows.large),
        ("simulate-load", load.simulate_week),
        ("check", lambda: core.check(folder / "check")),
        ("tap", tap.whole_cost),
        ("idle and IVR", lambda: calls.idle_and_ivr(folder / "ivr")),
        ("floor", lambda: calls.floor(folder / "floor")),
        ("bridged", lambda: calls.bridged(folder / "bridged")),
        ("latencies", lambda: calls.latencies(folder / "latencies")),
    ]
    wanted = set(sys.argv[1:])
    for name, part in parts:
        if wanted and name.split()[0] not in wanted:
            continue
        console.print(f"measuring {name} ...")
        if part:
            rows += part()
    table = Table("figure", "measured", "aim", title="gateway", title_justify="left")
    for row in rows:
        table.add_row(row.what, row.value, row.aim)
    console.print(table)
    for module in ("tests.bench.signal", "tests.bench.dtmf"):
        if not wanted and importlib.util.find_spec(module):
            importlib.import_module(module).main()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


if __name__ == "__main__":
    main()
