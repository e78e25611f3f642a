"""The publisher against a real Mosquitto, with mosquitto_sub as the witness."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.events import AgentCommanded
from gateway.edge import mqtt as mqtt_module
from gateway.edge.mqtt_messages import Topics, topic_word
from tests.edge.broker import Mosquitto, Subscriber
from tests.edge.calls_made_up import day, step
from tests.edge.mqtt_box import Box, soon

pytestmark = pytest.mark.usefixtures("impatient")


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
            await soon(lambda: foreign.on("/continuity/team/technical"), "the last of the teams")

    asyncio.run(main())
    late = Subscriber(mosquitto, "gw/#", tmp_path, name="late")
    standing = {"alarms", "cases/office", "agents/team/care", "figures/care", "figures/technical", "status"}
    standing |= {"continuity/office", "continuity/team/care", "continuity/team/technical"}
    try:
        asyncio.run(soon(lambda: len(late.messages()) >= len(standing), "what is retained"))
    finally:
        late.stop()
    retained = {message.topic: message.data for message in late.messages() if message.retained}
    assert {topic.removeprefix("gw/demo/") for topic in retained} == standing
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


def test_commands_become_events_and_bad_ones_an_answer(box: Box, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    bad = [
        ("gw/demo/command/agent/anna", '{"command":"dance"}', "$.command", "dance"),
        ("gw/demo/command/agent/anna", '{"reason":"lunch"}', "payload", "command"),
        ("gw/demo/command/agent/anna", '{"command":"pause","until":"noon"}', "payload", "until"),
        ("gw/demo/command/agent/anna", "pause", "payload", "malformed"),
        ("gw/demo/command/agent/ana", '{"command":"pause"}', "topic", "no agent ana"),
    ]

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            good = '{"command":"pause","reason":"obiad"}'
            await asyncio.to_thread(publish, mosquitto, "gw/demo/command/agent/anna", good)
            for topic, payload, *_ in bad:
                await asyncio.to_thread(publish, mosquitto, topic, payload)
            ready = '{"command":"ready","id":"7"}'
            await asyncio.to_thread(publish, mosquitto, "gw/demo/command/agent/anna", ready)
            await soon(lambda: len(box.commands) >= 2, "the commands")
            await soon(lambda: len(foreign.on("/command/answer")) >= len(bad) + 2, "the answers")

    asyncio.run(main())
    assert box.commands == [
        AgentCommanded(agent="anna", command="pause", reason="obiad", by="mqtt"),
        AgentCommanded(agent="anna", command="ready", by="mqtt"),
    ]
    first, *answers, last = [message.data for message in foreign.on("/command/answer")]
    assert (first["done"], first["result"]) == (True, {"agent": "anna", "command": "pause", "reason": "obiad"})
    assert (last["done"], last["id"]) == (True, "7")
    assert not any(answer["done"] for answer in answers)
    assert len(answers) == len(bad)
    for (topic, payload, place, problem), answer in zip(bad, answers, strict=True):
        assert (answer["topic"], answer["place"], answer["payload"]) == (topic, place, payload)
        assert problem in answer["problem"]


def test_a_retained_command_is_not_obeyed(box: Box, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    publish(mosquitto, "gw/demo/command/agent/anna", '{"command":"logout"}', "-r")

    async def main() -> None:
        async with box.publishing():
            await soon(lambda: foreign.on("/command/answer"), "the answer")

    asyncio.run(main())
    assert box.commands == []
    assert "retain flag" in foreign.on("/command/answer")[0].data["remedy"]


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
