"""Which questions a lone 0 leads out of to a person: those in which it means nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.flow.exits import edges_of

SOUND = Path(__file__).parent / "sound"
FLOW = """
flow: main
language: pl
start: ask
steps:
  ask: {verb}
  office: {{queue: office}}
"""


@pytest.mark.parametrize(
    ("verb", "leads"),
    [
        ('{survey: csat, say: "Ocena?", then: office}', True),
        ('{survey: ces, say: "Ocena?", then: office}', True),
        ('{survey: nps, say: "Ocena?", then: office}', False),
        ('{confirm: "Tak?", yes: office, no: office}', True),
        ('{confirm: "Tak?", keys: {yes: "1", no: "0"}, yes: office, no: office}', False),
        ('{consent: "Zgoda?", yes: office, no: office}', True),
        ('{consent: "Zgoda?", keys: {yes: "1", no: "0"}, yes: office, no: office}', False),
        ('{menu: "Co?", choices: {"1": office}}', True),
        ('{menu: "Co?", choices: {"1": office, "0": office}}', False),
        ('{override: office, to: closed, say: "PIN?", then: office}', False),
    ],
)
def test_0_leads_to_a_person_where_it_means_nothing_else(tmp_path, verb, leads):
    site = tmp_path / "site"
    shutil.copytree(SOUND, site)
    (site / "flows/main.yaml").write_text(FLOW.format(verb=verb))
    text = (site / "gateway.yaml").read_text().replace("site:\n", "site:\n  pin_file: pin\n", 1)
    (site / "gateway.yaml").write_text(text + "hours: {office: {daily: 24h}}\n")
    (site / "pin").write_text("4711")
    (site / "pin").chmod(0o600)
    flow = load_site(site).site.flows["main"]
    assert any(edge.option == "human" and edge.to == "office" for edge in edges_of(flow)) is leads
    assert bool(getattr(flow.steps["ask"], "human", "")) is leads
