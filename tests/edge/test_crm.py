"""The door to HTTP against a real server that does everything wrong that a server can do.

What is asserted is what came out and in which order, never how long it took: an answer that is there at all has come
within the time limit, which the module itself keeps.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.settings import Secret
from gateway.core.actions import LookUp
from gateway.core.service_model import AnswerField, Service
from gateway.edge import crm as crm_module
from gateway.edge.breaker import FAILURES_MAX
from gateway.edge.crm import AT_ONCE_MAX, Crm
from tests.edge.web import Web, certificate

ANSWER = (
    AnswerField(name="status", at=("order", "status"), one_of=("new", "sent")),
    AnswerField(name="days", at=("order", "days"), kind="number"),
    AnswerField(name="total", at=("order", "total"), kind="money", currency="PLN"),
)


@pytest.fixture
def web():
    with Web() as server:
        yield server


def service(web: Web, **more: object) -> Service:
    return Service(**{"name": "orders", "url": web.url, "time_limit_s": 60.0, "answer": ANSWER, **more})


def run(web: Web, *paths: str, tokens: dict | None = None, **more: object) -> list:
    """Ask one path after another with one Crm; its answers."""

    async def main() -> list:
        crm = Crm(lambda _: None)
        asked = service(web, **more)
        crm.load({asked.name: asked}, tokens or {})
        try:
            return [await crm.ask(asked, f"{web.url}/{path}") for path in paths]
        finally:
            await crm.close()

    return asyncio.run(main())


def outcome(web: Web, path: str, **more: object) -> tuple[str, str]:
    ((answer, _, _),) = run(web, path, **more)
    return answer.outcome, answer.reason


# What it asks


def test_a_sound_answer_comes_with_its_values(web):
    ((answer, cached, took_ms),) = run(web, "api/body?client=7")
    assert (answer.outcome, dict(answer.values)) == ("found", {"status": "sent", "days": "2", "total": "12.50 PLN"})
    assert not cached
    assert took_ms >= 0
    (head,) = web.heads
    assert head.startswith("GET /api/body?client=7 HTTP/1.1\r\n")
    assert "authorization" not in head.lower()


def test_what_was_percent_encoded_arrives_so(web):
    run(web, "a%2Fb%20%C5%82%2E%2E/body?x=%26%3D")
    assert web.heads[0].startswith("GET /a%2Fb%20%C5%82%2E%2E/body?x=%26%3D HTTP/1.1\r\n")


def test_the_token_goes_in_the_header_that_the_admin_names_and_to_no_other_host(web):
    tokens = {"orders": Secret("s3cret")}
    run(web, "body", tokens=tokens)
    run(web, "body", tokens=tokens, token_header="X-Api-Key")
    assert "authorization: bearer s3cret" in web.heads[0].lower()
    assert "x-api-key: s3cret" in web.heads[1].lower()
    assert "authorization" not in web.heads[1].lower()

    async def moved() -> None:
        """A call of an older version asks the host of before, with the new version's token in place."""
        crm = Crm(lambda _: None)
        new = Service(name="orders", url="http://127.0.0.2:1", answer=ANSWER)
        crm.load({"orders": new}, tokens)
        await crm.ask(service(web), f"{web.url}/body")
        await crm.close()

    asyncio.run(moved())
    assert "s3cret" not in web.heads[2]


def test_no_cookie_is_kept(web):
    run(web, "cookie", "cookie")
    assert len(web.heads) == 2
    assert "cookie:" not in web.heads[1].lower()


def test_the_proxies_of_the_environment_are_not_used(web, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert outcome(web, "body") == ("found", "")


def test_a_connection_is_kept_and_a_dead_one_tried_again(web):
    assert [answer.outcome for answer, _, _ in run(web, "body", "body", "body")] == ["found"] * 3
    assert web.connections == 1
    assert [answer.outcome for answer, _, _ in run(web, "once", "once")] == ["found"] * 2
    assert web.connections == 3


# What may come back


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("404", ("not_found", "")), ("410", ("not_found", "")), ("400", ("failed", "status")),
        ("401", ("failed", "refused")), ("403", ("failed", "refused")), ("500", ("failed", "status")),
        ("503", ("failed", "status")), ("redirect", ("failed", "redirect")), ("200", ("not_found", "")),
        ("close", ("failed", "unreachable")), ("half", ("failed", "unreachable")),
        ("packed", ("failed", "not_json")), ("no_http", ("failed", "unreachable")),
        ("bad_length", ("failed", "unreachable")), ("bad_chunks", ("failed", "unreachable")),
        ("endless", ("failed", "too_large")), ("endless_head", ("failed", "unreachable")),
    ],
)  # fmt: skip
def test_each_answer_has_its_honest_outcome(web, path, expected):
    assert outcome(web, path) == expected


