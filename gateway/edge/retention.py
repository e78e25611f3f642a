"""Deletes recordings that were kept long enough, and says so. Nothing else in the state folder is touched."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from gateway.core.events_desk import RecordingRemoved
from gateway.core.talk.recordings import FOLDER

EVERY_S = 3600.0
DAY_S = 86_400.0

_log = logging.getLogger(__name__)


async def keep_clean(
    state_dir: Path, keep_days: Callable[[], int], on_removed: Callable[[RecordingRemoved], None]
) -> None:
    """Look at once, then every hour, until cancelled."""
    while True:
        for event in await asyncio.to_thread(remove_old, state_dir, keep_days(), time.time()):
            on_removed(event)
        await asyncio.sleep(EVERY_S)


def remove_old(state_dir: Path, keep_days: int, now: float) -> list[RecordingRemoved]:
    """Delete what was last written more than `keep_days` before `now` (0: keep all); what was deleted. A file that
    cannot be deleted is logged and tried again the next time."""
    removed: list[RecordingRemoved] = []
    folder = state_dir / FOLDER
    if keep_days <= 0 or not folder.is_dir():
        return removed
    for path in sorted(folder.glob("*.wav")):
        try:
            written = path.stat().st_mtime
            if now - written > keep_days * DAY_S:
                path.unlink()
                removed.append(RecordingRemoved(file=f"{FOLDER}/{path.name}", recorded_at=written))
        except OSError as error:
            _log.warning("%s cannot be deleted: %s", path, error.strerror)
    return removed
