"""The journal: the one place where facts are kept; all figures, messages and screens are derived from it.

Append-only SQLite, WAL, synchronous=FULL. The file itself refuses to change, lose or skip a fact (triggers in
`store_schema`); `store_group` commits in groups. A kill loses nothing that was appended more than 200 ms before.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import logging
import math
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.all import AnyFact
from gateway.core.facts.journal import JournalRow
from gateway.edge.store_file import JournalFile, rights
from gateway.edge.store_group import Entry, GroupCommit
from gateway.errors import StoreError

CHECK_BYTES_MAX = 64 * 1024 * 1024
"""A larger file is not read through at every start, calls must not wait for that: see `JournalReader.check`."""

CLOSE_S = 10.0
FORGET_ROWS = 20_000
AGENTS_BACK = 200_000
"""Some months of a busy office: an agent who has not changed since is idle."""
_PAGE = 1000
_PUTS_OFF = frozenset({"ringing", "talking", "wrap_up"})
"""States in which an agent obeys later."""

OnStage = Callable[[str, int], None]
"""Told what has just become true ("appended", "committed", "cursor_written"), and up to which seq."""

_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()
_SELECT = "SELECT seq, kind, kind_seq, at, call, body FROM fact"


class JournalState(msgspec.Struct, frozen=True, kw_only=True):
    """For `gateway status`. `writable` is false while the disk refuses; facts then wait in memory."""

    journal: str
    writable: bool
    waiting: int
    committed_seq: int
    last_error: str
    failing_since: float | None


def _nobody(_stage: str, _seq: int) -> None:
    """Nobody wants to know."""


class JournalReader:
    """Reading side: for figures, MQTT and the command line. Safe to use from several threads; sees only what is
    committed. All methods raise StoreError."""

    def __init__(self, path: Path) -> None:
        """Open an existing journal for reading only; a gateway may be writing it meanwhile."""
        if not path.exists():
            raise StoreError(f"{path}: there is no journal; the first `gateway run` with this folder makes it")
        self.path = path
        self._read = JournalFile(path, read_only=True)
        try:
            self.id: str = self._read.meta("journal_id")
        except StoreError:
            self._read.close()
            raise

    def read_from(self, after: int, limit: int = 500) -> tuple[JournalRow, ...]:
        """Rows with seq > `after`, in order, at most `limit`."""
        return self._rows(f"{_SELECT} WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)

    def last_seq(self) -> int:
        """The last seq; 0 in an empty journal."""
        last = self._read.one("SELECT MAX(seq) FROM fact")
        return int(last if last is not None else self._read.meta("first_kept") - 1)

    def first_seq_since(self, at: float) -> int:
        """The first seq whose fact is not older than `at` (Unix seconds); last_seq() + 1 if none is."""
        low, high = int(self._read.meta("first_kept")), self.last_seq() + 1
        while low < high:
            middle = (low + high) // 2
            if self._read.one("SELECT at FROM fact WHERE seq = ?", middle) < at:
                low = middle + 1
            else:
                high = middle
        return low

    def cursor(self, name: str) -> int:
        """How far the named reader has come; 0 for one that never moved."""
        return int(self._read.one("SELECT COALESCE((SELECT seq FROM cursor WHERE name = ?), 0)", name))

    def facts_of(self, call: str) -> tuple[JournalRow, ...]:
        """All rows of one call, in order."""
        return self._rows(f"{_SELECT} WHERE call = ? AND call <> '' ORDER BY seq", call)

    def calls_like(self, beginning: str, limit: int) -> tuple[str, ...]:
        """Ids of the calls that begin so, in the order of the alphabet, at most `limit`."""
        sql = "SELECT DISTINCT call FROM fact WHERE call <> '' AND call >= ? AND call < ? ORDER BY call LIMIT ?"
        return tuple(call for (call,) in self._read.rows(sql, beginning, beginning + chr(0x10FFFF), limit))

    def calls(self, *, since: float = 0.0, until: float = math.inf, limit: int = 1000) -> tuple[JournalRow, ...]:
        """CallEnded rows (each holds the call's record) with since <= at < until (Unix seconds): the last
        `limit` of them, in order."""
        where = "WHERE kind = 'CallEnded' AND at >= ? AND at < ? ORDER BY kind_seq DESC LIMIT ?"
        return self._rows(f"{_SELECT} {where}", since, until, limit)[::-1]

    def open_calls(self) -> tuple[tuple[AnyFact, ...], ...]:
        """The facts of each call that has a CallStarted and no CallEnded: what `CallsRecovered` carries."""
        calls = [self.facts_of(call) for (call,) in self._read.rows("SELECT call FROM open_call ORDER BY seq")]
        return tuple(tuple(fact for row in rows if (fact := row.fact()) is not None) for rows in calls)

    def last_of(self, kind: str, limit: int = 1000) -> tuple[AnyFact, ...]:
        """The last facts of one kind, oldest first."""
        rows = self._rows(f"{_SELECT} WHERE kind = ? ORDER BY kind_seq DESC LIMIT ?", kind, limit)
        return tuple(fact for row in rows[::-1] if (fact := row.fact()) is not None)

    def last_of_agents(self, agents: Iterable[str], *, before: int | None = None) -> tuple[AnyFact, ...]:
        """The last AgentChanged of each of these agents, oldest first, then the AgentTold of those who could not obey
        at once, and before one of after-call work the facts of its call: what `AgentsRecovered` carries. Looks back
        no farther than AGENTS_BACK such facts. With `before`: what they were at that seq."""
        wanted, found, seqs = set(agents), list[AgentChanged](), dict[str, int]()
        end = self.last_seq() + 1 if before is None else before
        last = "SELECT kind_seq FROM fact WHERE kind = 'AgentChanged' AND seq < ? ORDER BY kind_seq DESC LIMIT 1"
        upper = int(self._read.one(f"SELECT COALESCE(({last}), 0)", end)) + 1
        where = "WHERE kind = 'AgentChanged' AND kind_seq < ? ORDER BY kind_seq DESC LIMIT ?"
        until = upper - AGENTS_BACK
        while wanted and upper > until and (rows := self._rows(f"{_SELECT} {where}", upper, _PAGE)):
            upper = rows[-1].kind_seq
            for row in rows:
                fact = row.fact()
                if isinstance(fact, AgentChanged) and fact.agent in wanted:
                    wanted.discard(fact.agent)
                    found.append(fact)
                    if fact.state in _PUTS_OFF:
                        seqs[fact.agent] = row.seq
        told = self._told_since(seqs) if seqs and before is None else ()
        calls = dict.fromkeys(fact.reason for fact in found if fact.state == "wrap_up")
        of_calls = (row.fact() for call in calls for row in self.facts_of(call))
        return (*(fact for fact in of_calls if fact is not None), *reversed(found), *told)

    def _told_since(self, seqs: Mapping[str, int]) -> tuple[AgentTold, ...]:
        """What each of these agents was told after that seq."""
        rows = self._rows(f"{_SELECT} WHERE kind = 'AgentTold' AND seq > ? ORDER BY seq", min(seqs.values()))
        facts = ((row.seq, row.fact()) for row in rows)
        return tuple(f for seq, f in facts if isinstance(f, AgentTold) and seq > seqs.get(f.agent, seq))

    def of_kinds(self, kinds: Iterable[str], since: float = 0.0, *, before: int | None = None) -> tuple[AnyFact, ...]:
        """Every fact of these kinds, in order, not older than `since` (Unix seconds), and below seq `before`."""
        names = tuple(kinds)
        marks = ", ".join("?" * len(names))
        last = self.last_seq() if before is None else before - 1
        where = f"WHERE kind IN ({marks}) AND at >= ? AND seq <= ? ORDER BY seq"
        rows = self._rows(f"{_SELECT} {where}", *names, since, last)
        return tuple(fact for row in rows if (fact := row.fact()) is not None)

    def rows_of(self, kinds: Iterable[str], *, after: int = 0, before: int | None = None) -> tuple[JournalRow, ...]:
        """Every row of these kinds with seq above `after` and below `before`, in order."""
        names = tuple(kinds)
        marks = ", ".join("?" * len(names))
        last = self.last_seq() if before is None else before - 1
        # "+seq": the rows are found by their kind, not by reading all that lies between.
        where = f"WHERE kind IN ({marks}) AND +seq > ? AND +seq <= ? ORDER BY +seq"
        return self._rows(f"{_SELECT} {where}", *names, after, last)

    def check(self) -> None:
        """Read the whole file: raises StoreError when SQLite or the numbering finds it damaged."""
        self._read.check()

    def close(self) -> None:
        """Give the file back."""
        self._read.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, sql: str, *values: Any) -> tuple[JournalRow, ...]:
        return tuple(
            JournalRow(seq=seq, kind=kind, kind_seq=kind_seq, at=at, call=call, body=body)
            for seq, kind, kind_seq, at, call, body in self._read.rows(sql, *values)
        )


class Journal(JournalReader):
    """The one writer. A second one on the same file is refused."""

    def __init__(self, path: Path, *, on_stage: OnStage = _nobody) -> None:
        """Open the journal, making it (and its folder) or bringing it to this version's schema when needed.

        Raises StoreError with the remedy: no right to write, disk full, damaged, not ours, written by a newer
        version, another gateway is writing it. `on_stage` is called on the thread where the stage is reached.
        """
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, guard := _sole_writer(path))
            undo.callback((write := JournalFile(path, read_only=False)).close)
            write.prepare({"journal_id": str(uuid.uuid4()), "first_kept": 1, "made_at": time.time()})
            super().__init__(path)
            undo.callback(self._read.close)
            if path.stat().st_size <= CHECK_BYTES_MAX:
                self.check()
            else:
                _log.info("%s: %d MB, not checked at this start", path, path.stat().st_size >> 20)
            self._seq = self._committed = self.last_seq()
            self._kind_seq = {str(kind): int(last) for kind, last in self._read.rows(_LAST_OF_EACH_KIND)}
            undo.pop_all()
        self._guard, self._write, self._on_stage = guard, write, on_stage
        self._in_doubt = False
        self._listeners: list[Callable[[], None]] = []
        self._group = GroupCommit(self._commit, self._tell)

    @property
    def state(self) -> JournalState:
        """How the journal is, right now."""
        group = self._group
        return JournalState(
            journal=self.id,
            writable=not group.failure,
            waiting=group.waiting,
            committed_seq=self._committed,
            last_error=group.failure,
            failing_since=group.failing_since,
        )

    def append(self, facts: Iterable[AnyFact]) -> None:
        """Remember facts in this order; returns at once and never raises for the disk's sake. One thread only."""
        entries: list[Entry] = []
        for fact in facts:
            kind = type(fact).__name__
            self._seq += 1
            self._kind_seq[kind] = kind_seq = self._kind_seq.get(kind, 0) + 1
            entries.append((self._seq, kind, kind_seq, fact.at, fact.call, _encoder.encode(fact).decode()))
        if entries:
            self._group.put(entries)
            self._on_stage("appended", self._seq)

    def move_cursor(self, name: str, seq: int) -> None:
        """The named reader has all up to `seq`. Written within a second; a kill may set it back, never forward."""
        self._group.move(name, seq)

    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the writer's thread whenever new facts can be read. Returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def flush(self, timeout_s: float = CLOSE_S) -> None:
        """Wait until all that was appended is on disk; blocks. Raises StoreError when it cannot be written."""
        if not self._group.flush(timeout_s):
            why = self._group.failure or "the disk is slow"
            raise StoreError(f"{self.path}: {self._group.waiting} facts are not on disk yet: {why}")

    def forget_before(self, day: dt.date) -> int:
        """Retention: remove the facts of all days before `day` (local time), oldest first; returns how many.
        What a named reader has not had yet or belongs to a call that is up stays, and all that came after it."""
        midnight = dt.datetime.combine(day, dt.time()).astimezone().timestamp()
        keep = min(
            self.first_seq_since(midnight),
            self._read.one("SELECT COALESCE(MIN(seq), ?) + 1 FROM cursor", self._committed),
            self._read.one("SELECT COALESCE(MIN(seq), ?) FROM open_call", self._committed + 1),
        )
        first = start = int(self._read.meta("first_kept"))
        with contextlib.closing(JournalFile(self.path, read_only=False)) as file:
            while first < keep:
                first = min(first + FORGET_ROWS, keep)
                with file.transaction():
                    file.rows("UPDATE meta SET value = ? WHERE key = 'first_kept'", first)
                    file.rows(_REMEMBER_NUMBERS, first)
                    file.rows("DELETE FROM fact WHERE seq < ?", first)
        return first - start

    def close(self) -> None:
        """Write what is left and give the file back. Raises StoreError when facts are lost by it."""
        left = self._group.close(CLOSE_S)
        super().close()
        self._write.close()
        os.close(self._guard)
        if left:
            raise StoreError(f"{self.path}: {left} facts could not be written and are lost: {self._group.failure}")

    def _commit(self, entries: list[Entry], moves: dict[str, int]) -> None:
        """On the writer's thread: one transaction. Raises StoreError and leaves nothing half done."""
        if self._in_doubt and entries:
            # COMMIT may fail after the rows are safe: what is on disk already is not written again.
            last = self._write.one("SELECT COALESCE(MAX(seq), 0) FROM fact")
            entries = [entry for entry in entries if entry[0] > last]
        self._in_doubt = True
        with self._write.transaction():
            self._write.many(_ADD_FACT, entries)
            self._write.many(_MOVE_CURSOR, list(moves.items()))
        self._in_doubt = False
        for seq in moves.values():
            self._on_stage("cursor_written", seq)

    def _tell(self, seq: int) -> None:
        self._committed = seq
        self._on_stage("committed", seq)
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:  # noqa: BLE001 - a reader's fault must not end the writer
                _log.exception("a reader of the journal could not be woken")


_ADD_FACT = "INSERT INTO fact (seq, kind, kind_seq, at, call, body) VALUES (?, ?, ?, ?, ?, ?)"

_MOVE_CURSOR = "INSERT INTO cursor (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"

_REMEMBER_NUMBERS = (
    "INSERT INTO kind_base SELECT kind, MAX(kind_seq) FROM fact WHERE seq < ? GROUP BY kind "
    "ON CONFLICT (kind) DO UPDATE SET last = excluded.last"
)

_LAST_OF_EACH_KIND = """
WITH RECURSIVE k (kind) AS (
    SELECT MIN(kind) FROM fact
    UNION ALL
    SELECT (SELECT MIN(f.kind) FROM fact f WHERE f.kind > k.kind) FROM k WHERE k.kind IS NOT NULL
)
SELECT kind, last FROM kind_base
UNION ALL
SELECT kind, (SELECT MAX(f.kind_seq) FROM fact f WHERE f.kind = k.kind) FROM k WHERE kind IS NOT NULL
"""
"""Steps from kind to kind over the index; a GROUP BY would read all of it. Later rows win over `kind_base`."""


def _sole_writer(path: Path) -> int:
    """Take the lock that a journal's writer holds; the file descriptor keeps it until closed, or killed."""
    guard = -1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        guard = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(guard)
        raise StoreError(f"{path}: another gateway is writing this journal; stop it first") from error
    except OSError as error:
        if guard >= 0:
            os.close(guard)
        raise StoreError(f"{path}: the journal cannot be made here: {error.strerror}. {rights(path)}") from error
    return guard
