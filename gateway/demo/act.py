"""One call on the stage: what every scene does alike, while the call is up and when it is judged."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.demo.hearing import Ear, beginning_heard, ending_heard, find_pilot
from gateway.demo.timeline import Entry, tell
from gateway.demo.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Agent, Client
    from gateway.demo.parties import Party
    from gateway.demo.stage import Stage, Words
    from gateway.demo.subscriber import MqttMessage

T = TypeVar("T")

ANSWER_S = 8.0
PROMPT_S = 25.0
RING_S = 15.0
END_S = 8.0
LISTEN_S = 0.15
CLOCKS_DIFFER_S = 0.8
"""Between what the far ends saw and the gateway's clock: its messages to us and 200 ms of the parties' own delay."""


class OverError(Exception):
    """The call cannot go on as told; what failed is in the verdict."""


@dataclass
class Act:
    """A call that is being made. `flow` is the one that answers `did`."""

    stage: Stage
    title: str
    flow: Flow
    did: str
    verdict: Verdict = field(default_factory=Verdict)
    cast: list[Party] = field(default_factory=list)
    since: float = field(default_factory=time.time)
    until: float = 0.0
    call: str = ""
    """The call's id, as its CallStarted told it."""
    record: Mapping[str, Any] = field(default_factory=dict)
    team: str = ""
    outcome_seen: str = ""
    """answered or abandoned, as the parties saw it; empty when the call did not come to a queue."""
    wait_seen_s: float = 0.0

    def need(self, what: str, found: T | None, detail: str = "") -> T:
        """Go on only if `found` is something; else note the failure and end the scene."""
        if not found:
            self.verdict.that(what, False, detail or "it did not happen in time")
            raise OverError(what)
        return found

    # While the call is up.

    def caller(self, name: str, number: str) -> Party:
        """Somebody calls the office from `number` and is answered."""
        caller = self.stage.caller(name, number)
        self.cast.append(caller)
        self.since = time.time()
        caller.call(self.stage.uri(self.did))
        self.need(f"{name} was answered", caller.wait("CALL_ESTABLISHED", ANSWER_S, self.since))
        return caller

    def hears_end(self, caller: Party, words: Words) -> None:
        """Wait until the caller has heard the last of these words."""
        heard = self._listen(caller, lambda pcm: ending_heard(pcm, words.pcm))
        self.need(f"{caller.name} heard the end of “{words.text}”", heard)

    def hears_beginning(self, caller: Party, words: Words) -> None:
        """Wait until the caller has heard the first of these words."""
        heard = self._listen(caller, lambda pcm: beginning_heard(pcm, words.pcm))
        self.need(f"{caller.name} heard the beginning of “{words.text}”", heard)

    def hears_voice(self, party: Party, whom: Party) -> None:
        """Wait until one party hears the other."""
        self.need(
            f"{party.name} heard {whom.name}", self._listen(party, lambda pcm: find_pilot(pcm, whom.pilot_hz).heard_s)
        )

    def _listen(self, party: Party, enough: Any) -> bool:
        until = time.monotonic() + PROMPT_S
        while time.monotonic() < until:
            if enough(party.ear(self.since).pcm):
                return True
            if party.seen("CALL_CLOSED", self.since):
                return False
            time.sleep(LISTEN_S)
        return False

    def rings(self, agent: Agent) -> Party:
        """Wait until an agent's phone rings."""
        phone = self.stage.phones[agent.id]
        if phone not in self.cast:
            self.cast.append(phone)
        self.need(f"{agent.name}'s phone rang", phone.wait("CALL_INCOMING", RING_S, self.since))
        return phone

    def first_to_answer(self, agents: Sequence[Agent]) -> tuple[Agent, Party]:
        """Wait until one of these answers."""
        phones = [(agent, self.stage.phones[agent.id]) for agent in agents]
        until = time.monotonic() + RING_S
        while time.monotonic() < until:
            for agent, phone in phones:
                if phone.seen("CALL_ESTABLISHED", self.since):
                    if phone not in self.cast:
                        self.cast.append(phone)
                    return agent, phone
            time.sleep(0.05)
        self.need(f"one of {', '.join(agent.name for agent in agents)} answered", None)
        raise OverError

    def over(self, parties: Sequence[Party]) -> None:
        """Wait until the call is over for everybody, and until the subscriber has its record."""
        for party in parties:
            self.need(f"{party.name}'s call ended", party.wait("CALL_CLOSED", END_S, self.since))
        self.need("the subscriber received CallStarted", self._find_call(END_S))
        subscriber = self.stage.subscriber
        ended = subscriber.wait(lambda m: _fact(m, "CallEnded").get("call") == self.call, END_S)
        self.record = _fact(self.need("the subscriber received the call's record", ended), "CallEnded")["record"]

    def _find_call(self, timeout_s: float) -> str:
        """The id of this call, from the subscriber's messages; empty when there is no such call."""
        number = next((party.user for party in self.cast), "")

        def started(message: MqttMessage) -> bool:
            return message.at >= self.since and _fact(message, "CallStarted").get("caller") == number

        message = self.stage.subscriber.wait(started, timeout_s)
        self.call = str(_fact(message, "CallStarted")["call"]) if message else ""
        return self.call

    def end(self) -> None:
        """Whatever happened, nobody of this call stays on the phone."""
        for party in self.cast:
            closed = party.seen("CALL_CLOSED", self.since)
            if party.seen("CALL_ESTABLISHED", self.since) and not closed:
                party.hang_up()
        for phone in self.stage.phones.values():
            phone.answer_after_s = None
        if not self.call:
            self._find_call(0.0)
        self.until = time.time() + 0.5

    # When it is judged.

    def ear(self, party: Party) -> Ear:
        return party.ear(self.since)

    def offset_s(self, party: Party, kind: str) -> float:
        """When a party reported something, in seconds of its own recording."""
        seen = party.seen(kind, self.since)
        return seen.at - self.ear(party).began_at if seen else 0.0

    def hung_up(self, who: Party, other: Party) -> None:
        """`who` said BYE, `other` was told by a BYE."""
        byes = [m for m in who.sip(self.since) if m.method == "BYE" and m.sent]
        told = [m for m in other.sip(self.since) if m.method == "BYE" and not m.sent]
        self.verdict.that(f"{who.name} hung up (BYE)", byes)
        found = f"{(told[0].at - byes[0].at) * 1000:.0f} ms later" if byes and told else "no BYE came"
        self.verdict.that(f"{other.name} was told so (BYE)", told, found)

    def phone_showed(self, agent: Agent, client: Client | None, number: str) -> None:
        """What stood on the agent's phone when it rang."""
        phone = self.stage.phones[agent.id]
        invite = next((m for m in phone.sip(self.since) if m.method == "INVITE" and not m.sent), None)
        headers = {"X-Gateway-Call": self.call}
        if client is not None:
            headers |= {"X-Gateway-Client": client.id, "X-Gateway-Client-Name": client.name}
        name = [client.name, number] if client is not None else [number]
        self.verdict.phone_showed(agent.name, invite, name=name, headers=headers)

    def talked(self, agent: Agent, caller: Party) -> float:
        """Both heard each other, as loud as they spoke, and nobody else. Returns where in the caller's recording the
        agent's voice begins."""
        phone = self.stage.phones[agent.id]
        self.verdict.heard_voice(self.ear(phone), caller.name, caller.pilot_hz)
        return self.verdict.heard_voice(self.ear(caller), agent.name, phone.pilot_hz).start_s

    def answered(self, team: str, phone: Party, *, queued_at: float) -> None:
        """Note, for the figures, that an agent answered, and after what wait."""
        answer = phone.seen("CALL_ESTABLISHED", self.since)
        self.team, self.outcome_seen = team, "answered"
        self.wait_seen_s = (answer.at if answer else time.time()) - queued_at

    def abandoned(self, team: str, *, queued_at: float) -> None:
        """Note, for the figures, that the caller hangs up now, unanswered."""
        self.team, self.outcome_seen, self.wait_seen_s = team, "abandoned", time.time() - queued_at

    def said_seconds(self, name: str, seen_s: float) -> None:
        """The record's `name` is what the far ends saw."""
        said_s = float(self.record.get(name) or -1.0)
        self.verdict.that(
            f"record says {name} as the far ends saw it",
            abs(said_s - seen_s) <= CLOCKS_DIFFER_S,
            f"{said_s:.2f} s, seen {seen_s:.2f} s",
        )

    def media(self) -> None:
        """The record's figures of the network: G.711 as agreed, nothing lost on loopback, a MOS that fits. Without a
        round trip from RTCP there is no MOS: on loopback it can be too short to be told from nothing."""
        codec, loss, rtt, mos = (self.record.get(name) for name in ("codec", "loss_pct", "rtt_ms", "mos"))
        self.verdict.that("record says codec PCMA", str(codec).upper().startswith("PCMA"), codec)
        self.verdict.that("record says that hardly anything was lost", loss is not None and loss < 2.0, f"{loss} %")
        fits = mos is None if rtt is None else mos is not None and 4.0 <= mos <= 4.5
        self.verdict.that("record says a MOS that G.711 can have", fits, f"{mos}, round trip {rtt} ms")

    def free_again(self, agent: Agent) -> None:
        """The subscriber was told that the agent is free."""
        subscriber = self.stage.subscriber

        def idle(message: MqttMessage) -> bool:
            fact = _fact(message, "AgentChanged")
            return message.at >= self.since and fact.get("agent") == agent.id and fact.get("state") == "idle"

        busy = [m for m in subscriber.messages() if _busy(m, agent.id) and m.at >= self.since]
        back = subscriber.wait(lambda m: idle(m) and (not busy or m.at >= busy[-1].at), END_S + agent.wrap_up_s)
        self.verdict.that(f"{agent.name} is free again", back is not None)

    def timeline(self) -> list[Entry]:
        """Everything that the call's parties and the subscriber reported, in the order of time."""
        return tell(self.cast, self.verdict.heard, self.facts(), since=self.since, until=self.until)

    def facts(self) -> list[MqttMessage]:
        """The subscriber's messages about this call."""
        messages = self.stage.subscriber.messages()
        return [m for m in messages if self.call and (m.payload.get("fact") or {}).get("call") == self.call]


def _fact(message: MqttMessage, kind: str) -> dict[str, Any]:
    payload = message.payload
    fact = payload.get("fact") if payload.get("kind") == kind else None
    return fact if isinstance(fact, dict) else {}


def _busy(message: MqttMessage, agent: str) -> bool:
    fact = _fact(message, "AgentChanged")
    return fact.get("agent") == agent and fact.get("state") not in ("idle", None)
