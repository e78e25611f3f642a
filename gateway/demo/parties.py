"""The foreign phones: each one a baresip process of its own, told what to do over its control socket.

baresip comes from Debian (baresip-core) and shares no code with the gateway's line. It plays a WAV file as its
microphone, records what it hears, and prints every SIP message that it sends or receives.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.demo.hearing import Ear
from gateway.demo.pcm import read_recording
from gateway.demo.trace import SipMessage, TraceReader
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MODULES = ("/usr/lib/baresip/modules", "/usr/lib64/baresip/modules", "/usr/local/lib/baresip/modules")
START_S = 8.0
STOP_S = 3.0
RTP_PORTS = 8
_RECORDING = re.compile(r"dumping decode audio to (.+-dec\.wav)")
_CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_source aufile,{voice}
audio_player none
audio_alert none
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-{rtp_last}
jitter_buffer_delay 1-10
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
statmode_default off
ringback_disabled yes
redial_attempts 0
module_path {modules}
module g711.so
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


@dataclass(frozen=True)
class Happening:
    """One thing that a party reports, other than a SIP message. `at` is Unix time."""

    at: float
    kind: str
    """baresip's word: CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, ..., or ours: keys, speaks."""
    detail: str = ""


def baresip_program() -> tuple[str, str]:
    """(program, folder of its modules). Raises SettingError when Debian's baresip-core is not there."""
    program = shutil.which("baresip")
    folder = next((path for path in MODULES if Path(path, "sndfile.so").exists()), "")
    if program is None or not folder:
        raise SettingError("the demo's phones are baresip, which is not installed: apt install baresip-core")
    return program, folder


