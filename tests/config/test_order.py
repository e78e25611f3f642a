"""What a site says of the order in its queues, as it is read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from gateway.config.load import load_site
from gateway.core.flow.queue_order import Order, Strategy, Wish

SOUND = Path(__file__).parent / "sound"
TEAM = "  office: {agents: [anna, jan], overflow_to: qa}\n"


def loaded(tmp_path: Path, *, team: str = TEAM, skills: str = "", step: str = "", rows: str = ""):
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    gateway, main, clients = folder / "gateway.yaml", folder / "flows/main.yaml", folder / "clients.csv"
    text = gateway.read_text().replace(TEAM, team)
    gateway.write_text(text.replace('spoken: {pl: "Anną Nowak"}}', 'spoken: {pl: "Anną Nowak"}' + skills + "}"))
    main.write_text(main.read_text().replace("    queue: office\n", "    queue: office\n" + step))
    clients.write_text(rows or clients.read_text())
    return load_site(folder).site


def test_nothing_said_is_as_it_always_was(tmp_path):
    site = loaded(tmp_path)
    assert site.teams["office"].order == Order()
    assert Order().strategy == "longest_idle"
    step = site.flows["main"].steps["office"]
    assert (step.priority, step.wish, site.agents["anna"].skills) == (None, None, {})
    assert {client.priority for client in site.clients.values()} == {None}


@pytest.mark.parametrize("strategy", get_args(Strategy))
@pytest.mark.parametrize("written", [str, lambda name: name.replace("_", "-"), lambda name: name.replace("_", " ")])
def test_every_strategy_and_how_people_write_it(tmp_path, strategy, written):
    site = loaded(tmp_path, team=f"  office: {{agents: [anna, jan], strategy: {written(strategy)}}}\n")
    assert site.teams["office"].order.strategy == strategy


def test_all_of_a_team_of_an_agent_and_of_a_step(tmp_path):
    site = loaded(
        tmp_path,
        team="""\
  office:
    agents: [anna, jan]
    strategy: weighted
    weights: {anna: 3, jan: 0}
    ageing: 2 min
    areas:
      invoices: {needs: {invoices: 5}, prefers: {pl: 8}}
    relax_every: 45s
    prefer_for: 0s
""",
        skills=", skills: {invoices: 7, pl: 10}",
        step="    priority: 7\n    needs: {pl: 1}\n    prefers: {invoices: 10}\n",
    )
    assert site.teams["office"].order == Order(
        strategy="weighted",
        weights={"anna": 3, "jan": 0},
        ageing_s=120.0,
        areas={"invoices": Wish(needs={"invoices": 5}, prefers={"pl": 8})},
        relax_every_s=45.0,
        prefer_for_s=0.0,
    )
    assert site.agents["anna"].skills == {"invoices": 7, "pl": 10}
    step = site.flows["main"].steps["office"]
    assert (step.priority, step.wish) == (7, Wish(needs={"pl": 1}, prefers={"invoices": 10}))


@pytest.mark.parametrize("title", ["priority", "priorytet", "Priorytet"])
def test_priorities_of_clients(tmp_path, title):
    rows = f"number,client,name,manager,team,{title}\n,1001,A,anna,office,0\n,1002,B,jan,qa,9\n,1003,C,jan,qa,\n"
    assert [client.priority for client in loaded(tmp_path, rows=rows).clients.values()] == [0, 9, None]
