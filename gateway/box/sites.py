"""Another version of the site takes its place in a running box: all that has to change with it, in one place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.audio.prompts import PromptStore
from gateway.box.lines import line_configs
from gateway.core.events import TimerDue

if TYPE_CHECKING:
    from gateway.app import App
    from gateway.config.settings import Settings
    from gateway.core.board.turn import Outcome
    from gateway.core.facts.all import AnyFact


class Sites:
    """What `gateway/versions/keeper.py` needs of the box."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tried: Settings | None = None
        """The draft that the test number reaches."""

    async def prepare(self, settings: Settings) -> None:
        """Make everything ready that a version needs. Raises GatewayError."""
        self._app.publishing.check(settings)
        await asyncio.to_thread(PromptStore(self._app.state_dir / "clips").prepare, settings.clips)

    def switch(self, settings: Settings, facts: tuple[AnyFact, ...]) -> None:
        """From here on calls run on this version; those that are up stay on theirs."""
        app = self._app
        app.settings = settings
        app.journal.append(facts)
        self._came(app.board.load(settings.site, now=app.clock()))
        app.figures.load(settings.site)
        self._load_services()
        app.lines.reconfigure(line_configs(settings, app.state_dir))
        app.publishing.take(settings)

    def draft(self, settings: Settings | None, called: str, facts: tuple[AnyFact, ...]) -> None:
        """Calls to the test number run on this version from here on, as calls to `called`; None: on none."""
        app = self._app
        self._tried = settings
        app.journal.append(facts)
        self._came(app.board.load_draft(settings.site if settings else None, called, now=app.clock()))
        self._load_services()

    def note(self, fact: AnyFact) -> None:
        """Remember it."""
        self._app.journal.append([fact])

    def older_calls(self) -> int:
        """Calls that are on another version than the one that runs."""
        return self._app.board.calls_on_others(self._app.settings.site)

    def _came(self, outcome: Outcome) -> None:
        self._app.journal.append(outcome.facts)
        self._app.perform(outcome.actions)
        self._app.inbox.put(TimerDue())  # the pump waits for a deadline that may be another now

    def _load_services(self) -> None:
        for settings in (self._tried, self._app.settings):  # a token goes to the host that it was given for
            if settings is not None:
                self._app.crm.load(settings.site.services, settings.tokens)
