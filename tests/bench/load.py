"""How long a week of ten thousand simulated calls takes."""

from __future__ import annotations

import time
from functools import partial

from gateway.load.erlang import Traffic
from gateway.load.hours import HOUR_S
from gateway.load.run import Plan, simulate_load
from gateway.load.workload import poisson
from tests.bench.calls import Row

WEEK_H = 167
CALLS_PER_HOUR = 60.0


def simulate_week() -> list[Row]:
    """A week at 60 calls an hour, six agents."""
    traffic = Traffic(per_hour=CALLS_PER_HOUR, handling_s=240.0)
    plan = Plan(agents=6, length_s=WEEK_H * HOUR_S, runs=1)
    begin = time.monotonic()
    result = simulate_load(plan, partial(poisson, traffic, WEEK_H * HOUR_S))
    spent = time.monotonic() - begin
    return [Row(f"simulate-load: a week of {result.calls} calls", f"{spent:.2f} s", "below 5 s")]
