"""Commands over a real Mosquitto: each one is answered, whatever its bytes, and none ends the publisher."""

from __future__ import annotations

import asyncio
import json
import subprocess

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.hours.override import OverrideRequest, commanded
from gateway.core.site.site import Hours
from gateway.edge.mqtt_commands import PAYLOAD_MAX, Commands, Door, hours_door
from tests.edge.broker import Mosquitto, Subscriber
from tests.edge.calls_made_up import MONDAY, SITE, step
from tests.edge.mqtt_box import Box, soon

pytestmark = pytest.mark.usefixtures("impatient")

NOW = MONDAY + 14 * 3600
OFFICE = Hours(id="office", week=(((480, 960),),) * 5 + ((), ()))
OURS = replace(SITE, hours={"office": OFFICE, "biuro główne": replace(OFFICE, id="biuro główne")})


class Desk:
    """Obeys what the core accepts, and remembers it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, float]] = []
        self.commands = Commands("gw/demo", {"hours": hours_door(self.take)}, lambda: NOW)

    def take(self, name: str, request: OverrideRequest):
        event = commanded(OURS, name, request, by="mqtt", now=NOW)
        self.done.append((event.calendar, event.to, event.until))
        return event


def publish(broker: Mosquitto, topic: str, payload: bytes, *more: str) -> None:
    subprocess.run(
        [
            "mosquitto_pub",
            "-h",
            "127.0.0.1",
            "-p",
            str(broker.port),
            "-q",
            "1",
            "-t",
            topic,
            "-s" if payload else "-n",
            *more,
        ],
        input=payload,
        check=True,
    )


BAD = [
    (b"", "payload"),
    (b"\x00\xff\xfe", "payload"),
    (b'{"to":"closed"', "payload"),
    (b"[]", "payload"),
    (b"[" * 3000, "payload"),
    (b'{"to":"closed","note":"' + b"x" * PAYLOAD_MAX + b'"}', "payload"),
    (b'{"to":"shut"}', "$.to"),
    (b'{"until":"18:00"}', "payload"),
    (b'{"to":"closed","til":"18:00"}', "payload"),
    (b'{"to":"closed","until":"6pm"}', "$.until"),
    (b'{"to":"closed","until":"2027-12-24 12:00"}', "$.until"),
    (b'{"to":"normal","until":"18:00"}', "$.until"),
    (b'{"to":"closed","id":7}', "$.id"),
]


def test_each_command_is_answered_on_a_real_broker(box: Box, mosquitto: Mosquitto, tmp_path) -> None:
    told = Subscriber(mosquitto, "gw/demo/command/answer", tmp_path, name="told")
    facts = Subscriber(mosquitto, "gw/demo/fact/#", tmp_path, name="facts")
    desk = Desk()
    box.more = desk.commands
    topic = "gw/demo/command/hours/office"

    async def main() -> None:
        async with box.publishing() as publisher:
            await soon(lambda: publisher.state.connected, "the connection")
            good = b'{"to":"closed","until":"18:00","who":"Anna","id":"a1"}'
            await asyncio.to_thread(publish, mosquitto, topic, good)
            for payload, _ in BAD:
                await asyncio.to_thread(publish, mosquitto, topic, payload)
            await asyncio.to_thread(publish, mosquitto, "gw/demo/command/hours/offis", b'{"to":"open"}')
            await asyncio.to_thread(
                publish, mosquitto, "gw/demo/command/hours/biuro%20główne", b'{"to":"normal","id":"last"}'
            )
            await soon(lambda: len(told.messages()) >= len(BAD) + 3, "the answers")
            box.journal.append([step(1.0, "still alive")])
            await soon(facts.facts, "a fact after all that")

    try:
        asyncio.run(main())
    finally:
        told.stop()
        facts.stop()
    answers = [message.data for message in told.messages()]
    assert not any(message.retained for message in told.messages())
    first, *refused, unknown, last = answers
    assert (first["done"], first["id"], first["result"]["to"]) == (True, "a1", "closed")
    assert first["result"]["until"] == desk.done[0][2]
    for (payload, place), answer in zip(BAD, refused, strict=True):
        assert (answer["done"], answer["place"]) == (False, place), payload
        assert answer["problem"]
        assert answer["remedy"]
        assert answer["topic"] == topic
    assert (unknown["done"], unknown["place"]) == (False, "topic")
    assert "did you mean office" in unknown["remedy"]
    assert (last["done"], last["id"], last["result"]["until"]) == (True, "last", None)
    assert [name for name, *_ in desk.done] == ["office", "biuro główne"]


def test_a_retained_command_is_refused(box: Box, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    desk = Desk()
    box.more = desk.commands
    publish(mosquitto, "gw/demo/command/hours/office", b'{"to":"closed"}', "-r")

    async def main() -> None:
        async with box.publishing():
            await soon(lambda: foreign.on("/command/answer"), "the answer")

    asyncio.run(main())
    assert desk.done == []
    assert "retain flag" in foreign.on("/command/answer")[0].data["remedy"]


def test_what_is_not_switched_on_is_not_listened_to(mosquitto: Mosquitto, foreign: Subscriber, tmp_path) -> None:
    box = Box(tmp_path, mosquitto.port, commands=())
    try:

        async def main() -> None:
            async with box.publishing() as publisher:
                await soon(lambda: publisher.state.connected, "the connection")
                for topic in ("hours/office", "agent/anna"):
                    await asyncio.to_thread(publish, mosquitto, f"gw/demo/command/{topic}", b'{"command":"pause"}')
                box.journal.append([step(1.0, "later")])
                await soon(foreign.facts, "a later fact")

        asyncio.run(main())
    finally:
        box.close()
    assert box.commands == []
    assert not foreign.on("/command/answer")


def test_a_fault_of_a_door_is_answered_and_goes_no_further() -> None:
    class Anything(msgspec.Struct):
        pass

    def broken(_name: str, _request: object) -> dict:
        raise ZeroDivisionError

    commands = Commands("gw/demo", {"it": Door(Anything, broken, "")}, lambda: 1.0)
    answer = commands.answer("gw/demo/command/it/x", b"{}", retained=False)
    assert answer is not None
    assert (answer.done, answer.problem) == (False, "a fault of the box")


def test_other_topics_are_left_to_others() -> None:
    commands = Desk().commands
    for topic in ("gw/demo/command/agent/anna", "gw/other/command/hours/office", "x", "", "gw/demo/command/answer"):
        assert commands.answer(topic, b"{}", retained=False) is None


@settings(max_examples=200)
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["to", "until", "id", "x"]), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.text(max_size=10),
)
def test_any_bytes_are_answered(payload: bytes, name: str) -> None:
    answer = Desk().commands.answer(f"gw/demo/command/hours/{name}", payload, retained=False)
    assert answer is not None
    assert answer.done or answer.problem
    assert msgspec.json.encode(answer)
