"""An office in which mobiles accept by key, the agent hears who calls and the caller who has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.actions import Play
from gateway.core.events import PlayEnded
from gateway.core.facts.calls import AgentDeclined
from gateway.core.flow.base import Prompt
from gateway.core.flow.model import HangUpStep, Queue, Ring, Say
from gateway.core.site.joining_words import JoiningWords
from tests.core.factory import KOWALSKI, Rig, flow, prompt, site, team

if TYPE_CHECKING:
    from gateway.core.flow.model import AnyStep
    from gateway.core.site.site import Site

OUT = (HangUpStep(name="sorry", prompt=prompt("Później.")), Say(name="busy", prompt=prompt("Zajęte."), then=""))


def said(pl: str, en: str) -> Prompt:
    return prompt({"pl": pl, "en": en})


WORDS = JoiningWords(
    languages=("pl", "en"),
    for_client=said("Rozmowa od {client.name}", "A call from {client.name}"),
    for_stranger=said("Rozmowa z nieznanego numeru", "A call from an unknown number"),
    press=said("Naciśnij jeden", "Press one"),
    client=said("Dzwoni {client.name}", "It is {client.name}"),
    stranger=said("Dzwoni nieznany numer", "It is an unknown number"),
    matter=said("Temat {area}", "About {area}"),
    matters={"invoices": said("Temat faktury", "About invoices")},
    areas=("invoices", "orders"),
    waited=(said("Czeka minutę", "Waiting for a minute"), said("Czeka dłużej", "Waiting for longer")),
    case=said("Sprawa {case.number}", "Case {case.number}"),
    connecting=said("Łączę z {manager}", "Connecting you to {manager}"),
)
QUEUE = Queue(name="human", to="by_client", team="office", gave_up="sorry")
MANAGER = Ring(name="human", target="manager", ring_s=30, busy="busy", served="")


def joining_site(*steps: AnyStep, by_key: tuple[str, ...] = (), whisper: bool = True, say_name: bool = True) -> Site:
    """The office of `factory`, whose agents `by_key` have mobiles."""
    of = site(joining=WORDS, flows={"reception": flow(*(steps or (QUEUE,)), *OUT)})
    for name in of.teams:
        of = team(of, name, whisper=whisper, say_name=say_name)
    agents = {name: replace(agent, accept="key") if name in by_key else agent for name, agent in of.agents.items()}
    return replace(of, agents=agents)


def rig_of(*steps: AnyStep, **options: object) -> Rig:
    return Rig(joining_site(*steps, **options))


def told(rig: Rig, leg: str) -> str:
    """The words of the last Play to a leg."""
    last = next((a for a in reversed(rig.actions) if isinstance(a, Play) and a.leg == leg), None)
    return "" if last is None else " ".join(clip.words for clip in last.clips)


def picked_up(rig: Rig, agent: str = "anna", caller: str = KOWALSKI) -> tuple[str, str]:
    """A call for which this agent has picked up; (caller's leg, agent's leg)."""
    call = rig.call(caller)
    leg = rig.dialled(agent).leg
    rig.ring(leg)
    rig.pass_time(2)
    rig.pick_up(leg)
    return call, leg


def end_of(rig: Rig, leg: str) -> None:
    rig.tell(PlayEnded(leg=leg, play=rig.playing(leg), how="end"))


def declined(rig: Rig) -> list[tuple[str, str]]:
    return [(fact.agent, fact.why) for fact in rig.of(AgentDeclined)]
