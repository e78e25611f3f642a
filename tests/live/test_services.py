"""What a script says of HTTP services, over real HTTP."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.service_model import AnswerField, Service
from gateway.core.steps.services import read_answer
from gateway.live.services import ServiceHost, services_at
from gateway.simulate.replies import Reply

SERVICE = Service(
    name="orders",
    url="https://crm.example/api/orders/{order}?by={caller}",
    ca_file="/etc/ca.pem",
    answer=(
        AnswerField(name="status", at=("order", "state"), one_of=("sent", "packed")),
        AnswerField(name="days", at=("order", "days"), kind="number"),
    ),
)
FOUND = Reply(outcome="found", values={"status": "sent", "days": "2"})


def ask(replies, *requests):
    """(status, body) of each request, None where the service only hung up."""

    async def scene():
        host = ServiceHost({"orders": SERVICE}, replies)
        await host.open()
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", host.port)
            writer.write(request)
            writer.write_eof()
            async with asyncio.timeout(30):
                data = await reader.read()
            writer.close()
            head, _, body = data.partition(b"\r\n\r\n")
            answers.append((int(head.split()[1]), body) if head else None)
        host.close()
        return answers

    return asyncio.run(scene())


GET = b"GET /orders/api/orders/17?by=x HTTP/1.1\r\nHost: here\r\n\r\n"


def test_what_a_script_answers_is_what_the_gateway_reads():
    ((status, body),) = ask({"orders": (FOUND,)}, GET)
    answer = read_answer(SERVICE, status, body)
    assert (answer.outcome, dict(answer.values)) == ("found", {"status": "sent", "days": "2"})


def test_one_reply_after_another_and_the_last_for_ever():
    not_found, failed = Reply(outcome="not_found"), Reply(outcome="failed")
    first, second, third, fourth = ask({"orders": (FOUND, not_found, failed)}, GET, GET, GET, GET)
    assert (first[0], second[0], third, fourth) == (200, 404, None, None)
    assert read_answer(SERVICE, *second).outcome == "not_found"


@pytest.mark.parametrize(
    "request_", [b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /who/x HTTP/1.1\r\n\r\n", b"\xff" * 99]
)
def test_what_it_does_not_know_gets_no_answer(request_):
    assert ask({"orders": (FOUND,)}, request_) == [None]


def test_the_address_is_changed_up_to_its_path():
    there = services_at({"orders": SERVICE}, 8123)["orders"]
    assert there.url == "http://127.0.0.1:8123/orders/api/orders/{order}?by={caller}"
    assert (there.ca_file, there.answer, there.asks) == ("", SERVICE.answer, SERVICE.asks)
