"""The journal's tables, as statements. One tuple of statements leads from each version to the next.

A journal file is never rewritten: a later version adds a tuple to MIGRATIONS and keeps every row.
"""

from __future__ import annotations

APPLICATION_ID = 0x47574A4C
"""SQLite's application_id ("GWJL"): tells our files from other people's databases."""

_VERSION_1 = (
    # journal_id: made with the file, so that a receiver can tell a new journal from a gap in the old one.
    # first_kept: the first seq that retention has left.
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    """CREATE TABLE fact (
        seq INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        kind_seq INTEGER NOT NULL,
        at REAL NOT NULL,
        call TEXT NOT NULL,
        body TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX fact_by_kind ON fact (kind, kind_seq)",
    "CREATE INDEX fact_by_call ON fact (call) WHERE call <> ''",
    # How far each named reader has come.
    "CREATE TABLE cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    # The last kind_seq of each kind that retention has removed: numbers are never used again.
    "CREATE TABLE kind_base (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
    # Calls that started and did not end: an index, kept by the triggers below, so that a start after a crash
    # does not have to search years of calls.
    "CREATE TABLE open_call (call TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact BEGIN
        SELECT RAISE(ABORT, 'the journal is append-only: a fact is never changed');
    END""",
    """CREATE TRIGGER fact_is_kept BEFORE DELETE ON fact
    WHEN OLD.seq >= (SELECT value FROM meta WHERE key = 'first_kept') BEGIN
        SELECT RAISE(ABORT, 'the journal is append-only: only retention removes facts, by whole days');
    END""",
    """CREATE TRIGGER fact_is_next BEFORE INSERT ON fact
    WHEN NEW.seq <> 1 + COALESCE(
        (SELECT MAX(seq) FROM fact), (SELECT value - 1 FROM meta WHERE key = 'first_kept')
    ) BEGIN
        SELECT RAISE(ABORT, 'the journal has no gaps: a fact takes the next number');
    END""",
    """CREATE TRIGGER call_opens AFTER INSERT ON fact WHEN NEW.kind = 'CallStarted' BEGIN
        INSERT OR IGNORE INTO open_call (call, seq) VALUES (NEW.call, NEW.seq);
    END""",
    """CREATE TRIGGER call_closes AFTER INSERT ON fact WHEN NEW.kind = 'CallEnded' BEGIN
        DELETE FROM open_call WHERE call = NEW.call;
    END""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1,)
"""MIGRATIONS[n] leads from version n to n + 1; an empty file is version 0."""

SCHEMA_VERSION = len(MIGRATIONS)
