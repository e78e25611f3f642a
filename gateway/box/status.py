"""What a running box tells of itself: plain dicts and lists, which `gateway/status.py` shows to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway import __version__

if TYPE_CHECKING:
    from gateway.app import App


def status_of(app: App) -> dict[str, Any]:
    """What `gateway status` shows."""
    now = app.now()
    return {
        "version": __version__,
        "site": app.settings.site.name,
        "site_version": app.settings.site.version,
        "folder": app.settings.folder,
        "up_s": round(now - app.started_at, 1),
        "now": now,
        "lines": app.lines.state(),
        "services": msgspec.to_builtins(app.crm.state()),
        "versions": app.keeper.state(),
        "broker": msgspec.to_builtins(app.publishing.state),
        "journal": msgspec.to_builtins(app.journal.state),
        "board": msgspec.to_builtins(app.board.view()),
        "timezone": app.settings.site.timezone,
        "hours": msgspec.to_builtins(app.board.hours(now)),
        "alarms": msgspec.to_builtins(app.board.alarms()),
        "desk": msgspec.to_builtins(app.board.desk(now)),
        "figures": msgspec.to_builtins(dict(app.figures.now(now))),
        "continuity": msgspec.to_builtins(app.figures.continuity(now)),
        "agents_today": msgspec.to_builtins(dict(app.figures.agents(now))),
    }
