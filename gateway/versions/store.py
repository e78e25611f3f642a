"""Where versions of the site are kept: a version is its content, it is never changed, and one pointer says which runs.

    versions/            mode 0700: client lists are personal data. Passwords are in no version.
      sites/<version>/   the site's folder as it was; equal files of all versions are one file (hard links)
      objects/<hash>     those files, by the hash of their content
      current            which version was published last, by whom, when: one line of JSON, switched by rename
      log                every version that ran or was published, oldest first: a line of JSON each, only appended to
      lock               held by whoever writes

What is written is on disk (fsync) before anything points to it, so that a kill or a power cut leaves the old version or
the new one, never a mix. `current` is written before the log; a line that is missing there then is added later.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.config.files import site_version
from gateway.config.load import ReadSite, read_site
from gateway.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

How = Literal["publish", "rollback", "start", "reload", "watch"]
"""By what a version came to run. Published by "publish" and "rollback"; by "reload" and "watch" only once anything was
published; "start": a box that nothing was ever published to began with what the folder held."""

_VERSION = re.compile(r"[0-9a-f]{16}")
_SHIPPED = "shipped"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `at` in Unix seconds."""

    version: str
    how: How
    who: str
    at: float
    note: str = ""
    folder: str = ""
    """From where it was published."""


_entry = msgspec.json.Decoder(Entry)


