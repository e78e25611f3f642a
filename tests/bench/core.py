"""What the pure core and the reader of files cost, without any network."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

from gateway.config.load import load_site
from gateway.core.actions import Dial
from gateway.core.events import Event, KeyPressed, LegAnswered, LegEnded, LegFreed, LegProceeded, PlayEnded
from gateway.simulate.lengths import Lengths
from gateway.simulate.office import simulate
from gateway.simulate.script_files import load_scripts
from tests.bench.calls import Row
from tests.bench.process import percentile
from tests.core.factory import KOWALSKI, Rig
from tests.sip.harness import ROOT

CALLS = 2000
WAITING = 500


class _Timed(Rig):
    """Notes how long each event takes."""

    def __init__(self, **settings: object) -> None:
        self.spent_us: list[float] = []
        super().__init__(**settings)

    def tell(self, event: Event):  # type: ignore[no-untyped-def]
        begin = time.perf_counter()
        outcome = self.board.receive(event, now=self.now)
        self.spent_us.append(1e6 * (time.perf_counter() - begin))
        self.actions += outcome.actions
        self.new = list(outcome.actions)
        return outcome


def switchboard() -> list[Row]:
    """Whole calls one after another: menu, manager rung, bridged, hung up; then the same with a crowd that waits."""
    rows = []
    for crowd in (0, WAITING):
        rig = _Timed(legs_max=4 * (CALLS + WAITING))
        for _ in range(crowd):
            rig.queue()
        rig.spent_us.clear()
        for _ in range(CALLS):
            if crowd:
                leg = rig.call(KOWALSKI)
                rig.tell(PlayEnded(leg=leg, play=rig.playing(leg), how="end"))
                rig.tell(KeyPressed(leg=leg, key="0", source="rfc4733"))
                rig.now += 1
                rig.tell(LegEnded(leg=leg, code=200, reason="", by="far"))
            else:
                _one_call(rig)
            rig.actions.clear()
            rig.facts.clear()
        mean = sum(rig.spent_us) / len(rig.spent_us)
        rows.append(
            Row(
                f"a switchboard event{f', {crowd} callers waiting' if crowd else ''}",
                f"mean {mean:.1f} us, p95 {percentile(rig.spent_us, 0.95):.1f} us (n = {len(rig.spent_us)})",
                "below 50 us",
            )
        )
    return rows


def _one_call(rig: Rig) -> None:
    leg = rig.queue()
    agent = next(action for action in reversed(rig.actions) if isinstance(action, Dial)).leg
    for event in (
        LegProceeded(leg=agent, code=180),
        LegAnswered(leg=agent),
        LegEnded(leg=leg, code=200, reason="", by="far"),
        LegFreed(line=rig.line, leg=leg, legs_used=1, callers=0),
        LegEnded(leg=agent, code=200, reason="", by="us"),
        LegFreed(line=rig.line, leg=agent, legs_used=0, callers=0),
    ):
        rig.now += 0.2
        rig.tell(event)


def simulate_calls() -> list[Row]:
    """A thousand calls of the shipped Polish reception, by its own scripts, through the virtual office."""
    folder = ROOT / "firmware_config" / "site.example"
    settings = load_site(folder)
    site, lengths = settings.site, Lengths(settings.clips)
    (file,) = [file for file in load_scripts(folder, site) if file.flow == "reception_pl"]
    plans = [script.plan for script in file.scripts]
    begin = time.monotonic()
    for number in range(1000):
        simulate(site, plans[number % len(plans)], lengths=lengths)
    spent = time.monotonic() - begin
    return [Row("simulate 1000 calls of reception_pl", f"{spent:.2f} s", "below 2 s")]


def check(_folder: Path) -> list[Row]:
    """`gateway check` of the example site (three flows), as the admin runs it: a new process each time."""
    times = []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        begin = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "gateway", "check", "firmware_config/site.example"],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        times.append(time.monotonic() - begin)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(times)
    return [Row("gateway check, example site", f"{sorted(times)[2]:.2f} s, {cpu:.2f} s of CPU", "below 1 s")]
