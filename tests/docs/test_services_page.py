"""docs/services.md tells what is true: its example loads, its figures and words are the program's."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gateway.config.load import load_site
from gateway.core.service_model import TIME_LIMIT_S
from gateway.core.steps.services import read_answer
from gateway.edge import breaker, crm

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "services.md").read_text()
WORDS = " ".join(PAGE.split())
FLOW = """flow: orders_pl
language: pl
start: ask
steps:
  ask: {lookup: orders, with: {order: caller}, found: tell, not_found: hang_up, failed: hang_up}
  tell: {say: "{orders.status}, {orders.days as number}, {orders.amount as money PLN}", then: which}
  which: {branch: [{if: orders.status == sent, then: hang_up}, {then: hang_up}]}
"""


def site(folder: Path):
    shutil.copytree(ROOT / "tests" / "config" / "sound", folder)
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    with (folder / "gateway.yaml").open("a") as file:
        file.write(example)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "crm").write_text("token")
    (folder / "secrets" / "crm").chmod(0o600)
    (folder / "flows" / "orders_pl.yaml").write_text(FLOW)
    return load_site(folder).site


def test_the_example_loads_and_reads_the_answer_that_is_shown(tmp_path):
    (service,) = site(tmp_path / "site").services.values()
    (json,) = re.findall(r"JSON such as `(\{.*?\})`", WORDS)
    answer = read_answer(service, 200, json.encode())
    assert answer.values == {"status": "sent", "days": "2", "amount": "12.50 PLN"}


def test_every_setting_is_told():
    told = set(re.findall(r"`([a-z_]+)(?:: yes)?`", PAGE.partition("| setting |")[2].partition("\n\n")[0]))
    broken = (ROOT / "tests/config/broken/service_unknown_key/expected.txt").read_text()
    known = set(re.search(r"expected: (.*)", broken)[1].split(", "))
    assert known <= told


def test_the_figures():
    assert f"at most {TIME_LIMIT_S:g} s" in WORDS
    assert f"After {breaker.FAILURES_MAX} failures in a row" in WORDS
    assert f"left alone for {breaker.REST_S:g} s" in WORDS
    assert f"up to {breaker.REST_MAX_S / 60:g} min" in WORDS
    assert f"At most {crm.AT_ONCE_MAX} questions" in WORDS
    assert f"more than {crm.ANSWER_MAX // 1024} kB" in WORDS
