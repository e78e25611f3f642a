"""How long the garbage collector stops the control process, with what the process has loaded looked through or not.

Each figure is of a process of its own, which has loaded the example site and holds so many callers who wait. The pause
is that of a full collection, told by gc.callbacks, in CPU time of the thread: what others do meanwhile is not counted.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gateway import collector
from gateway.app import App
from gateway.box.state_folder import prepare_state
from gateway.config.load import load_site
from gateway.shipped import example_site
from tests.bench.calls import Row
from tests.core.factory import Rig

WAITING = (10, 1000)
TRIES = 5


class Pauses:
    """Milliseconds of each collection since it was made."""

    def __init__(self) -> None:
        self.ms: list[float] = []
        self._began = 0.0
        gc.callbacks.append(self._told)

    def _told(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.ms.append(1000 * (time.thread_time() - self._began))


def rows() -> list[Row]:
    """Full collections of a box with few and with many callers."""
    return [
        Row(
            f"the longest pause for a full garbage collection, {waiting} callers wait",
            f"{_measured(waiting, 'settled'):.1f} ms; {_measured(waiting, 'plain'):.1f} ms if all were looked through",
            "",
        )
        for waiting in WAITING
    ]


def _measured(waiting: int, how: str) -> float:
    command = [sys.executable, "-m", "tests.bench.pauses", str(waiting), how]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this very file
    return float(told.stdout)


def _child(waiting: int, how: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lock = prepare_state(Path(folder))
        app = App(load_site(example_site()), Path(folder))
        if how == "settled":
            collector.settle()
        rig = Rig(legs_max=1_000_000)
        for _ in range(waiting):
            rig.queue()
            rig.actions.clear()
            rig.new.clear()
            rig.facts.clear()
            rig.now += 0.01
        pauses = Pauses()
        for _ in range(TRIES):
            gc.collect()
        print(max(pauses.ms))  # noqa: T201 - what the other process reads
        app.journal.close()
        lock.close()


if __name__ == "__main__":
    _child(int(sys.argv[1]), sys.argv[2])
