"""Kill -9 and full disks: real processes, real files."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.edge.store import Journal, JournalReader
from gateway.errors import StoreError
from tests.edge.broker import until
from tests.edge.calls_made_up import step
from tests.edge.children import ROOT, Child, promised


def names(path: Path) -> list[str]:
    with JournalReader(path) as reader:
        rows = reader.read_from(0, 100_000)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.kind_seq for row in rows] == list(range(1, len(rows) + 1))
    return [row.fact().step for row in rows]


def expect_prefix(kept: list[str], child: Child) -> None:
    """What is kept begins as what was appended began; the last fact may not have been told of before the kill."""
    said = list(child.appended())
    assert kept[: len(said)] == said[: len(kept)]
    assert len(kept) <= len(said) + 1


@pytest.mark.parametrize("stage", ["appended", "committed"])
def test_a_kill_at_a_chosen_point_loses_nothing_older_than_promised(tmp_path: Path, stage: str) -> None:
    path = tmp_path / "journal.db"
    child = Child(path, tmp_path, run="first", kill_at=stage, kill_from=450)
    killed_at = child.wait_killed()
    kept = names(path)
    expect_prefix(kept, child)
    must = promised(child, killed_at)
    assert must
    assert must <= set(kept)
    Child(path, tmp_path, run="second", facts=20).wait_done()
    assert names(path) == [*kept, *(f"second-{n}" for n in range(20))]


def test_kills_from_outside_at_any_moment_leave_a_sound_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    kept: list[str] = []
    for round_ in range(4):
        child = Child(path, tmp_path, run=f"run{round_}", facts=4000)
        until(lambda child=child: len(child.appended()) > 260 + 37 * round_, "facts of the child")
        killed_at = time.monotonic()
        child.process.kill()
        child.process.wait()
        now = names(path)
        assert now[: len(kept)] == kept
        expect_prefix(now[len(kept) :], child)
        assert promised(child, killed_at) <= set(now)
        with Journal(path) as journal:
            journal.check()
        kept = now


def test_a_disk_that_refuses_costs_no_fact(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    child = Child(path, tmp_path, run="full", facts=3000, size=120_000)
    child.wait_done()
    states = [json.loads(" ".join(words[1:])) for words in child.words() if words[0] == "state"]
    refused = next(words for words in child.words() if words[0] == "refused")
    assert "facts are not on disk yet" in " ".join(refused)
    assert states[0]["writable"] is False
    assert states[0]["waiting"] > 0
    assert states[1] == {"writable": True, "waiting": 0}
    assert names(path) == ["before", *(f"during-{n}" for n in range(3000)), "after"]
    log = child.errors.read_text()
    assert "facts wait in memory and would be lost with the power" in log
    assert len(log.splitlines()) < 10, "loud, but not in every round"


SMALL_DISK = """
set -e
mount -t tmpfs -o size=400k none "$1"
"$2" - "$1" <<'PY'
import sys, time
from pathlib import Path
from tests.edge.calls_made_up import step
from gateway.edge.store import Journal
journal = Journal(Path(sys.argv[1]) / "journal.db")
ballast = Path(sys.argv[1]) / "ballast"
try:
    ballast.write_bytes(bytes(10_000_000))
except OSError:
    pass
journal.append(step(0.0, str(n)) for n in range(500))
end = time.monotonic() + 20
while journal.state.writable and time.monotonic() < end:
    time.sleep(0.05)
print(journal.state.last_error)
ballast.unlink()
journal.flush(20)
print(journal.last_seq(), journal.state.writable)
journal.close()
PY
"""


def test_a_full_disk_is_named_and_forgiven(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk (unshare -rm)")
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", str(place), sys.executable],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    error, end = done.stdout.splitlines()
    assert "the disk is full. Make room on it" in error
    assert end == "500 True"


def test_what_waits_for_the_disk_is_still_in_order(tmp_path: Path) -> None:
    """A commit that fails half way is repeated whole, with what has come since behind it."""
    with Journal(tmp_path / "journal.db") as journal:
        write = journal._write
        many, failures = write.many, iter([True, True, False, True])

        def fails_after_its_work(sql: str, values: list) -> None:
            many(sql, values)
            if next(failures, False):
                raise StoreError("for the test's sake")

        write.many = fails_after_its_work
        for number in range(30):
            journal.append([step(0.0, str(number))])
            time.sleep(0.01)
        journal.flush(20)
    assert names(tmp_path / "journal.db") == [str(n) for n in range(30)]


def test_a_commit_that_only_seemed_to_fail_is_not_written_twice(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        real, failures = journal._write.transaction, iter([True, False])

        @contextlib.contextmanager
        def reports_failure_after_success():
            with real():
                yield
            if next(failures, False):
                raise StoreError("the disk did not say whether it has it")

        journal._write.transaction = reports_failure_after_success
        journal.append(step(0.0, str(number)) for number in range(3))
        until(lambda: not journal.state.writable, "the failure")
        journal.append(step(0.0, str(number)) for number in range(3, 6))
        journal.flush(20)
        assert journal.state.writable
    assert names(tmp_path / "journal.db") == [str(n) for n in range(6)]
