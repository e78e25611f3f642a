"""The breaker, the answers that are kept, the limits, and what must never be told, against a real server."""

from __future__ import annotations

import asyncio
import logging

import pytest

from gateway.config.settings import Secret
from gateway.edge import crm as crm_module
from gateway.edge.breaker import FAILURES_MAX
from gateway.edge.crm import AT_ONCE_MAX
from tests.edge.crm_bench import Bench, bench, outcome, service
from tests.edge.web import Web


@pytest.fixture
def web():
    with Web() as server:
        yield server


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
        assert len(web.heads) <= 2 * AT_ONCE_MAX  # a few may slip in while the first are given up

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


def test_a_new_version_may_be_loaded_while_something_is_asked(web):
    async def main(box: Bench) -> None:
        asked = service(web)
        box.crm.load({"orders": asked}, {})
        box.ask(asked, f"{web.url}/waits")
        while not web.heads:  # noqa: ASYNC110 - another thread fills it
            await asyncio.sleep(0.01)
        box.crm.load({"orders": asked, "other": service(web, name="other")}, {"orders": Secret("new77")})
        assert (await box.report()).outcome == "found"
        box.ask(asked, f"{web.url}/body")
        assert (await box.report()).outcome == "found"
        assert "new77" in web.heads[-1]
        assert [(state.service, state.asked) for state in box.crm.state()] == [("orders", 2), ("other", 0)]

    bench(main)
