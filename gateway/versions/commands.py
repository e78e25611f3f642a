"""What `gateway publish`, `rollback`, `versions`, `reload` and `draft` do; `gateway/cli/versions.py` has their options.

The version is checked, its scripted calls are run and its files are kept by this process; a box that runs then takes
it in one step and gives its word. Without a running box the next start takes it.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from gateway.config.fields import clean
from gateway.config.files import NO_SECRETS
from gateway.config.load import read_site
from gateway.config.problems import nearest
from gateway.edge.control import SITE_S, ask
from gateway.errors import SettingError
from gateway.simulate.lengths import Lengths
from gateway.simulate.script_files import load_scripts, testable
from gateway.simulate.suite import run_file
from gateway.versions.compare import differences
from gateway.versions.start import when
from gateway.versions.store import Entry, VersionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.load import ReadSite

FOLDER = "folder"
"""In place of a version: the site's folder as it stands."""
SHOWN = 20


class RefusedError(SettingError):
    """The running box said no. `problems` is ready to be printed, or empty."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.problems = str(answer.get("problems", ""))
        super().__init__(f"refused, nothing has changed: {answer.get('error', 'the gateway did not say why')}")


class Desk:
    """The store of a state folder, and the box that may run with it."""

    def __init__(self, state_dir: Path) -> None:
        self.store = VersionStore(state_dir)
        self.socket = state_dir / "control.sock"
        self.state_dir = state_dir

    def status(self) -> dict[str, Any] | None:
        """Of the running box; None when none runs. Raises SettingError when there is one that may not be asked."""
        try:
            return ask(self.socket, {"request": "status"})
        except SettingError as error:
            if isinstance(error.__cause__, FileNotFoundError | ConnectionRefusedError):
                return None
            raise

    def tell(self, **request: str) -> dict[str, Any]:
        """Ask the running box to take another version. Raises RefusedError and SettingError."""
        answer = ask(self.socket, {"request": "site", **request}, SITE_S)
        if not answer.get("ok"):
            raise RefusedError(answer)
        return answer

    def keep(self, found: ReadSite) -> str:
        """Keep what was read, and see that it reads the same from there. Raises StoreError, SiteError."""
        if not self.state_dir.is_dir():
            self.state_dir.mkdir(parents=True, mode=0o750)
        version = self.store.keep(found.contents)
        self.store.read(version, secrets=NO_SECRETS)
        return version


def publish(folder: Path, state_dir: Path, *, note: str, who: str, test: bool) -> int:
    """Check, try, keep and switch. Exit status 0, or 1 when a scripted call failed. Raises SiteError, SettingError."""
    desk = Desk(state_dir)
    status = desk.status()
    # The running box has the passwords, and judges them when it takes the version.
    found = read_site(folder, secrets=NO_SECRETS if status is not None else None)
    tree = desk.store.site(desk.keep(found))
    version = tree.name
    if test and not _scripts_pass(tree, found):
        _say("not published: a scripted call fails, nothing has changed", error=True)
        _say("mend the flow or the call; `--no-test` publishes without trying the calls", error=True)
        return 1
    who, origin = who or _author(), str(folder.absolute())
    if status is None:
        desk.store.publish(Entry(version=version, how="publish", who=who, at=time.time(), note=note, folder=origin))
        _say(f"published {version}; no gateway runs with {state_dir}, the next `gateway run` begins with it")
        return 0
    answer = desk.tell(do="publish", version=version, who=who, note=note, folder=origin)
    _took(answer, "published")
    return 0


def rollback(wanted: str, state_dir: Path, *, note: str, who: str) -> int:
    """Go back to a version, by default the one before the present one. Raises SettingError and StoreError."""
    desk = Desk(state_dir)
    status = desk.status()
    current = desk.store.current()
    running = str(status["site_version"]) if status is not None else current.version if current is not None else ""
    version = find(desk.store, wanted) if wanted else desk.store.previous(running)
    if not version:
        raise SettingError("there is no version to go back to; `gateway versions` lists those that are kept")
    who = who or _author()
    if status is None:
        desk.store.read(version, secrets=NO_SECRETS)
        desk.store.publish(Entry(version=version, how="rollback", who=who, at=time.time(), note=note))
        _say(f"rolled back to {version}; no gateway runs with {state_dir}, the next `gateway run` begins with it")
        return 0
    _took(desk.tell(do="rollback", version=version, who=who, note=note), "rolled back to")
    return 0


def reload(state_dir: Path, *, who: str) -> int:
    """Let the running box read its folder anew. Raises SettingError."""
    desk = Desk(state_dir)
    answer = desk.tell(do="reload", who=who or _author())
    if answer["changed"]:
        _took(answer, "loaded")
    else:
        _say(f"nothing has changed: {answer['version']} runs")
    return 0


def draft(folder: Path, state_dir: Path, *, called: str, off: bool, who: str) -> int:
    """Let the test number of the running box reach `folder`. Raises SiteError and SettingError."""
    desk = Desk(state_dir)
    who = who or _author()
    if off:
        desk.tell(do="draft", who=who)
        _say("no draft any more; draft calls that are up go on to their end")
        return 0
    version = desk.keep(read_site(folder, secrets=NO_SECRETS))
    answer = desk.tell(do="draft", version=version, called=called, who=who)
    rings = answer["rings"]
    whom = f"rings only {', '.join(rings)}" if rings else "rings nobody (`draft: rings:` would name who may be rung)"
    _say(f"{answer['number']} reaches the draft {version} as {answer['called']}, flow {answer['flow']}; it {whom}")
    return 0


def versions(state_dir: Path, *, everything: bool, as_json: bool) -> int:
    """List what ran and what was published, newest first. Raises StoreError, SettingError."""
    desk = Desk(state_dir)
    log = desk.store.log()
    status = desk.status()
    current = desk.store.current()
    running = str(status["site_version"]) if status is not None else current.version if current is not None else ""
    if as_json:
        rows = [{**msgspec.to_builtins(entry), "runs": entry.version == running} for entry in reversed(log)]
        _say(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    if not log:
        _say(f"no version is kept in {desk.store.folder}: nothing ran or was published yet")
        return 0
    marked = False
    for entry in [*reversed(log)][: None if everything else SHOWN]:
        star = "*" if entry.version == running and not marked else " "
        marked = marked or star == "*"
        row = f"{star} {entry.version}  {when(entry.at)}  {entry.how:<8}  {entry.who or '-':<10}  {entry.note}"
        _say(row.rstrip())
    if len(log) > SHOWN and not everything:
        _say(f"  ... and {len(log) - SHOWN} before; --all shows them")
    if status is None:
        _say("  no gateway runs; * is what the next one begins with" if marked else "  no gateway runs")
    elif not marked:
        _say(f"* {running} runs; it is not kept, there is no way back to it")
    return 0


def compare(one: str, other: str, given: Path | None, state_dir: Path, default: Callable[[Path | None], Path]) -> int:
    """Print what is different between two versions; FOLDER is the site's folder: `given`, else that of the running
    box, else what was published last came from it, else `default`. Raises SettingError, StoreError, SiteError."""
    desk = Desk(state_dir)
    store = desk.store
    if given is None and FOLDER in {one, other}:
        status, current = desk.status(), store.current()
        known = str(status["folder"]) if status is not None else current.folder if current is not None else ""
        given = Path(known) if known else None
    left, right = (
        dict(read_site(default(given), secrets=NO_SECRETS).contents)
        if name == FOLDER
        else store.contents(find(store, name))
        for name in (one, other)
    )
    same = True
    for line in differences(left, right):
        same = False
        _say(line)
    if same:
        _say("no difference")
    return 0


def find(store: VersionStore, text: str) -> str:
    """The version that `text` is, or begins. Raises SettingError."""
    kept = store.versions()
    found = [version for version in kept if version.startswith(text.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise SettingError(f"{text} could be {', '.join(found)}: write more of it")
    near = nearest(text, kept)
    raise SettingError(
        f"there is no version {text}" + (f"; did you mean {near}?" if near else "; `gateway versions` lists them")
    )


def _scripts_pass(tree: Path, found: ReadSite) -> bool:
    """Run the scripted calls that belong to the version; tells each that fails."""
    site = found.settings.site
    site = testable(replace(site, pin=site.pin or "not read"))  # the calls key a PIN of their own
    files = load_scripts(tree, site)
    lengths = Lengths(found.settings.clips)
    reports = [run_file(site, file, lengths=lengths) for file in files]
    if all(each.good for each in reports):
        if not files:
            _say("note: there are no scripted calls beside the flows, nothing was tried", error=True)
        return True
    for each in reports:
        for result in each.results:
            if not result.good:
                _say(f"{each.file.file}: {clean(result.script.name)}", error=True)
                _say("\n".join(f"    {difference}" for difference in result.differences), error=True)
    return False


def _took(answer: dict[str, Any], did: str) -> None:
    calls = answer["older_calls"]
    rest = f"calls in progress that stay on the version before: {calls}" if calls else "no call was up"
    if answer["before"] == answer["version"]:
        rest = "it ran already" + (", its passwords were read anew" if answer["changed"] else "")
    _say(f"{did} {answer['version']}: the gateway runs it ({rest})")
    for line in answer["at_next_start"]:
        _say(f"takes effect at the next start: {line}")


def _author() -> str:
    """Who types the command: behind sudo, the person."""
    given = os.environ.get("SUDO_USER", "")
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _say(text: str, *, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout)
