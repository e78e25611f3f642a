"""SIPp as a foreign caller or agent: scenarios/*.xml, one process a party."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Self

from tests.ports import free_block, free_port

SCENARIOS = Path(__file__).parent / "scenarios"


class Sipp:
    """One SIPp process for `calls` calls. An agent (no `to`) listens at once; a caller begins at once."""

    def __init__(
        self, scenario: str, folder: Path, *, to: str = "", service: str = "200", calls: int = 1, stay_ms: int = 300,
        tcp: bool = False, echo: bool = False, at_once: int = 1, timeout_s: int = 30,
    ) -> None:  # fmt: skip
        self.port, media = free_port(), free_block(4)  # SIPp takes the neighbours of its media port too
        self.log = folder / f"sipp-{scenario}-{self.port}.log"
        command = ["sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(self.port)]
        command += ["-mi", "127.0.0.1", "-mp", str(media), "-m", str(calls), "-l", str(at_once)]
        command += ["-d", str(stay_ms), "-s", service, "-t", "t1" if tcp else "u1", "-nostdin"]
        command += ["-timeout", str(timeout_s), "-r", str(at_once * 10)]
        command += ["-timeout_error", *(["-rtp_echo"] if echo else []), *([to] if to else [])]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        self.tcp = tcp

    @property
    def uri(self) -> str:
        return f"sip:agent@127.0.0.1:{self.port}{';transport=tcp' if self.tcp else ''}"

    def finish(self) -> None:
        """Wait for its last call; AssertionError when one of them did not go as the scenario says."""
        status = self.process.wait(40)
        assert status == 0, f"SIPp ended with {status}: {self.log.read_text(errors='replace')[-3000:]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
