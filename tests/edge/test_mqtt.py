"""The publisher against a real Mosquitto, with mosquitto_sub as the witness."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.settings import BrokerSettings
from gateway.core.events import AgentCommanded
from gateway.edge import mqtt as mqtt_module
from gateway.edge.figures import Figures
from gateway.edge.mqtt import Publisher
from gateway.edge.mqtt_messages import Topics, topic_word
from gateway.edge.store import Journal
from gateway.errors import BrokerError
from tests.edge.broker import PATIENCE_S, Mosquitto, Subscriber, free_port
from tests.edge.calls_made_up import MONDAY, SITE, day, step


async def soon(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        await asyncio.sleep(0.02)


class Box:
    """A journal, its figures and a publisher, as the control process joins them."""

    def __init__(self, folder: Path, port: int, **settings: object) -> None:
        self.journal = Journal(folder / "journal.db")
        self.figures = Figures(self.journal, SITE)
        self.commands: list[AgentCommanded] = []
        self.began = time.monotonic()
        self.settings = BrokerSettings(port=port, topic="gw", **settings)

    @contextlib.asynccontextmanager
    async def publishing(self):
        publisher = Publisher(
            self.settings,
            self.journal,
            self.figures,
            site="demo",
            site_version="v1",
            version="0.1",
            on_command=self.command,
            jitter=random.Random(1),
            clock=self.clock,
        )
        task = asyncio.create_task(publisher.run())
        try:
            yield publisher
        finally:
            await publisher.close(PATIENCE_S)
            await task

    def clock(self) -> float:
        """The day that the made-up calls belong to."""
        return MONDAY + 14 * 3600 + time.monotonic() - self.began

    def command(self, event: AgentCommanded) -> str:
        if event.agent != "anna":
            return f"no agent {event.agent}; known are anna"
        self.commands.append(event)
        return ""

    def published(self, publisher: Publisher):
        return lambda: publisher.state.backlog == 0 and self.journal.state.waiting == 0

    def close(self) -> None:
        self.figures.close()
        self.journal.close()


@pytest.fixture
def box(mosquitto: Mosquitto, tmp_path: Path):
    box = Box(tmp_path, mosquitto.port)
    yield box
    box.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off and waiting times of a test, not of an office."""
    monkeypatch.setattr(mqtt_module, "BACK_OFF_S", (0.1, 0.4))
    monkeypatch.setattr(mqtt_module, "ACK_S", 3.0)
    monkeypatch.setattr(mqtt_module, "CONNACK_S", 2.0)


def publish(broker: Mosquitto, topic: str, payload: str, *more: str) -> None:
    subprocess.run(
        ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-t", topic, "-m", payload, *more],
        check=True,
    )


def test_every_fact_arrives_once_in_order_with_its_numbers(box: Box, foreign: Subscriber) -> None:
    facts = day(25)

    async def main() -> None:
        async with box.publishing() as publisher:
            for start in range(0, len(facts), 20):
                box.journal.append(facts[start : start + 20])
                await asyncio.sleep(0.01)
            await soon(box.published(publisher), "the last PUBACK")
            await soon(lambda: len(foreign.facts()) >= len(facts), "the subscriber")

    asyncio.run(main())
    rows = box.journal.read_from(0, 10_000)
    seen = foreign.on("/fact/")
    assert [m.topic for m in seen] == [f"gw/demo/fact/{row.kind}" for row in rows]
    for row, message in zip(rows, seen, strict=True):
        payload = message.data
        assert (payload["seq"], payload["kind"], payload["kind_seq"]) == (row.seq, row.kind, row.kind_seq)
        assert (payload["site"], payload["journal"]) == ("demo", box.journal.id)
        assert payload["fact"]["type"] == row.kind
        assert row.body in message.text, "the fact goes out as it stands in the journal"
    assert not any(message.retained for message in seen)


def test_birth_figures_and_farewell_are_retained(box: Box, mosquitto: Mosquitto, foreign: Subscriber, tmp_path) -> None:
    facts = day(25)

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            await soon(lambda: foreign.on("/status"), "the birth")
            birth = foreign.on("/status")[-1].data
            assert (birth["state"], birth["version"], birth["site_version"]) == ("online", "0.1", "v1")
            box.journal.append(facts)
            await soon(box.published(publisher), "the last PUBACK")
            await soon(lambda: foreign.on("/figures/care")[-1].data["figures"]["handled"] >= 1, "the figures")
            final = msgspec.to_builtins(box.figures.now(box.clock())["care"])
            await soon(lambda: foreign.on("/figures/care")[-1].data["figures"] == final, "the last figures")

    asyncio.run(main())
    late = Subscriber(mosquitto, "gw/#", tmp_path, name="late")
    try:
        asyncio.run(soon(lambda: len(late.messages()) >= 3, "what is retained"))
    finally:
        late.stop()
    retained = {message.topic: message.data for message in late.messages() if message.retained}
    assert set(retained) == {"gw/demo/status", "gw/demo/figures/care", "gw/demo/figures/technical"}
    assert (retained["gw/demo/status"]["state"], retained["gw/demo/status"]["reason"]) == ("offline", "stopped")
    care = retained["gw/demo/figures/care"]
    assert (care["team"], care["period"], care["threshold_s"], care["journal"]) == ("care", "day", 20.0, box.journal.id)
    assert care["figures"] == foreign.on("/figures/care")[-1].data["figures"]


