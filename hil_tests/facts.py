"""What the box publishes over MQTT, read by `mosquitto_sub` (Debian: mosquitto-clients) as a process."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from typing import Any, Self

import pytest


class Facts:
    """`with Facts("HOST:PORT", topic) as facts:` subscribes; `wait_keys` reads which keys the box understood."""

    def __init__(self, broker: str, topic: str) -> None:
        host, _, port = broker.rpartition(":")
        program = shutil.which("mosquitto_sub")
        if program is None:
            pytest.skip("--mqtt needs mosquitto_sub: apt install mosquitto-clients")
        self._command = [program, "-h", host or "127.0.0.1", "-p", port, "-q", "1", "-t", f"{topic}/+/fact/#"]
        self._facts: list[dict[str, Any]] = []
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [*self._command, "-d"],  # with -d it tells when the broker has confirmed the subscription
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._subscribed = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._subscribed.wait(5):
            self.__exit__()
            pytest.fail(f"the broker did not take the subscription: {' '.join(self._command)}")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(3)

    def wait_keys(self, count: int, timeout_s: float) -> list[str]:
        """The keys that menus took or refused (facts InputTaken), in order, once there are `count` or time is up."""
        until = time.monotonic() + timeout_s
        with self._news:
            while True:
                taken = [fact["fact"] for fact in self._facts if fact.get("kind") == "InputTaken"]
                keys = [fact["keys"] for fact in taken if fact["outcome"] != "no_input"]
                left_s = until - time.monotonic()
                if len(keys) >= count or left_s <= 0:
                    return keys
                self._news.wait(left_s)

    def _read(self) -> None:
        for line in self._process.stdout or ():
            if line.startswith("Subscribed") or "received SUBACK" in line:
                self._subscribed.set()
            if not line.startswith("{"):
                continue
            with self._news:
                self._facts.append(json.loads(line))
                self._news.notify_all()
