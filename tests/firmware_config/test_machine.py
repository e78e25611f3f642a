"""The files for a bare board: systemd and nftables accept them, and they agree with the example site."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from gateway.cli.main import app
from gateway.config.load import load_site
from gateway.shipped import example_site

FOLDER = Path(__file__).parents[2] / "firmware_config"
UNIT = (FOLDER / "systemd" / "gateway.service").read_text()
FIREWALL = FOLDER / "nftables" / "gateway.nft"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path):
    unit = tmp_path / "gateway.service"
    unit.write_text(UNIT.replace("/opt/gateway/bin/gateway", "/bin/true"))  # the program is not installed here
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "gateway.service" in line]
    assert said == []
    assert done.returncode == 0


def test_the_unit_calls_commands_that_exist():
    (line,) = re.findall(r"^ExecStart=(.*)$", UNIT, re.MULTILINE)
    program, command, *arguments = line.split()
    assert program.endswith("/gateway")
    context = get_command(app).commands[command].make_context(command, list(arguments), resilient_parsing=False)
    assert context.params["site"] == Path("/etc/gateway")
    assert context.params["state"] == Path("/var/lib/gateway")
    (line,) = re.findall(r"^ExecReload=(.*)$", UNIT, re.MULTILINE)
    _, command, *arguments = line.split()
    context = get_command(app).commands[command].make_context(command, list(arguments), resilient_parsing=False)
    assert (command, context.params["state"]) == ("reload", Path("/var/lib/gateway"))


@pytest.mark.skipif(shutil.which("nft") is None, reason="nft is not installed")
def test_nft_accepts_the_firewall():
    done = subprocess.run(["nft", "-c", "-f", str(FIREWALL)], capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr or "cache initialization failed" in done.stderr:
        pytest.skip("this kernel does not let nft look at its tables")
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_firewall_opens_the_ports_of_the_example_site():
    defined = dict(re.findall(r"^define (\w+) = (\S+)$", FIREWALL.read_text(), re.MULTILINE))
    sip = load_site(example_site()).sip
    assert defined["sip"] == str(sip.port)
    assert defined["rtp"] == f"{sip.rtp_port}-{sip.rtp_port + sip.lines * sip.rtp_ports - 1}"


def test_everything_that_the_page_names_is_there():
    page = (FOLDER / "README.md").read_text()
    for link in re.findall(r"\]\(([^)]+)\)", page):
        assert (FOLDER / link).exists(), link
    commands = get_command(app).commands
    for command in re.findall(r"gateway (check|doctor|run|stop|status)\b", page):
        assert command in commands
