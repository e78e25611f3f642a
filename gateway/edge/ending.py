"""How tasks are ended: told to, and waited for until they are over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

AGAIN_S = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel them and wait until all are over, whatever they end with.

    One that goes on is told again: Python 3.11's `asyncio.wait_for`, by which aiomqtt waits, loses a cancellation that
    comes in the same turn of the loop as what it waits for (python/cpython issue 86296).
    """
    left = all_ = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_S)
    for task in all_:
        if not task.cancelled():
            task.exception()  # seen: the loop is not to complain of it
