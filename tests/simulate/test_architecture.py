"""The simulator drives the core from outside, and touches no edge, no line and no audio."""

from __future__ import annotations

import pytest

from tests.test_architecture import FILES, area, imports, name

ALLOWED = ("gateway.core", "gateway.config", "gateway.simulate", "gateway.errors", "gateway.shipped")


@pytest.mark.parametrize("path", [path for path in FILES if area(path) == "simulate"], ids=name)
def test_imports(path):
    for module in imports(path):
        if module.startswith("gateway."):
            assert module.startswith(ALLOWED), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if area(path) == "simulate"], ids=name)
def test_nothing_of_the_core_is_reached_into(path):
    """Only what the switchboard shows to everybody: no Call, no Walk, no routing."""
    inner = {
        f"gateway.core.{part}"
        for part in (
            "steps.walk",
            "steps.kinds",
            "queue.routing",
            "board.exchange",
            "board.wire",
            "talk.talk",
            "board.recovery",
            "agents.agents",
        )
    }
    assert not imports(path) & inner
