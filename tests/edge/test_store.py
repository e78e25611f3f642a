from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.edge.store import Journal, JournalReader
from gateway.errors import StoreError
from tests.edge.calls_made_up import MONDAY, call, day, step


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_facts_come_back_as_they_were_in_order_and_numbered(path: Path) -> None:
    facts = day(20)
    with Journal(path) as journal:
        for fact in facts:
            journal.append([fact])
        journal.flush()
        rows = journal.read_from(0, 10_000)
    assert [row.fact() for row in rows] == facts
    assert [row.seq for row in rows] == list(range(1, len(facts) + 1))
    for kind in {row.kind for row in rows}:
        assert [r.kind_seq for r in rows if r.kind == kind] == list(range(1, sum(r.kind == kind for r in rows) + 1))
    told = [(row.kind, row.at, row.call) for row in rows]
    assert told == [(type(fact).__name__, fact.at, fact.call) for fact in facts]


def test_numbers_go_on_after_a_new_start_and_the_journal_keeps_its_id(path: Path) -> None:
    with Journal(path) as journal:
        journal.append([step(1.0, "a"), GatewayStopped(at=2.0, reason="done")])
        first = journal.id
    with Journal(path) as journal:
        journal.append([step(3.0, "b")])
        journal.flush()
        assert journal.id == first
        assert [(row.seq, row.kind, row.kind_seq) for row in journal.read_from(0)] == [
            (1, "StepEntered", 1),
            (2, "GatewayStopped", 1),
            (3, "StepEntered", 2),
        ]


def test_a_new_file_has_a_new_id(tmp_path: Path) -> None:
    with Journal(tmp_path / "a.db") as a, Journal(tmp_path / "b.db") as b:
        assert a.id != b.id


def test_read_from_pages(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(step(float(n), str(n)) for n in range(25))
        journal.flush()
        assert [row.seq for row in journal.read_from(10, 5)] == [11, 12, 13, 14, 15]
        assert journal.read_from(25) == ()
        assert journal.last_seq() == 25
        assert journal.first_seq_since(10.0) == 11
        assert journal.first_seq_since(999.0) == 26


def test_a_reader_is_woken_when_it_can_read(path: Path) -> None:
    seen: list[int] = []
    with Journal(path) as journal:
        forget = journal.on_commit(lambda: seen.append(journal.last_seq()))
        journal.append([step(1.0, "a"), step(1.0, "b")])
        journal.flush()
        forget()
        journal.append([step(1.0, "c")])
        journal.flush()
    assert seen == [2]


def test_many_facts_make_few_commits(path: Path) -> None:
    stages: list[tuple[str, int]] = []
    with Journal(path, on_stage=lambda stage, seq: stages.append((stage, seq))) as journal:
        for n in range(2000):
            journal.append([step(0.0, str(n))])
        journal.flush()
    commits = [seq for stage, seq in stages if stage == "committed"]
    assert commits[-1] == 2000
    assert commits == sorted(set(commits))
    assert len(commits) < 200


def test_it_is_wal_and_synced_at_every_commit(path: Path) -> None:
    with Journal(path) as journal:
        assert journal._write.one("PRAGMA journal_mode") == "wal"
        assert journal._write.one("PRAGMA synchronous") == 2


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE fact SET body = '{}' WHERE seq = 1", "never changed"),
        ("DELETE FROM fact WHERE seq = 1", "only retention removes"),
        ("DELETE FROM fact", "only retention removes"),
        ("INSERT OR REPLACE INTO fact VALUES (1, 'X', 1, 0, '', '{}')", "no gaps"),
        ("INSERT INTO fact VALUES (5, 'X', 1, 0, '', '{}')", "no gaps"),
        ("INSERT INTO fact VALUES (3, 'StepEntered', 1, 0, '', '{}')", "UNIQUE"),
    ],
)
def test_the_file_itself_refuses_to_be_falsified(path: Path, sql: str, message: str) -> None:
    with Journal(path) as journal:
        journal.append([step(1.0, "a"), step(1.0, "b")])
        journal.flush()
        with contextlib.closing(raw(path)) as other, pytest.raises(sqlite3.IntegrityError, match=message):
            other.execute(sql)
        assert [row.fact() for row in journal.read_from(0)] == [step(1.0, "a"), step(1.0, "b")]


def test_open_calls_are_those_that_did_not_end(path: Path) -> None:
    ended, up = call(1, 100.0), call(2, 101.0)[:5]
    with Journal(path) as journal:
        journal.append([GatewayStarted(at=1.0, site="demo", site_version="v", version="0")])
        for pair in zip(up, ended, strict=False):
            journal.append(pair)
        journal.append(ended[len(up) :])
    with Journal(path) as journal:
        assert journal.open_calls() == (tuple(up),)
        journal.append(fact for fact in call(2, 101.0) if isinstance(fact, CallEnded))
        journal.flush()
        assert journal.open_calls() == ()


