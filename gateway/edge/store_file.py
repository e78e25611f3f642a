"""The journal's file as SQLite sees it: the only module that imports sqlite3. Every error leaves as a StoreError.

What the tables mean is said in `store_schema`, what is done with them in `store`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gateway.edge.store_schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION
from gateway.errors import StoreError

BUSY_S = 5.0
"""How long a statement waits for another connection's write."""

_MOVE_AWAY = (
    "Move it away together with its -wal and -shm files (the gateway begins a new one) and save what can be read "
    "with `sqlite3 FILE .recover`"
)


class JournalFile:
    """One connection to the file, safe to use from several threads. All methods raise StoreError."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open the file (made when missing, unless `read_only`); nothing is written yet.

        Raises StoreError when it cannot be opened, is no journal of ours or was written by a newer version.
        """
        self.path = path
        self._lock = threading.RLock()
        uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        try:
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_S
            )
        except sqlite3.Error as error:
            raise _explained(path, error) from error
        try:
            self._expect_ours()
        except StoreError:
            self.close()
            raise

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement; all its rows."""
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise _explained(self.path, error) from error

    def one(self, sql: str, *values: Any) -> Any:
        """The first column of the first row."""
        return self.rows(sql, *values)[0][0]

    def meta(self, key: str) -> Any:
        """A value of the table `meta`."""
        return self.one("SELECT value FROM meta WHERE key = ?", key)

    def many(self, sql: str, values: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for each tuple of values."""
        with self._lock:
            try:
                self._connection.executemany(sql, values)
            except sqlite3.Error as error:
                raise _explained(self.path, error) from error

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._lock:
            self.rows("BEGIN IMMEDIATE")
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    with contextlib.suppress(StoreError):
                        self.rows("ROLLBACK")
                raise

    def prepare(self, first_values: dict[str, Any]) -> None:
        """Settings of a writer, and this version's schema; `first_values` go into `meta` of a new file."""
        self.rows("PRAGMA journal_mode = WAL")
        self.rows("PRAGMA synchronous = FULL")
        self.rows("PRAGMA journal_size_limit = 4194304")
        version = self.one("PRAGMA user_version")
        if version == SCHEMA_VERSION:
            return
        with self.transaction():
            for statement in (statement for step in MIGRATIONS[version:] for statement in step):
                self.rows(statement)
            if version == 0:
                self.many("INSERT INTO meta (key, value) VALUES (?, ?)", list(first_values.items()))
            self.rows(f"PRAGMA application_id = {APPLICATION_ID}")
            self.rows(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def check(self) -> None:
        """Read the whole file: raises StoreError when SQLite or the numbering finds it damaged."""
        found = " ".join(str(self.one("PRAGMA quick_check(1)")).split())
        if found == "ok":
            count, first, last = self.rows("SELECT COUNT(*), MIN(seq), MAX(seq) FROM fact")[0]
            if not count or count == last - first + 1:
                return
            found = f"{last - first + 1 - count} facts between number {first} and {last} are missing"
        raise StoreError(f"{self.path}: the journal is damaged ({found}). {_MOVE_AWAY}")

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def _expect_ours(self) -> None:
        owner, version = self.one("PRAGMA application_id"), self.one("PRAGMA user_version")
        empty = not self.one("SELECT COUNT(*) FROM sqlite_schema")
        if owner != APPLICATION_ID and not empty:
            raise StoreError(f"{self.path}: this database is no journal of a gateway; choose another state folder")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path}: the journal has schema {version}, written by a newer gateway; this one knows up to "
                f"{SCHEMA_VERSION}. Install the newer version again, or move the journal away to begin a new one"
            )


def _explained(path: Path, error: sqlite3.Error) -> StoreError:
    """What is wrong with the file, and the remedy."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreError(f"{path}: the journal cannot be opened or written ({error}). {rights(path)}")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreError(f"{path}: the journal is damaged ({error}). {_MOVE_AWAY}")
    if name == "SQLITE_FULL":
        return StoreError(f"{path}: the disk is full. Make room on it; what waits is written by itself then")
    if name.startswith("SQLITE_IOERR"):
        return StoreError(f"{path}: the disk does not take or give facts ({error}). Check its space and its health")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(f"{path}: another program holds the journal ({error}). End it: an open sqlite3 shell?")
    return StoreError(f"{path}: {error}")


def rights(path: Path) -> str:
    """Who owns the place, and what must be allowed there."""
    place = path
    try:
        while not place.exists():
            place = place.parent
        status = place.stat()
    except OSError as error:
        return f"{place}: {os.strerror(error.errno or errno.EIO)}"
    owner = f"it belongs to user {status.st_uid}, mode {status.st_mode & 0o777:03o}"
    return f"User {os.geteuid()} must be allowed to write {place} and its folder ({owner})"
