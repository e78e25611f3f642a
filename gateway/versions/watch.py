"""Looking for changes in a site's folder. Whoever saves or copies files there is given time to finish."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

POLL_S = 1.0
SETTLE_S = 2.0
"""Files that have not changed for that long are taken for whole."""
FILES_MAX = 5000

Signature = dict[str, tuple[int, int, int]]


def signature(folder: Path) -> Signature:
    """Each file of the folder with what changes when it is written: time, size, inode. Editors' own files (hidden, or
    with ~ at the end) are left out. A folder that cannot be read has no files."""
    found: Signature = {}
    try:
        for path in folder.rglob("*"):
            if path.name.startswith(".") or path.name.endswith("~") or len(found) >= FILES_MAX:
                continue
            stat = path.stat()
            if path.is_file():
                found[str(path)] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    except OSError:  # a file went while we looked: the next look sees it
        return found
    return found


async def watch(folder: Path, wanted: Callable[[], bool], changed: Callable[[], Awaitable[None]]) -> None:
    """Call `changed` whenever the folder's files have changed and then stood still. `wanted` says whether anybody
    wants to know now; changes while nobody did are not told later."""
    seen: Signature | None = None
    since: float | None = None
    while True:
        if not wanted():
            seen, since = None, None
        else:
            now = await asyncio.to_thread(signature, folder)
            if seen is not None and now != seen:
                since = time.monotonic()
            seen = now
            if since is not None and time.monotonic() - since >= SETTLE_S:
                since = None
                await changed()
        await asyncio.sleep(POLL_S)