def test_figures_go_out_only_when_they_change(box: Box, foreign: Subscriber) -> None:
    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: len(foreign.on("/figures/")) == 2, "the first figures")
            box.journal.append([step(time.time(), "no figure depends on this")])
            await soon(box.published(publisher), "the PUBACK")
            await asyncio.sleep(1.5)
            assert len(foreign.on("/figures/")) == 2

    asyncio.run(main())


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


def test_never_more_than_a_window_is_under_way(box: Box, mosquitto: Mosquitto, monkeypatch) -> None:
    most = 0
    real = mqtt_module._Client.publish

    async def counted(self, topic, *args, **kwargs):
        nonlocal most
        most = max(most, len(self._pending_publishes) + 1)
        return await real(self, topic, *args, **kwargs)

    monkeypatch.setattr(mqtt_module._Client, "publish", counted)

    async def main() -> None:
        async with box.publishing() as publisher:
            box.journal.append(step(0.0, str(n)) for n in range(500))
            await soon(box.published(publisher), "the PUBACKs")

    asyncio.run(main())
    assert 2 <= most <= mqtt_module.WINDOW + 2


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
            assert "does not take what we publish below gw/demo/" in state.last_error
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


def test_commands_become_events_and_bad_ones_an_answer(box: Box, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    bad = [
        ("gw/demo/command/agent/anna", '{"command":"dance"}', "$.command", "dance"),
        ("gw/demo/command/agent/anna", '{"reason":"lunch"}', "payload", "command"),
        ("gw/demo/command/agent/anna", '{"command":"pause","until":"noon"}', "payload", "until"),
        ("gw/demo/command/agent/anna", "pause", "payload", "malformed"),
        ("gw/demo/command/agent/ana", '{"command":"pause"}', "topic", "no agent ana; known are anna"),
    ]

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            good = '{"command":"pause","reason":"obiad"}'
            await asyncio.to_thread(publish, mosquitto, "gw/demo/command/agent/anna", good)
            for topic, payload, *_ in bad:
                await asyncio.to_thread(publish, mosquitto, topic, payload)
            await asyncio.to_thread(publish, mosquitto, "gw/demo/command/agent/anna", '{"command":"unpause"}')
            await soon(lambda: len(box.commands) >= 2, "the commands")
            await soon(lambda: len(foreign.on("/command/error")) >= len(bad), "the answers")

    asyncio.run(main())
    assert box.commands == [
        AgentCommanded(agent="anna", command="pause", reason="obiad"),
        AgentCommanded(agent="anna", command="unpause"),
    ]
    answers = [message.data for message in foreign.on("/command/error")]
    assert len(answers) == len(bad)
    for (topic, payload, place, problem), answer in zip(bad, answers, strict=True):
        assert (answer["topic"], answer["place"], answer["payload"]) == (topic, place, payload)
        assert problem in answer["problem"]


def test_a_retained_command_is_not_obeyed(box: Box, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    publish(mosquitto, "gw/demo/command/agent/anna", '{"command":"logout"}', "-r")

    async def main() -> None:
        async with box.publishing():
            await soon(lambda: foreign.on("/command/error"), "the answer")

    asyncio.run(main())
    assert box.commands == []
    assert "retain flag" in foreign.on("/command/error")[0].data["remedy"]


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

            async def no_wait(awaitable, wait_s: float):
                awaitable.close()
                waits.append(wait_s)
                if len(waits) == 12:
                    publisher._stopping.set()
                raise TimeoutError

            monkeypatch.setattr(mqtt_module.asyncio, "wait_for", no_wait)
            await soon(lambda: len(waits) >= 12, "twelve attempts")
            monkeypatch.undo()

    asyncio.run(main())
    box.close()
    for number, wait in enumerate(waits):
        full = min(60.0, 2.0**number)
        assert 0.5 * full <= wait <= full
    assert len({wait / min(60.0, 2.0**number) for number, wait in enumerate(waits)}) > 6


@given(st.text(max_size=30))
@settings(max_examples=50)
def test_any_name_is_one_level_of_a_topic(name: str) -> None:
    word = topic_word(name)
    assert not set(word) & set("/+# \0\n")
    assert Topics("a/b", name).fact("CallEnded").count("/") == 4 if name else True


def test_different_names_are_different_topics() -> None:
    names = ["a b", "a%20b", "a/b", "a%2Fb", "Łódź", "łódź", "a+b", "a#b"]
    assert all(topic_word(a) != topic_word(b) for a, b in itertools.combinations(names, 2))
    assert topic_word("Łódź-1") == "Łódź-1"
