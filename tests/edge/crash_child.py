"""The program that the crash tests start and kill: appends facts as a pump does, publishes them, and says on its
standard output what it did and when (monotonic clock, which all processes of a machine share).

    python -m tests.edge.crash_child '{"path": ..., "port": 0, "kill_at": "acked", "kill_from": 30,
                                       "facts": 100, "run": "first"}'
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from gateway.config.settings import BrokerSettings
from gateway.edge.figures import Figures
from gateway.edge.mqtt import Publisher
from gateway.edge.store import Journal
from gateway.errors import StoreError
from tests.edge.calls_made_up import SITE, step

TOLD = json.loads(sys.argv[1])
PACE_S = 0.005


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def on_stage(stage: str, seq: int) -> None:
    if stage == TOLD.get("kill_at") and seq >= TOLD["kill_from"]:
        say("killed", time.monotonic())
        os.kill(os.getpid(), signal.SIGKILL)


async def append(journal: Journal) -> None:
    for number in range(TOLD["facts"]):
        name = f"{TOLD['run']}-{number}"
        journal.append([step(time.time(), name)])
        say("fact", name, time.monotonic())
        await asyncio.sleep(PACE_S)


async def with_broker(journal: Journal) -> None:
    figures = Figures(journal, SITE)
    publisher = Publisher(
        BrokerSettings(port=TOLD["port"], topic="gw"),
        journal,
        figures,
        site="demo",
        site_version="v1",
        version="0",
        on_stage=on_stage,
    )
    running = asyncio.create_task(publisher.run())
    await append(journal)
    while publisher.state.backlog or journal.state.waiting:  # noqa: ASYNC110 - as an outsider would look
        await asyncio.sleep(0.05)
    await publisher.close()
    await running
    figures.close()
    say("done")


def full_disk(journal: Journal) -> None:
    """The kernel refuses to let any file grow, then lets it again."""
    journal.append([step(0.0, "before")])
    journal.flush()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (TOLD["size"], most))
    for number in range(TOLD["facts"]):
        journal.append([step(0.0, f"during-{number}")])
    try:
        journal.flush(3.0)
    except StoreError as error:
        say("refused", error)
    say("state", json.dumps({"writable": journal.state.writable, "waiting": journal.state.waiting}))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    journal.append([step(0.0, "after")])
    journal.flush()
    say("state", json.dumps({"writable": journal.state.writable, "waiting": journal.state.waiting}))


def main() -> None:
    journal = Journal(Path(TOLD["path"]), on_stage=on_stage)
    if "size" in TOLD:
        full_disk(journal)
    elif TOLD["port"]:
        asyncio.run(with_broker(journal))
    else:
        asyncio.run(append(journal))
    journal.close()


main()
