"""Whole calls over SIP that look something up: a service that answers, one that hangs, one that is not there.

That a dead service costs a caller at most its time limit is shown by what the journal holds: the failure was noted, the
flow went on, and the caller was told so; the limit itself is the core's and tested there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded, StepEntered
from gateway.core.facts.lookup import LookupAnswered
from tests.edge.web import Web
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
FLOW = """
flow: main
language: en
start: ask
steps:
  ask:
    lookup: orders
    with: {what: called}
    say: "Just a moment."
    found: which
    not_found: none
    failed: sorry
  which:
    branch:
      - {if: orders.status == sent, then: sent}
      - {then: none}
  sent:
    hang_up: "It is {orders.status}, {orders.days} days."
  none:
    hang_up: "None."
  sorry:
    hang_up: "Sorry."
"""
SERVICES = """
services:
  orders:
    url: {url}/{{what}}
    time_limit: 1s
    token_file: token
    answer:
      status: {{at: order.status, one_of: {{new: "new", sent: "on its way"}}}}
      days: {{at: order.days, kind: digits}}
"""
WAYS = {
    "body": ("found", {""}, ["ask", "which", "sent"]),
    "404": ("not_found", {""}, ["ask", "none"]),
    "no_http": ("failed", {"unreachable"}, ["ask", "sorry"]),
    "hang": ("failed", {"timed_out", "no_answer"}, ["ask", "sorry"]),
    "drip": ("failed", {"timed_out", "no_answer"}, ["ask", "sorry"]),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Web]]:
    desk = Phone("anna")
    box = Box(tmp_path_factory.mktemp("box"), agents={"anna": desk.uri}, flow=FLOW, numbers=dict.fromkeys(WAYS, "main"))
    with Web() as web:
        with (box.folder / "gateway.yaml").open("a") as file:
            file.write(SERVICES.format(url=web.url))
        (box.folder / "token").write_text("s3cret77")
        (box.folder / "token").chmod(0o600)
        with box:
            yield box, web
    desk.close()


def call(box: Box, number: str) -> list[AnyFact]:
    """One call until the box hangs up; its facts, in order."""
    before = box.so_far()
    caller = Phone("caller")
    try:
        assert caller.call(box.uri(number)).code == 200
        caller.wait_for("BYE", timeout_s=20)
    finally:
        caller.close()
    wait_until(lambda: box.so_far() > before, 10, "no record came")
    facts = box.facts()
    last = next(fact for fact in reversed(facts) if isinstance(fact, CallEnded))
    return [fact for fact in facts if fact.call == last.call]


@pytest.mark.parametrize("number", WAYS)
def test_each_outcome_takes_the_caller_its_way(office: tuple[Box, Web], number: str) -> None:
    box, web = office
    outcome, reasons, path = WAYS[number]
    facts = call(box, number)
    assert [fact.step for fact in facts if isinstance(fact, StepEntered)] == path
    (answered,) = [fact for fact in facts if isinstance(fact, LookupAnswered)]
    assert (answered.outcome, answered.service) == (outcome, "orders")
    assert answered.reason in reasons
    assert facts.index(answered) < next(
        index for index, fact in enumerate(facts) if isinstance(fact, StepEntered) and fact.step == path[1]
    )
    assert facts[-1].record.ended_by == "flow"
    assert f"GET /{number} " in web.heads[-1]
    assert "authorization: bearer s3cret77" in web.heads[-1].lower()


def test_a_caller_who_hangs_up_meanwhile_is_gone(office: tuple[Box, Web]) -> None:
    box, web = office
    before, asked = box.so_far(), len(web.heads)
    caller = Phone("caller")
    caller.call(box.uri("hang"))
    wait_until(lambda: len(web.heads) > asked, 10, "the service was not asked")
    caller.bye()
    caller.close()
    wait_until(lambda: box.so_far() > before, 10, "no record came")
    record = box.records()[-1]
    assert (record.ended_by, record.outcome) == ("caller", "in_menu")


def test_the_status_tells_of_it_and_nothing_tells_secrets(office: tuple[Box, Web]) -> None:
    box, _ = office
    call(box, "no_http")
    call(box, "body")
    wait_until(lambda: not box.status()["board"]["calls"], 10, "a call is left")
    (service,) = box.status()["services"]
    assert service["service"] == "orders"
    assert service["found"] >= 1
    assert service["last_error"]
    assert "s3cret77" not in box.log + str(box.status())


def test_when_nobody_is_there_the_caller_is_told(office: tuple[Box, Web]) -> None:
    box, web = office
    web.stop()
    facts = call(box, "body")
    (answered,) = [fact for fact in facts if isinstance(fact, LookupAnswered)]
    assert answered.reason in {"unreachable", "circuit_open", "timed_out", "no_answer"}
    assert facts[-1].record.path[-1] == "sorry"
