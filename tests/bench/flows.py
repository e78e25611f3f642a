"""What a large flow costs: read and checked, and walked through by a caller, step by step."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from gateway.config.load import load_site
from tests.bench.calls import Row
from tests.bench.process import percentile
from tests.core.factory import Rig, flow, prompt, site
from tests.sip.harness import ROOT

STEPS = 1000
ROUNDS = 20
SATURDAY = 1_795_212_000.0
"""2026-11-21, 00:00 by the clock of Warsaw, less an hour."""


def large() -> list[Row]:
    """A flow of a thousand steps of many kinds, in its place in the example site."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-bench-flow-"))
    site_folder = Path(shutil.copytree(ROOT / "firmware_config/site.example", folder / "site"))
    (site_folder / "flows/large.yaml").write_text(_text())
    gateway = site_folder / "gateway.yaml"
    gateway.write_text(gateway.read_text().replace('"1004": test_number', '"1004": large'))
    try:
        load_site(site_folder)  # speech and caches are not what is measured
        begin = time.monotonic()
        loaded = load_site(site_folder)
        spent = time.monotonic() - begin
    finally:
        shutil.rmtree(folder)
    assert len(loaded.site.flows["large"].steps) > STEPS
    return [
        Row(f"a flow of {STEPS} steps, read and checked with its site", f"{spent:.2f} s", "below 1 s"),
        _step(),
        _closed_step(),
    ]


def _text() -> str:
    """Groups of five steps: a menu, what it notes, a decision, a sentence, a number that is keyed."""
    lines = ["flow: large", "language: pl", "start: menu0", "steps:"]
    for n in range(STEPS // 5):
        after = f"menu{n + 1}" if n + 1 < STEPS // 5 else "human"
        lines += [
            f'  menu{n}: {{menu: "Sprawa numer {n}.", choices: {{"1": note{n}, "2": which{n}}}}}',
            f"  note{n}: {{set: {{matter: m{n}}}, then: which{n}}}",
            f"  which{n}: {{branch: [{{if: matter == m{n} and client.known, then: said{n}}}, {{then: keyed{n}}}]}}",
            f'  said{n}: {{say: "Dzień dobry, sprawa {n}.", then: {after}}}',
            f'  keyed{n}: {{collect: number, say: "Numer.", digits: 4..6, then: {after}}}',
        ]
    return "\n".join([*lines, "  human: {queue: office}"]) + "\n"


def _step() -> Row:
    """Entering a step that takes no time: chains of a hundred, one event each."""
    from gateway.core.flow.model import Branch, Comparison, Exit, HangUpStep, Rule, SetValues  # noqa: PLC0415

    chain = []
    for n in range(0, 100, 2):
        rules = (
            Rule(condition=Comparison(variable="x", op="==", values=("never",)), exit=Exit(then="end")),
            Rule(condition=None, exit=Exit(then=f"s{n + 1}")),
        )
        chain.append(Branch(name=f"s{n}", rules=rules))
        chain.append(SetValues(name=f"s{n + 1}", values=(("x", str(n)),), then=f"s{n + 2}" if n < 98 else "end"))
    of = site(flows={"reception": flow(*chain, HangUpStep(name="end", prompt=prompt("Pa.")))})
    spent = []
    for _ in range(ROUNDS):
        rig = Rig(of)
        leg = rig.offer()
        begin = time.perf_counter()
        rig.pick_up(leg)
        spent.append(1e6 * (time.perf_counter() - begin) / len(chain))
    return Row("a step (branch and set by turns)", f"p50 {percentile(spent, 0.5):.1f} us", "below 50 us")


def _closed_step() -> Row:
    """The dearest step without a wait: a calendar that is closed says when it opens. Callers of a whole weekend."""
    from gateway.core.flow.model import HangUpStep, HoursStep  # noqa: PLC0415
    from gateway.core.site.site import Hours  # noqa: PLC0415

    week = Hours(id="office", week=(((480, 960),),) * 5 + ((), ()))
    asked = [
        HoursStep(name=f"s{n}", calendar="office", open="end", closed=f"s{n + 1}" if n < 99 else "end")
        for n in range(100)
    ]
    flows = {"reception": flow(*asked, HangUpStep(name="end", prompt=prompt("Pa.")))}
    rig = Rig(site(flows=flows, hours={"office": week}))
    spent = []
    for _ in range(48):
        rig.now = max(rig.now, SATURDAY) + 3600.0
        leg = rig.offer()
        begin = time.perf_counter()
        rig.pick_up(leg)
        spent.append(1e6 * (time.perf_counter() - begin) / len(asked))
    told = f"p50 {percentile(spent, 0.5):.1f} us, the dearest {max(spent):.1f} us"
    return Row("a step `hours` that finds it closed", told, "below 50 us")
