"""A small site folder to make versions of."""

from __future__ import annotations

from pathlib import Path

GATEWAY = """
site: {name: test, country: PL, languages: {en: en-gb}}
sip: {bind: 127.0.0.1, port: 5999}
numbers: {"100": main, "1004": test_number}
agents: {anna: {name: Anna, phone: "sip:anna@127.0.0.1:9"}}
teams: {office: {agents: [anna]}}
"""
FLOW = """
flow: main
language: en
start: hello
steps:
  hello: {say: "Hello.", then: office}
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Goodbye."}
"""
CLIENTS = "number,client,name,manager,team\n+48220000201,1001,Flower Shop,anna,office\n"


def make(folder: Path, *, gateway: str = GATEWAY, flow: str = FLOW, clients: str = CLIENTS) -> Path:
    """Write the site; what was there before stays."""
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    (folder / "gateway.yaml").write_text(gateway)
    (folder / "clients.csv").write_text(clients)
    (folder / "flows" / "main.yaml").write_text(flow)
    return folder
