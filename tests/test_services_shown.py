"""What `gateway status` and `gateway doctor` say of the HTTP services, which are really asked."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from gateway import doctor, status
from gateway.cli import main as cli
from gateway.config.load import load_site
from gateway.doctor_services import ask_services
from gateway.edge.crm import ServiceState
from tests.edge.web import Web

SOUND = Path(__file__).parent / "config" / "sound"


@pytest.fixture
def asked(tmp_path):
    """Asks the service at a path of a web server: (level, text, remedy)."""
    with Web() as web:

        def ask(path: str, answer: str = "status: {at: order.status, one_of: [new, sent]}") -> tuple[str, str, str]:
            site = tmp_path / "site"
            shutil.rmtree(site, ignore_errors=True)
            shutil.copytree(SOUND, site)
            with (site / "gateway.yaml").open("a") as file:
                file.write(f"services:\n  orders:\n    url: '{path.format(web=web.url)}'\n    answer: {{{answer}}}\n")
            return tuple(ask_services(load_site(site))["orders"])

        yield ask


@pytest.mark.parametrize(
    ("path", "level", "words"),
    [
        ("{web}/body", "good", "answers in "),
        ("{web}/404", "good", "no such entry"),
        ("{web}/{{order}}/404", "good", "no such entry"),
        ("{web}/{{order}}/400", "note", "with status 400, asked with 0 for order"),
        ("{web}/400", "bad", "status: status 400"),
        ("{web}/500", "bad", "status: status 500"),
        ("{web}/403", "bad", "refused: status 403"),
        ("{web}/redirect", "bad", "redirect: status 302"),
        ("{web}/hang", "bad", "timed_out"),
        ("http://127.0.0.1:1/", "bad", "unreachable"),
    ],
)
def test_the_doctor_asks_each_service(asked, path, level, words):
    judged, found, remedy = asked(path)
    assert judged == level
    assert words in found
    assert found.startswith("orders (http://127.0.0.1:")
    assert bool(remedy) == (level == "bad")


def test_an_answer_that_is_not_as_declared_is_bad_unless_the_question_was_made_up(asked):
    other = "status: {at: order.state, one_of: [new, sent]}"
    level, found, remedy = asked("{web}/body", other)
    assert (level, bool(remedy)) == ("bad", True)
    assert "not as declared: status: nothing at order.state" in found
    level, found, _ = asked("{web}/{{order}}/body", other)
    assert level == "note"
    assert "(asked with 0 for order)" in found


def test_without_services_nobody_is_asked():
    assert ask_services(load_site(SOUND)) == {}


def test_the_doctors_page_has_a_line_for_each(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_library", list)
    with Web() as web:
        site = tmp_path / "site"
        shutil.copytree(SOUND, site)
        with (site / "gateway.yaml").open("a") as file:
            answer = "{days: {at: order.days, kind: number}}"
            file.write(f"services:\n  orders:\n    url: {web.url}/body\n    answer: {answer}\n")
        page = doctor.render(doctor.examine(site))
    assert f"ok    service    orders ({web.url}) answers in " in page


def test_the_status_has_a_line_for_each():
    state = ServiceState(
        service="orders", host="https://crm.example", circuit="open", asked=9, found=2, not_found=1, failed=6, cached=1,
        last_ms=1900, last_error="timed_out: no answer within 2 s", last_error_at=940.0,
    )  # fmt: skip
    assert status._service(msgspec.to_builtins(state), 1000.0) == (
        "service  orders  https://crm.example  LEFT ALONE after failures; 9 asked: 2 found, 1 not found, 6 failed; "
        "1 of them kept from before; last failure 1 min 00 s ago: timed_out: no answer within 2 s"
    )


# gateway lookup


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """`gateway lookup ...` against a web server: (exit status, stdout, stderr)."""
    site = tmp_path / "site"
    shutil.copytree(SOUND, site)
    with Web() as web:
        with (site / "gateway.yaml").open("a") as file:
            answer = "{status: {at: order.status, one_of: [new, sent]}, days: {at: order.days, kind: number}}"
            file.write(f"services:\n  orders:\n    url: '{web.url}/{{order}}/body'\n    answer: {answer}\n")

        def run(*arguments: str) -> tuple[int, str, str]:
            monkeypatch.setattr(sys, "argv", ["gateway", "lookup", *arguments, "--site", str(site)])
            with pytest.raises(SystemExit) as left:
                cli.main()
            told = capsys.readouterr()
            return left.value.code or 0, told.out, told.err

        yield web, run


def test_a_service_can_be_asked_as_a_flow_would(command):
    web, run = command
    code, out, _ = run("orders", "order=17/3")
    assert code == 0
    assert re.fullmatch(r"found \(\d+ ms\)\norders.status = sent\norders.days = 2\n", out)
    assert web.heads[0].startswith("GET /17%2F3/body ")
    web.body = b'{"order": {"status": "lost", "days": 2}}'
    code, out, _ = run("orders", "order=17")
    assert code == 1
    assert out.startswith("failed: wrong_answer: status: not one of new, sent (")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ordes", "order=1"), "there is no service 'ordes' in this site; did you mean orders?"),
        (("orders",), "service 'orders' needs a value: order=..."),
        (("orders", "order=1", "client=2"), "service 'orders' does not ask for 'client'; it asks for order"),
    ],
)
def test_what_cannot_be_asked_is_told(command, arguments, words):
    web, run = command
    code, _, err = run(*arguments)
    assert code == 2
    assert words in err
    assert not web.heads
