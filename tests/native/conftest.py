"""Taps to drive by hand, taken off again afterwards."""

from __future__ import annotations

import pytest

from gateway.audio.tap import Tap


@pytest.fixture
def tap():
    made = Tap("leg")
    yield made
    made.close()
    made.events()


@pytest.fixture
def two():
    taps = [Tap("caller"), Tap("agent")]
    yield taps
    for tap in taps:
        tap.close()
        tap.events()
