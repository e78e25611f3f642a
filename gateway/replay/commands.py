"""What the command `gateway replay` does."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.progress import Progress

from gateway.config.load import load_site
from gateway.edge.store import JournalReader
from gateway.errors import SettingError
from gateway.replay.compare import compare
from gateway.replay.office import ReplayOffice
from gateway.replay.past import KINDS, read
from gateway.replay.report import ASSUMED, render, why
from gateway.simulate import zone
from gateway.simulate.lengths import Lengths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.settings import Settings

DAY_S = 86_400.0
DAYS = 31
_FLOW = re.compile(r"""^flow:\s*["']?([^\s"'#]+)""", re.MULTILINE)


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
    with JournalReader(options.journal) as journal:
        facts = journal.of_kinds(KINDS)
    last = facts[-1].at if facts else 0.0
    past = read(facts, since=last - options.days * DAY_S)
    if not past.calls:
        raise SettingError(f"{options.journal}: no call of its last {options.days} days can be replayed")
    console = Console(stderr=True)
    with (
        changed(folder, options.flow) as settings,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("replay", total=len(past.calls))
        office = ReplayOffice(
            msgspec.structs.replace(settings.site, call_backs=None),  # who was reached then is not known
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


@contextlib.contextmanager
def changed(folder: Path, flow: Path | None) -> Iterator[Settings]:
    """The site with the flow file `flow` in place of its own of that name; itself without one. Files that the settings
    name are there as long as the context is."""
    if flow is None:
        yield load_site(folder)
        return
    try:
        text = flow.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"--flow: {flow} cannot be read ({error}); for a changed folder: --site FOLDER") from error
    named = _FLOW.search(text)
    flows = load_site(folder).site.flows
    if named is None or named[1] not in flows:
        name = f"flow '{named[1]}'" if named is not None else "a file without `flow:`"
        raise SettingError(f"--flow: {flow} is {name}, and this site has the flows {', '.join(flows)}")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "site"
        shutil.copytree(folder, copy)
        (copy / "flows").mkdir(exist_ok=True)
        (copy / "flows" / f"{named[1]}.yaml").write_text(text, "utf-8")
        yield load_site(copy)
