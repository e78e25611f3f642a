"""A real Mosquitto on loopback and a foreign subscriber, for tests and for whoever needs a broker of their own.

Both are processes of their own that share no code with the gateway; both are ended by their process id.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.ports import free_port

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
SUBSCRIBER = shutil.which("mosquitto_sub")
PATIENCE_S = 20.0


def until(condition, what: str, patience_s: float = PATIENCE_S):
    """Wait for `condition()` to be true and return what it returned."""
    end = time.monotonic() + patience_s
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience_s:g} s in vain for {what}")
        time.sleep(0.02)
    return value


class Mosquitto:
    """One broker. Its sessions and queues survive `kill` and `start`, as on a site with persistence."""

    def __init__(self, folder: Path, *, config: str = "allow_anonymous true\n", port: int = 0) -> None:
        """`config` are further lines of mosquitto.conf."""
        self.folder, self.config, self.port = folder, config, port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> Mosquitto:
        user = "user root\n" if os.geteuid() == 0 else ""
        file = self.folder / "mosquitto.conf"
        file.write_text(
            f"listener {self.port} 127.0.0.1\n{user}{self.config}persistence true\n"
            f"persistence_location {self.folder}/\nautosave_on_changes true\nautosave_interval 1\n"
            f"max_queued_messages 0\nset_tcp_nodelay true\n"
        )
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(
                [MOSQUITTO, "-v", "-c", str(file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(self._answers, f"mosquitto on port {self.port}")
        return self

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.log()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def log(self) -> str:
        return (self.folder / "mosquitto.log").read_text(errors="replace")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_S)
            self.process = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections but reads nothing and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


class Message:
    """What the subscriber saw: topic, retained flag, payload as text and (for JSON) as data."""

    def __init__(self, line: str) -> None:
        flag, self.topic, self.text = line.split("\t", 2)
        self.retained = flag == "1"

    @property
    def data(self):
        return json.loads(self.text)

    def __repr__(self) -> str:
        return f"{self.topic} {self.text}"


class Subscriber:
    """mosquitto_sub with a persistent session and QoS 1, writing a line for each message to a file."""

    def __init__(self, broker: Mosquitto, topic: str, folder: Path, *, name: str = "foreign", extra=()) -> None:
        self.file = folder / f"{name}.lines"
        self.out = self.file.open("wb")
        self.process = subprocess.Popen(
            [
                *("stdbuf", "-oL", SUBSCRIBER, "-V", "mqttv311", "-h", "127.0.0.1", "-p", str(broker.port)),
                *("-i", name, "-c", "-q", "1", "-t", topic, "-F", "%r\t%t\t%p", *extra),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.out,
        )
        until(lambda: f"Received SUBSCRIBE from {name}" in broker.log(), "the subscription")

    def messages(self) -> list[Message]:
        lines = self.file.read_text().split("\n")
        return [Message(line) for line in lines[:-1]]

    def on(self, part: str) -> list[Message]:
        """Those whose topic holds `part`."""
        return [message for message in self.messages() if part in message.topic]

    def facts(self) -> list[dict]:
        return [message.data for message in self.on("/fact/")]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.out.close()
