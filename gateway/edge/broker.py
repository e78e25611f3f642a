"""A broker for a first run: Mosquitto as our own child if it is installed, else amqtt inside this process.

For trying the box out on one machine. A site runs its own Mosquitto, with a password and TLS (docs/mqtt.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.config.settings import BrokerSettings
from gateway.errors import BrokerError

log = logging.getLogger("gateway.broker")

LOOPBACK = ("127.0.0.1", "localhost")
START_S = 10.0


def answers(host: str, port: int) -> bool:
    """Whether something accepts TCP connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def embedded_broker(settings: BrokerSettings | None, state_dir: Path) -> Iterator[str]:
    """Keep a broker up on the settings' loopback port while the block runs; yields what serves: "none", "site"
    (one answers there already), "mosquitto" or "amqtt". Raises BrokerError."""
    if settings is None:
        yield "none"
    elif answers(settings.host, settings.port):
        yield "site"
    elif settings.host not in LOOPBACK:
        raise BrokerError(f"--broker embedded serves this machine alone, but gateway.yaml names {settings.host}")
    elif program := shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"):
        with _mosquitto(program, settings, state_dir):
            yield "mosquitto"
    else:
        with _amqtt(settings):
            yield "amqtt"


@contextlib.contextmanager
def _mosquitto(program: str, settings: BrokerSettings, state_dir: Path) -> Iterator[None]:
    state_dir.mkdir(parents=True, exist_ok=True)
    config = state_dir / "mosquitto.conf"
    config.write_text(
        f"listener {settings.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "log_dest stderr\nlog_type error\n"
    )
    child = subprocess.Popen([program, "-c", str(config)], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _await(settings)
        log.info("started mosquitto on 127.0.0.1:%d for this run", settings.port)
        yield
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def _amqtt(settings: BrokerSettings) -> Iterator[None]:
    from amqtt.broker import Broker  # noqa: PLC0415 - slow to import, and seldom wanted

    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # our own probe of the port is an error to it
    logging.getLogger("transitions").setLevel(logging.WARNING)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="amqtt", daemon=True)
    thread.start()
    listener = {"type": "tcp", "bind": f"127.0.0.1:{settings.port}"}

    async def start() -> Broker:
        broker = Broker(
            {
                "listeners": {"default": listener},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await broker.start()
        return broker

    broker = asyncio.run_coroutine_threadsafe(start(), loop).result(START_S)
    try:
        _await(settings)
        log.info("started amqtt on 127.0.0.1:%d for this run", settings.port)
        yield
    finally:
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(broker.shutdown(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _await(settings: BrokerSettings) -> None:
    until = time.monotonic() + START_S
    while not answers(settings.host, settings.port):
        if time.monotonic() > until:
            raise BrokerError(f"the broker for this run does not answer on {settings.host}:{settings.port}")
        time.sleep(0.05)