class VersionStore:
    """The versions of one box. `on_stage` hears "object", "site", "current", "log" when each has just been written."""

    def __init__(self, state_dir: Path, *, on_stage: Callable[[str], None] = lambda _stage: None) -> None:
        self.folder = state_dir / "versions"
        self._sites = self.folder / "sites"
        self._objects = self.folder / "objects"
        self._on_stage = on_stage

    # Reading

    def site(self, version: str) -> Path:
        """The folder of a version, as it was read. Nobody may write into it."""
        return self._sites / version

    def versions(self) -> tuple[str, ...]:
        """Every version that is kept."""
        if not self._sites.is_dir():
            return ()
        return tuple(sorted(path.name for path in self._sites.iterdir() if _VERSION.fullmatch(path.name)))

    def read(self, version: str, *, secrets: Path) -> ReadSite:
        """A version as settings; passwords are read from `secrets` as they are now.

        Raises SiteError when this program cannot use it (or a password is missing), StoreError when it is not whole.
        """
        if not self.site(version).is_dir():
            raise StoreError(f"version {version} is not kept in {self.folder}; `gateway versions` lists what is")
        found = read_site(self.site(version), secrets=secrets, shipped_flows=self.site(version) / _SHIPPED)
        if found.settings.site.version != version:
            raise StoreError(
                f"version {version} in {self.site(version)} is not what it was: a file there was changed or is "
                "damaged; publish the site's folder anew"
            )
        return found

    def contents(self, version: str) -> dict[str, bytes]:
        """The files of a version by name. Raises StoreError."""
        root = self.site(version)
        try:
            files = sorted(path for path in root.rglob("*") if path.is_file())
            return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
        except OSError as error:
            raise _cannot(root, error) from error

    def current(self) -> Entry | None:
        """What was published last; None when nothing ever was. Raises StoreError."""
        try:
            return _entry.decode((self.folder / "current").read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot(self.folder, error) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreError(f"{self.folder / 'current'} cannot be read: {error}; publish the site anew") from error

    def log(self) -> tuple[Entry, ...]:
        """Every entry, oldest first; a line that a power cut has torn is left out. Raises StoreError."""
        try:
            data = (self.folder / "log").read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise _cannot(self.folder, error) from error
        entries = []
        for line in data.splitlines():
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                entries.append(_entry.decode(line))
        current = self.current()
        if current is not None and current not in entries[-1:] and current not in entries:
            entries.append(current)  # killed between the pointer and the log
        return tuple(entries)

    def previous(self, running: str) -> str:
        """The version to which a rollback from `running` goes; "" when there is none. What was rolled back is not
        gone back to: two rollbacks go two versions back."""
        way: list[str] = []
        for entry in self.log():
            if entry.how == "rollback" and entry.version in way:
                del way[len(way) - way[::-1].index(entry.version) :]
            elif not way or way[-1] != entry.version:
                way.append(entry.version)
        while way and way[-1] == running:
            way.pop()
        return next((version for version in reversed(way) if version != running and self.site(version).is_dir()), "")

    # Writing

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among those who write; waits for the others. Raises StoreError."""
        try:
            for folder in (self.folder, self._sites, self._objects):
                self._make(folder)
            guard = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _cannot(self.folder, error) from error
        try:
            self._give(self.folder / "lock")
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise _cannot(self.folder, error) from error
        finally:
            os.close(guard)

    def keep(self, contents: Mapping[str, bytes]) -> str:
        """Keep these files (by name, as `read_site` gives them) as a version; gives its name. What is kept already
        and whole is left alone. Raises StoreError and leaves nothing half done."""
        version = site_version(contents)
        for name in contents:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise StoreError(f"{name!r} lies outside the site's folder and cannot be part of a version")
        with self.locked():
            target = self.site(version)
            if target.is_dir() and self.contents(version) == dict(contents):
                return version
            draft = Path(tempfile.mkdtemp(dir=self._sites, prefix=".new-"))
            try:
                folders = {draft}
                for name, data in contents.items():
                    path = draft / name
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    folders.update(parent for parent in path.parents if draft in parent.parents)
                    self._link(self._object(data), path)
                for folder in folders:
                    self._give(folder)
                    _sync(folder)
                if target.exists():  # damaged: out of the way
                    target.rename(self._sites / f".old-{draft.name}")
                draft.rename(target)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            _sync(self._sites)
            self._on_stage("site")
            for leftover in self._sites.glob(".*"):  # of someone who was killed
                shutil.rmtree(leftover, ignore_errors=True)
            for half in self._objects.glob(".*.part"):
                half.unlink(missing_ok=True)
        return version

    def publish(self, entry: Entry) -> None:
        """Let `current` be this one, and note it. Raises StoreError; the old one then stays."""
        with self.locked():
            if not self.site(entry.version).is_dir():
                raise StoreError(f"version {entry.version} is not kept in {self.folder}")
            last = self.current()
            if last is not None and last not in self.log_on_disk():
                self._append(last)
            self._write(self.folder / "current", msgspec.json.encode(entry) + b"\n")
            self._on_stage("current")
            self._append(entry)

    def note(self, entry: Entry) -> None:
        """Note that a version ran without being published. Raises StoreError."""
        with self.locked():
            if self.log()[-1:] != (entry,):
                self._append(entry)

    def log_on_disk(self) -> frozenset[Entry]:
        """What the log file holds by itself."""
        try:
            lines = (self.folder / "log").read_bytes().splitlines()
        except FileNotFoundError:
            return frozenset()
        entries = set()
        for line in lines:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                entries.add(_entry.decode(line))
        return frozenset(entries)

    def _append(self, entry: Entry) -> None:
        path = self.folder / "log"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" * torn + msgspec.json.encode(entry) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        self._give(path)
        _sync(self.folder)
        self._on_stage("log")

    def _object(self, data: bytes) -> Path:
        path = self._objects / hashlib.blake2b(data, digest_size=16).hexdigest()
        if not (path.is_file() and path.read_bytes() == data):
            self._write(path, data)
            self._on_stage("object")
        return path

    def _link(self, source: Path, target: Path) -> None:
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            self._write(target, source.read_bytes())

    def _write(self, path: Path, data: bytes) -> None:
        """Whole and on disk, or not at all."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            self._give(Path(name))
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        _sync(path.parent)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._give(folder)

    def _give(self, path: Path) -> None:
        """What root writes (`sudo gateway publish`) belongs to whom the state folder belongs: the box must read it."""
        if os.geteuid() == 0:
            owner = self.folder.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: versions cannot be kept or read here: {error.strerror or error}")
