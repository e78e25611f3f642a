"""What the command `gateway explain` does. The journal may be written by a running box meanwhile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from gateway.config.files import NO_SECRETS
from gateway.config.load import load_site
from gateway.core.facts.calls import CallStarted
from gateway.core.site.site import Site
from gateway.edge.store import JournalReader
from gateway.errors import GatewayError, SettingError
from gateway.explain.find import find
from gateway.explain.masked import masked
from gateway.explain.story import lines, tell
from gateway.simulate import zone
from gateway.simulate.words import language_of
from gateway.versions.store import VersionStore

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = Site(name="", version="", numbers={}, flows={}, agents={}, teams={}, clients={})
"""Without any files the story is told with ids in place of names."""


def explain(
    folder: Path, state: Path, call: str, *, lang: str = "", numbers: bool = False, as_json: bool = False
) -> str:
    """The story of a call, as it is printed. Raises SettingError for a call that is not there, StoreError for the
    journal. Names are those of the version that the call was on where it is kept, else of the site's folder."""
    if lang not in {"", "pl", "en"}:
        raise SettingError(f"--lang: the story is told in pl or en, not in '{lang}'")
    with JournalReader(state / "journal.sqlite") as journal:
        rows = journal.facts_of(find(journal, call))
    facts = tuple(fact for row in rows if (fact := row.fact()) is not None)
    if not facts:
        raise SettingError(f"call {rows[0].call} was written by a newer version of the gateway: use that one")
    if not numbers:
        facts = masked(facts)
    started = next((fact for fact in facts if isinstance(fact, CallStarted)), None)
    site = site_of(started.site_version if started is not None else "", folder, state)
    flow = site.flows.get(started.flow) if started is not None else None
    language = language_of(lang or (flow.language if flow is not None else "en"))
    story = tell(site, facts, language)
    clock = zone.zone_of(site)
    if as_json:
        told = {**msgspec.to_builtins(story), "at": zone.wall_clock(story.at, clock), "zone": str(clock)}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    version = f", version {story.version}" if story.version else ""
    return f"{zone.wall_clock(story.at, clock)} ({clock}), {story.call}{version}\n{lines(story, language)}"


def site_of(version: str, folder: Path, state: Path) -> Site:
    """The site by whose names a call is told; an empty one when no files can be read."""
    try:
        return VersionStore(state).read(version, secrets=NO_SECRETS).settings.site
    except GatewayError:
        pass
    try:
        return load_site(folder).site
    except GatewayError:
        return NOBODY
