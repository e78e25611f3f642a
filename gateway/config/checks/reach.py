"""Steps that no call can come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.checks.graph import place_of
from gateway.config.fields import shown
from gateway.core.flow.exits import HANG_UP, exits_of

if TYPE_CHECKING:
    from gateway.config.problems import Problems
    from gateway.core.flow.model import Flow


def check(flow: Flow, problems: Problems) -> None:
    """Note each step of `flow` that its start does not lead to. Of a chain of them the first is named."""
    leads = {step.name: [edge.to for edge in exits_of(flow.id, step)] for step in flow.steps.values()}
    seen, ahead = {flow.start}, [flow.start]
    while ahead:
        for to in leads.get(ahead.pop(), ()):
            if to in leads and to not in seen:
                seen.add(to)
                ahead.append(to)
    left = [name for name in leads if name not in seen and name != HANG_UP]
    after = {to for name in left for to in leads[name] if to != name}
    for name in [name for name in left if name not in after] or left[:1]:
        problems.add(
            place_of(flow.steps[name]),
            f"no call can come to step '{shown(name)}'",
            hint="let a step lead there, or delete it",
        )
