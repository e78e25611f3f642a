"""With which version a box begins: the one that was published last; what the folder holds as long as nothing was."""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gateway.config.files import NO_SECRETS, site_version
from gateway.config.load import read_site
from gateway.errors import SiteError, StoreError
from gateway.versions.store import Entry, VersionStore

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.settings import Settings

log = logging.getLogger("gateway.versions")


class Started(NamedTuple):
    """What a box begins with. `published` None: nothing ever was, `settings` are the folder's."""

    settings: Settings
    folder: Path
    """The site's folder: what SIGHUP reads, and where passwords lie."""
    published: Entry | None
    kept: bool
    """Whether the version is in the store, so that one can go back to it."""


def begin(folder: Path, state_dir: Path) -> Started:
    """Find the version to start with, and keep it if it is the folder's.

    Raises SiteError: the version (or a password that it needs) cannot be used. StoreError: the store is damaged.
    """
    store = VersionStore(state_dir)
    published = store.current()
    if published is not None:
        try:
            settings = store.read(published.version, secrets=folder).settings
        except SiteError:
            log.error(  # noqa: TRY400 - the mistakes follow
                "version %s, which was published last, cannot be used as things are; put right what follows, or "
                "`gateway publish` a folder that is sound",
                published.version,
            )
            raise
        return Started(_at(folder, settings), folder, published, kept=True)
    found = read_site(folder)
    version = found.settings.site.version
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
        store.keep(found.contents)
        # Read again from there: what runs is what is kept, whatever happens to the folder meanwhile.
        settings = store.read(version, secrets=folder).settings
    except (StoreError, OSError) as error:
        log.warning("this version cannot be kept, there will be no going back to it: %s", error)
        return Started(found.settings, folder, None, kept=False)
    return Started(_at(folder, settings), folder, None, kept=True)


def note(started: Started, state_dir: Path) -> None:
    """Remember that a version ran that nobody published, so that there is a way back to it."""
    version = started.settings.site.version
    if started.published is not None or not started.kept:
        return
    store = VersionStore(state_dir)
    try:
        if [entry.version for entry in store.log()[-1:]] != [version]:
            store.note(Entry(version=version, how="start", who="", at=time.time(), folder=str(started.folder)))
    except StoreError as error:
        log.warning("it is not noted that this version runs: %s", error)


def told(started: Started) -> list[str]:
    """What a person at a terminal should know of it."""
    entry, folder = started.published, started.folder
    if entry is None:
        return [
            f"  Nothing was published: this is the folder {folder} as it stands, read anew at each start.",
            "  `gateway publish` puts a change live; from then on what was published runs, after a restart too.",
        ]
    by = f" by {entry.who}" if entry.who else ""
    note = f": {entry.note}" if entry.note else ""
    lines = [f"  This version was published {when(entry.at)}{by}{note}."]
    try:
        same = site_version(read_site(folder, secrets=NO_SECRETS).contents) == entry.version
    except SiteError as error:
        lines.append(f"  The folder {folder} is another one and is not used; {error} (`gateway check`).")
    else:
        if not same:
            lines.append(f"  The folder {folder} differs from it and is NOT used: `gateway publish` puts it live.")
    return lines


def when(at: float) -> str:
    """A moment on the wall of the office."""
    return dt.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _at(folder: Path, settings: Settings) -> Settings:
    """With the folder that people know."""
    return replace(settings, folder=str(folder.absolute()))
