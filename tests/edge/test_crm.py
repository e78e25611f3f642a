"""The door to HTTP against a real server that does everything wrong that a server can do.

What is asserted is what came out and in which order, never how long it took: an answer that is there at all has come
within the time limit, which the module itself keeps.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.settings import Secret
from gateway.core.service_model import Service
from gateway.edge.crm import Crm
from tests.edge.crm_bench import ANSWER, outcome, run, service
from tests.edge.web import Web, certificate


@pytest.fixture
def web():
    with Web() as server:
        yield server


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
    assert (refused.reason, refused.detail) == ("unreachable", "Connection refused")
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
