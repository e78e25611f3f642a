"""What all tests share: how many examples hypothesis tries, and which.

The default run tries the same examples every time, so that a test which fails says that a change broke something.
New examples are looked for on purpose: `make hunt` tries HUNT times as many, at random, and keeps none.
On a slow machine an example may take its time, and that is no failure.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

HUNT = int(os.environ.get("HUNT", "0"))

settings.register_profile("gateway", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not HUNT)
settings.load_profile("gateway")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For a hunt: nothing but property tests, each with HUNT times its examples."""
    if not HUNT:
        return
    properties = [item for item in items if getattr(item.obj, "is_hypothesis_test", False)]
    for owner in {_owner(item) for item in properties}:
        name = "settings" if isinstance(owner, type) else "_hypothesis_internal_use_settings"
        of = getattr(owner, name)
        setattr(owner, name, settings(of, max_examples=of.max_examples * HUNT, database=None))
    items[:] = properties


def _owner(item: pytest.Item) -> object:
    """What holds a test's settings: the class of a state machine, or the function."""
    is_machine = hasattr(item.obj, "_hypothesis_state_machine_class")
    return item.cls if is_machine else getattr(item.obj, "__func__", item.obj)
