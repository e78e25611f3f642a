"""The far-away dashboard of the demo: `mosquitto_sub` as a process of its own, and what it printed."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMAT = "%r\t%q\t%t\t%p"
STOP_S = 3.0


@dataclass(frozen=True)
class MqttMessage:
    """One message as the subscriber printed it. `at` is Unix time of its arrival."""

    at: float
    retained: bool
    """True when the broker sent it from its store, because we had just subscribed."""
    qos: int
    topic: str
    text: str

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON object in it; empty when it is none."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class Subscriber:
    """Subscribes with QoS 1 to everything under `topic` and keeps what comes."""

    def __init__(self, port: int, topic: str) -> None:
        self._port, self._topic = port, topic
        self._messages: list[MqttMessage] = []
        self._news = threading.Condition()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it. Raises SettingError when Debian's mosquitto-clients is not there."""
        program = shutil.which("mosquitto_sub")
        if program is None:
            raise SettingError("the demo's subscriber is mosquitto_sub: apt install mosquitto-clients")
        self._process = subprocess.Popen(
            [program, "-h", "127.0.0.1", "-p", str(self._port), "-q", "1", "-t", f"{self._topic}/#", "-F", _FORMAT],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self._process,), name="subscriber", daemon=True).start()

    def stop(self) -> None:
        """End it by its pid."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def messages(self) -> list[MqttMessage]:
        """Everything so far, in order of arrival."""
        with self._news:
            return list(self._messages)

    def wait(self, wanted: Callable[[MqttMessage], bool], timeout_s: float) -> MqttMessage | None:
        """The first message that is wanted, also one that is here already; None when it did not come in time."""
        until = time.monotonic() + timeout_s
        with self._news:
            seen = 0
            while True:
                for message in self._messages[seen:]:
                    if wanted(message):
                        return message
                seen = len(self._messages)
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return None
                self._news.wait(left_s)

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            retained, qos, topic, text = [*line.rstrip("\n").split("\t", 3), "", "", ""][:4]
            if qos not in ("0", "1", "2"):
                continue
            with self._news:
                self._messages.append(MqttMessage(time.time(), retained == "1", int(qos), topic, text))
                self._news.notify_all()
