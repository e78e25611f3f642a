"""One box from its lock to its end: the clips are made first, then the pump turns until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from gateway import collector
from gateway.app import App
from gateway.audio.prompts import PromptStore
from gateway.box.state_folder import prepare_state
from gateway.versions import start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.clock import SteadyClock
    from gateway.config.settings import Settings


def run_site(
    settings: Settings,
    state_dir: Path,
    *,
    on_ready: Callable[[App], None] | None = None,
    clock: SteadyClock | None = None,
    started: start.Started | None = None,
) -> None:
    """Make every clip ready, then run until told to stop. Raises SettingError, SpeechError, StoreError."""
    lock = prepare_state(state_dir)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is a version that another could replace
    if started is not None:
        start.note(started, state_dir)
    try:
        PromptStore(state_dir / "clips").prepare(settings.clips)

        async def main() -> None:
            app = App(settings, state_dir, clock, started)
            collector.settle()
            if on_ready is not None:
                on_ready(app)
            await app.run()

        asyncio.run(main())
    finally:
        lock.close()
