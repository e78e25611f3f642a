"""Every step that the language page shows, with slips and malice in it: problems, or a flow that a call survives."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import shipped
from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.core.facts.calls import CallEnded
from gateway.errors import SiteError
from gateway.simulate.deeds import parse_deeds
from gateway.simulate.office import simulate
from gateway.simulate.plan import Plan
from gateway.simulate.script_files import reachable
from tests.config.mutations import mutated
from tests.docs.test_flow_language import STEPS

AROUND = """
flow: main
language: pl
start: begin
steps:
  begin: {{set: {{balance: "12.50", day: "2026-12-24", order_number: "17"}}, then: lobby}}
  lobby:
    menu: "Jeden."
    choices: {{"1": example, "2": matter, "3": manager, "4": office, "5": sorry}}
    no_input: {{then: office}}
  example:
{step}
  matter: {{say: "Dobrze.", then: office}}
  manager: {{queue: by_client, team: office}}
  office: {{queue: office, gave_up: sorry}}
  sorry: {{hang_up: "Do widzenia."}}
"""
KEYS = ("1, 1", "1, 0", "1, 17#", "1, 9, 9, 9", "wait 5s, 1, nothing", "nothing", "1, *, #, 1234#, 1")
limits = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = Path(shutil.copytree(shipped.example_site(), tmp_path_factory.mktemp("steps") / "site"))
    (folder / "secrets").mkdir()
    (folder / "secrets" / "pin").write_text("4711")
    (folder / "secrets" / "pin").chmod(0o600)
    gateway = (folder / "gateway.yaml").read_text()
    (folder / "gateway.yaml").write_text(
        gateway.replace("site:\n", "site:\n  pin_file: secrets/pin\n", 1)
        + "services:\n  orders:\n    url: https://crm.example/orders/{order}\n"
        "    answer: {status: {one_of: [new, sent]}}\n"
        'trunks: {provider: {host: sip.example.net}}\ndial: ["+4822*"]\n'
    )
    return folder


def survives(site, data, keys):
    """What is wrong with the flow, in words; nothing when a call went through it to its end."""
    (site / "flows" / "main.yaml").write_bytes(data)
    try:
        made = load_site(site).site
    except SiteError as error:
        assert error.problems
        told = render(error.problems)
        assert told
        return told
    if "main" in made.flows:
        made, number = reachable(made, "main")
        plan = Plan(called=number, caller="+48220000201", at=1_763_900_000.0, deeds=parse_deeds(keys))
        ended = [fact for fact in simulate(made, plan).facts if isinstance(fact, CallEnded)]
        assert len(ended) == 1
    return ""


def whole(step):
    return AROUND.format(step="".join(f"    {line}\n" for line in step.splitlines())).encode()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.split(":")[0])
@given(seed=st.integers(0, 2**32), keys=st.sampled_from(KEYS))
@limits
def test_a_step_with_some_changes(site, step, seed, keys):
    rng = random.Random(seed)
    head, _, tail = whole(step).partition(step.splitlines()[0].encode())
    assert tail
    survives(site, head + mutated(whole(step)[len(head) :], rng), keys)


def test_most_steps_go_through_a_call_as_they_stand(site):
    """Or the calls above prove nothing."""
    sound = [step for step in STEPS if not any(survives(site, whole(step), keys) for keys in KEYS)]
    assert len(sound) > len(STEPS) // 2
