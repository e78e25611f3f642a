"""`gateway doctor`: what this machine and its pjsua2 build offer a gateway, and what is missing.

Each finding says what was looked at, what was found and, when it is not good, the remedy. The library is asked in
a process of its own, because loading it can end a process (other builds assert on what this one allows).
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Literal

import msgspec

from gateway.audio.piper import Piper
from gateway.config.load import load_site
from gateway.config.settings import BrokerSettings, Settings
from gateway.core.speech.clips import PIPER
from gateway.doctor_services import ask_services
from gateway.edge.broker import answers
from gateway.errors import SiteError

Level = Literal["good", "note", "bad"]

LEGS_WANTED = 16
"""A small office's peak: eight callers, each with an agent. Fewer legs work, with more lines (`sip: lines:`)."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the doctor's page."""

    level: Level
    what: str
    found: str
    remedy: str = ""


def examine(folder: Path) -> list[Finding]:
    """Everything, in the order in which a call would need it."""
    findings = [*_library(), _speech()]
    try:
        settings = load_site(folder)
    except SiteError as error:
        findings.append(
            Finding(level="bad", what="site", found=f"{folder}: {error}", remedy=f"gateway check {folder} shows them")
        )
        return findings
    findings.append(Finding(level="good", what="site", found=f"{folder}, version {settings.site.version}"))
    findings += _neural(settings)
    findings += _ports(settings)
    findings.append(_broker(settings.broker))
    for asked in ask_services(settings).values():
        findings.append(Finding(level=asked.level, what="service", found=asked.found, remedy=asked.remedy))
    return findings


def render(findings: list[Finding]) -> str:
    """One line a finding, the remedy under it."""
    sign = {"good": "ok  ", "note": "note", "bad": "BAD "}
    lines = []
    for finding in findings:
        lines.append(f"{sign[finding.level]}  {finding.what:<10} {finding.found}")
        if finding.remedy:
            lines.append(f"                 -> {finding.remedy}")
    return "\n".join(lines) + "\n"


def _library() -> list[Finding]:
    probe = subprocess.run(
        [sys.executable, "-m", "gateway.line.probe"], capture_output=True, text=True, timeout=30, check=False
    )
    try:
        told = json.loads(probe.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = (probe.stderr.strip().splitlines() or [f"status {probe.returncode}"])[-1]
        return [
            Finding(
                level="bad",
                what="pjsua2",
                found=last,
                remedy="install pjsua2-python (x86-64, Python up to 3.12) or build PJSIP 2.15.1 with its Python "
                "binding: README, 'On an ARM board'",
            )
        ]
    findings = [Finding(level="good", what="pjsua2", found=f"{told['version']} from {told['file']}")]
    legs = told["legs_max"]
    findings.append(
        Finding(
            level="good" if legs >= LEGS_WANTED else "note",
            what="legs",
            found=f"{legs} in one line process: {legs // 2} callers with an agent each",
            remedy=""
            if legs >= LEGS_WANTED
            else "more at once: `sip: lines: 2` or more, or a build with PJSUA_MAX_CALLS raised",
        )
    )
    missing = [name for name in ("PCMA", "PCMU") if not any(name in codec for codec in told["codecs"])]
    findings.append(
        Finding(
            level="bad" if missing else "good",
            what="codecs",
            found=", ".join(told["codecs"]),
            remedy=f"this build lacks {' and '.join(missing)}: rebuild with G.711" if missing else "",
        )
    )
    tls = told["tls"]
    findings.append(
        Finding(
            level="note" if tls["out_of_support"] or not tls["library"] else "good",
            what="TLS",
            found=(tls["library"] or "none in this build")
            + (" (out of support: no security fixes)" if tls["out_of_support"] else ""),
            remedy="fine on a bench; a public TLS listener belongs to the SIP proxy in front"
            if tls["out_of_support"]
            else "",
        )
    )
    findings.append(
        Finding(
            level="good" if told["native"] == "ok" else "bad",
            what="C core",
            found="bound to this library" if told["native"] == "ok" else told["native"],
            remedy="" if told["native"] == "ok" else "the media core needs PJSIP 2.15.1: README, 'On an ARM board'",
        )
    )
    return findings


def _speech() -> Finding:
    program = shutil.which("espeak-ng")
    if program is None:
        return Finding(
            level="bad", what="speech", found="espeak-ng is not installed", remedy="apt-get install espeak-ng"
        )
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    return Finding(level="good", what="speech", found=told.stdout.split("  ")[0].strip())


def _neural(settings: Settings) -> list[Finding]:
    """The voices of piper that the site names."""
    named = sorted({clip.voice for clip in settings.clips if clip.voice.startswith(PIPER)})
    findings = []
    for voice in named:
        refused = Piper().refuses(voice)
        found = refused.partition(": ")[0] or f"piper, voice {Path(voice.removeprefix(PIPER)).name}"
        findings.append(
            Finding(
                level="bad" if refused else "good",
                what="speech",
                found=found,
                remedy=refused.partition(": ")[2],
            )
        )
    return findings


def _ports(settings: Settings) -> list[Finding]:
    findings = []
    for number in range(settings.sip.lines):
        port = settings.sip.port + 10 * number
        busy = [name for name, kind in _kinds(settings) if not _free(settings.sip.bind, port, kind)]
        findings.append(
            Finding(
                level="bad" if busy else "good",
                what="SIP port",
                found=f"{settings.sip.bind}:{port} " + (f"is taken ({', '.join(busy)})" if busy else "is free"),
                remedy="a gateway may be running already (gateway status); else choose another `sip: port:`"
                if busy
                else "",
            )
        )
    return findings


def _kinds(settings: Settings) -> list[tuple[str, socket.SocketKind]]:
    kinds = [("UDP", socket.SOCK_DGRAM)]
    return [*kinds, ("TCP", socket.SOCK_STREAM)] if settings.sip.tcp else kinds


def _free(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as sock:
        if kind is socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError:
            return False
    return True


def _broker(broker: BrokerSettings | None) -> Finding:
    if broker is None:
        return Finding(level="note", what="broker", found="none in gateway.yaml: nothing is published")
    place = f"{broker.host}:{broker.port}"
    if answers(broker.host, broker.port):
        return Finding(level="good", what="broker", found=f"{place} answers")
    return Finding(
        level="bad",
        what="broker",
        found=f"nothing answers on {place}",
        remedy="start Mosquitto there, or `gateway run --broker embedded` for a first try",
    )
