"""Small sites built by hand, and a rig that drives a real switchboard on a clock of its own.

Clips have their real keys (`speech.clip_for`), so a test can ask for what is heard in words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.actions import Dial, Play
from gateway.core.events import (
    AgentCommanded,
    CallOffered,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegFreed,
    LegProceeded,
    LineUp,
    PlayEnded,
    TimerDue,
)
from gateway.core.facts.calls import AgentOffered, CallEnded, StageEntered
from gateway.core.flow.model import (
    Branch,
    Collect,
    Comparison,
    Exit,
    Flow,
    HangUpStep,
    Menu,
    Part,
    Prompt,
    Queue,
    Retry,
    Rule,
    Say,
)
from gateway.core.site.site import Agent, Client, Site, Team
from gateway.core.speech.clips import clip_for
from gateway.core.switchboard import Switchboard

if TYPE_CHECKING:
    from gateway.core.actions import LineAction
    from gateway.core.board.turn import Outcome
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import CallRecord
    from gateway.core.flow.model import AnyStep
    from gateway.core.switchboard import BoardEvent

VOICES = {"pl": "pl", "en": "en-gb"}
MUSIC = clip_for("music", language="", voice="").key
START = 1_700_000_000.0
MAIN = "+48221234500"
KOWALSKI = "+48221234567"
NOWAK = "+48601222333"
STRANGER = "+48501000111"


def prompt(text: str | dict[str, str]) -> Prompt:
    """A prompt of a text (Polish) or of one text a language; "{name}" in it becomes a variable."""
    texts = {"pl": text} if isinstance(text, str) else text
    return Prompt(parts={language: _parts(words, language) for language, words in texts.items()})


def _parts(text: str, language: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for piece in re.split(r"(\{[^}]+\})", text):
        if piece.startswith("{"):
            parts.append(Part(variable=piece[1:-1]))
        elif piece.strip():
            parts.append(Part(clip=clip_for(piece, language=language, voice=VOICES[language])))
    return tuple(parts)


def flow(*steps: AnyStep, id: str = "reception", start: str = "") -> Flow:  # noqa: A002
    """A Polish and English flow of these steps; it starts at the first unless `start` says otherwise."""
    return Flow(
        id=id,
        language="pl",
        languages=("pl", "en"),
        start=start or steps[0].name,
        steps={step.name: step for step in steps},
    )


def reception() -> Flow:
    """Welcome; a known client goes to a menu, a stranger keys a client number; then the queue."""
    return flow(
        Say(name="welcome", prompt=prompt({"pl": "Dzień dobry.", "en": "Good morning."}), then="who"),
        Branch(
            name="who",
            rules=(
                Rule(condition=Comparison(variable="client.known"), exit=Exit(then="matter")),
                Rule(condition=None, exit=Exit(then="client_number")),
            ),
        ),
        Collect(
            name="client_number",
            variable="client_number",
            prompt=prompt("Proszę podać numer klienta."),
            digits_min=4,
            digits_max=6,
            find="client",
            then="matter",
            no_input=Retry(tries=2, then="human"),
            no_match=Retry(prompt=prompt("Nie znam tego numeru."), tries=2, then="human"),
        ),
        Menu(
            name="matter",
            prompt=prompt("Faktury jeden, rozmowa zero."),
            choices={"1": Exit(then="human", set=(("area", "invoices"),)), "0": Exit(then="human")},
            no_input=Retry(tries=2, then="human"),
            no_match=Retry(prompt=prompt("Nie ma takiej możliwości."), tries=2, then="human"),
        ),
        Queue(name="human", to="by_client", team="office", prompt=prompt("Łączę z {manager}"), gave_up="sorry"),
        HangUpStep(name="sorry", prompt=prompt("Proszę zadzwonić później.")),
    )


def site(**changes: object) -> Site:
    """An office of five: Anna is Kowalski's manager and in no team; Jan and Ewa are the office, Ola and Piotr sales.
    `changes` replace fields of Site."""
    agents = [
        Agent(id="anna", name="Anna Nowak", uri="sip:anna@127.0.0.1:5081", spoken={"pl": "Anną Nowak"}),
        Agent(id="jan", name="Jan Lis", uri="sip:jan@127.0.0.1:5082"),
        Agent(id="ewa", name="Ewa Mak", uri="sip:ewa@127.0.0.1:5083", wrap_up_s=10.0),
        Agent(id="ola", name="Ola Kot", uri="sip:ola@127.0.0.1:5084"),
        Agent(id="piotr", name="Piotr Wilk", uri="501777888", trunk="provider"),
    ]
    teams = [
        Team(id="office", name="Biuro", agents=("jan", "ewa"), overflow_team="sales", music=MUSIC),
        Team(id="sales", name="Handlowcy", agents=("ola", "piotr"), music=MUSIC),
    ]
    clients = [
        Client(id="1001", name="Kowalski Sp. z o.o.", numbers=(KOWALSKI,), manager="anna", team="office"),
        Client(id="2002", name="Nowak S.A.", numbers=(NOWAK,), manager="ola", team="sales"),
    ]
    base = Site(
        name="test",
        version="v1",
        numbers={MAIN: "reception", "100": "reception"},
        flows={"reception": reception()},
        agents={agent.id: agent for agent in agents},
        teams={team.id: team for team in teams},
        clients={client.id: client for client in clients},
        voices=VOICES,
        goodbye=prompt({"pl": "Do widzenia.", "en": "Goodbye."}),
        trouble=prompt({"pl": "Przepraszamy, usterka.", "en": "Sorry, a fault."}),
    )
    return replace(base, **changes)


def team(of: Site, id: str, **changes: object) -> Site:  # noqa: A002
    """`of` with one team changed."""
    return replace(of, teams={**of.teams, id: replace(of.teams[id], **changes)})


def another_version(first, number, *, people, office, sales, moved, swapped, renamed) -> Site:  # noqa: PLR0913
    """`first` with these people of it, in these teams. `moved` has another telephone, two have swapped theirs, or one
    is called "new" from now on."""
    agents = {name: agent for name, agent in first.agents.items() if name in people}
    if moved in agents:
        agents[moved] = replace(agents[moved], uri=f"sip:{moved}-{number}@127.0.0.1")
    elif renamed:
        agents["new"] = replace(agents.pop(min(agents)), id="new")
    elif swapped and len(agents) > 1:
        one, other = (agents[name] for name in sorted(agents)[:2])
        agents[one.id] = replace(one, uri=other.uri, trunk=other.trunk)
        agents[other.id] = replace(other, uri=one.uri, trunk=one.trunk)
    teams = {"office": replace(first.teams["office"], agents=tuple(sorted(office & agents.keys())))}
    if sales:
        teams["sales"] = replace(first.teams["sales"], agents=tuple(sorted(sales & agents.keys())))
    else:
        teams["office"] = replace(teams["office"], overflow_team="")
    clients = {
        name: replace(
            client,
            manager=client.manager if client.manager in agents else min(agents),
            team=client.team if client.team in teams else "office",
        )
        for name, client in first.clients.items()
    }
    return replace(first, version=f"v{number}", agents=agents, teams=teams, clients=clients)


def words(action: LineAction) -> str:
    """What a Play says."""
    return " ".join(clip.words for clip in action.clips) if isinstance(action, Play) else ""


class Rig:
    """A switchboard with one line up, a clock, and everything that came out of it."""

    def __init__(self, of: Site | None = None, *, line: str = "A", legs_max: int = 64, up: bool = True) -> None:
        self.board = Switchboard(of or site())
        self.now = START
        self.line = line
        self.actions: list[LineAction] = []
        self.facts: list[AnyFact] = []
        self.new: list[LineAction] = []
        """Actions of the last event (or of the last stretch of time)."""
        self._calls = 0
        if up:
            self.line_up(line, legs_max=legs_max)

    def line_up(self, line: str, *, boot: str = "b1", legs_max: int = 64, legs: tuple = ()) -> Outcome:
        return self.tell(
            LineUp(
                line=line, boot=boot, legs_max=legs_max, callers_max=legs_max // 2, codecs=(), listening=(), legs=legs
            )
        )

    def tell(self, event: BoardEvent) -> Outcome:
        """One event, now."""
        return self._came(self.board.receive(event, now=self.now))

    def _came(self, outcome: Outcome) -> Outcome:
        self.actions += outcome.actions
        self.facts += outcome.facts
        self.new = list(outcome.actions)
        deadline = self.board.next_deadline()
        assert deadline is None or deadline > self.now
        return outcome

    def load(self, of: Site) -> Outcome:
        """A new version of the site, now."""
        return self._came(self.board.load(of, now=self.now))

    def draft(self, of: Site | None, called: str = "") -> Outcome:
        return self._came(self.board.load_draft(of, called, now=self.now))

    def pass_time(self, seconds: float) -> None:
        """Let time go by, deadline by deadline."""
        until, gathered = self.now + seconds, []
        while (deadline := self.board.next_deadline()) is not None and deadline <= until:
            self.now = max(deadline, self.now)
            self.tell(TimerDue())
            gathered += self.new
        self.now = until
        self.new = gathered

    # A caller

    def offer(self, caller: str = STRANGER, *, called: str = MAIN, line: str = "", **more: object) -> str:
        """An INVITE; returns the call."""
        self._calls += 1
        leg = f"{line or self.line}-b1-{self._calls}"
        self.tell(CallOffered(line=line or self.line, leg=leg, caller=caller, called=called, **more))
        return leg

    def call(self, caller: str = STRANGER, **more: object) -> str:
        """An INVITE that is answered and confirmed."""
        leg = self.offer(caller, **more)
        self.tell(LegAnswered(leg=leg))
        return leg

    def press(self, leg: str, keys: str, source: str = "rfc4733", gap_s: float = 0.2) -> None:
        for key in keys:
            self.tell(KeyPressed(leg=leg, key=key, source=source))
            self.now += gap_s

    def heard(self, leg: str) -> Outcome:
        """The prompt that plays to this leg has come to its end."""
        return self.tell(PlayEnded(leg=leg, play=self.playing(leg), how="end"))

    def playing(self, leg: str) -> str:
        """Id of the last Play to this leg."""
        return next(a.play for a in reversed(self.actions) if isinstance(a, Play) and a.leg == leg)

    def queue(self, caller: str = KOWALSKI, **more: object) -> str:
        """A known client who has pressed 0 in the menu."""
        leg = self.call(caller, **more)
        self.heard(leg)
        if caller not in {KOWALSKI, NOWAK}:
            self.pass_time(60)  # a stranger who keys nothing, twice
            while self.board.view().calls[-1].state == "flow":
                self.heard(leg)
                self.pass_time(7)
            return leg
        self.press(leg, "0")
        return leg

    def hang_up(self, leg: str, code: int = 200, **more: object) -> Outcome:
        """The far end ends the leg."""
        return self.end(leg, code=code, by="far", **more)

    def end(self, leg: str, *, code: int = 200, by: str = "us", **more: object) -> Outcome:
        outcome = self.tell(LegEnded(leg=leg, code=code, reason="", by=by, **more))
        gathered = self.new
        self.tell(LegFreed(line=self.line, leg=leg, legs_used=0, callers=0))
        self.new = gathered + self.new
        return outcome

    # Agents

    def dialled(self, agent: str = "") -> Dial:
        """The last Dial (to this agent)."""
        return next(a for a in reversed(self.actions) if isinstance(a, Dial) and (not agent or a.agent == agent))

    def ring(self, leg: str, code: int = 180) -> Outcome:
        return self.tell(LegProceeded(leg=leg, code=code))

    def pick_up(self, leg: str) -> Outcome:
        return self.tell(LegAnswered(leg=leg))

    # What came out

    def of(self, kind: type, call: str = "") -> list:
        return [fact for fact in self.facts if isinstance(fact, kind) and (not call or fact.call == call)]

    def record(self, call: str) -> CallRecord:
        (ended,) = self.of(CallEnded, call)
        return ended.record

    def state(self, agent: str) -> str:
        return next(seat.state for seat in self.board.view().agents if seat.agent == agent)

    def where(self, call: str) -> str:
        """State of a call, "" when it is over."""
        return next((c.state for c in self.board.view().calls if c.call == call), "")


def queue_rig(*, to: str = "by_client", **of_queue) -> Rig:
    """A rig whose callers come straight into the queue, without a menu."""
    queue = Queue(name="human", to=to, team="office", gave_up="sorry", **of_queue)
    return Rig(site(flows={"reception": flow(queue, HangUpStep(name="sorry", prompt=prompt("Później.")),
                                             Say(name="nobody", prompt=prompt("Nikogo."), then=""))}))  # fmt: skip


def command(rig: Rig, agent: str, what: str) -> None:
    rig.tell(AgentCommanded(agent=agent, command=what))


def stages(rig: Rig, call: str = "") -> list[tuple[str, str, str]]:
    return [(f.stage, f.team, f.reason) for f in rig.of(StageEntered, call)]


def offers(rig: Rig, call: str = "") -> list[str]:
    return [fact.agent for fact in rig.of(AgentOffered, call)]


def talking(rig: Rig, caller: str = KOWALSKI, *, agent: str = "anna") -> tuple[str, str]:
    """A bridged call; (caller's leg, agent's leg)."""
    call = rig.call(caller)
    leg = rig.dialled(agent).leg
    rig.ring(leg)
    rig.pick_up(leg)
    assert rig.state(agent) == "talking"
    return call, leg


def busy_office(rig: Rig) -> None:
    for agent in ("jan", "ewa"):
        talking(rig, STRANGER, agent=agent)
