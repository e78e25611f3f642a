"""Look-ups in scripts, in `gateway simulate` and in the mutation run: what services answer is told, never asked."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli import main as cli
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.service_model import LookupReason
from gateway.errors import SiteError
from gateway.simulate import words
from gateway.simulate.replies import parse_replies
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers
from gateway.simulate.suite import run_file

HERE = Path(__file__).parent
SOUND = HERE.parent / "config" / "sound"
SERVICES = """
services:
  orders:
    url: http://127.0.0.1:1/{order_number}
    time_limit: 1s
    answer:
      status: {one_of: {new: "przyjęte", sent: "wysłane"}}
      days: {kind: number, optional: yes}
"""
FLOW = """flow: orders
language: pl
start: number
steps:
  number:
    collect: order_number
    say: "Proszę podać numer zamówienia."
    digits: 1..8
    then: order_status
  order_status:
    lookup: orders
    say: "Chwileczkę, sprawdzam."
    found: tell
    not_found: no_such_order
    failed: once_more
  tell:
    say: "Zamówienie jest {orders.status}, za {orders.days as number} dni."
    then: hang_up
  no_such_order:
    say: "Nie ma takiego zamówienia."
    then: number
  once_more:
    say: "Przepraszamy, proszę czekać."
    then: again
  again:
    lookup: orders
    found: tell
    not_found: no_such_order
    failed: human
  human:
    queue: office
"""
CALLS = """flow: orders
calls:
  sent:
    from: withheld
    keys: "17#"
    services: {orders: {status: sent, days: 2}}
    expect:
      hears: ["Chwileczkę", "jest wysłane , za dwa dni"]
      facts: [LookupAnswered: {service: orders, outcome: found, took_ms: 50, cached: no}]
      path: [number, order_status, tell, hang_up]
  there is no such order, then one that is new:
    from: withheld
    keys: "18#, 17#"
    services: {orders: [not_found, {status: new}]}
    expect:
      hears: ["Nie ma takiego", "jest przyjęte"]
      path: [number, order_status, no_such_order, number, order_status, tell, hang_up]
  the first time it is slow, the second time there is none:
    from: withheld
    keys: "17#, 18#"
    services: {orders: [slow, not_found, {status: sent}]}
    expect:
      facts:
        - LookupAnswered: {outcome: failed, reason: timed_out, took_ms: 900}
        - LookupAnswered: {outcome: not_found}
        - LookupAnswered: {outcome: found}
      path: [number, order_status, once_more, again, no_such_order, number, order_status, tell, hang_up]
  it fails, then it answers:
    from: withheld
    keys: "17#"
    services: {orders: [failed, {status: sent}]}
    expect: {path: [number, order_status, once_more, again, tell, hang_up]}
  nothing is said of it:
    from: withheld
    keys: "17#"
    expect:
      facts: [LookupAnswered: {outcome: failed, reason: not_asked}]
      path: [number, order_status, once_more, again, human]
      answered_by: anna
  an answer that takes long is not waited for:
    from: withheld
    keys: "17#"
    services: {orders: slow}
    hang_up_after: 30s
    expect: {path: [number, order_status, once_more, again, human]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    site = tmp_path_factory.mktemp("office") / "site"
    shutil.copytree(SOUND, site)
    with (site / "gateway.yaml").open("a") as file:
        file.write(SERVICES)
    (site / "flows" / "orders.yaml").write_text(FLOW)
    (site / "flows" / "orders.calls.yaml").write_text(CALLS)
    return site


def told(folder: Path, calls: str) -> str:
    """What a person reads about a wrong file of calls."""
    path = folder / "flows" / "orders.calls.yaml"
    path.write_text(calls)
    try:
        with pytest.raises(SiteError) as caught:
            load_scripts(folder, with_all_numbers(load_site(folder).site))
        return render(caught.value.problems)
    finally:
        path.write_text(CALLS)


def test_scripts_say_what_services_answer_and_notice_each_changed_exit(folder):
    site = with_all_numbers(load_site(folder).site)
    (file,) = load_scripts(folder, site)
    report = run_file(site, file, mutate=True)
    assert [str(difference) for result in report.results for difference in result.differences] == []
    lookups = [edge for edge in report.coverage.edges if edge.step in {"order_status", "again"}]
    assert {edge.option for edge in lookups} == {"found", "not_found", "failed"}
    assert not set(lookups) & set(report.coverage.missed)
    assert not [mutant for mutant in report.mutation.survivors if mutant.edge.step in {"order_status", "again"}]


@pytest.mark.parametrize(
    ("services", "words_"),
    [
        ("{ordrs: failed}", ("there is no service 'ordrs'", "did you mean: orders")),
        ("{orders: slwo}", ("'slwo' is nothing that a service answers", "did you mean: slow")),
        ("{orders: {stauts: sent}}", ("answers no 'stauts'", "did you mean: status", "always answers status, too")),
        ("{orders: {status: lost}}", ("'lost' cannot be 'status': not one of new, sent",)),
        ("{orders: {status: sent, days: many}}", ("'many' cannot be 'days': no number",)),
        ("{orders: {status: [sent]}}", ("'status' is a list",)),
        ("{orders: [[failed]]}", ("the answer is a list",)),
        ("orders", ("'services' is a text",)),
    ],
)
def test_what_is_wrong_in_a_script_is_told(folder, services, words_):
    calls = f"flow: orders\ncalls:\n  a:\n    from: withheld\n    services: {services}\n    expect: {{hears: [a]}}\n"
    text = told(folder, calls)
    for words__ in words_:
        assert words__ in text


@pytest.fixture
def gateway(monkeypatch, capsys, tmp_path, folder):
    monkeypatch.setenv("GATEWAY_STATE", str(tmp_path))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["gateway", "simulate", "orders", "--site", str(folder), *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        told_ = capsys.readouterr()
        return left.value.code or 0, told_.out, told_.err

    return command


def test_on_the_command_line(gateway):
    code, out, _ = gateway("--keys", "17#, 18#", "--service", "orders=not_found", "--service", "orders=status: sent")
    assert code == 0
    assert "orders: nie ma takiej pozycji" in out
    assert "Zamówienie jest wysłane" in out


def test_a_service_of_which_nothing_is_said_is_told_as_not_asked(gateway):
    _, out, _ = gateway("--keys", "17#", "--lang", "en")
    assert "orders: not asked: a simulation has no network" in out


def test_json(gateway):
    _, out, _ = gateway("--keys", "17#", "--service", "orders=slow", "--json")
    moments = [moment for moment in json.loads(out)["moments"] if moment["kind"] == "lookup"]
    assert moments[0]["data"] == {"service": "orders", "outcome": "failed", "reason": "timed_out", "took_ms": 900}


def test_a_wrong_option_is_told_with_its_place(gateway):
    code, _, err = gateway("--keys", "17#", "--service", "orders=stauts: sent")
    assert code == 2
    assert "--service:1:" in err
    assert "did you mean: status" in err


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: f"orders={text}"))
def test_any_option_is_read_or_refused(folder, text):
    services = load_site_once(folder).site.services
    try:
        replies = parse_replies([text], services)
    except SiteError as error:
        assert error.problems
        assert render(error.problems)
    else:
        assert set(replies) <= {"orders"}


SITES: dict[Path, object] = {}


def load_site_once(folder: Path):
    if folder not in SITES:
        SITES[folder] = load_site(folder)
    return SITES[folder]


def test_every_reason_has_a_sentence_in_both_languages():
    told_ = set(get_args(LookupReason)) - {"", "no_value"}
    for language in ("pl", "en"):
        assert set(words.LOOKUPS[language]) == told_
