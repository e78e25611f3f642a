"""The steps for those who have signed in: what leads out of them is found, and played to the end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.agents.codes import digest_of
from gateway.core.flow.base import Retry
from gateway.core.flow.model import CaseDesk, HangUpStep, SignIn, Supervise
from gateway.graph.reach import reach
from gateway.graph.target import Target
from tests.core.factory import START, flow, prompt, site

AGAIN = Retry(tries=2, then="missed")
STEPS = (
    SignIn(name="who", prompt=prompt("Kod?"), pin=prompt("PIN?"), then="case", no_input=AGAIN, no_match=AGAIN),
    CaseDesk(name="case", prompt=prompt("Numer?"), choose=prompt("Co?"), then="whom", refused="late",
             no_input=AGAIN, no_match=AGAIN),
    Supervise(name="whom", prompt=prompt("Kogo?"), then="done", no_input=AGAIN, no_match=Retry(tries=1, then="nobody")),
    *(HangUpStep(name=name, prompt=prompt("Pa.")) for name in ("missed", "late", "nobody", "done")),
)  # fmt: skip


@pytest.mark.parametrize("name", ["case", "whom", "missed", "late", "nobody", "done"])
def test_every_way_out_is_found(name):
    agents = dict(site().agents)
    agents["anna"] = replace(agents["anna"], code="2001", pin=digest_of("1234", "anna", "test"))
    made = site(flows={"desk": flow(*STEPS, id="desk")}, numbers={"*92": "desk"}, agents=agents, supervision="on")
    (found,) = reach(made, Target(kind="step", flow="desk", name=name), at=START, most=1)
    assert found.verdict == "reached", found
