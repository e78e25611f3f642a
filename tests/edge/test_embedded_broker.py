"""The broker of a first run: Mosquitto as a child, or amqtt inside; both carry a foreign publisher's message."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gateway.config.settings import BrokerSettings
from gateway.edge import broker
from gateway.errors import BrokerError
from tests.ports import free_port


def carries(port: int) -> bool:
    """Whether a retained message gets from mosquitto_pub to mosquitto_sub."""
    subprocess.run(["mosquitto_pub", "-p", str(port), "-t", "a/b", "-q", "1", "-r", "-m", "hello"], check=True)
    subscriber = ["mosquitto_sub", "-p", str(port), "-t", "a/#", "-q", "1", "-C", "1", "-W", "10"]
    return subprocess.run(subscriber, check=True, capture_output=True, text=True).stdout == "hello\n"


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_it_serves_while_the_block_runs(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = BrokerSettings(port=free_port())
    if kind == "amqtt":
        monkeypatch.setattr(broker.shutil, "which", lambda *_args, **_more: None)
    with broker.embedded_broker(settings, tmp_path) as serves:
        assert serves == kind
        assert carries(settings.port)
    assert not broker.answers(settings.host, settings.port)


def test_one_that_answers_already_is_used(tmp_path: Path) -> None:
    settings = BrokerSettings(port=free_port())
    with (
        broker.embedded_broker(settings, tmp_path / "a") as first,
        broker.embedded_broker(settings, tmp_path / "b") as second,
    ):
        assert (first, second) == ("mosquitto", "site")


def test_it_does_not_pretend_to_be_a_broker_elsewhere(tmp_path: Path) -> None:
    settings = BrokerSettings(host="127.0.0.77", port=free_port())
    with pytest.raises(BrokerError, match=r"127\.0\.0\.77"), broker.embedded_broker(settings, tmp_path):
        pass
