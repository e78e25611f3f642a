"""Screen-pops: on the broker's socket before the call that hands them over returns, so that the Dial comes behind;
never waiting for a broker; each agent's own."""

from __future__ import annotations

import asyncio
import selectors
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from gateway.core.actions import ScreenPop
from gateway.edge.mqtt_messages import Topics
from tests.edge.broker import PATIENCE_S, Mosquitto, Subscriber, until
from tests.edge.mqtt_box import Box, soon

pytestmark = pytest.mark.usefixtures("impatient")
POP = ScreenPop(
    leg="line1-1.1", agent="anna", call="line1-1", team="care", number="+48601000101", client="1001",
    client_name="Kwiaciarnia Pod Lipą", matter="invoices", wait_s=3.04, case="10008", keyed={"order": "1234"},
)  # fmt: skip


class Wire:
    """A proxy before a broker, in threads of its own: it sees what is sent while the event loop stands still."""

    def __init__(self, port: int) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._to = port
        self.sent = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client = self._server.accept()[0]
            except OSError:
                return
            broker = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._pump, args=(client, broker, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(broker, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, to: socket.socket, up: bool) -> None:  # noqa: FBT001
        try:
            while data := source.recv(65536):
                if up:
                    self.sent += data
                to.sendall(data)
        except OSError:
            pass
        for end in (source, to):
            end.close()

    def close(self) -> None:
        self._server.close()


def test_it_is_sent_before_anything_else_can_be(tmp_path: Path, mosquitto: Mosquitto) -> None:
    wire = Wire(mosquitto.port)
    box = Box(tmp_path, wire.port)

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            publisher.pop(POP)
            # The event loop does nothing from here on: what comes has been written by `pop` itself.
            end = time.monotonic() + PATIENCE_S
            while b"gw/demo/agent/anna/pop" not in wire.sent:
                assert time.monotonic() < end, "the pop waits for the event loop"
                time.sleep(0.01)  # noqa: ASYNC251 - the loop has to stand still

    try:
        asyncio.run(main())
    finally:
        wire.close()
        box.journal.close()


def test_it_leaves_the_event_loop_at_rest(box: Box, mosquitto: Mosquitto) -> None:
    """Nothing waits to be written, so nothing is called again and again because it could be."""
    assert mosquitto.port

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            for _ in range(10):
                publisher.pop(POP)
                await asyncio.sleep(0.01)
            client = publisher._client
            assert client is not None
            await soon(lambda: not client._client.want_write(), "the last byte")
            await asyncio.sleep(0.05)
            selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]
            events = selector.get_map()[client._client.socket().fileno()].events
            assert not events & selectors.EVENT_WRITE

    asyncio.run(main())


def test_what_it_says(box: Box, foreign: Subscriber) -> None:
    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            publisher.pop(POP)
            publisher.pop(ScreenPop(leg="x.1", agent="jan lis", call="x", wait_s=0.0))
            await soon(lambda: len(foreign.on("/pop")) == 2, "the pops")

    asyncio.run(main())
    first, second = foreign.on("/pop")
    assert (first.topic, first.retained) == ("gw/demo/agent/anna/pop", False)
    told = first.data
    assert told.pop("at") > 0
    assert told == {
        "site": "demo", "call": "line1-1", "agent": "anna", "team": "care", "number": "+48601000101", "client": "1001",
        "client_name": "Kwiaciarnia Pod Lipą", "matter": "invoices", "wait_s": 3.0, "case": "10008",
        "keyed": {"order": "1234"},
    }  # fmt: skip
    assert second.topic == "gw/demo/agent/jan%20lis/pop"
    assert (second.data["number"], second.data["client"], second.data["keyed"]) == (None, None, {})


def test_a_broker_that_is_away_or_stands_still_delays_nothing(box: Box, mosquitto: Mosquitto) -> None:
    async def main() -> None:
        async with box.publishing() as publisher:
            publisher.pop(POP)  # not connected yet
            await soon(lambda: publisher.state.connected, "the connection")
            mosquitto.freeze()
            try:
                for _ in range(2000):
                    publisher.pop(POP)
            finally:
                mosquitto.thaw()
            mosquitto.kill()
            await soon(lambda: not publisher.state.connected, "the end of the connection")
            publisher.pop(POP)
            mosquitto.start()
            await soon(lambda: publisher.state.connected, "the connection")

    asyncio.run(main())


def test_an_agents_program_reads_its_own_pops_and_no_others(tmp_path: Path) -> None:
    acl = Path(__file__).resolve().parents[2] / "firmware_config" / "mosquitto" / "gateway.acl"
    passwords, copy = tmp_path / "passwords", tmp_path / "acl"
    copy.write_text(acl.read_text())
    copy.chmod(0o600)
    for number, user in enumerate(("gateway", "anna", "jan", "dashboard")):
        subprocess.run(["mosquitto_passwd", "-b", *(["-c"] * (not number)), str(passwords), user, "pw"], check=True)
    passwords.chmod(0o644)
    config = f"allow_anonymous false\npassword_file {passwords}\nacl_file {copy}\n"
    broker = Mosquitto(tmp_path / "broker", config=config).start()
    ears = {
        user: Subscriber(broker, "gateway/example/agent/+/pop", tmp_path, name=user, extra=("-u", user, "-P", "pw"))
        for user in ("anna", "jan", "dashboard")
    }
    try:
        for agent in ("anna", "jan"):
            subprocess.run(
                ["mosquitto_pub", "-p", str(broker.port), "-u", "gateway", "-P", "pw", "-q", "1",
                 "-t", Topics("gateway", "example").pop(agent), "-m", f'{{"agent":"{agent}"}}'],
                check=True,
            )  # fmt: skip
        for user in ("anna", "jan"):
            until(ears[user].messages, f"{user}'s pop")
            assert [message.data for message in ears[user].messages()] == [{"agent": user}]
        assert not ears["dashboard"].messages()
    finally:
        for ear in ears.values():
            ear.stop()
        broker.kill()