@dataclass
class Party:
    """One phone. `name` is who holds it, `user` the user part of its address, `pilot_hz` the tone in its voice."""

    name: str
    user: str
    voice: Path
    pilot_hz: float
    folder: Path
    sip_port: int
    control_port: int
    rtp_port: int
    answer_after_s: float | None = None
    """Ringing, it is answered after that; None: it rings on, nobody is there."""
    messages: list[SipMessage] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    recordings: list[tuple[float, Path]] = field(default_factory=list)
    """(when it began, file), one for each call that had audio."""

    def __post_init__(self) -> None:
        self._news = threading.Condition(threading.RLock())
        self._reader = TraceReader(self.sip_port)
        self._process: subprocess.Popen[str] | None = None
        self._control: socket.socket | None = None
        self._last_line = ""

    @property
    def uri(self) -> str:
        """Where this phone is rung."""
        return f"sip:{self.user}@127.0.0.1:{self.sip_port}"

    def start(self) -> None:
        """Start the process and wait until it takes commands. Raises SettingError when it does not come up."""
        program, modules = baresip_program()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config").write_text(
            _CONFIG.format(
                sip=self.sip_port,
                control=self.control_port,
                rtp=self.rtp_port,
                rtp_last=self.rtp_port + RTP_PORTS - 1,
                voice=self.voice,
                folder=self.folder,
                modules=modules,
            )
        )
        account = f"<sip:{self.user}@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1,PCMU/8000/1\n"
        (self.folder / "accounts").write_text(account)
        (self.folder / "contacts").touch()
        self._process = subprocess.Popen(
            [program, "-s", "-f", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a Ctrl-C is ours to handle: every phone is ended by its own pid
        )
        threading.Thread(target=self._read_output, name=f"{self.user} output", daemon=True).start()
        until = time.monotonic() + START_S
        while self._control is None:
            try:
                self._control = socket.create_connection(("127.0.0.1", self.control_port), timeout=1)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    self.stop()
                    raise SettingError(f"{self.name}'s baresip did not start: {self._last_line}") from None
                time.sleep(0.02)
        self._control.settimeout(None)
        threading.Thread(target=self._read_control, name=f"{self.user} control", daemon=True).start()

    def stop(self) -> None:
        """End the process, by its pid; it says BYE to whoever it still talks to."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._control is not None:
            self._control.close()

    # What it is told to do.

    def call(self, uri: str) -> None:
        self._tell("dial", uri)

    def accept(self) -> None:
        self._tell("accept")

    def hang_up(self) -> None:
        """BYE, CANCEL, or a refusal, as the call's state asks for."""
        self._tell("hangup")

    def keys(self, keys: str) -> None:
        """Press keys; they go out as RFC 4733 events, about 230 ms each."""
        self._note("keys", f"{keys} (RFC 4733)")
        self._tell("sndcode", keys)

    def speak(self, voice: Path, what: str) -> None:
        """From now on, speak from the beginning of another WAV file."""
        self._note("speaks", what)
        self._tell("ausrc", f"aufile,{voice}")

    # What it saw and heard.

    def ear(self, since: float = 0.0) -> Ear:
        """What it has heard so far in its first call that had audio after `since`; empty when there was none."""
        with self._news:
            began_at, path = next((r for r in self.recordings if r[0] >= since), (0.0, self.folder / "none"))
        return Ear(self.name, read_recording(path), began_at)

    def sip(self, since: float = 0.0) -> list[SipMessage]:
        """Its SIP messages from `since` on."""
        with self._news:
            return [message for message in self.messages if message.at >= since]

    def seen(self, kind: str, since: float = 0.0) -> Happening | None:
        """Its first report of that kind from `since` on."""
        with self._news:
            return next((h for h in self.happenings if h.kind == kind and h.at >= since), None)

    def wait(self, kind: str, timeout_s: float, since: float = 0.0) -> Happening | None:
        """Wait for a report of that kind; None when it did not come in time."""
        return self.until(lambda: self.seen(kind, since), timeout_s)

    def wait_sip(self, wanted: Callable[[SipMessage], bool], timeout_s: float, since: float = 0.0) -> SipMessage | None:
        """Wait for a SIP message; None when it did not come in time."""
        return self.until(lambda: next((m for m in self.messages if m.at >= since and wanted(m)), None), timeout_s)

    def until(self, look: Callable[[], T | None], timeout_s: float) -> T | None:
        """Wait until `look` finds something; it is asked whenever this phone has news. None after `timeout_s`."""
        until = time.monotonic() + timeout_s
        with self._news:
            while (found := look()) is None:
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return None
                self._news.wait(min(left_s, 0.2))
            return found

    def _read_output(self) -> None:
        for raw in (self._process and self._process.stdout) or ():
            line, now = raw.rstrip("\r\n"), time.time()
            message = self._reader.feed(line, now)
            recording = _RECORDING.search(line)
            with self._news:
                if line.strip():
                    self._last_line = line
                if message is not None:
                    self.messages.append(message)
                if recording is not None:
                    self.recordings.append((now, Path(recording[1])))
                self._news.notify_all()

    def _read_control(self) -> None:
        buffer, control = b"", self._control
        while control is not None:
            try:
                data = control.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                size = int(length)
                if len(rest) <= size:
                    break
                self._report(json.loads(rest[:size]))
                buffer = rest[size + 1 :]

    def _report(self, said: dict[str, Any]) -> None:
        if said.get("event"):
            kind = str(said.get("type", ""))
            self._note(kind, str(said.get("param", "")))
            if kind == "CALL_INCOMING" and self.answer_after_s is not None:
                pick_up = threading.Timer(self.answer_after_s, self.accept)
                pick_up.daemon = True
                pick_up.start()
        elif not said.get("ok", True):
            self._note("refused command", str(said.get("data", "")).strip())

    def _note(self, kind: str, detail: str = "") -> None:
        with self._news:
            self.happenings.append(Happening(time.time(), kind, detail))
            self._news.notify_all()

    def _tell(self, command: str, params: str = "") -> None:
        if self._control is None:
            raise SettingError(f"{self.name}'s phone is off: it cannot {command}")
        body = json.dumps({"command": command, "params": params, "token": command}).encode()
        self._control.sendall(b"%d:%b," % (len(body), body))