def test_calls_and_their_facts(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(day(30))
        journal.flush()
        everything = journal.calls()
        assert len(everything) == 30
        assert [row.at for row in everything] == sorted(row.at for row in everything)
        assert journal.calls(limit=4) == everything[-4:]
        middle = everything[10].at
        assert journal.calls(since=middle) == everything[10:]
        assert journal.calls(until=middle) == everything[:10]
        facts = [row.fact() for row in journal.facts_of("call-7")]
        assert facts == [f for f in day(30) if f.call == "call-7"]
        assert journal.facts_of("") == ()


def test_the_last_facts_of_a_kind(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(5):
            journal.append([step(float(number), str(number)), GatewayStopped(at=float(number), reason=str(number))])
        journal.flush()
        assert [fact.reason for fact in journal.last_of("GatewayStopped", 3)] == ["2", "3", "4"]
        assert journal.last_of("HoursOverridden") == ()


def test_a_cursor_is_kept(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(step(0.0, str(n)) for n in range(9))
        assert journal.cursor("mqtt") == 0
        journal.move_cursor("mqtt", 4)
        journal.move_cursor("mqtt", 7)
        journal.move_cursor("other", 2)
    with Journal(path) as journal:
        assert (journal.cursor("mqtt"), journal.cursor("other")) == (7, 2)


def test_a_fact_of_a_newer_gateway_is_read_over(path: Path) -> None:
    with Journal(path) as journal:
        journal._group.put([(1, "CallTeleported", 1, 0.0, "", '{"type":"CallTeleported","at":0.0}')])
        journal.flush()
        assert journal.read_from(0)[0].fact() is None


def test_retention_removes_whole_days_only_and_numbers_are_never_used_again(path: Path) -> None:
    midnight = dt.datetime(2026, 11, 23).astimezone()
    days = [midnight + dt.timedelta(days=n) for n in range(3)]
    with Journal(path) as journal:
        for start in days:
            journal.append(step(start.timestamp() + n * 3600.0, f"{start:%d} {n}") for n in range(24))
        journal.append([GatewayStopped(at=days[0].timestamp() + 80 * 3600, reason="old")])
        journal.flush()
        assert journal.forget_before(days[0].date()) == 0
        assert journal.forget_before(days[1].date()) == 24
        assert journal.read_from(0)[0].seq == 25
        journal.check()
        assert journal.forget_before(dt.date(2027, 1, 1)) == 49
        assert journal.read_from(0) == ()
        assert journal.last_seq() == 73
    with Journal(path) as journal:
        journal.append([step(1e10, "new"), GatewayStopped(at=1e10, reason="new")])
        journal.flush()
        assert [(row.seq, row.kind_seq) for row in journal.read_from(0)] == [(74, 73), (75, 2)]
        with contextlib.closing(raw(path)) as other, pytest.raises(sqlite3.IntegrityError):
            other.execute("DELETE FROM fact WHERE seq = 74")


def test_retention_keeps_what_a_reader_has_not_had_and_calls_that_are_up(path: Path) -> None:
    later = dt.date(2030, 1, 1)
    with Journal(path) as journal:
        journal.append(step(MONDAY, str(n)) for n in range(10))
        journal.append(call(1, MONDAY + 100)[:5])
        journal.append(step(MONDAY + 200, str(n)) for n in range(10))
        journal.move_cursor("mqtt", 6)
        journal.flush()
        assert journal.forget_before(later) == 6
        journal.move_cursor("mqtt", 25)
        journal.flush()
        assert journal.forget_before(later) == 4
        assert journal.read_from(0)[0].kind == "CallStarted"


OPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 6)),
        st.tuples(st.just("flush"), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0)),
        st.tuples(st.just("forget"), st.just(0)),
    ),
    max_size=12,
)


