from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.agents.commands import Refusal
from gateway.core.events import AgentCommanded
from gateway.edge.control import LINE_MAX, ControlServer, ask
from gateway.errors import SettingError, StoreError


class Box:
    """What the control process would do, written down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commands: list[AgentCommanded] = []
        self.stops: list[bool] = []

    def server(self) -> ControlServer:
        return ControlServer(self.path, status=self.status, on_command=self.command, on_stop=self.stop)

    def status(self) -> dict[str, object]:
        return {"lines": [{"line": "line0", "up": True}], "waiting": 3, "since": 1.5, "broker": None}

    def command(self, event: AgentCommanded) -> Refusal | None:
        if event.agent != "anna":
            return Refusal("agent", f"no agent {event.agent}", "known are anna")
        self.commands.append(event)
        return None

    def stop(self, *, keep_calls: bool) -> None:
        self.stops.append(keep_calls)


@pytest.fixture
def box():
    with tempfile.TemporaryDirectory() as folder:
        yield Box(Path(folder) / "control.sock")


def talk(box: Box, *requests: dict) -> list[dict]:
    async def main() -> list[dict]:
        async with box.server():
            return [await asyncio.to_thread(ask, box.path, request) for request in requests]

    return asyncio.run(main())


def send(path: Path, payload: bytes) -> dict:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(20)
        link.connect(str(path))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            link.sendall(payload)
        link.shutdown(socket.SHUT_WR)
        with link.makefile("rb") as stream:
            lines = stream.readlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def test_status_comes_back_whole(box: Box) -> None:
    assert talk(box, {"request": "status"}) == [{"ok": True, **box.status()}]


def test_an_agents_command_becomes_an_event(box: Box) -> None:
    (answer,) = talk(box, {"request": "agent", "agent": "anna", "command": "pause", "reason": "lunch"})
    assert answer == {"ok": True}
    assert box.commands == [AgentCommanded(agent="anna", command="pause", reason="lunch")]


def test_a_command_that_cannot_be_is_answered_with_the_reason(box: Box) -> None:
    (answer,) = talk(box, {"request": "agent", "agent": "ana", "command": "pause"})
    assert answer == {"ok": False, "error": "no agent ana; known are anna"}


def test_stop_is_answered_before_it_is_obeyed(box: Box) -> None:
    answers = talk(box, {"request": "stop"}, {"request": "stop", "keep_calls": True})
    assert [(answer["ok"], answer["stopping"]) for answer in answers] == [(True, True)] * 2
    assert box.stops == [False, True]


def test_a_status_that_cannot_be_told_is_answered_too(box: Box) -> None:
    def broken() -> dict[str, object]:
        raise StoreError("the disk is gone")

    box.status = broken
    assert talk(box, {"request": "status"}) == [{"ok": False, "error": "the disk is gone"}]


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b"\n", "requests are status, agent, hours, desk, site and stop"),
        (b"", "requests are status, agent, hours, desk, site and stop"),
        (b"status\n", "malformed"),
        (b'{"request":"dance"}\n', "dance"),
        (b'{"request":"status","extra":1}\n', "unknown field `extra`"),
        (b'{"request":"agent","agent":"anna","command":"fly"}\n', "$.command"),
        (b'{"request":"agent","command":"pause"}\n', "missing required field `agent`"),
        (b'["status"]\n', "Expected `object`"),
        (b"\xff\xfe\n", "not a request"),
        (b"x" * (LINE_MAX + 10) + b"\n", "one line of at most"),
    ],
)
def test_a_malformed_request_is_answered_with_what_is_wrong(box: Box, payload: bytes, named: str) -> None:
    async def main() -> dict:
        async with box.server():
            return await asyncio.to_thread(send, box.path, payload)

    answer = asyncio.run(main())
    assert answer["ok"] is False
    assert named in answer["error"]
    assert box.commands == []
    assert not box.stops


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_answered(box: Box, payload: bytes) -> None:
    async def main() -> tuple[dict, dict]:
        async with box.server():
            answer = await asyncio.to_thread(send, box.path, payload + b"\n")
            return answer, await asyncio.to_thread(ask, box.path, {"request": "status"})

    answer, after = asyncio.run(main())
    assert answer["ok"] is False
    assert after["ok"] is True


def test_only_our_user_may_open_it_and_it_is_gone_afterwards(box: Box) -> None:
    async def main() -> os.stat_result:
        async with box.server():
            return box.path.stat()

    before = os.umask(0)
    try:
        status = asyncio.run(main())
    finally:
        os.umask(before)
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert not box.path.exists()


def test_a_client_that_says_nothing_holds_up_nobody(box: Box) -> None:
    async def main() -> dict:
        async with box.server():
            with socket.socket(socket.AF_UNIX) as silent:
                silent.connect(str(box.path))
                return await asyncio.to_thread(ask, box.path, {"request": "status"})

    assert asyncio.run(main())["ok"] is True


def test_nothing_runs_there(box: Box) -> None:
    with pytest.raises(SettingError, match="no gateway runs at .*gateway run"):
        ask(box.path, {"request": "status"})


def test_what_a_killed_gateway_left_is_taken_over(box: Box) -> None:
    script = "import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); os._exit(9)"
    subprocess.run([sys.executable, "-c", script, str(box.path)], check=False)
    assert box.path.exists()
    with pytest.raises(SettingError, match="no gateway runs"):
        ask(box.path, {"request": "status"})
    assert talk(box, {"request": "status"})[0]["ok"] is True


def test_a_second_gateway_is_refused(box: Box) -> None:
    async def main() -> dict:
        async with box.server():
            with pytest.raises(SettingError, match="another gateway runs with this state folder"):
                async with box.server():
                    pass
            return await asyncio.to_thread(ask, box.path, {"request": "status"})

    assert asyncio.run(main())["ok"] is True


def test_a_path_that_is_too_long_is_named(box: Box) -> None:
    long = box.path.parent / ("x" * 120)
    with pytest.raises(SettingError, match="107 bytes"):
        ask(long, {"request": "status"})


def test_a_gateway_that_does_not_answer_is_named(box: Box) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(box.path))
        deaf.listen()
        with pytest.raises(SettingError, match="does not answer"):
            ask(box.path, {"request": "status"}, timeout_s=0.2)


def test_answers_hold_whatever_msgspec_can_write(box: Box) -> None:
    class Part(msgspec.Struct):
        name: str

    box.status = lambda: {"part": Part("x"), "bytes": (1, 2)}
    assert talk(box, {"request": "status"}) == [{"ok": True, "part": {"name": "x"}, "bytes": [1, 2]}]
