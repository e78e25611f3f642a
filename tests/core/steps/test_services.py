"""What is asked and what may come back: addresses, and answers of any bytes."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.service_model import AnswerField, Service
from gateway.core.speech.fragments import KINDS, Form, fragments
from gateway.core.steps.services import NoValueError, address, as_declared, read_answer

ORDERS = Service(
    name="orders",
    url="https://crm.example/api/orders/{order}?client={client.id}",
    answer=(
        AnswerField(name="status", at=("order", "status"), one_of=("new", "sent", "true")),
        AnswerField(name="days", at=("order", "days"), kind="number"),
        AnswerField(name="total", at=("order", "total"), kind="money", currency="PLN"),
        AnswerField(name="day", at=("order", "items", "0", "day"), kind="date", optional=True),
    ),
)


def sound(**changes: object) -> dict:
    return {"order": {"status": "sent", "days": 2, "total": 12.5, **changes}}


def read(document: object, status: int = 200):
    return read_answer(ORDERS, status, json.dumps(document).encode())


def field(kind: str, **more: object) -> AnswerField:
    return AnswerField(name="x", at=("x",), kind=kind, **more)


# Addresses


def test_a_variable_is_percent_encoded():
    assert address(ORDERS, {"order": "a/b ?#&ł", "client.id": "1"}) == (
        "https://crm.example/api/orders/a%2Fb%20%3F%23%26%C5%82?client=1"
    )
    assert ORDERS.asks == ("order", "client.id")


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb", "\0", "x" * 201])
def test_a_value_that_could_lead_elsewhere_is_not_put_in(value):
    with pytest.raises(NoValueError, match="order"):
        address(ORDERS, {"order": value, "client.id": "1"})


@given(st.text(max_size=40))
def test_whatever_is_put_in_stays_in_its_place(value):
    try:
        url = address(ORDERS, {"order": value, "client.id": "7"})
    except NoValueError:
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "crm.example", "client=7", "")
    head, _, last = parts.path.rpartition("/")
    assert head == "/api/orders"
    assert unquote(last) == value


# Answers


def test_a_sound_answer_is_read():
    answer = read(sound(items=[{"day": "2026-12-24T10:00:00Z"}], more=["unused"]))
    assert answer.outcome == "found"
    assert answer.values == {"status": "sent", "days": "2", "total": "12.50 PLN", "day": "2026-12-24"}


def test_an_optional_value_may_be_missing_and_no_other():
    assert read(sound()).values == {"status": "sent", "days": "2", "total": "12.50 PLN"}
    assert read(sound(items=None)).outcome == "found"
    assert read(sound(items=[{"day": None}])).outcome == "found"
    answer = read({"order": {"status": "sent", "days": 2}})
    assert (answer.outcome, answer.reason, answer.detail) == ("failed", "wrong_answer", "total: nothing at order.total")


@pytest.mark.parametrize("document", [None, [], {}, {"order": None}, {"order": []}])
def test_nothing_there_is_not_found(document):
    assert read(document).outcome == "not_found"


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (404, "not_found", ""), (410, "not_found", ""), (204, "not_found", ""), (301, "failed", "redirect"),
        (401, "failed", "refused"), (403, "failed", "refused"), (400, "failed", "status"), (500, "failed", "status"),
        (200, "found", ""), (201, "found", ""), (999, "failed", "status"), (100, "failed", "status"),
    ],
)  # fmt: skip
def test_what_a_status_means(status, outcome, reason):
    answer = read(sound(), status)
    assert (answer.outcome, answer.reason) == (outcome, reason)
    assert bool(answer.values) == (outcome == "found")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "lost"}, {"status": None}, {"status": ["sent"]}, {"status": 1}, {"days": "many"}, {"days": True},
        {"days": 2.5}, {"days": 10**30}, {"days": {}}, {"total": "12.50 EUR"}, {"total": "free"}, {"total": 1e300},
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_no_answer_and_is_not_repeated(changes):
    answer = read(sound(**changes))
    assert (answer.outcome, answer.reason) == ("failed", "wrong_answer")
    assert not answer.values
    assert "lost" not in answer.detail


def test_a_wrong_optional_value_is_no_answer_either():
    assert read(sound(items=[{"day": "Christmas"}])).reason == "wrong_answer"


@pytest.mark.parametrize(
    ("declared", "value", "text"),
    [
        (field("", one_of=("true", "false")), True, "true"),
        (field("", one_of=("1", "2")), 2, "2"),
        (field("number"), "12", "12"),
        (field("number"), 3.0, None),
        (field("money", currency="EUR"), "3,5", "3,5 EUR"),
        (field("money", currency="EUR"), "3.50 EUR", "3.50 EUR"),
        (field("time"), "21:22:05", "21:22"),
        (field("date"), "2026-12-24 10:00", "2026-12-24"),
        (field("digits"), 42, "42"),
        (field("phone"), "+48 22 123 45 67", "+48 22 123 45 67"),
        (field("duration"), 142, "142"),
    ],
)
def test_how_json_becomes_text(declared, value, text):
    if text is None:
        with pytest.raises(ValueError, match="no number"):  # a float of Python; JSON's come as decimals
            as_declared(declared, value)
    else:
        assert as_declared(declared, value) == text


def test_a_byte_order_mark_and_a_whole_decimal_do_no_harm():
    body = b'\xef\xbb\xbf {"order": {"status": "new", "days": 2.0, "total": 0.30000000000000004}}'
    assert read_answer(ORDERS, 200, body).values == {"status": "new", "days": "2", "total": "0.30 PLN"}


NASTY = [
    b"", b" ", b"\xff\xfe", b"\0", b"[" * 300_000, b'{"order":' * 100_000, b'"' + b"a" * 300_000, b"1e999999999",
    b"9" * 250_000, b'{"order":{"status":"sent","days":' + b"9" * 200_000 + b',"total":1}}',
    b'{"order":{"status":"sent","days":1e99999999,"total":1}}', b'{"order":{"status":"sent","days":-0.0,"total":1}}',
    b'{"order":{"status":"sent","days":2,"total":0.' + b"1" * 200_000 + b"}}", b"NaN", b"Infinity", b'"\\ud800"',
    b"<html>not here</html>", b"null null", b'{"order": {"status": "\\u0000"}}',
]  # fmt: skip


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_nasty_bytes_are_survived(body):
    judge(read_answer(ORDERS, 200, body))


@given(st.binary(max_size=300), st.integers(0, 999))
def test_any_bytes_are_survived(body, status):
    judge(read_answer(ORDERS, status, body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["new", "sent", "2026-12-24", "12.50", "12.50 PLN", "2"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["order", "status", "days", "total", "items", "day", "0"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_any_json_is_survived(document):
    judge(read_answer(ORDERS, 200, json.dumps(document).encode()))


@given(st.sampled_from(KINDS), JSON)
def test_what_is_let_through_can_be_said(kind, value):
    declared = field(kind, currency="PLN" if kind == "money" else "")
    answer = read_answer(Service(name="s", url="", answer=(declared,)), 200, json.dumps({"x": value}).encode())
    if answer.outcome == "found":
        for language in ("pl", "en"):
            assert fragments(answer.values["x"], kind, language, Form(currency=declared.currency))


def judge(answer) -> None:
    assert answer.outcome in {"found", "not_found", "failed"}
    assert (answer.reason == "") == (answer.outcome != "failed")
    assert bool(answer.values) == (answer.outcome == "found")
    if answer.outcome == "found":
        assert answer.values["status"] in {"new", "sent", "true"}
        assert fragments(answer.values["days"], "number", "pl")