@given(OPS)
@settings(max_examples=40, deadline=None)
def test_whatever_is_done_numbers_have_no_gap(ops: list[tuple[str, int]]) -> None:
    written = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        journal = Journal(path)
        try:
            kinds = (lambda n: step(0.0, str(n)), lambda n: GatewayStopped(at=0.0, reason=str(n)))
            for op, count in ops:
                if op == "append":
                    journal.append([kinds[n % 2](n) for n in range(written, written + count)])
                    written += count
                elif op == "flush":
                    journal.flush()
                elif op == "forget":
                    journal.forget_before(dt.date(2026, 1, 1))
                else:
                    journal.close()
                    journal = Journal(path)
            journal.flush()
            rows = journal.read_from(0, 1000)
            assert journal.last_seq() == written
            assert [row.seq for row in rows] == list(range(written - len(rows) + 1, written + 1))
            for row in rows:
                number = int(getattr(row.fact(), "step", None) or row.fact().reason)
                assert row.seq == number + 1
            for kind in ("StepEntered", "GatewayStopped"):
                mine = [row.kind_seq for row in rows if row.kind == kind]
                assert mine == list(range(mine[0], mine[0] + len(mine))) if mine else True
            journal.check()
        finally:
            journal.close()


# What can be wrong with the file


def test_a_second_writer_is_refused_and_a_reader_is_not(path: Path) -> None:
    with Journal(path) as journal:
        journal.append([step(0.0, "a")])
        journal.flush()
        with pytest.raises(StoreError, match="another gateway is writing this journal"):
            Journal(path)
        with JournalReader(path) as reader:
            assert reader.last_seq() == 1
    with JournalReader(path) as reader:
        assert reader.last_seq() == 1


def test_no_journal_to_read(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no journal"):
        JournalReader(path)


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    Journal(path).close()
    with contextlib.closing(raw(path)) as other:
        other.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="schema 99, written by a newer gateway.*move the journal away"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_migration_leads_an_older_file_forward(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal(path) as journal:
        journal.append(day(2))
        kept, name = journal.id, len(day(2))
    from gateway.edge import store_file, store_schema

    monkeypatch.setattr(store_file, "SCHEMA_VERSION", 2)
    monkeypatch.setattr(store_file, "MIGRATIONS", (*store_schema.MIGRATIONS, ("CREATE TABLE note (text TEXT) STRICT",)))
    with Journal(path) as journal:
        assert (journal.id, journal.last_seq()) == (kept, name)
        assert journal._read.one("SELECT COUNT(*) FROM note") == 0
        assert journal._read.one("PRAGMA user_version") == 2


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal(path).close()
    from gateway.edge import store_file, store_schema

    with monkeypatch.context() as patch:
        patch.setattr(store_file, "SCHEMA_VERSION", 2)
        steps = ("CREATE TABLE note (text TEXT)", "CREATE TABLE fact (seq INTEGER)")
        patch.setattr(store_file, "MIGRATIONS", (*store_schema.MIGRATIONS, steps))
        with pytest.raises(StoreError, match="already exists"):
            Journal(path)
    with Journal(path) as journal:
        assert journal._read.one("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'note'") == 0


def test_somebody_elses_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with contextlib.closing(raw(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="no journal of a gateway"):
        Journal(path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a shopping list, long enough to be looked at as a header of something\n" * 50)
    with pytest.raises(StoreError, match="damaged.*Move it away"):
        Journal(path)


def test_a_damaged_file_is_refused(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(day(200))
    content = bytearray(path.read_bytes())
    for page in range(10, 30):
        content[page * 4096 : page * 4096 + 600] = os.urandom(600)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged.*Move it away"):
        Journal(path)


def test_a_fact_that_somebody_cut_out_is_noticed(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(day(3))
    with contextlib.closing(raw(path)) as other:
        other.execute("DROP TRIGGER fact_is_kept")
        other.execute("DELETE FROM fact WHERE seq = 5")
    with pytest.raises(StoreError, match="1 facts between number 1 and"):
        Journal(path)


def test_a_place_that_may_not_be_written_is_refused_with_the_remedy() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        Journal(place / "journal.db").close()
        for file in [*place.iterdir(), place]:
            file.chmod(0o555 if file.is_dir() else 0o444)
        script = (
            "import sys; from pathlib import Path; from gateway.edge.store import Journal\n"
            "from gateway.errors import StoreError\n"
            "import os; os.geteuid() or os.seteuid(65534)\n"
            "try: Journal(Path(sys.argv[1]))\n"
            "except StoreError as error: print(error)\n"
        )
        for name in ("journal.db", "new.db", "deeper/new.db"):
            done = subprocess.run(
                [sys.executable, "-c", script, str(place / name)], capture_output=True, text=True, check=True
            )
            assert "must be allowed to write" in done.stdout
            assert str(place) in done.stdout
        place.chmod(0o755)


def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        Journal(path)


def test_every_kind_of_fact_has_a_name_that_fits_a_topic() -> None:
    tags = {kind.__name__: msgspec.inspect.type_info(kind).tag for kind in get_args(AnyFact)}
    assert len(tags) == len(get_args(AnyFact)) > 20
    assert all(name.isalpha() and tag == name for name, tag in tags.items())
