"""How tasks are ended, also those whose library loses a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from gateway.box.inbox import Inbox
from gateway.core.events import TimerDue
from gateway.edge import ending


def test_a_task_that_loses_its_cancellation_is_told_again(monkeypatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_S", 0.01)

    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def fails() -> None:
        raise ValueError("seen by nobody")

    async def run() -> list[bool]:
        tasks = [asyncio.create_task(deaf_once()), asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(60))]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await ending.end(tasks)
            await ending.end([])
        return [task.cancelled() for task in tasks]

    assert asyncio.run(run()) == [True, False, True]


@pytest.mark.parametrize("turns", range(6))
def test_the_pump_ends_in_whichever_turn_of_the_loop_it_is_told_to(turns) -> None:
    """An event and the end may come together."""

    async def run() -> bool:
        inbox = Inbox(lambda: 0.0)

        async def pump() -> None:
            while True:
                await inbox.get(1e9)

        task = asyncio.create_task(pump())
        await asyncio.sleep(0.01)
        inbox.put(TimerDue())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=5)
        ended = task.cancelled()
        task.cancel()
        return ended

    assert asyncio.run(run())
