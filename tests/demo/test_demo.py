"""The demo as a person starts it: green when all goes as told, red when a phone is off, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gateway.demo.scenes import SCENES

pytestmark = [pytest.mark.sip, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
ALL_S = 240


@pytest.fixture
def folder():
    """A short path for the demo's files: Unix sockets lie in it, and their paths are at most 107 bytes long."""
    with tempfile.TemporaryDirectory(prefix="gd") as path:
        yield path


def command(*options):
    return [sys.executable, "-m", "gateway.demo", *options]


def environment(folder):
    return {**os.environ, "TMPDIR": folder, "COLUMNS": "300"}


def demo(folder, *options):
    return subprocess.run(
        command(*options),
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ALL_S,
        check=False,
    )


def left_behind(folder):
    """Command lines of processes that a demo with this folder has started and that still run."""
    mark, found = f"TMPDIR={folder}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_all_calls_go_as_told(folder):
    done = demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    for number, (title, _) in enumerate(SCENES.values(), 1):
        assert f"Call {number}: {title}" in done.stdout
    assert f"All {len(SCENES)} calls went as told" in done.stdout
    assert "NOT" not in done.stdout
    assert "\x1b" not in done.stdout, "colours, though the output is no terminal"
    assert left_behind(folder) == []
    assert not any(Path(folder).iterdir())


def test_a_phone_that_is_off_turns_the_demo_red(folder):
    done = demo(folder, "--scene", "manager", "--phone-off", "anna")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT AS TOLD: call 1 (a known client, whose manager answers): Anna Nowak's phone rang" in done.stdout
    assert "went as told" not in done.stdout
    assert left_behind(folder) == []
    (kept,) = Path(folder).glob("gateway-demo-*")
    assert (kept / "gateway.log").exists()


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing_behind(folder, number):
    process = subprocess.Popen(
        command("--scene", "manager"),
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert "Gateway on" in process.stdout.readline()
        assert len(left_behind(folder)) >= 6
        time.sleep(4)  # into the call
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert left_behind(folder) == []
    assert not any(Path(folder).iterdir())


@pytest.mark.parametrize(
    ("options", "said"), [(("--scene", "nobody"), "invalid choice"), (("--phone-off", "nobody"), "no agent nobody")]
)
def test_what_the_demo_does_not_have_is_said(folder, options, said):
    done = demo(folder, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert not any(Path(folder).iterdir())
