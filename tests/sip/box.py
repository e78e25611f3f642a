"""A whole gateway under test: `gateway run` on a small site of its own, with phones as agents.

with Box(tmp_path, agents={"anna": anna.uri}) as box:
    caller.call(box.uri("100"))
    box.record(...)
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any, Self

import numpy as np

from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded, CallRecord
from gateway.edge.control import ask
from gateway.edge.store import JournalReader
from gateway.errors import GatewayError
from tests.ports import free_block, free_rtp_range
from tests.sip.harness import ROOT, wait_until

FLOW = """
flow: main
language: en
start: hello
steps:
  hello:
    say: "Hi."
    then: who
  who:
    branch:
      - {if: client.known, then: human}
      - {then: number}
  number:
    collect: client_number
    say: "Client number."
    digits: 4
    find: client
    then: human
    no_input: {tries: 1, then: office}
    no_match: {tries: 1, then: office}
  human:
    queue: by_client
    team: office
    gave_up: bye
  office:
    queue: office
    gave_up: bye
  bye:
    hang_up: "Bye."
"""
CLIENTS = {"anna": "+48220000201,1001,Flower Shop,anna,office\n", "zoe": "+48220000202,1002,Far Away,zoe,office\n"}
"""By manager; a box has those whose manager it has."""


class Box:
    """`gateway run` as a process of its own. Ports are free ones; everything is on loopback."""

    def __init__(
        self,
        folder: Path,
        *,
        agents: dict[str, str],
        lines: int = 1,
        callers_max: int = 0,
        flow: str = FLOW,
        team: str = "ring_manager: 2s\n    ring_each: 2s\n    max_wait: 30s",
        wrap_up: str = "0s",
        office: tuple[str, ...] = (),
        recordings: dict[str, np.ndarray] | None = None,
        numbers: dict[str, str] | None = None,
        mqtt_port: int = 0,
        who: dict[str, str] | None = None,
        more: str = "",
    ) -> None:
        """`office`: who is in the team of that name, the others are in a team of their own; empty: everybody.
        `recordings`: file names in prompts/ -> int16 samples, 8 kHz.
        `who`: further settings of an agent, such as "accept: key".
        `numbers`: more of them, with their flows. `more`: further sections of gateway.yaml."""
        office = office or tuple(agents)
        others = [name for name in agents if name not in office]
        self.folder, self.state = folder / "site", folder / "state"
        (self.folder / "flows").mkdir(parents=True)
        (self.folder / "flows" / "main.yaml").write_text(flow)
        (self.folder / "clients.csv").write_text(
            "number,client,name,manager,team\n" + "".join(row for who, row in CLIENTS.items() if who in agents)
        )
        for name, samples in (recordings or {}).items():
            (self.folder / "prompts").mkdir(exist_ok=True)
            with wave.open(str(self.folder / "prompts" / name), "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes(samples.astype("<i2").tobytes())
        self.port = free_block(10 * lines)  # its lines are ten ports apart
        of_each = {name: f", {options}" for name, options in (who or {}).items()}
        people = "".join(
            f"  {name}: {{name: {name.title()}, phone: '{uri}', wrap_up: {wrap_up}{of_each.get(name, '')}}}\n"
            for name, uri in agents.items()
        )
        rtp = free_rtp_range(200 * lines)
        (self.folder / "gateway.yaml").write_text(
            f"site: {{name: test, country: PL, languages: {{en: en-gb}}}}\n"
            f"sip:\n  bind: 127.0.0.1\n  port: {self.port}\n  rtp_ports: {rtp}..{rtp + 199}\n  lines: {lines}\n"
            + (f"  callers_max: {callers_max}\n" if callers_max else "")
            + f"numbers: {json.dumps({'100': 'main', '1004': 'test_number', **(numbers or {})})}\nagents:\n{people}"
            f"teams:\n  office:\n    name: Office\n    agents: [{', '.join(office)}]\n    {team}\n"
            + (f"  others:\n    name: Others\n    agents: [{', '.join(others)}]\n" if others else "")
            + (f"mqtt: {{host: 127.0.0.1, port: {mqtt_port}}}\n" if mqtt_port else "")
            + more
        )
        self.process: subprocess.Popen[bytes] | None = None

    # -- running

    def start(self) -> Self:
        """Start, and wait until every line has greeted."""
        with (self.state.parent / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "run", str(self.folder), "--state", str(self.state)],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(self._up, 30, f"the gateway did not come up:\n{self.log}")
        return self

    def stop(self, *, keep_calls: bool = False) -> int:
        """End it in good order; its exit status."""
        assert self.process is not None
        ask(self.state / "control.sock", {"request": "stop", "keep_calls": keep_calls})
        return self.process.wait(20)

    def kill(self) -> None:
        """kill -9 of the control process alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_line(self, line: str = "line1") -> None:
        """kill -9 of one line process."""
        os.kill(self.line_pid(line), signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        pids = [line["pid"] for line in self.status().get("lines", [])]
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in pids:
            wait_until(lambda pid=pid: not _alive(pid), 10, f"line process {pid} outlived its gateway")
        if kind is not None:
            print(self.log)

    # -- looking

    def uri(self, number: str, *, line: int = 0) -> str:
        return f"sip:{number}@127.0.0.1:{self.port + 10 * line}"

    def status(self) -> dict[str, Any]:
        try:
            return ask(self.state / "control.sock", {"request": "status"})
        except GatewayError:
            return {}

    def agent(self, name: str) -> str:
        """State of an agent."""
        return next(agent["state"] for agent in self.status()["board"]["agents"] if agent["agent"] == name)

    def command(self, name: str, command: str) -> None:
        answer = ask(self.state / "control.sock", {"request": "agent", "agent": name, "command": command})
        assert answer["ok"], answer

    def line_pid(self, line: str = "line1") -> int:
        return next(one["pid"] for one in self.status()["lines"] if one["line"] == line)

    @property
    def log(self) -> str:
        return (self.state.parent / "gateway.log").read_text()

    def facts(self) -> list[AnyFact]:
        """All that is committed, in order."""
        with JournalReader(self.state / "journal.sqlite") as journal:
            return [fact for row in journal.read_from(0, 100_000) if (fact := row.fact()) is not None]

    def records(self) -> list[CallRecord]:
        return [fact.record for fact in self.facts() if isinstance(fact, CallEnded)]

    def so_far(self) -> int:
        """How many calls have ended, once all that has happened is on disk."""
        wait_until(lambda: not self.status()["journal"]["waiting"], 10, "facts do not come to the disk")
        return len(self.records())

    def ended(self, count: int, timeout_s: float = 10.0) -> list[CallRecord]:
        """Wait until that many calls have ended; their records."""
        wait_until(lambda: len(self.records()) >= count, timeout_s, "no record came")
        records = self.records()
        assert len(records) == count, json.dumps([record.outcome for record in records])
        return records

    def _up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the gateway left:\n{self.log}"
        lines = self.status().get("lines", [])
        return bool(lines) and all(line["up"] for line in lines)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def settle(seconds: float) -> None:
    """Let real time pass where the test is about nothing happening."""
    time.sleep(seconds)
