"""Starting crash_child.py, killing it, and reading what it said."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LATEST_S = 0.2
MARGIN_S = 1.3
"""What a loaded machine may add to the promised 200 ms without anybody having broken a promise."""


class Child:
    """One run of the child."""

    def __init__(self, path: Path, folder: Path, *, run: str, facts: int = 1000, port: int = 0, **told: object) -> None:
        self.out = folder / f"{run}.out"
        with self.out.open("wb") as out, (folder / f"{run}.err").open("wb") as err:
            request = {"path": str(path), "port": port, "facts": facts, "run": run, **told}
            command = [sys.executable, "-m", "tests.edge.crash_child", json.dumps(request)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
        self.errors = folder / f"{run}.err"

    def words(self) -> list[list[str]]:
        return [line.split(" ") for line in self.out.read_text().splitlines()]

    def appended(self) -> dict[str, float]:
        """Name of each fact -> when it was acted on."""
        return {words[1]: float(words[2]) for words in self.words() if words[0] == "fact"}

    def wait_killed(self) -> float:
        """Wait for its death by SIGKILL; when that was."""
        assert self.process.wait(60) == -signal.SIGKILL, self.errors.read_text()
        return next(float(words[1]) for words in self.words() if words[0] == "killed")

    def wait_done(self) -> None:
        assert self.process.wait(90) == 0, self.errors.read_text()


def promised(child: Child, killed_at: float) -> set[str]:
    """The facts that must have outlived the kill."""
    return {name for name, at in child.appended().items() if at < killed_at - LATEST_S - MARGIN_S}
