"""Offices with a queue for the tests of waiting: one agent who talks, or two, and what callers are told."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.actions import Play
from gateway.core.flow.model import Exit, HangUpStep, Part, Prompt, Queue, Say
from gateway.core.flow.queue_waiting import POSITION, WAIT, Announce, Periodic, Waiting
from gateway.core.speech.clips import clip_for
from gateway.core.speech.fragments import Form
from tests.core.factory import VOICES, Rig, flow, prompt, site, talking, words

CALLERS = [f"+4850200{number:04}" for number in range(1, 60)]
PLACE_PL = Part(variable=POSITION, kind="ordinal", form=Form(gender="neuter"))
WAIT_PL = Part(variable=WAIT, kind="duration", form=Form(case="genitive"))


def text(words_: str, part: Part, behind: str = "") -> tuple[Part, ...]:
    """Words, a value, and words behind it, in Polish."""
    clips = [Part(clip=clip_for(w, language="pl", voice=VOICES["pl"])) if w else None for w in (words_, behind)]
    return tuple(piece for piece in (clips[0], part, clips[1]) if piece is not None)


def announce(**changes: object) -> Announce:
    """Place and wait in Polish, every 30 s."""
    base = Announce(
        position=Prompt(parts={"pl": text("Miejsce:", PLACE_PL)}),
        wait=Prompt(parts={"pl": text("Czas: około", WAIT_PL)}),
        thanks=prompt("Dziękujemy."),
    )
    return replace(base, **changes)


def periodic(*texts: str, every_s: float = 45.0) -> Periodic:
    return Periodic(texts=tuple(prompt(words_) for words_ in texts), every_s=every_s)


def rig_of(waiting: Waiting | None = None, *, agents: tuple[str, ...] = ("jan",), **of_step: object) -> Rig:
    """A rig whose callers come straight into the queue of the office, in which these agents are. KOWALSKI comes
    first."""
    step = Queue(
        name="human",
        to="office",
        gave_up="sorry",
        **{"keys": {"1": Exit(then="later", set=(("area", "key"),))}, **of_step},
    )
    of = site(
        flows={
            "reception": flow(
                step,
                HangUpStep(name="sorry", prompt=prompt("Później.")),
                Say(name="later", prompt=prompt("Oddzwonimy."), then=""),
                Say(name="full", prompt=prompt("Pełno."), then=""),
                Say(name="waited", prompt=prompt("Za długo."), then=""),
                Say(name="nobody", prompt=prompt("Nikogo."), then=""),
            )
        }
    )
    office = replace(
        of.teams["office"], agents=agents, overflow_team="", max_wait_s=3600.0, waiting=waiting or Waiting()
    )
    urgent = replace(of.clients["1001"], priority=9)
    return Rig(replace(of, teams={**of.teams, "office": office}, clients={**of.clients, "1001": urgent}))


def busy(waiting: Waiting | None = None, **of_step: object) -> Rig:
    """The same with the only agent in a talk."""
    rig = rig_of(waiting, **of_step)
    talking(rig, CALLERS[-1], agent="jan")
    return rig


def told(rig: Rig, call: str) -> list[str]:
    """What this caller heard: words, ♪ for the music."""
    return [words(action) for action in rig.actions if isinstance(action, Play) and action.leg == call]


def end_talk(rig: Rig) -> None:
    """The agent's talk is over, and the phone is free again."""
    seat = next(seat for seat in rig.board.view().agents if seat.agent == "jan")
    agent_leg = next(leg for leg in rig.board._ex.legs.values() if leg.agent == "jan")
    rig.hang_up(seat.call)
    rig.end(agent_leg.id)
