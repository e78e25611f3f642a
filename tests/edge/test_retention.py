"""Only recordings that were kept long enough go, and what went is told."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.core.events_desk import RecordingRemoved
from gateway.edge.retention import DAY_S, remove_old

NOW = 1_795_420_800.0


def recording(state: Path, name: str, days_old: float) -> Path:
    file = state / "recordings" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"RIFF")
    os.utime(file, (NOW - days_old * DAY_S,) * 2)
    return file


def test_what_is_older_goes_and_nothing_else(tmp_path: Path) -> None:
    old, young = recording(tmp_path, "old.wav", 30.1), recording(tmp_path, "young.wav", 29.9)
    other = recording(tmp_path, "notes.txt", 300)
    (tmp_path / "journal.sqlite").write_bytes(b"x")
    os.utime(tmp_path / "journal.sqlite", (0, 0))
    removed = remove_old(tmp_path, 30, NOW)
    assert removed == [RecordingRemoved(file="recordings/old.wav", recorded_at=NOW - 30.1 * DAY_S)]
    assert not old.exists()
    assert young.exists()
    assert other.exists()
    assert (tmp_path / "journal.sqlite").exists()
    assert remove_old(tmp_path, 30, NOW) == []


def test_without_a_limit_everything_stays(tmp_path: Path) -> None:
    assert remove_old(tmp_path, 0, NOW) == []
    old = recording(tmp_path, "old.wav", 3000)
    assert remove_old(tmp_path, 0, NOW) == []
    assert old.exists()
