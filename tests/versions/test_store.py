"""The store of versions: content-addressed, never changed, one pointer; a kill leaves the old one or the new one."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.config.load import read_site
from gateway.errors import SiteError, StoreError
from gateway.versions.store import Entry, VersionStore
from tests.versions.folders import CLIENTS, FLOW, GATEWAY, make

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "site")


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    (tmp_path / "state").mkdir()
    return VersionStore(tmp_path / "state")


def keep(store: VersionStore, folder: Path) -> str:
    return store.keep(read_site(folder).contents)


def entry(version: str, how="publish", at: float = 1.0) -> Entry:
    return Entry(version=version, how=how, who="ola", at=at, note=f"at {at}")


def test_a_version_is_its_content_and_is_read_as_it_was(store: VersionStore, folder: Path) -> None:
    first = keep(store, folder)
    assert first == read_site(folder).settings.site.version
    make(folder, flow=FLOW.replace("Hello", "Good morning"))
    second = keep(store, folder)
    assert first != second
    make(folder)
    assert keep(store, folder) == first
    assert store.versions() == tuple(sorted([first, second]))
    said = store.read(first, secrets=folder).settings.site.flows["main"].steps["hello"].prompt
    assert said == read_site(folder).settings.site.flows["main"].steps["hello"].prompt


@pytest.mark.parametrize("file", ["gateway.yaml", "clients.csv", "flows/main.yaml", "flows/main.calls.yaml"])
def test_every_file_that_makes_the_site_makes_the_version(store: VersionStore, folder: Path, file: str) -> None:
    (folder / "flows" / "main.calls.yaml").write_text("flow: main\ncalls: {}\n")
    before = keep(store, folder)
    with (folder / file).open("a") as stream:
        stream.write("\n")
    assert keep(store, folder) != before


def test_files_that_are_not_the_sites_make_no_version(store: VersionStore, folder: Path) -> None:
    before = keep(store, folder)
    (folder / "notes.txt").write_text("x")
    (folder / "flows" / ".main.yaml.swp").write_text("x")
    assert keep(store, folder) == before


def test_a_shipped_flow_is_kept_with_the_version(store: VersionStore, folder: Path) -> None:
    version = keep(store, folder)
    kept = store.site(version) / "shipped" / "test_number.yaml"
    assert kept.is_file()
    assert "test_number" in store.read(version, secrets=folder).settings.site.flows


def test_equal_files_of_all_versions_are_one_file(store: VersionStore, folder: Path) -> None:
    first = keep(store, folder)
    make(folder, flow=FLOW.replace("Hello", "Good morning"))
    second = keep(store, folder)
    one, two = (store.site(version) / "clients.csv" for version in (first, second))
    assert one.samefile(two)


def test_nobody_else_can_read_it_and_passwords_are_not_in_it(store: VersionStore, folder: Path) -> None:
    secret = "hush-hush-very-secret"
    (folder / "password").write_text(secret)
    (folder / "password").chmod(0o600)
    trunk = "trunks: {provider: {host: sip.example.net, user: me, password_file: password}}\n"
    make(folder, gateway=GATEWAY + trunk)
    version = keep(store, folder)
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)
    for path in [store.folder, *store.folder.rglob("*")]:
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
    assert store.read(version, secrets=folder).settings.trunks[0].password == secret
    (folder / "password").write_text("another")
    assert store.read(version, secrets=folder).settings.trunks[0].password == "another"
    (folder / "password").unlink()
    with pytest.raises(SiteError):
        store.read(version, secrets=folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_publishes_belongs_to_whom_the_box_runs_as(store: VersionStore, folder: Path) -> None:
    os.chown(store.folder.parent, 65534, 65534)
    store.publish(entry(keep(store, folder)))
    assert {path.stat().st_uid for path in [store.folder, *store.folder.rglob("*")]} == {65534}


def test_a_version_that_was_touched_is_refused_and_mended_by_keeping_it(store: VersionStore, folder: Path) -> None:
    version = keep(store, folder)
    damaged = store.site(version) / "clients.csv"
    damaged.unlink()
    damaged.write_text(CLIENTS.replace("Flower", "Fl0wer"))
    with pytest.raises(StoreError, match="not what it was"):
        store.read(version, secrets=folder)
    assert keep(store, folder) == version
    assert store.read(version, secrets=folder).settings.site.clients["1001"].name == "Flower Shop"


def test_an_unknown_version_is_told(store: VersionStore, folder: Path) -> None:
    with pytest.raises(StoreError, match="is not kept"):
        store.read("0123456789abcdef", secrets=folder)
    with pytest.raises(StoreError, match="is not kept"):
        store.publish(entry("0123456789abcdef"))


def test_a_name_that_leads_outside_is_refused(store: VersionStore) -> None:
    for name in ("../x", "/etc/x", "flows/../../x"):
        with pytest.raises(StoreError):
            store.keep({name: b""})


def test_a_folder_that_cannot_be_written_is_told_and_not_a_traceback(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be kept"):
        keep(VersionStore(tmp_path / "file"), folder)


def many(store: VersionStore, folder: Path, count: int) -> list[str]:
    found = []
    for number in range(count):
        make(folder, flow=FLOW + f"# {number}\n")
        found.append(keep(store, folder))
    return found


def test_rollback_goes_one_back_and_again_another_one_back(store: VersionStore, folder: Path) -> None:
    a, b, c = many(store, folder, 3)
    for at, version in enumerate((a, b, c)):
        store.publish(entry(version, at=at))
    assert store.previous(c) == b
    store.publish(entry(b, "rollback", at=3))
    assert store.previous(b) == a
    store.publish(entry(a, "rollback", at=4))
    assert store.previous(a) == ""
    store.publish(entry(c, at=5))
    assert store.previous(c) == a


def test_rollback_knows_what_a_box_ran_before_anything_was_published(store: VersionStore, folder: Path) -> None:
    a, b = many(store, folder, 2)
    store.note(entry(a, "start", at=0))
    store.publish(entry(b, at=1))
    assert store.previous(b) == a
    assert [one.how for one in store.log()] == ["start", "publish"]


def test_publishing_the_same_again_is_no_step_back(store: VersionStore, folder: Path) -> None:
    a, b = many(store, folder, 2)
    for at, version in enumerate((a, b, b)):
        store.publish(entry(version, at=at))
    assert store.previous(b) == a


def test_a_torn_line_of_the_log_is_left_out_and_the_next_one_is_whole(store: VersionStore, folder: Path) -> None:
    a, b = many(store, folder, 2)
    store.publish(entry(a))
    with (store.folder / "log").open("ab") as log:
        log.write(b'{"version":"0123')
    store.publish(entry(b, at=2))
    assert [one.version for one in store.log()] == [a, b]


def test_a_damaged_pointer_is_told(store: VersionStore, folder: Path) -> None:
    (a,) = many(store, folder, 1)
    store.publish(entry(a))
    (store.folder / "current").write_bytes(b"\xff{")
    with pytest.raises(StoreError, match="publish the site anew"):
        store.current()


STAGES = [("object", 1), ("object", 2), ("site", 1), ("current", 1), ("log", 1), ("never", 1)]


@pytest.mark.parametrize(("stage", "count"), STAGES)
def test_killed_at_any_stage_it_is_the_old_version_or_the_new_one_whole(
    store: VersionStore, folder: Path, tmp_path: Path, stage: str, count: int
) -> None:
    old = keep(store, folder)
    store.publish(entry(old))
    other = make(
        tmp_path / "other", flow=FLOW.replace("Hello", "Good evening"), clients=CLIENTS.replace("Flower", "Tree")
    )
    new = read_site(other).settings.site.version
    child = [sys.executable, "-m", "tests.versions.crash_child", str(tmp_path / "state"), str(other), stage, str(count)]
    done = subprocess.run(child, cwd=ROOT, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == (0 if stage == "never" else -signal.SIGKILL)
    current = store.current()
    assert current is not None
    assert current.version == (new if stage in {"current", "log", "never"} else old)
    for version in store.versions():
        found = store.read(version, secrets=folder).settings.site
        names = {old: ("Hello.", "Flower Shop"), new: ("Good evening.", "Tree Shop")}[version]
        said = found.flows["main"].steps["hello"].prompt.parts["en"][0].clip.words
        assert (said, found.clients["1001"].name) == names
    assert [one.version for one in store.log()] == ([old] if current.version == old else [old, new])
    # What was begun is finished by trying again, and nothing is left lying about.
    assert keep(store, other) == new
    store.publish(entry(new, at=2))
    assert [one.version for one in store.log()] == ([old, new] if current.version == old else [old, new, new])
    assert not [path for path in (store.folder / "sites").iterdir() if path.name.startswith(".")]
