"""One publisher at a time: a version with another broker, or with another name of the site, gets a new one, after the
old one has said goodbye; facts go on where they were."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.edge.mqtt import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.settings import Settings
    from gateway.core.actions import ScreenPop
    from gateway.edge.mqtt_contract import BrokerState


class Publishing:
    """`make` gives the publisher of a version, None for one without a broker; it raises BrokerError for settings that
    cannot work."""

    def __init__(self, make: Callable[[Settings], Publisher | None], settings: Settings) -> None:
        self._make, self._settings = make, settings
        self._publisher = make(settings)
        self._task: asyncio.Task[None] | None = None
        self._change: asyncio.Task[None] | None = None

    @property
    def state(self) -> BrokerState | None:
        """How it stands with the broker; None without one."""
        return self._publisher.state if self._publisher is not None else None

    def pop(self, action: ScreenPop) -> None:
        """Hand a screen-pop to the broker, if there is one, before this returns."""
        if self._publisher is not None:
            self._publisher.pop(action)

    def check(self, settings: Settings) -> None:
        """Raises BrokerError when this version's broker cannot be used."""
        if settings.broker != self._settings.broker:
            self._make(settings)

    def start(self) -> None:
        """Needs a running event loop."""
        if self._publisher is not None:
            self._task = asyncio.create_task(self._publisher.run(), name="publisher")

    def take(self, settings: Settings) -> None:
        """Publish as this version wants it; another broker is spoken to as soon as the old one is left."""
        before, self._settings = self._settings, settings
        if (before.broker, before.site.name) == (settings.broker, settings.site.name):
            if self._publisher is not None:
                self._publisher.load(settings.site.version)
            return
        self._change = asyncio.create_task(self._replace(self._change), name="another publisher")

    async def close(self) -> None:
        """Let the broker have what is committed, and leave it."""
        if self._change is not None:
            await asyncio.gather(self._change, return_exceptions=True)
        await self._leave()

    async def _replace(self, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.gather(earlier, return_exceptions=True)
        old = self._publisher
        await self._leave()
        self._publisher = self._make(self._settings)
        if self._publisher is not None and old is not None:
            self._publisher.go_on_from(old.state.acked_seq)
        self.start()

    async def _leave(self) -> None:
        publisher, task = self._publisher, self._task
        self._task = None
        if publisher is not None and task is not None:
            await publisher.close()
            await asyncio.gather(task, return_exceptions=True)
