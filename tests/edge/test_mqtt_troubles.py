"""Brokers that are away, die, freeze, refuse us, or speak another version: nothing is lost, and the state says why."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from pathlib import Path

import pytest

from gateway.edge import mqtt as mqtt_module
from gateway.errors import BrokerError
from tests.edge.broker import Mosquitto, Subscriber
from tests.edge.calls_made_up import step
from tests.edge.mqtt_box import Box, soon
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("impatient")


def test_a_broker_that_is_away_at_the_start_gets_everything_later(tmp_path: Path) -> None:
    port = free_port()
    box = Box(tmp_path, port)
    broker = Mosquitto(tmp_path / "broker", port=port)

    async def main() -> list[dict]:
        async with box.publishing() as publisher:
            box.journal.append(step(0.0, str(n)) for n in range(70))
            await soon(lambda: publisher.state.attempts >= 2, "two attempts")
            state = publisher.state
            assert not state.connected
            assert "Connection refused" in state.last_error
            await soon(lambda: publisher.state.backlog == 70, "the backlog")
            broker.start()
            subscriber = Subscriber(broker, "gw/#", tmp_path)
            try:
                await soon(box.published(publisher), "the last PUBACK")
                assert (publisher.state.connected, publisher.state.last_error) == (True, "")
                await soon(lambda: len(subscriber.facts()) >= 70, "the subscriber")
                return subscriber.facts()
            finally:
                subscriber.stop()

    try:
        facts = asyncio.run(main())
    finally:
        box.close()
        broker.kill()
    assert facts[-1]["seq"] == 70
    # The subscriber may have come after the first of them; what it has is whole.
    assert [f["seq"] for f in facts] == list(range(facts[0]["seq"], 71))


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    box: Box, mosquitto: Mosquitto, foreign: Subscriber
) -> None:
    async def main() -> None:
        async with box.publishing() as publisher:
            for round_ in range(3):
                box.journal.append(step(0.0, f"{round_} {n}") for n in range(50))
                await soon(box.published(publisher), "the PUBACKs")
                await soon(lambda: len({f["seq"] for f in foreign.facts()}) == publisher.state.acked_seq, "them all")
                mosquitto.kill()
                box.journal.append(step(0.0, f"{round_} away {n}") for n in range(50))
                await soon(lambda: not publisher.state.connected, "the loss to be noticed")
                mosquitto.start()
            await soon(box.published(publisher), "the PUBACKs")
            await soon(lambda: len({f["seq"] for f in foreign.facts()}) == 300, "them all")

    asyncio.run(main())
    expect_whole(foreign.facts(), 300)


def expect_whole(facts: list[dict], last: int) -> None:
    """Every number is there, first in order; a repetition says the same as the first message did."""
    firsts: dict[int, dict] = {}
    for fact in facts:
        assert firsts.setdefault(fact["seq"], fact) == fact
    assert list(firsts) == list(range(1, last + 1))


def test_a_broker_that_stops_reading_costs_no_memory_and_no_fact(
    box: Box, mosquitto: Mosquitto, foreign: Subscriber
) -> None:
    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            mosquitto.freeze()
            box.journal.append(step(0.0, str(n)) for n in range(2000))
            await soon(lambda: not publisher.state.connected, "the silence to be noticed")
            unsent = [task for task in asyncio.all_tasks() if "_send_fact" in repr(task)]
            assert len(unsent) <= mqtt_module.WINDOW + 1
            assert publisher.state.acked_seq == 0
            assert publisher.state.last_error
            mosquitto.thaw()
            await soon(box.published(publisher), "the PUBACKs")
            await soon(lambda: len({f["seq"] for f in foreign.facts()}) == 2000, "them all")

    asyncio.run(main())
    expect_whole(foreign.facts(), 2000)


@pytest.mark.parametrize(("user", "password"), [("", ""), ("gateway", "wrong-s3cret"), ("nobody", "wrong-s3cret")])
def test_a_broker_that_refuses_us_is_told_without_the_password(
    tmp_path: Path, user: str, password: str, caplog: pytest.LogCaptureFixture
) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "gateway", "right"], check=True)
    broker = Mosquitto(tmp_path / "broker", config=f"allow_anonymous false\npassword_file {passwords}\n").start()
    box = Box(tmp_path, broker.port, user=user, password=password)

    async def main():
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.attempts >= 3, "three attempts")
            return publisher.state

    try:
        state = asyncio.run(main())
    finally:
        box.close()
        broker.kill()
    assert not state.connected
    assert state.last_error.startswith("it refuses")
    assert (repr(user) if user else "without a user name") in state.last_error
    assert "password file" in state.last_error
    assert "s3cret" not in repr(state) + caplog.text + repr(box.settings)


def test_the_right_password_is_let_in(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "gateway", "right"], check=True)
    broker = Mosquitto(tmp_path / "broker", config=f"allow_anonymous false\npassword_file {passwords}\n").start()
    box = Box(tmp_path, broker.port, user="gateway", password="right")

    async def main() -> None:
        async with box.publishing() as publisher:
            box.journal.append([step(0.0, "in")])
            await soon(lambda: publisher.state.acked_seq == 1, "the PUBACK")

    try:
        asyncio.run(main())
    finally:
        box.close()
        broker.kill()


def test_a_topic_that_the_acl_forbids_is_no_published_fact(tmp_path: Path) -> None:
    acl = tmp_path / "acl"
    acl.write_text("topic write gw/demo/status\ntopic read gw/demo/command/#\n")
    acl.chmod(0o600)
    broker = Mosquitto(tmp_path / "broker", config=f"allow_anonymous true\nacl_file {acl}\n").start()
    box = Box(tmp_path, broker.port)

    async def main() -> None:
        async with box.publishing() as publisher:
            box.journal.append([step(0.0, "forbidden")])
            box.journal.flush()
            await soon(lambda: publisher.state.attempts >= 2, "two attempts")
            state = publisher.state
            assert (state.acked_seq, state.backlog) == (0, 1)
            assert "does not take what we publish below gw/demo" in state.last_error
            assert "ACL" in state.last_error
            broker.stop()
            acl.write_text("topic readwrite gw/#\n")
            broker.start()
            await soon(lambda: publisher.state.acked_seq == 1, "the PUBACK")

    try:
        asyncio.run(main())
    finally:
        box.close()
        broker.kill()


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    async def main(**settings: object) -> None:
        box = Box(tmp_path, 1883, **settings)
        try:
            async with box.publishing():
                pass
        finally:
            box.close()

    with pytest.raises(BrokerError, match="no address of a broker"):
        asyncio.run(main(host=""))
    with pytest.raises(BrokerError, match="PEM"):
        asyncio.run(main(tls=True, ca_file=str(tmp_path / "missing.pem")))


def test_a_broker_that_speaks_only_3_1_1_is_spoken_to_in_3_1_1(tmp_path: Path) -> None:
    from gateway.edge.broker import _amqtt

    box = Box(tmp_path, free_port())

    async def main() -> None:
        async with box.publishing() as publisher:
            box.journal.append(step(0.0, str(n)) for n in range(30))
            await soon(lambda: publisher.state.acked_seq == 30, "the PUBACKs")
            assert publisher.state.protocol == "3.1.1"

    try:
        with _amqtt(box.settings):
            asyncio.run(main())
    finally:
        box.close()


def test_tls(tmp_path: Path) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    make += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "crt")]
    if subprocess.run(make, capture_output=True, check=False).returncode:
        pytest.skip("openssl is not here to make a certificate")
    config = f"certfile {tmp_path / 'crt'}\nkeyfile {tmp_path / 'key'}\nallow_anonymous true\n"
    broker = Mosquitto(tmp_path / "broker", config=config).start()

    async def main(ca_file: str, done) -> str:
        box = Box(tmp_path, broker.port, tls=True, ca_file=ca_file)
        try:
            async with box.publishing() as publisher:
                box.journal.append([step(0.0, "secret")])
                await soon(lambda: done(publisher.state), "the publisher")
                return publisher.state.last_error
        finally:
            box.close()

    try:
        assert asyncio.run(main(str(tmp_path / "crt"), lambda state: state.acked_seq > 0)) == ""
        error = asyncio.run(main("", lambda state: state.attempts > 1))
        assert "certificate verify failed" in error
        assert "ca_file" in error
    finally:
        broker.kill()


def test_the_back_off_grows_to_its_limit_and_is_spread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mqtt_module, "BACK_OFF_S", (1.0, 60.0))
    box = Box(tmp_path, free_port())
    waits: list[float] = []

    async def main() -> None:
        async with box.publishing() as publisher:

            @contextlib.asynccontextmanager
            async def no_wait(wait_s: float):
                waits.append(wait_s)
                if len(waits) == 12:
                    publisher._stopping.set()
                raise TimeoutError
                yield

            monkeypatch.setattr(mqtt_module.asyncio, "timeout", no_wait)
            await soon(lambda: len(waits) >= 12, "twelve attempts")
            monkeypatch.undo()

    asyncio.run(main())
    box.close()
    for number, wait in enumerate(waits):
        full = min(60.0, 2.0**number)
        assert 0.5 * full <= wait <= full
    assert len({wait / min(60.0, 2.0**number) for number, wait in enumerate(waits)}) > 6
