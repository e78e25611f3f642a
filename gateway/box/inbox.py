"""Where events wait for the pump, in order of arrival; a deadline that comes first is an event, too."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

from gateway.core.events import TimerDue

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.switchboard import BoardEvent


class Inbox:
    """Events in order of arrival; `get` hands out TimerDue when the deadline comes first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._events: deque[BoardEvent] = deque()
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Events that nobody has taken yet."""
        return len(self._events)

    def put(self, event: BoardEvent) -> None:
        self._events.append(event)
        self._arrived.set()

    async def get(self, until: float | None) -> BoardEvent:
        while not self._events:
            self._arrived.clear()
            wait_s = None if until is None else until - self._clock()
            if wait_s is not None and wait_s <= 0:
                return TimerDue()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._arrived.wait()
        return self._events.popleft()
