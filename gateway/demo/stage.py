"""Where the calls take place: a site on free loopback ports, a broker, the gateway as a process, a subscriber, phones.

Everything that is started here is ended here, by its pid, however the demo ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from gateway.config.load import load_site
from gateway.core.speech.saying import clips_of
from gateway.demo.parties import RTP_PORTS, Party
from gateway.demo.pcm import Pcm, read_raw, write_wav
from gateway.demo.ports import Ports
from gateway.demo.site_copy import copy_site
from gateway.demo.subscriber import Subscriber
from gateway.demo.voice import PILOTS_HZ, party_voice, speak
from gateway.edge.broker import embedded_broker
from gateway.errors import SettingError
from gateway.shipped import example_site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from gateway.core.flow.model import Flow, Prompt
    from gateway.core.site.site import Team

READY_S = 30.0
STOP_S = 10.0
RTP_BLOCK = 60
RING_MANAGER_S = 8.0
WRAP_UP_S = 1.0
"""Both shorter than in the example, so that nobody watches phones ring for minutes."""
SENTENCES = {
    "agent": ("Biuro, słucham.", "W czym mogę pomóc?", "Już sprawdzam, chwileczkę."),
    "caller": ("Dzień dobry.", "Dzwonię w sprawie mojego zamówienia.", "Czy mogę prosić o szczegóły?"),
}


class Words(NamedTuple):
    """A text, and what it sounds like: samples, shape (n,)."""

    text: str
    pcm: Pcm


@dataclass
class Stage:
    """Open while calls are made. All files go to `folder`; `absent` names agents whose phones stay off."""

    folder: Path
    absent: frozenset[str] = frozenset()
    phones: dict[str, Party] = field(default_factory=dict)
    """Agents' phones by agent id."""

    def __enter__(self) -> Self:
        self._exits = ExitStack()
        try:
            self._open()
        except BaseException:
            self._exits.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    def _open(self) -> None:
        self.ports = Ports()
        self._pilots = list(PILOTS_HZ)
        example = load_site(example_site())
        unknown = self.absent - example.site.agents.keys()
        if unknown:
            raise SettingError(f"no agent {', '.join(sorted(unknown))}: there are {', '.join(example.site.agents)}")
        sip_port, mqtt_port, rtp_port = self.ports.block(2), self.ports.block(2), self.ports.block(RTP_BLOCK)
        changes: dict[tuple[str, ...], str] = {
            ("sip", "bind"): "127.0.0.1",
            ("sip", "port"): str(sip_port),
            ("sip", "rtp_ports"): f"{rtp_port}..{rtp_port + RTP_BLOCK - 1}",
            ("mqtt", "host"): "127.0.0.1",
            ("mqtt", "port"): str(mqtt_port),
        }
        for team in example.site.teams:
            changes["teams", team, "ring_manager"] = f"{RING_MANAGER_S:g}s"
        for agent in example.site.agents.values():
            phone = self._party(agent.name, agent.id, "agent")
            self.phones[agent.id] = phone
            changes["agents", agent.id, "phone"] = phone.uri
            changes["agents", agent.id, "wrap_up"] = f"{WRAP_UP_S:g}s"
        self.settings = load_site(copy_site(example_site(), self.folder / "site", changes))
        self.site = self.settings.site
        self.state = self.folder / "state"
        if self.settings.broker is None:
            raise SettingError("the example site has no mqtt: section, so nobody could see what the calls measure")
        self.topic = f"{self.settings.broker.topic}/{self.site.name}"
        self.broker = self._exits.enter_context(embedded_broker(self.settings.broker, self.folder / "broker"))
        self.subscriber = Subscriber(mqtt_port, self.settings.broker.topic)
        self._exits.callback(self.subscriber.stop)
        self.subscriber.start()
        for agent_id, phone in self.phones.items():
            if agent_id not in self.absent:
                self._exits.callback(phone.stop)
                phone.start()
        self._start_gateway()

    def _start_gateway(self) -> None:
        log = self.folder / "gateway.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "run", self.settings.folder, "--state", str(self.state)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._exits.callback(_end, process)
        until = time.monotonic() + READY_S
        while not self.subscriber.wait(lambda m: m.payload.get("kind") == "LineStarted", 0.2):
            if process.poll() is not None or time.monotonic() > until:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise SettingError(f"the gateway did not come up (status {process.poll()}):\n{tail}")

    # Who and what there is.

    def _party(self, name: str, user: str, role: str) -> Party:
        if not self._pilots:
            raise SettingError(f"the demo has {len(PILOTS_HZ)} pilot tones, the site more people: take some agents out")
        pilot = self._pilots.pop(0)
        folder = self.folder / "parties" / user.lstrip("+")
        voice = write_wav(folder / "voice.wav", party_voice(SENTENCES[role], "pl", pilot))
        base = self.ports.block(4 + RTP_PORTS)
        return Party(name, user, voice, pilot, folder, base, base + 2, base + 4)

    def caller(self, name: str, number: str) -> Party:
        """A caller's phone, started."""
        party = self._party(name, number, "caller")
        self._exits.callback(party.stop)
        party.start()
        return party

    def did(self, flow: str) -> str:
        """The number that leads to a flow. Raises SettingError."""
        for number, name in self.site.numbers.items():
            if name == flow:
                return number
        raise SettingError(f"the demo calls the flow {flow!r}, but the example site has no number for it")

    def uri(self, did: str) -> str:
        return f"sip:{did}@127.0.0.1:{self.settings.sip.port}"

    def spoken(self, prompt: Prompt | None, flow: Flow, values: Mapping[str, str] | None = None) -> tuple[Words, ...]:
        """What a prompt should sound like, one piece a clip: its texts in the flow's language, spoken by espeak-ng
        here and now, so that the reference does not come from the gateway."""
        if prompt is None:
            raise SettingError(f"flow {flow.id!r}: the demo expects a prompt where there is none")
        clips = clips_of(prompt, values or {}, language=flow.language, fallback=flow.language, site=self.site)
        voice = self.site.voices.get(flow.language) or flow.language
        return tuple(Words(clip.words, speak(clip.words, voice)) for clip in clips)

    def music(self, team: Team) -> Pcm:
        """The waiting music; its loop is made by the gateway, so the reference is the gateway's own clip."""
        return read_raw(self.state / "clips" / f"{team.music}.pcm")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
