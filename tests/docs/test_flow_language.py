"""ivr_flows/README.md tells the language as it is: each of its examples loads, and every verb has one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gateway.config.flow_steps import VERBS
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.flow_model import WELL_KNOWN
from gateway.errors import SiteError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ivr_flows" / "README.md").read_text()
BLOCKS = re.findall(r"^```yaml( step)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
STEPS = [text for step, text in BLOCKS if step]
AROUND = """
flow: main
language: pl
start: example
steps:
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


def test_every_verb_is_told_and_no_other():
    first_keys = [text.split(":")[0] for text in STEPS]
    assert set(first_keys) | {"play", "go_to"} == set(VERBS)
    for verb in VERBS:
        assert f"`{verb}" in PAGE


def test_every_variable_and_every_shipped_flow_is_named():
    for name in WELL_KNOWN:
        assert f"`{name}`" in PAGE or f"{{{name}}}" in PAGE
    shipped = {path.stem for path in (ROOT / "ivr_flows").glob("*.yaml")}
    assert set(re.findall(r"^\| \[(\w+)\]", PAGE, re.MULTILINE)) == shipped


def test_it_is_one_page():
    assert len(PAGE.splitlines()) < 180
