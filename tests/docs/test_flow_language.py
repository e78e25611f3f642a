"""ivr_flows/README.md tells the language as it is: each of its examples loads, and every verb has one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.config.variables import FORM_WORDS
from gateway.config.verbs import VERBS
from gateway.core.flow.model import WELL_KNOWN
from gateway.core.speech.fragments import CASES, KINDS, Form, fragments
from gateway.errors import SiteError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ivr_flows" / "README.md").read_text()
BLOCKS = re.findall(r"^```yaml( step)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
STEPS = [text for step, text in BLOCKS if step]
AROUND = """
flow: main
language: pl
human: none
start: begin
steps:
  begin: {{set: {{balance: "12.50", day: "2026-12-24", order_number: "17"}}, then: around}}
  around: {{menu: "Jeden.", choices: {{"1": example, "2": matter, "3": manager, "4": office, "5": sorry, "6": asked}}}}
  asked: {{collect: order, say: "Zamówienie?", digits: 4, remember: yes, then: matter}}
  example:
{step}
  matter: {{menu: "Jeden.", choices: {{"1": office}}}}
  manager: {{queue: by_client, team: office}}
  office: {{queue: office, gave_up: sorry}}
  sorry: {{hang_up: "Do widzenia."}}
"""


@pytest.fixture
def site(tmp_path):
    folder = Path(shutil.copytree(ROOT / "firmware_config" / "site.example", tmp_path / "site"))
    (folder / "gateway.yaml").write_text(
        (folder / "gateway.yaml").read_text().replace('"1004": test_number', '"1004": main')
    )
    (folder / "secrets").mkdir()
    (folder / "secrets" / "pin").write_text("4711")
    (folder / "secrets" / "pin").chmod(0o600)
    (folder / "secrets" / "anna").write_text("471100")
    (folder / "secrets" / "anna").chmod(0o600)
    gateway = (folder / "gateway.yaml").read_text()
    anna = "    name: Anna Nowak\n"
    of_anna = "    code: 2001\n    pin_file: secrets/anna\n    skills: {invoices: 7, en: 9}\n"
    (folder / "gateway.yaml").write_text(
        gateway.replace("site:\n", "site:\n  pin_file: secrets/pin\n", 1).replace(anna, anna + of_anna, 1)
        + "services:\n  orders:\n    url: https://crm.example/orders/{order}\n"
        "    answer: {status: {one_of: [new, sent]}}\n"
        'supervision: announce\ntrunks: {provider: {host: sip.example.net}}\ndial: ["+4822*"]\n'
    )
    return folder


def load(site, text):
    (site / "flows" / "main.yaml").write_text(text)
    try:
        return load_site(site).site.flows["main"]
    except SiteError as error:
        pytest.fail(render(error.problems))


def test_the_first_example_is_a_whole_flow(site):
    whole = next(text for step, text in BLOCKS if not step)
    flow = load(site, whole.replace("flow: reception", "flow: main"))
    assert set(flow.steps) == {"welcome", "who", "manager", "office", "hang_up"}


@pytest.mark.parametrize("text", STEPS, ids=lambda text: text.split(":")[0])
def test_each_example_loads(site, text):
    step = "".join(f"    {line}\n" for line in text.splitlines())
    assert "example" in load(site, AROUND.format(step=step)).steps


def test_the_example_of_several_flows_loads(site):
    (whole,) = [text for step, text in BLOCKS if not step and "flows:" in text]
    flow = load(site, whole.replace("flow: reception", "flow: main"))
    assert {step.VERB for step in flow.steps.values()} == {"subflow", "say", "queue", "hang_up"}


def test_every_verb_is_told_and_no_other():
    first_keys = [text.split(":")[0].removeprefix("{") for text in STEPS]
    assert set(first_keys) | {"play", "go_to", "subflow", "return"} == set(VERBS)  # these four in other examples
    for verb in VERBS:
        assert f"`{verb}" in PAGE


def test_every_variable_and_every_shipped_flow_is_named():
    for name in WELL_KNOWN:
        assert f"`{name}`" in PAGE or f"{{{name}}}" in PAGE
    shipped = {path.stem for path in (ROOT / "ivr_flows").glob("*.yaml") if not path.stem.endswith(".calls")}
    assert set(re.findall(r"\[(\w+)\]\(\1\.yaml\)", PAGE)) == shipped


KIND_ROWS = [
    (re.findall(r"\w+", kinds), re.findall(r"`([^`]+)`", values), words)
    for kinds, values, words in re.findall(r"^\| (`[^|]*`) \| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)
    if kinds != "`as`"
]


def test_every_kind_of_value_and_each_of_its_words_is_told():
    told = {kind: words for kinds, _, words in KIND_ROWS for kind in kinds}
    assert set(told) == set(KINDS)
    for kind, words in told.items():
        named = set(re.findall(r"`(\w+)`", words))
        assert named | (set(CASES) if "a case" in words else set()) == set(FORM_WORDS[kind])
    cases = re.search(r"^Cases: .*$", PAGE, re.MULTILINE)[0]
    assert re.findall(r"`(\w+)`", cases) == list(CASES)


@pytest.mark.parametrize(("kinds", "values"), [row[:2] for row in KIND_ROWS])
def test_the_values_of_each_kind_can_be_said(kinds, values):
    assert values
    for value in values:
        for kind in kinds:
            form = Form(currency="PLN") if kind == "money" and " " not in value else Form()
            assert fragments(value, kind, "pl", form)


def test_it_is_one_page():
    assert len(PAGE.splitlines()) <= 530
