"""Publishes a folder and kills itself (SIGKILL) at one of the stages of the store, the nth time that it comes.

python -m tests.versions.crash_child STATE FOLDER STAGE N
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from gateway.config.load import read_site
from gateway.versions.store import Entry, VersionStore


def main(state: Path, folder: Path, stage: str, count: int) -> None:
    left = count

    def heard(reached: str) -> None:
        nonlocal left
        left -= reached == stage
        if not left and reached == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    store = VersionStore(state, on_stage=heard)
    version = store.keep(read_site(folder).contents)
    store.publish(Entry(version=version, how="publish", who="child", at=time.time()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
