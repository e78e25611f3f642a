"""The folder in which a box keeps what it must not lose: made, and locked against a second control process."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING, Any

from gateway.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path


def prepare_state(state_dir: Path) -> Any:
    """Make the folders and take the lock that keeps two control processes apart. Keep what is returned alive."""
    for folder in (state_dir, state_dir / "run", state_dir / "clips"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    lock = (state_dir / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise SettingError(
            f"another gateway already runs with {state_dir}: stop it, or give this one its own --state folder"
        ) from None
    return lock
