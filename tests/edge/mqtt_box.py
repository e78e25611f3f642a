"""A journal, its figures and a publisher, joined as the control process joins them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from pathlib import Path

from gateway.config.settings import BrokerSettings
from gateway.core.agents.commands import Refusal
from gateway.core.events import AgentCommanded
from gateway.edge.figures import Figures
from gateway.edge.mqtt import Publisher
from gateway.edge.mqtt_agents import AGENT, AGENTS, agents_door
from gateway.edge.mqtt_commands import Commands, Door
from gateway.edge.store import Journal
from tests.edge.broker import PATIENCE_S
from tests.edge.calls_made_up import MONDAY, SITE


async def soon(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        await asyncio.sleep(0.02)


class Box:
    """A journal, its figures and a publisher, as the control process joins them."""

    def __init__(self, folder: Path, port: int, **settings: object) -> None:
        self.journal = Journal(folder / "journal.db")
        self.figures = Figures(self.journal, SITE)
        self.commands: list[AgentCommanded] = []
        self.more: Commands | None = None
        """Commands in place of the agents'."""
        self.began = time.monotonic()
        self.settings = BrokerSettings(port=port, topic="gw", **settings)

    @contextlib.asynccontextmanager
    async def publishing(self):
        publisher = Publisher(
            self.settings,
            self.journal,
            self.figures,
            site="demo",
            site_version="v1",
            version="0.1",
            jitter=random.Random(1),
            clock=self.clock,
            commands=self.more or Commands("gw/demo", self.doors(), self.clock),
        )
        task = asyncio.create_task(publisher.run())
        try:
            yield publisher
        finally:
            await publisher.close(PATIENCE_S)
            await task

    def clock(self) -> float:
        """The day that the made-up calls belong to."""
        return MONDAY + 14 * 3600 + time.monotonic() - self.began

    def doors(self) -> dict[str, Door]:
        return {AGENT: agents_door(self.command)} if AGENTS in self.settings.commands else {}

    def command(self, event: AgentCommanded) -> Refusal | None:
        if event.agent != "anna":
            return Refusal("agent", f"no agent {event.agent}", "known are anna")
        self.commands.append(event)
        return None

    def published(self, publisher: Publisher):
        return lambda: publisher.state.backlog == 0 and self.journal.state.waiting == 0

    def close(self) -> None:
        self.figures.close()
        self.journal.close()