@pytest.mark.parametrize("path", ["hang", "drip", "drip_head", "continue"])
def test_a_server_that_takes_its_time_is_given_up(web, path):
    assert outcome(web, path, time_limit_s=0.4) == ("failed", "timed_out")
    assert not web.over.is_set()


def test_a_redirect_is_not_followed(web):
    run(web, "redirect")
    assert len(web.heads) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not_json"), (b"\xff\xfe{", "not_json"), (b"[" * 200_000, "not_json"),
        (b"[" * 300_000, "too_large"), (b'{"order":{"status":"lost","days":1,"total":1}}', "wrong_answer"),
        (b'{"order":{"status":"sent","days":"many","total":1}}', "wrong_answer"), (b'"sent"', "wrong_answer"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_what_was_declared_is_a_failure(web, body, reason):
    web.body = body
    assert outcome(web, "body") == ("failed", reason)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000) | st.text().map(lambda text: json.dumps({"order": text}).encode()))
def test_any_bytes_at_all_are_survived(web, body):
    web.body = body
    ((answer, _, _),) = run(web, "body")
    assert answer.outcome in {"found", "not_found", "failed"}
    assert answer.reason in {"", "not_json", "wrong_answer"}


def test_nobody_there_and_no_such_host():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    async def main() -> list:
        crm = Crm(lambda _: None)
        asked = Service(name="orders", url="http://127.0.0.1", answer=ANSWER)
        answers = [await crm.ask(asked, f"http://127.0.0.1:{port}/"), await crm.ask(asked, "http:///x")]
        await crm.close()
        return answers

    (refused, _, _), (nonsense, _, _) = asyncio.run(main())
    assert refused.reason == "unreachable"
    assert nonsense.outcome == "failed"


# TLS


@pytest.fixture
def secure(tmp_path):
    pem = certificate(tmp_path)
    if pem is None:
        pytest.skip("openssl is not here to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem.with_suffix(".key"))
    with Web(context) as server:
        yield server, pem


def test_a_certificate_must_be_vouched_for(secure):
    server, pem = secure
    assert outcome(server, "body") == ("failed", "tls")
    assert outcome(server, "body", ca_file=str(pem)) == ("found", "")


def test_a_certificate_of_another_name_and_one_that_is_none(secure, tmp_path):
    server, pem = secure

    async def main() -> list[str]:
        crm = Crm(lambda _: None)
        asked = service(server, ca_file=str(pem))
        elsewhere = f"https://localhost:{urlsplit(server.url).port}/body"
        broken = tmp_path / "broken.pem"
        broken.write_text("no certificate")
        answers = [
            await crm.ask(asked, elsewhere),
            await crm.ask(service(server, name="b", ca_file=str(broken)), f"{server.url}/body"),
        ]
        await crm.close()
        return [answer.reason for answer, _, _ in answers]

    assert asyncio.run(main()) == ["tls", "tls"]


# The breaker, the cache, the limits


class Bench:
    """A Crm on a running loop, fed with actions as the pump does it."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue = asyncio.Queue()
        self.crm = Crm(self.reports.put_nowait, lambda: 1000.0)
        self.asked = 0

    def ask(self, asked: Service, url: str) -> None:
        self.asked += 1
        self.crm.perform(LookUp(leg=f"call{self.asked}", lookup=f"call{self.asked}/1", service=asked, url=url))

    async def report(self):
        return await asyncio.wait_for(self.reports.get(), 30)


def bench(main) -> None:
    async def whole() -> None:
        box = Bench()
        try:
            await main(box)
        finally:
            await box.crm.close()

    asyncio.run(whole())


def test_each_action_is_answered_by_one_event(web):
    async def main(box: Bench) -> None:
        asked = service(web)
        for path in ("body", "404", "500"):
            box.ask(asked, f"{web.url}/{path}")
        got = {(report.call, report.lookup): report.outcome for report in [await box.report() for _ in range(3)]}
        assert got == {
            ("call1", "call1/1"): "found", ("call2", "call2/1"): "not_found", ("call3", "call3/1"): "failed",
        }  # fmt: skip
        assert box.reports.empty()

    bench(main)


def test_a_service_that_fails_is_left_alone_and_tried_again(web):
    async def main(box: Bench) -> None:
        asked = service(web)
        box.crm.load({"orders": asked}, {})
        desk = box.crm._desk(asked)
        for _ in range(FAILURES_MAX):
            box.ask(asked, f"{web.url}/500")
            assert (await box.report()).reason == "status"
        desk.breaker.until = float("inf")  # its rest, however slow this machine is
        box.ask(asked, f"{web.url}/body")
        report = await box.report()
        assert (report.outcome, report.reason, report.values) == ("failed", "circuit_open", {})
        assert len(web.heads) == FAILURES_MAX
        assert box.crm.state()[0].circuit == "open"
        desk.breaker.until = 0.0
        box.ask(asked, f"{web.url}/503")
        assert (await box.report()).reason == "status"
        assert box.crm.state()[0].circuit == "open"
        desk.breaker.until = 0.0
        box.ask(asked, f"{web.url}/body")
        assert (await box.report()).outcome == "found"
        state = box.crm.state()[0]
        assert (state.circuit, state.asked, state.found, state.failed) == ("closed", FAILURES_MAX + 3, 1, 7)
        assert (state.last_error, state.last_error_at) == ("status: status 503", 1000.0)

    bench(main)


def test_a_service_that_answers_nonsense_is_there_all_the_same(web):
    async def main(box: Bench) -> None:
        asked = service(web)
        for path in ("400", "401", "redirect", "404", "packed") * 3:
            await box.crm.ask(asked, f"{web.url}/{path}")
        assert box.crm._desk(asked).breaker.state == "closed"

    bench(main)


def test_an_answer_is_kept_for_as_long_as_the_admin_says(web):
    async def main(box: Bench) -> None:
        kept, not_kept = service(web, cache_s=3600.0), service(web, name="other")
        for path in ("body", "404", "500"):
            first = await box.crm.ask(kept, f"{web.url}/{path}")
            again = await box.crm.ask(kept, f"{web.url}/{path}")
            assert again[0] == first[0]
            assert again[1] == (path != "500")
            await box.crm.ask(not_kept, f"{web.url}/{path}")
        assert len(web.heads) == 4 + 3
        box.crm.load({"orders": kept}, {})
        assert box.crm.state()[0].cached == 2

    bench(main)


def test_only_so_many_questions_are_asked_at_once(web):
    async def main(box: Bench) -> None:
        asked = service(web)
        for number in range(3 * AT_ONCE_MAX):
            box.ask(asked, f"{web.url}/waits?{number}")
        reports = [await box.report() for _ in range(3 * AT_ONCE_MAX)]
        assert {report.outcome for report in reports} == {"found"}
        assert web.most_at_once <= AT_ONCE_MAX

    bench(main)


def test_a_crowd_before_a_dead_service_is_answered_and_most_of_it_is_never_sent(web):
    async def main(box: Bench) -> None:
        asked = service(web, time_limit_s=0.5)
        for number in range(60):
            box.ask(asked, f"{web.url}/hang?{number}")
        reports = [await box.report() for _ in range(60)]
        assert {report.reason for report in reports} <= {"timed_out", "circuit_open"}
        assert len(web.heads) <= AT_ONCE_MAX

    bench(main)


@pytest.mark.parametrize("token", ["a\nX-Evil: 1", "zażółć", "\0"])
def test_a_token_that_cannot_be_sent_is_not_sent_and_not_told(web, caplog, token):
    caplog.set_level(logging.DEBUG)
    assert outcome(web, "body", tokens={"orders": Secret(token)})[0] == "failed"
    assert not web.heads
    assert token not in caplog.text
    assert repr(token) not in caplog.text
    assert "X-Evil" not in caplog.text


def test_closing_gives_up_what_hangs(web):
    async def main(box: Bench) -> None:
        box.ask(service(web), f"{web.url}/hang")
        while not web.heads:  # noqa: ASYNC110 - another thread fills it
            await asyncio.sleep(0.01)
        await box.crm.close()
        assert box.reports.empty()

    bench(main)


def test_even_a_fault_of_the_gateway_is_reported(web, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError(f"{web.url}/body?phone=48500600700")

    monkeypatch.setattr(crm_module, "read_answer", broken)

    async def main(box: Bench) -> None:
        box.ask(service(web), f"{web.url}/body?phone=48500600700")
        assert (await box.report()).reason == "fault"

    bench(main)
    assert "RuntimeError" in caplog.text
    assert "48500600700" not in caplog.text


@pytest.mark.parametrize("path", ["body", "404", "500", "hang", "close", "no_http", "redirect", "packed", "half"])
def test_no_log_and_no_state_holds_an_address_a_token_or_a_value(web, caplog, path):
    caplog.set_level(logging.DEBUG)
    web.body = b'{"order":{"status":"private77","days":1,"total":1}}'

    async def main(box: Bench) -> None:
        asked = service(web, time_limit_s=0.4)
        box.crm.load({"orders": asked}, {"orders": Secret("s3cret77")})
        box.ask(asked, f"{web.url}/{path}?phone=48500600700")
        await box.report()
        told = caplog.text + repr(box.crm.state())
        for secret in ("48500600700", "s3cret77", "private77"):
            assert secret not in told

    bench(main)
