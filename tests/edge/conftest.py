from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge.broker import MOSQUITTO, SUBSCRIBER, Mosquitto, Subscriber


@pytest.fixture
def mosquitto(tmp_path: Path):
    """A broker on a free port that lets everybody in."""
    if MOSQUITTO is None or SUBSCRIBER is None:
        pytest.skip("mosquitto and mosquitto_sub are not installed (apt install mosquitto mosquitto-clients)")
    broker = Mosquitto(tmp_path / "broker").start()
    yield broker
    if broker.process is not None:
        broker.thaw()
        broker.kill()


@pytest.fixture
def foreign(mosquitto: Mosquitto, tmp_path: Path):
    """Somebody else who listens to all that is published."""
    subscriber = Subscriber(mosquitto, "#", tmp_path)
    yield subscriber
    subscriber.stop()
