"""A whole gateway that is given another version of its site while people talk: published, rolled back, refused, read
again on SIGHUP, watched, tried as a draft, killed in the middle."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.core.facts.calls import AgentOffered, CallStarted
from gateway.core.facts.site import DraftLoaded, SiteLoaded, SiteRefused
from gateway.versions.store import VersionStore
from tests.sip.box import Box
from tests.sip.harness import ROOT, wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip

TONES = {"a1.wav": 500, "a2.wav": 700, "b1.wav": 1100, "b2.wav": 1500}
RECORDINGS = {name: sine(hz, -16, 8) for name, hz in TONES.items()}
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'


def flow(one: str, two: str) -> str:
    """A flow that plays a recording, and after the key 1 another; 0 goes to the office."""
    return f"""
flow: main
language: en
start: one
steps:
  one: {{menu: {one}, choices: {{"1": two, "0": office}}, no_input: {{tries: 3, then: bye}}}}
  two: {{menu: {two}, choices: {{"1": two, "0": office}}, no_input: {{tries: 3, then: bye}}}}
  office: {{queue: office, gave_up: bye}}
  bye: {{hang_up: "Bye."}}
"""


A, B = flow("a1.wav", "a2.wav"), flow("b1.wav", "b2.wav")


def gateway(box: Box, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A command as an admin types it."""
    command = [sys.executable, "-m", "gateway", *map(str, words), "--state", str(box.state)]
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )


