"""`make dtmf-grid`: the DTMF grid of dtmf_cells.py, ours and spandsp side by side.

    python -m tests.native.dtmf_grid [--trials 3000] [--seed 2001] [--only twist] [--minutes 5]

Trials are seeded: two runs print the same. The seed is not among those on which thresholds were chosen. Ends with 1
when a cell of ours misses its limit.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.native.dtmf_cells import ACCEPT, CELLS
from tests.native.dtmf_score import holds, missing, ours, percent, spandsp
from tests.native.spandsp_peer import MISSING, peer

BATCH = 500
"""Rows at a time: 6.4 MB of float64 a signal."""


def measure(cell, trials, seed):
    """Percent of ours, of spandsp (None without it) and the trials made."""
    rng = np.random.default_rng(seed)
    sums, done = [0.0, 0.0], 0
    while done < trials:
        count = min(BATCH, trials - done)
        rows = cell.make(rng, count)
        sums[0] += percent(ours(rows), rows, cell.kind) * count
        if peer() is not None:
            sums[1] += percent(spandsp(rows), rows, cell.kind) * count
        done += count
    return sums[0] / done, sums[1] / done if peer() is not None else None, done


def main(arguments=None):
    options = argparse.ArgumentParser(prog="dtmf-grid")
    options.add_argument("--trials", type=int, default=3000, help="a cell (some take a share of it)")
    options.add_argument("--seed", type=int, default=2001)
    options.add_argument("--only", default="", help="groups or names that hold this text")
    options.add_argument("--minutes", type=float, default=5.0, help="stop after the cell that passes this")
    options = options.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    cells = [cell for cell in CELLS if options.only in f"{cell.group} {cell.name}"]
    table = Table("", "condition", "limit", "ours", "spandsp", "trials", title="DTMF grid", title_justify="left")
    began, failed, unmade = time.monotonic(), [], []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("grid", total=len(cells))
        for number, cell in enumerate(cells):
            progress.update(task, description=cell.name, completed=number)
            late = time.monotonic() - began > 60 * options.minutes
            lacking = missing(cell) or ("time" if late else "")
            if lacking:
                unmade.append(f"{cell.name} ({lacking})")
                continue
            mine, theirs, trials = measure(cell, max(100, int(options.trials * cell.weight)), options.seed + number)
            good = holds(mine, cell)
            if not good:
                failed.append(cell.name)
            table.add_row(
                cell.group if number == 0 or cells[number - 1].group != cell.group else "",
                cell.name,
                f"{'>=' if cell.kind == ACCEPT else '<='} {cell.limit:g} %",
                f"{mine:.2f} %" if good else f"[bold red]{mine:.2f} %[/]",
                "-" if theirs is None else f"{theirs:.2f} %" if holds(theirs, cell) else f"[dim]{theirs:.2f} %[/]",
                str(trials),
            )
    console.print(table)
    console.print(f"seed {options.seed}, {time.monotonic() - began:.0f} s")
    if peer() is None:
        console.print(MISSING)
    for text in unmade:
        console.print(f"not measured: {text}")
    console.print(f"missed: {', '.join(failed)}" if failed else "every limit holds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
