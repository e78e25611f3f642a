"""What the command `gateway replay` does."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.progress import Progress

from gateway.config.load import load_site
from gateway.edge.store import JournalReader
from gateway.errors import SettingError, SiteError
from gateway.replay.compare import compare
from gateway.replay.office import ReplayOffice
from gateway.replay.past import KINDS, read
from gateway.replay.report import ASSUMED, render, why
from gateway.simulate import zone
from gateway.simulate.lengths import Lengths

if TYPE_CHECKING:
    from gateway.config.settings import Settings

DAY_S = 86_400.0
DAYS = 31


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `gateway replay`. `flow`: a changed flow file; empty: the site as it stands."""

    journal: Path
    flow: Path | None = None
    days: int = DAYS
    everything: bool = False
    as_json: bool = False
    clips: Path | None = None
    """The prompt store, for the true lengths of prompts."""


def replay(folder: Path, options: Options) -> str:
    """The answer as it is printed. Raises SettingError, SiteError (a mistake in the files) and StoreError."""
    settings = changed(folder, options.flow)
    with JournalReader(options.journal) as journal:
        facts = journal.of_kinds(KINDS)
    last = facts[-1].at if facts else 0.0
    past = read(facts, since=last - options.days * DAY_S)
    if not past.calls:
        raise SettingError(f"{options.journal}: no call of its last {options.days} days can be replayed")
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=len(past.calls))
        office = ReplayOffice(
            settings.site,
            past,
            lengths=Lengths(settings.clips, options.clips),
            done=lambda number: progress.update(task, completed=number),
        )
        found = compare(office.run(), {str(name): number for name, number in past.skipped.items()})
    clock = zone.zone_of(settings.site)
    if not options.as_json:
        return render(found, clock, everything=options.everything)
    told = {
        "assumed": ASSUMED,
        "before": msgspec.to_builtins(found.before),
        "after": msgspec.to_builtins(found.after),
        "replayed": len(found.calls),
        "not_replayed": [
            {"reason": reason, "words": why(reason), "calls": number} for reason, number in found.not_replayed.items()
        ],
        "skipped": found.skipped,
        "different": [
            {**msgspec.to_builtins(call), "time": zone.wall_clock(call.at, clock)} for call in found.different
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def changed(folder: Path, flow: Path | None) -> Settings:
    """The site with the flow file `flow` in place of its own of that name; itself without one."""
    if flow is None:
        return load_site(folder)
    if not flow.is_file():
        raise SettingError(f"--flow: there is no file {flow}; for a changed folder: --site FOLDER")
    settings = load_site(folder)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "site"
        shutil.copytree(folder, copy)
        (copy / "flows").mkdir(exist_ok=True)
        shutil.copyfile(flow, copy / "flows" / flow.name)
        try:
            found = load_site(copy)
        except SiteError as error:
            raise SiteError(error.problems) from None
    if found.site.flows == settings.site.flows:
        raise SettingError(f"--flow: with {flow} the flows of the site are just as they are; its name must be the flow's")
    return found
