"""The commands as an admin types them: what they print, and with which status they end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.doctor import Finding, render
from tests.ports import free_port
from tests.sip.box import Box
from tests.sip.harness import ROOT

EXAMPLE = ROOT / "firmware_config" / "site.example"


def gateway(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The example site with two mistakes in two files."""
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE, site)
    text = (site / "gateway.yaml").read_text()
    (site / "gateway.yaml").write_text(text.replace("ring_manager: 20s", "ring_manger: 20s", 1))
    text = (site / "clients.csv").read_text()
    (site / "clients.csv").write_text(text.replace(",anna,", ",hanna,", 1))
    return site


def test_check_says_good_and_0() -> None:
    done = gateway("check", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "good" in done.stdout


def test_check_says_all_mistakes_at_once_and_2(broken: Path) -> None:
    done = gateway("check", broken)
    assert done.returncode == 2
    assert "gateway.yaml:" in done.stderr
    assert "clients.csv:" in done.stderr
    assert "ring_manager" in done.stderr, "the nearest name"
    assert "anna" in done.stderr
    assert "Traceback" not in done.stderr
    as_json = gateway("check", broken, "--json")
    assert as_json.returncode == 2
    assert {problem["file"] for problem in json.loads(as_json.stdout)} == {"gateway.yaml", "clients.csv"}


def test_a_wrong_site_is_not_run(broken: Path, tmp_path: Path) -> None:
    done = gateway("run", broken, "--state", tmp_path / "state")
    assert done.returncode == 2
    assert "clients.csv:" in done.stderr
    assert not (tmp_path / "state").exists()


def test_status_without_a_gateway_says_what_to_do(tmp_path: Path) -> None:
    done = gateway("status", "--state", tmp_path)
    assert done.returncode == 2
    assert "gateway run" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_tells_of_the_library_and_the_broker(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE, site)
    text = (site / "gateway.yaml").read_text()
    (site / "gateway.yaml").write_text(
        text.replace("port: 1883", f"port: {free_port()}").replace("port: 5060", f"port: {free_port()}")
    )
    done = gateway("doctor", site)
    assert done.returncode == 1, "no broker answers there"
    for word in ("PJSIP", "legs", "PCMA", "OpenSSL", "nothing answers", "SIP port"):
        assert word in done.stdout
    assert "bound to this library" in done.stdout


def test_the_doctors_page() -> None:
    page = render([Finding(level="bad", what="broker", found="nothing answers", remedy="start it")])
    assert page == "BAD   broker     nothing answers\n                 -> start it\n"


@pytest.mark.sip
def test_a_running_gateway_answers_its_commands(tmp_path: Path) -> None:
    with Box(tmp_path, agents={"anna": "sip:anna@127.0.0.1:9"}) as box:
        page = gateway("status", "--state", box.state)
        assert page.returncode == 0, page.stderr
        for word in ("line1", "up", "anna", "idle", "office", "no calls"):
            assert word in page.stdout
        assert json.loads(gateway("status", "--state", box.state, "--json").stdout)["site"] == "test"
        assert gateway("agent", "anna", "pause", "--reason", "lunch", "--state", box.state).returncode == 0
        assert box.agent("anna") == "paused"
        nobody = gateway("agent", "ana", "pause", "--state", box.state)
        assert nobody.returncode == 2
        assert "anna" in nobody.stderr
        twice = gateway("run", box.folder, "--state", box.state)
        assert twice.returncode == 2
        assert "another gateway" in twice.stderr
        assert gateway("stop", "--state", box.state).returncode == 0
        assert box.process is not None
        assert box.process.wait(15) == 0
        assert "ERROR" not in box.log
