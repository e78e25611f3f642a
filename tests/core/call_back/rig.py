"""An office that dials call-backs by itself, on a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.actions import Dial
from gateway.core.events import AgentsRecovered, CallsRecovered, LegAnswered, LegProceeded
from gateway.core.events_desk import DeskRecovered
from gateway.core.facts.call_back import CallBackFact, is_of_call_back
from gateway.core.facts.calls import CallEnded
from gateway.core.facts.desk import is_of_desk
from gateway.core.flow.model import CallBack, HangUpStep, Queue, Retry
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.core.site.call_backs import CallBacks
from gateway.core.site.site import Hours
from tests.core.factory import KOWALSKI, Rig, command, flow, prompt, site, words

if TYPE_CHECKING:
    from gateway.core.events import LegSnapshot
    from gateway.core.site.site import Site

SAID = {
    "brief": prompt("Oddzwaniamy {call_back_number}."),
    "greeting": prompt("Dzień dobry."),
    "cut_off": prompt("Przerwane."),
    "press": prompt("Jeden."),
    "sorry": prompt("Przepraszamy."),
    "not_reached": prompt("Nie odebrał."),
    "refused": prompt("Tam nie dzwonimy."),
    "not_wanted": prompt("Nie oddzwaniamy."),
}
RULES = CallBacks(trunk="provider", listed=("+48*",), said=SAID)
PEOPLE = ("anna", "jan", "ewa", "ola", "piotr")
DAY = ((8 * 60, 16 * 60),)


def office(*, client: dict[str, object] | None = None, **rules: object) -> Site:
    """The office of the factory; its reception queues, and asks for a number when nobody is there."""
    ask = CallBack(
        name="call_back",
        to="by_client",
        whose="agent",
        team="office",
        prompt=prompt("Oddzwonimy na {call_back_number}."),
        another=prompt("Jaki numer?"),
        then="thanks",
        no_input=Retry(tries=2, then="sorry"),
        no_match=Retry(prompt=prompt("Zły numer."), tries=3, then="sorry"),
    )
    of = site(
        flows={
            "reception": flow(
                Queue(name="human", to="by_client", team="office", gave_up="call_back"),
                ask,
                HangUpStep(name="thanks", prompt=prompt("Dobrze.")),
                HangUpStep(name="sorry", prompt=prompt("Pa.")),
            )
        },
        call_backs=replace(RULES, **rules),
        hours={"office": Hours(id="office", week=(DAY,) * 5 + ((), ()))},
    )
    changed = {name: replace(one, **(client or {})) for name, one in of.clients.items()}
    return replace(of, clients=changed)


class Office(Rig):
    """Nobody is logged in at first, so that whoever calls asks to be called back."""

    def __init__(self, of: Site | None = None, **more: object) -> None:
        super().__init__(of or office(), **more)
        for agent in PEOPLE:
            command(self, agent, "logout")

    def asks(self, caller: str = KOWALSKI, keys: str = "1") -> str:
        """A caller who asks to be called back and hangs up; his call."""
        call = self.call(caller, withheld=not caller)
        self.press(call, keys)
        self.hang_up(call)
        return call

    def login(self, *agents: str) -> None:
        for agent in agents:
            command(self, agent, "login")

    def takes(self, agent: str) -> str:
        """The agent's phone rings and is picked up, and he hears what there is; his leg."""
        leg = self.dialled(agent).leg
        self.tell(LegProceeded(leg=leg, code=180))
        self.tell(LegAnswered(leg=leg))
        self.heard(leg)
        return leg

    def client(self) -> Dial | None:
        """The last Dial to a client."""
        return next((a for a in reversed(self.actions) if isinstance(a, Dial) and not a.agent), None)

    def clients(self) -> list[str]:
        """Whom the box has dialled, in order."""
        return [a.uri for a in self.actions if isinstance(a, Dial) and not a.agent]

    def client_answers(self) -> str:
        """The client's phone rings and is picked up; its leg."""
        leg = self.client().leg
        self.tell(LegProceeded(leg=leg, code=180))
        self.tell(LegAnswered(leg=leg))
        return leg

    def told(self) -> list[str]:
        """The kinds of the facts about call-backs, in order."""
        return [type(fact).__name__.removeprefix("CallBack") for fact in self.facts if isinstance(fact, CallBackFact)]

    def said_to(self, leg: str) -> list[str]:
        return [words(action) for action in self.actions if action.leg == leg and words(action)]

    def figures(self):
        """The office's figures; conservation holds."""
        kpi = Kpi(self.board._ex.site)
        for fact in self.facts:
            kpi.apply(fact)
        assert set(kpi.conservation().values()) <= {0}
        of = kpi.figures(OFFICE)
        assert of.offered == of.answered + of.abandoned + of.overflowed + of.voicemail + of.called_back + of.lost
        return of

    def quiet(self) -> None:
        """Nobody is left in any call, nor reserved."""
        assert not self.board._ex.calls
        assert not self.board._ex.legs
        assert not self.board._ex.virtual.calls
        assert {self.state(agent) for agent in PEOPLE} <= {"idle", "off"}


def again(o: Office, *, lines: tuple[LegSnapshot, ...] = (), of: Site | None = None, line: str = "A") -> Office:
    """The gateway is started anew on what the journal holds, and `line` greets with the legs `lines`."""
    new = Office.__new__(Office)
    Rig.__init__(new, of or office(), up=False)
    new.now = o.now + 1
    new.tell(DeskRecovered(facts=tuple(f for f in o.facts if is_of_desk(f) or is_of_call_back(f))))
    new.tell(AgentsRecovered(facts=tuple(f for f in o.facts if type(f).__name__ == "AgentChanged")))
    started = {f.call for f in o.facts if type(f).__name__ == "CallStarted"} - {f.call for f in o.of(CallEnded)}
    new.tell(CallsRecovered(calls=tuple(tuple(f for f in o.facts if f.call == call) for call in sorted(started))))
    new.line_up(line, boot="b1", legs=lines)
    return new
