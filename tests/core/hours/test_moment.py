"""What a flow reads of the clock: the site's own, also on the nights when it is changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.core.facts.calls import StepEntered
from gateway.core.flow.model import Branch, Comparison, Exit, Flow, HangUpStep, Rule
from gateway.core.hours.moment import clock_values
from tests.core.factory import Rig, flow, prompt, site


@pytest.mark.parametrize(
    ("utc", "zone", "date", "time", "weekday"),
    [
        ("2026-11-23T08:05", "Europe/Warsaw", "2026-11-23", "09:05", "monday"),
        ("2026-11-22T23:30", "Europe/Warsaw", "2026-11-23", "00:30", "monday"),
        ("2026-03-29T00:59", "Europe/Warsaw", "2026-03-29", "01:59", "sunday"),
        ("2026-03-29T01:00", "Europe/Warsaw", "2026-03-29", "03:00", "sunday"),
        ("2026-10-25T00:30", "Europe/Warsaw", "2026-10-25", "02:30", "sunday"),
        ("2026-10-25T01:30", "Europe/Warsaw", "2026-10-25", "02:30", "sunday"),
        ("2026-11-23T08:05", "Europe/London", "2026-11-23", "08:05", "monday"),
    ],
)
def test_the_clock_of_the_site(utc, zone, date, time, weekday):
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()
    assert clock_values(site(timezone=zone), at) == {"now.date": date, "now.time": time, "now.weekday": weekday}


def by_clock(op: str, value: str) -> Flow:
    yes = Rule(condition=Comparison(variable="now.time", op=op, values=(value,)), exit=Exit(then="yes"))
    steps = (
        Branch(name="when", rules=(yes, Rule(condition=None, exit=Exit(then="no")))),
        HangUpStep(name="yes", prompt=prompt("{now.time} tak.")),
        HangUpStep(name="no"),
    )
    return flow(*steps)


@pytest.mark.parametrize(("op", "value", "way"), [(">=", "23:13", "yes"), ("<", "23:13", "no"), ("==", "23:13", "yes")])
def test_a_branch_goes_by_the_moment_at_which_the_call_comes_to_it(op, value, way):
    rig = Rig(site(flows={"reception": by_clock(op, value)}))  # the rig's clock begins at 23:13 in Warsaw
    call = rig.call()
    assert [fact.step for fact in rig.of(StepEntered)] == ["when", way]
    assert "now.time" not in rig.board._ex.calls[call].values
