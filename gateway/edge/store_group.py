"""Group commit: one thread writes what has gathered, so that no fsync ever holds up a call.

What was put in is handed to `commit` at most GROUP_S after the first of it came. A commit that fails loses nothing:
the entries stay in memory, in order, and are tried again until the disk takes them; the log and `failure` say so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from gateway.errors import StoreError

GROUP_S = 0.1
"""From the first fact of a group to the start of its commit. The promise is 200 ms with the commit itself."""

CURSOR_S = 1.0
"""Cursors alone may lag that long: a lost move costs a repeated message, a commit costs wear of the card."""

RETRY_S = 1.0
"""After a failed commit."""

REMIND_S = 60.0
"""Between two loud log lines while nothing can be written."""

Entry = tuple[int, str, int, float, str, str]
"""(seq, kind, kind_seq, at, call, body)"""

Commit = Callable[[list[Entry], dict[str, int]], None]

_log = logging.getLogger(__name__)


class GroupCommit:
    """The writer thread. `commit(entries, moves)` runs on it and raises StoreError when the disk refuses."""

    def __init__(self, commit: Commit, committed: Callable[[int], None]) -> None:
        """`committed(seq)` is called on the writer thread after each commit that held facts."""
        self.failure = ""
        """Why nothing can be written at the moment; empty: all is well."""
        self.failing_since: float | None = None
        self._commit, self._committed = commit, committed
        self._entries: list[Entry] = []
        self._moves: dict[str, int] = {}
        self._writing: list[Entry] = []
        self._busy = False
        self._due = 0.0
        self._hurry = False
        self._closing = False
        self._reminded = 0.0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Facts that are not on disk yet."""
        return len(self._writing) + len(self._entries)

    def put(self, entries: Iterable[Entry]) -> None:
        """Take facts over for writing; returns at once."""
        with self._changed:
            first = not self._entries
            self._entries.extend(entries)
            if first and self._entries and not self.failure:
                self._due = time.monotonic() + GROUP_S
                self._changed.notify_all()

    def move(self, name: str, seq: int) -> None:
        """Remember how far a named reader has come; written with the next group, or after CURSOR_S."""
        with self._changed:
            if not self._entries and not self._moves and not self.failure:
                self._due = time.monotonic() + CURSOR_S
                self._changed.notify_all()
            self._moves[name] = seq

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything put in so far is on disk; False when that did not come to pass in time."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not (self._entries or self._moves or self._busy), timeout_s)

    def close(self, timeout_s: float) -> int:
        """Write what is left and end the thread. Returns how many facts could not be written."""
        with self._changed:
            self._closing = self._hurry = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return self.waiting

    def _run(self) -> None:
        while (moves := self._gather()) is not None:
            try:
                self._commit(self._writing, moves)
            except StoreError as error:
                self._failed(str(error), moves)
            except Exception as error:  # noqa: BLE001 - whatever it is, the facts must outlive it
                _log.exception("the journal's writer met a fault of its own")
                self._failed(f"{type(error).__name__}: {error}", moves)
            else:
                self._written()
            if self._closing and self.failure:
                return

    def _gather(self) -> dict[str, int] | None:
        """Wait for something to write and for its time, and take it; None when all is written and we close."""
        with self._changed:
            while not (self._entries or self._moves):
                if self._closing:
                    return None
                self._hurry = False
                self._changed.wait()
            while (left := self._due - time.monotonic()) > 0 and not self._closing:
                if self._hurry and not self.failure:
                    break
                self._changed.wait(left)
            self._writing, self._entries = self._entries, []
            moves, self._moves = self._moves, {}
            self._busy = True
            return moves

    def _written(self) -> None:
        if self.failure:
            _log.warning("the journal can be written again: %d facts that waited are on disk", len(self._writing))
        last = self._writing[-1][0] if self._writing else 0
        with self._changed:
            self.failure, self.failing_since = "", None
            self._writing = []
            self._busy = False
            self._changed.notify_all()
        if last:
            self._committed(last)

    def _failed(self, reason: str, moves: dict[str, int]) -> None:
        now = time.monotonic()
        with self._changed:
            first = self.failing_since is None
            self.failing_since = self.failing_since or time.time()
            self.failure = reason
            self._entries, self._writing = self._writing + self._entries, []
            self._moves = {**moves, **self._moves}
            self._due = now + RETRY_S
            self._busy = False
            self._changed.notify_all()
        if first or now - self._reminded >= REMIND_S:
            self._reminded = now
            _log.critical("%d facts wait in memory and would be lost with the power: %s", self.waiting, reason)
