"""The circuit breaker against its table, and the answers that are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.service_model import Service
from gateway.core.steps.services import Answer
from gateway.edge.answers import Answers
from gateway.edge.breaker import FAILURES_MAX, PROBE_S, REST_MAX_S, REST_S, Breaker


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_MAX):
        assert breaker.admit(0.0)
        breaker.failed(0.0)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row():
    breaker = Breaker()
    for _ in range(FAILURES_MAX - 1):
        breaker.failed(0.0)
    breaker.succeeded()
    for _ in range(FAILURES_MAX - 1):
        breaker.failed(0.0)
        assert breaker.admit(0.0)
    breaker.failed(0.0)
    assert breaker.state == "open"
    assert not breaker.admit(REST_S - 0.1)


def test_one_question_tries_it_again_and_closes_it():
    breaker = opened()
    assert breaker.admit(REST_S)
    assert breaker.state == "half_open"
    assert not breaker.admit(REST_S + 0.1)
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.admit(REST_S + 0.2)


def test_each_failed_try_lets_it_rest_longer_up_to_a_limit():
    breaker, now, rests = opened(), 0.0, []
    for _ in range(8):
        now = breaker.until
        assert breaker.admit(now)
        breaker.failed(now)
        rests.append(breaker.until - now)
    assert rests[:3] == [2 * REST_S, 4 * REST_S, 8 * REST_S]
    assert rests[-1] == REST_MAX_S
    breaker.admit(breaker.until)
    breaker.succeeded()
    for _ in range(FAILURES_MAX):
        breaker.failed(now)
    assert breaker.until - now == REST_S


def test_a_try_of_which_nothing_is_heard_is_made_again():
    breaker = opened()
    assert breaker.admit(REST_S)
    assert not breaker.admit(REST_S + PROBE_S - 0.1)
    assert breaker.admit(REST_S + PROBE_S)


def test_a_failure_from_before_it_opened_does_not_make_it_rest_longer():
    breaker = opened()
    until = breaker.until
    breaker.failed(5.0)
    assert (breaker.state, breaker.until) == ("open", until)


@given(st.lists(st.tuples(st.sampled_from(["ask", "good", "bad"]), st.floats(0, 30)), max_size=60))
def test_an_open_circuit_always_lets_somebody_try_in_the_end(happenings):
    breaker, now = Breaker(), 0.0
    for what, seconds in happenings:
        now += seconds
        if what == "ask":
            admitted = breaker.admit(now)
            assert admitted or now < breaker.until
        elif what == "good":
            breaker.succeeded()
        else:
            breaker.failed(now)
        assert breaker.until - now <= REST_MAX_S
    assert breaker.admit(now + REST_MAX_S)


ORDERS = Service(name="orders", url="https://x/{order}", cache_s=60.0)
FOUND = Answer("found", values={"status": "sent"})


def test_an_answer_is_kept_for_its_time():
    kept = Answers()
    kept.keep(ORDERS, "https://x/1", FOUND, 100.0)
    assert kept.get(ORDERS, "https://x/1", 159.9) is FOUND
    assert kept.get(ORDERS, "https://x/2", 159.9) is None
    assert kept.get(ORDERS, "https://x/1", 160.0) is None
    assert len(kept) == 0


def test_failures_and_services_that_want_no_cache_are_not_kept():
    kept = Answers()
    kept.keep(ORDERS, "https://x/1", Answer("failed", "status"), 0.0)
    kept.keep(Service(name="orders", url="https://x/{order}"), "https://x/1", FOUND, 0.0)
    assert len(kept) == 0
    kept.keep(ORDERS, "https://x/1", Answer("not_found"), 0.0)
    assert len(kept) == 1


def test_an_answer_to_another_version_of_the_service_or_another_service_is_not_taken():
    kept = Answers()
    kept.keep(ORDERS, "https://x/1", FOUND, 0.0)
    assert kept.get(Service(name="stock", url="https://x/{order}", cache_s=60.0), "https://x/1", 1.0) is None
    assert kept.get(Service(name="orders", url="https://x/{order}", cache_s=30.0), "https://x/1", 1.0) is None


def test_the_least_recently_used_go_first():
    kept = Answers(entries_max=3)
    for number in range(3):
        kept.keep(ORDERS, str(number), FOUND, 0.0)
    assert kept.get(ORDERS, "0", 1.0) is FOUND
    kept.keep(ORDERS, "3", FOUND, 1.0)
    assert [kept.get(ORDERS, str(number), 1.0) is FOUND for number in range(4)] == [True, False, True, True]