def publish(box: Box, note: str = "", *more: str) -> str:
    done = gateway(box, "publish", box.folder, "--note", note, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return version(box)


def version(box: Box) -> str:
    return box.status()["site_version"]


def edit(box: Box, text: str, file: str = "flows/main.yaml") -> None:
    (box.folder / file).write_text(text)


def gateway_yaml(box: Box, old: str, new: str) -> None:
    text = (box.folder / "gateway.yaml").read_text()
    assert old in text
    edit(box, text.replace(old, new), "gateway.yaml")


def hears(phone: Phone, name: str) -> None:
    wait_until(lambda: phone.rtp.level(TONES[name]) > -25, 15, f"{name} was not heard")


def dial(phone: Phone, uri: str) -> int:
    """Call anew; the code of the answer."""
    phone.received.clear()
    return phone.call(uri, from_=CLIENT).code


def of_kind(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


@pytest.fixture
def box(tmp_path: Path):
    with Box(tmp_path, agents={"anna": "sip:anna@127.0.0.1:9"}, flow=A, recordings=RECORDINGS) as running:
        yield running


def test_a_call_stays_on_its_version_the_next_gets_the_new_one_and_rollback_goes_back(box: Box) -> None:
    first = version(box)
    with Phone("one") as one, Phone("two") as two, Phone("three") as three:
        assert dial(one, box.uri("100")) == 200
        hears(one, "a1.wav")
        edit(box, B)
        done = gateway(box, "publish", box.folder, "--note", "tones of b", "--who", "ola")
        assert done.returncode == 0, done.stderr
        second = version(box)
        assert second != first
        assert f"published {second}: the gateway runs it (calls in progress that stay on the version before: 1)" in (
            done.stdout
        )
        assert dial(two, box.uri("100")) == 200
        hears(two, "b1.wav")
        one.rtp.press("1")
        hears(one, "a2.wav")
        two.rtp.press("1")
        hears(two, "b2.wav")
        back = gateway(box, "rollback")
        assert back.returncode == 0, back.stderr
        assert version(box) == first
        assert dial(three, box.uri("100")) == 503, "both callers' legs are in use; nobody was hung up"
        one.bye()
        two.bye()
        box.ended(2)
        wait_until(lambda: dial(three, box.uri("100")) == 200, 15, "no leg got free")
        hears(three, "a1.wav")
        three.bye()
        records = box.ended(3)
    assert sorted(record.site_version for record in records) == sorted([first, second, first])
    loaded = [(fact.version, fact.before, fact.by, fact.who, fact.note) for fact in of_kind(box, SiteLoaded)]
    assert loaded[0] == (second, first, "publish", "ola", "tones of b")
    assert loaded[1][:3] == (first, second, "rollback")
    listed = gateway(box, "versions").stdout.splitlines()
    assert [line.split()[1 if line.startswith("*") else 0] for line in listed] == [first, second, first]
    assert [line.startswith("*") for line in listed] == [True, False, False]
    shown = gateway(box, "versions", "--diff", first, second).stdout
    assert "-  one: {menu: a1.wav" in shown
    assert "+  one: {menu: b1.wav" in shown


def test_a_bad_version_is_refused_and_the_call_goes_on(box: Box) -> None:
    first = version(box)
    with Phone("one") as one:
        assert dial(one, box.uri("100")) == 200
        hears(one, "a1.wav")
        edit(box, A.replace('"1": two', '"1": tow'))
        done = gateway(box, "publish", box.folder)
        assert done.returncode == 2
        assert "flows/main.yaml:" in done.stderr
        assert "tow" in done.stderr
        assert gateway(box, "reload").returncode == 2
        os.kill(box.process.pid, signal.SIGHUP)
        wait_until(lambda: len(of_kind(box, SiteRefused)) == 2, 15)
        refused = of_kind(box, SiteRefused)[-1]
        assert (refused.by, refused.who) == ("reload", "SIGHUP")
        assert refused.count >= 1
        assert refused.places[0].startswith("flows/main.yaml:6:")
        assert "tow" in box.status()["versions"]["refused"]["problems"][0]
        assert "REFUSED" in gateway(box, "status").stdout
        assert "a new version is refused (reload)" in box.log
        assert version(box) == first
        one.rtp.press("1")
        hears(one, "a2.wav")
    edit(box, B)
    publish(box)
    assert box.status()["versions"]["refused"] is None


def test_a_failing_scripted_call_stops_a_publish(box: Box) -> None:
    script = 'flow: main\ncalls:\n  two tones:\n    from: withheld\n    keys: "1"\n    expect: {path: [one, office]}\n'
    edit(box, script, "flows/main.calls.yaml")
    first = version(box)
    done = gateway(box, "publish", box.folder)
    assert (done.returncode, version(box)) == (1, first), done.stdout + done.stderr
    assert "two tones" in done.stderr
    assert publish(box, "", "--no-test") != first


def test_sighup_reads_the_folder_and_a_restart_reads_it_again_as_long_as_nothing_was_published(box: Box) -> None:
    first = version(box)
    edit(box, B)
    os.kill(box.process.pid, signal.SIGHUP)
    wait_until(lambda: version(box) != first, 15)
    second = version(box)
    assert wait_until(lambda: of_kind(box, SiteLoaded))[0].by == "reload"
    edit(box, A)
    assert box.stop() == 0
    box.start()
    assert version(box) == first
    assert "Nothing was published" in box.log
    back = gateway(box, "rollback", second[:6])
    assert back.returncode == 0, back.stderr
    assert version(box) == second


def test_after_a_restart_what_was_published_runs_and_the_folder_waits(box: Box) -> None:
    edit(box, B)
    published = publish(box, "the tones of b")
    edit(box, A)
    assert box.stop() == 0
    box.start()
    assert version(box) == published
    assert ": the tones of b." in box.log
    assert "is NOT used: `gateway publish` puts it live" in box.log
    with Phone("one") as one:
        assert dial(one, box.uri("100")) == 200
        hears(one, "b1.wav")
    os.kill(box.process.pid, signal.SIGHUP)
    wait_until(lambda: version(box) != published, 15)
    now = version(box)
    box.kill()
    box.start()
    assert version(box) == now, "what SIGHUP took is what a restart takes"


def test_without_a_running_box_publish_decides_what_the_next_one_begins_with(box: Box) -> None:
    first = version(box)
    assert box.stop() == 0
    edit(box, B)
    done = gateway(box, "publish", box.folder)
    assert done.returncode == 0, done.stderr
    assert "no gateway runs" in done.stdout
    edit(box, A)
    box.start()
    assert version(box) != first
    assert gateway(box, "rollback").returncode == 0
    assert version(box) == first


def test_people_numbers_and_limits_change_with_a_call_up_and_sockets_wait_for_the_next_start(
    box: Box, tmp_path: Path
) -> None:
    with Phone("zoe") as zoe, Phone("one") as one, Phone("two") as two:
        assert dial(one, box.uri("100")) == 200
        hears(one, "a1.wav")
        gateway_yaml(box, "sip:anna@127.0.0.1:9", zoe.uri)
        gateway_yaml(box, '"1004"', '"200": "main", "1004"')
        gateway_yaml(box, "  bind: 127.0.0.1\n", "  bind: 127.0.0.1\n  callers_max: 1\n  tcp: no\n")
        gateway_yaml(box, "port: ", "codecs: [PCMA]\n  port: ")
        done = gateway(box, "publish", box.folder)
        assert done.returncode == 0, done.stderr
        assert "takes effect at the next start: sip: tcp yes -> no" in done.stdout
        assert "takes effect at the next start: sip: codecs" in done.stdout
        assert "callers_max" not in done.stdout
        assert "tcp yes -> no" in gateway(box, "status").stdout
        wait_until(lambda: box.status()["board"]["lines"][0]["callers_max"] == 1, 10)
        assert dial(two, box.uri("200")) == 503, "one caller at a time from now on"
        one.rtp.press("0")
        wait_until(lambda: box.agent("anna") == "talking", 15)
        one.bye()
        box.ended(1)
        zoe.wait_for("BYE")
        zoe.incoming, zoe.remote_tag = None, ""
        wait_until(lambda: dial(two, box.uri("200")) == 200, 15, "the new number is not answered")
        two.bye()
    assert box.stop() == 0
    box.start()
    assert box.status()["versions"]["at_next_start"] == []
    assert not any(one.startswith("tcp") for one in box.status()["board"]["lines"][0]["listening"])


def test_a_watched_folder_is_taken_when_it_stands_still(tmp_path: Path) -> None:
    box = Box(tmp_path, agents={"anna": "sip:anna@127.0.0.1:9"}, flow=A, recordings=RECORDINGS)
    gateway_yaml(box, "numbers:", "reload: watch\nnumbers:")
    with box:
        first = version(box)
        time.sleep(2)  # the first look at the folder has been
        edit(box, B[: len(B) // 2])
        edit(box, B)
        wait_until(lambda: version(box) != first, 20)
        assert [fact.by for fact in wait_until(lambda: of_kind(box, SiteLoaded))] == ["watch"]
        assert not of_kind(box, SiteRefused), "half a file was not looked at"
        edit(box, "steps: {")
        wait_until(lambda: of_kind(box, SiteRefused), 20)
        assert [fact.by for fact in of_kind(box, SiteRefused)] == ["watch"]


def test_a_draft_is_dialled_while_everybody_else_gets_what_is_published(box: Box) -> None:
    with Phone("zoe") as zoe, Phone("one") as one, Phone("two") as two:
        none = gateway(box, "draft", box.folder)
        assert none.returncode == 2
        assert "draft:" in none.stderr
        gateway_yaml(box, "numbers:", 'draft: {number: "9999", rings: [anna]}\nnumbers:')
        gateway_yaml(box, "sip:anna@127.0.0.1:9", zoe.uri)
        live = publish(box)
        assert dial(one, box.uri("9999")) == 404
        edit(box, B)
        done = gateway(box, "draft", box.folder, "--as", "100")
        assert done.returncode == 0, done.stderr
        assert "9999 reaches the draft" in done.stdout
        assert version(box) == live
        assert dial(one, box.uri("9999")) == 200
        hears(one, "b1.wav")
        assert dial(two, box.uri("100")) == 200
        hears(two, "a1.wav")
        two.bye()
        one.rtp.press("0")
        wait_until(lambda: box.agent("anna") == "talking", 15)
        one.bye()
        records = {record.called: record for record in box.ended(2)}
        assert (records["9999"].draft, records["9999"].answered_by) == (True, "anna")
        assert not records["100"].draft
        assert records["9999"].site_version == of_kind(box, DraftLoaded)[0].version != live
        assert [fact.team for fact in of_kind(box, AgentOffered)] == ["draft:office"]
        assert {figures["offered"] for figures in box.status()["figures"].values()} == {0}
        assert gateway(box, "draft", "--off").returncode == 0
        assert dial(two, box.uri("9999")) == 404
        assert sum(fact.draft for fact in of_kind(box, CallStarted)) == 1


def test_killed_at_any_moment_of_a_publish_the_box_begins_with_the_old_version_or_the_new_one(box: Box) -> None:
    chance = random.Random(4)
    publish(box, "the first")
    known = {version(box)}
    for number in range(6):
        edit(box, flow("a1.wav", "a2.wav") + f"# {number}\n")
        command = [sys.executable, "-m", "gateway", "publish", str(box.folder), "--no-test", "--state", str(box.state)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.2))
        if number % 2:
            box.kill()
            process.wait(60)
            box.start()
        else:
            process.kill()
            process.wait()
        store = VersionStore(box.state)
        current = store.current()
        assert current is not None
        for kept in store.versions():
            store.read(kept, secrets=box.folder)
        known.add(current.version)
        wait_until(lambda: version(box) == VersionStore(box.state).current().version, 15)  # type: ignore[union-attr]
        log = [json.loads(line)["version"] for line in (box.state / "versions" / "log").read_text().splitlines()]
        assert set(log) <= set(store.versions())
    with Phone("one") as one:
        assert dial(one, box.uri("100")) == 200
        hears(one, "a1.wav")


def test_what_only_the_box_can_judge_is_refused_by_it_before_anything_changes(box: Box) -> None:
    """A voice that the machine has not, a password that is not there."""
    first = publish(box, "the first")
    gateway_yaml(box, "{en: en-gb}", "{en: xx-nobody}")
    edit(box, A.replace("Bye.", "Farewell."))
    done = gateway(box, "publish", box.folder)
    assert done.returncode == 2, done.stdout
    assert "xx-nobody" in done.stderr
    gateway_yaml(box, "{en: xx-nobody}", "{en: en-gb}")
    gateway_yaml(box, "numbers:", "trunks: {t: {host: 127.0.0.1:9, user: me, password_file: secret}}\nnumbers:")
    done = gateway(box, "publish", box.folder)
    assert done.returncode == 2, done.stdout
    assert "there is no file secret" in done.stderr
    assert "refused, nothing has changed" in done.stderr
    assert version(box) == first == VersionStore(box.state).current().version  # type: ignore[union-attr]
    wait_until(lambda: len(of_kind(box, SiteRefused)) == 2, 10)
    (box.folder / "secret").write_text("hush-hush")
    (box.folder / "secret").chmod(0o600)
    assert publish(box) != first
    (box.folder / "secret").write_text("another-one")
    again = gateway(box, "publish", box.folder)
    assert "it ran already, its passwords were read anew" in again.stdout, again.stdout + again.stderr
    assert "hush-hush" not in box.log
    assert not any(b"hush-hush" in path.read_bytes() for path in (box.state / "versions").rglob("*") if path.is_file())
