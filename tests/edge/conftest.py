from __future__ import annotations

from pathlib import Path

import pytest

from gateway.edge import mqtt as mqtt_module
from tests.edge.broker import MOSQUITTO, SUBSCRIBER, Mosquitto, Subscriber
from tests.edge.mqtt_box import Box


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


@pytest.fixture
def box(mosquitto: Mosquitto, tmp_path: Path):
    box = Box(tmp_path, mosquitto.port)
    yield box
    box.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off and waiting times of a test, not of an office."""
    monkeypatch.setattr(mqtt_module, "BACK_OFF_S", (0.1, 0.4))
    monkeypatch.setattr(mqtt_module, "ACK_S", 3.0)
    monkeypatch.setattr(mqtt_module, "CONNACK_S", 2.0)
