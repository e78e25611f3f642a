"""Looking for changes in a folder, and what SIGHUP means."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.versions import watch as watch_module
from gateway.versions.watch import signature, watch
from tests.edge.mqtt_box import soon
from tests.versions.folders import make

ROOT = Path(__file__).parents[2]


def test_what_is_written_is_seen_and_what_editors_leave_is_not(tmp_path: Path) -> None:
    folder = make(tmp_path)
    before = signature(folder)
    assert len(before) == 3
    (folder / "flows" / ".main.yaml.swp").write_text("x")
    (folder / "flows" / "main.yaml~").write_text("x")
    assert signature(folder) == before
    (folder / "flows" / "main.yaml").write_text("other")
    assert signature(folder) != before
    assert signature(tmp_path / "nowhere") == {}


@pytest.mark.alone  # files that are written steadily stand still on a machine that stands still
def test_it_is_told_once_when_the_files_stand_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "POLL_S", 0.02)
    monkeypatch.setattr(watch_module, "SETTLE_S", 2.0)
    folder = make(tmp_path)
    found: list[str] = []

    async def changed() -> None:
        found.append((folder / "clients.csv").read_text())

    async def main() -> None:
        task = asyncio.create_task(watch(folder, lambda: True, changed))
        await asyncio.sleep(0.3)
        assert found == [], "what was there at the start is no change"
        with (folder / "clients.csv").open("w") as file:
            for number in range(20):
                file.write(f"{number}\n")
                file.flush()
                await asyncio.sleep(0.05)
        await soon(lambda: bool(found), "the news")
        task.cancel()

    asyncio.run(main())
    assert found == ["".join(f"{number}\n" for number in range(20))]


CHILD = """
import os, signal, sys
from gateway.versions.hangup import hang_up
said = hang_up(lambda: os.write(result, b"stop"), lambda: os.write(result, b"load"))
result = int(sys.argv[1])
signal.signal(signal.SIGHUP, lambda *_: said())
os.write(result, b"here")
while True:
    signal.pause()
"""


def heard(result: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += os.read(result, count - len(data))
    return data


def start(result: int, **streams: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD, str(result)]
    return subprocess.Popen(command, cwd=ROOT, pass_fds=(result,), start_new_session=True, **streams)


def test_sighup_to_a_service_is_a_wish_to_reload() -> None:
    ours, theirs = os.pipe()
    child = start(theirs, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert heard(ours, 4) == b"here"
    child.send_signal(signal.SIGHUP)
    assert heard(ours, 4) == b"load"
    child.kill()
    child.wait()


def test_sighup_with_a_terminal_is_a_wish_too_until_the_terminal_is_gone() -> None:
    ours, theirs = os.pipe()
    master, slave = pty.openpty()
    child = start(theirs, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    assert heard(ours, 4) == b"here"
    child.send_signal(signal.SIGHUP)
    assert heard(ours, 4) == b"load"
    os.close(master)
    child.send_signal(signal.SIGHUP)
    assert heard(ours, 4) == b"stop"
    child.kill()
    child.wait()
