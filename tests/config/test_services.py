"""`services:` that are sound: what is read, where tokens come from, what can be said of an answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.fields import Section
from gateway.config.load import load_site
from gateway.config.problems import Problems, render
from gateway.config.services import read_services
from gateway.config.source import Mapping, parse_yaml
from gateway.core.flow.model import AskService, FindClient
from gateway.core.service_model import AnswerField
from gateway.core.speech.fragments import vocabulary
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
SERVICES = """
services:
  orders:
    url: "https://crm.example/api/orders/{order}?client={client.id}"
    token_file: secrets/crm
    token_header: X-Api-Key
    time_limit: 800 ms
    cache: 2 min
    answer:
      status: {at: order.status, one_of: {new: "przyjęte", sent: {pl: "wysłane", en: "sent"}}}
      days: {at: order.parcels.0.days, kind: number, optional: yes}
      amount: {kind: money PLN}
      pin: {kind: digits}
  stock:
    url: http://127.0.0.1:8080/stock
    answer:
      there: {one_of: [true, false]}
"""
FLOW = """flow: orders
language: pl
human: none
start: order_status
steps:
  order_status:
    lookup: orders
    with: {order: order_number}
    say: "Chwileczkę, sprawdzam."
    found: tell
    not_found: by_phone
    failed: hang_up
  tell:
    say: "Zamówienie jest {orders.status}, za {orders.days as number genitive} dni, {orders.pin}."
    then: what
  what:
    branch:
      - {if: orders.status == sent and orders.days, then: number}
      - {then: hang_up}
  number:
    collect: order_number
    say: "Numer?"
    digits: 1..8
    then: order_status
  by_phone:
    lookup: client
    with: {number: order_number}
    found: tell
    not_found: hang_up
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    site = tmp_path / "site"
    shutil.copytree(SOUND, site)
    with (site / "gateway.yaml").open("a") as file:
        file.write(SERVICES)
    (site / "flows" / "orders.yaml").write_text(FLOW)
    (site / "secrets").mkdir()
    (site / "secrets" / "crm").write_text("s3cret\n")
    (site / "secrets" / "crm").chmod(0o600)
    return site


def test_what_is_read(folder):
    orders = load_site(folder).site.services["orders"]
    assert (orders.url, orders.asks) == (
        "https://crm.example/api/orders/{order}?client={client.id}",
        ("order", "client.id"),
    )
    assert (orders.time_limit_s, orders.cache_s, orders.token_header) == (0.8, 120.0, "X-Api-Key")
    status, days, amount, pin = orders.answer
    assert status == AnswerField(
        name="status", at=("order", "status"), one_of=("new", "sent"),
        spoken={"new": {"pl": "przyjęte", "en": "przyjęte"}, "sent": {"pl": "wysłane", "en": "sent"}},
    )  # fmt: skip
    assert days == AnswerField(name="days", at=("order", "parcels", "0", "days"), kind="number", optional=True)
    assert amount == AnswerField(name="amount", at=("amount",), kind="money", currency="PLN")
    assert pin.kind == "digits"


def test_what_is_not_written_has_its_default(folder):
    stock = load_site(folder).site.services["stock"]
    assert (stock.time_limit_s, stock.cache_s, stock.token_header, stock.ca_file) == (2.0, 0.0, "", "")
    assert stock.answer[0].one_of == ("true", "false")


def test_a_token_comes_from_a_file_or_the_environment_and_is_never_shown(folder, monkeypatch):
    read = load_site(folder)
    assert {name: token.value for name, token in read.tokens.items()} == {"orders": "s3cret"}
    assert "s3cret" not in repr(read)
    yaml = folder / "gateway.yaml"
    yaml.write_text(yaml.read_text().replace("token_file: secrets/crm", "token_env: CRM_TOKEN"))
    monkeypatch.setenv("CRM_TOKEN", "0ther")
    assert load_site(folder).tokens["orders"].value == "0ther"
    monkeypatch.setenv("CRM_TOKEN", "zażółć")
    with pytest.raises(SiteError) as caught:
        load_site(folder)
    assert "cannot be sent" in render(caught.value.problems)
    assert "zażółć" not in render(caught.value.problems)


def test_a_token_that_others_can_read_is_refused(folder):
    (folder / "secrets" / "crm").chmod(0o644)
    with pytest.raises(SiteError, match="1 mistake") as caught:
        load_site(folder)
    assert "can be read by everybody" in render(caught.value.problems)


def test_the_steps(folder):
    steps = load_site(folder).site.flows["orders"].steps
    ask, find = steps["order_status"], steps["by_phone"]
    assert isinstance(ask, AskService)
    assert ask.given == (("order", "order_number"), ("client.id", "client.id"))
    assert (ask.found, ask.not_found, ask.failed) == ("tell", "by_phone", "hang_up")
    assert isinstance(find, FindClient)
    assert (find.by, find.variable) == ("number", "order_number")


def test_whatever_an_answer_can_be_is_made_ready_to_be_said(folder):
    texts = {clip.text for clip in load_site(folder).clips if clip.language == "pl"}
    assert {"przyjęte", "wysłane"} <= texts
    assert set(vocabulary("number", "pl")) & texts
    assert "sent" not in texts


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "127.9.9.9:8080"])
def test_plain_http_is_good_for_this_machine(host):
    assert problems_of(f"url: 'http://{host}/x'") == ""


def test_plain_http_elsewhere_needs_a_word():
    assert "can be read on the way" in problems_of("url: http://10.0.0.5/x")
    assert problems_of("url: http://10.0.0.5/x\n    plain_http: yes") == ""


@pytest.mark.parametrize("query", ["key={order}", "sort=name", "tokens=2", "monkey=1&Xkeys=2"])
def test_a_query_without_a_secret_is_good(query):
    assert problems_of(f"url: 'https://crm.example/x?{query}'") == ""


@pytest.mark.parametrize(
    "query", ["key=geheim7", "apikey=geheim7", "x=1&access_token=geheim7", "Password=geheim7", "sig=geheim7"]
)
def test_a_secret_in_a_query_is_refused_and_not_repeated(query):
    told = problems_of(f"url: 'https://crm.example/x?{query}'")
    assert "looks like a secret" in told
    assert "geheim7" not in told


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60) | st.from_regex(r"https?://[^\s]{0,30}", fullmatch=True))
def test_any_address_is_read_or_refused(url):
    quoted = "'" + url.replace("'", "''").replace("\n", " ") + "'"
    told = problems_of(f"url: {quoted}")
    assert told == "" or "^" in told or "services" in told


def problems_of(settings_: str) -> str:
    problems = Problems()
    text = f"services:\n  orders:\n    {settings_}\n    answer: {{x: {{kind: number}}}}\n"
    node = parse_yaml(text, "services", problems)
    if isinstance(node, Mapping):
        read_services(Section(node, problems, "x").mapping("services"), Path("/nowhere"), problems, ("pl",))
    return render(problems.sorted())
