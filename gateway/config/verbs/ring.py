"""Verbs that ring somebody without the queue: ring, transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.dialling import looks_like_one, read_number
from gateway.config.fields import clean, shown
from gateway.config.settings import WAITING_MUSIC
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep
    from gateway.core.flow.steps_ring import Target

MANAGER = "manager"
RING_S = (1.0, 600.0)
_RING = "an agent, a team, manager, or a number"
_TRANSFER = "an agent, or a number"


def _ring(parts: StepParts, section: Section, name: str) -> AnyStep:
    to, target, trunk = _target(parts, section, "ring")
    return model.Ring(
        name=name,
        place=str(section.place),
        to=to,
        target=target,
        trunk=trunk,
        ring_s=section.seconds("for", 30.0, low=RING_S[0], high=RING_S[1]),
        prompt=parts.prompt(section, "say"),
        music=WAITING_MUSIC,
        busy=parts.then(section, "busy", needed=False),
        no_answer=parts.then(section, "no_answer", needed=False),
        unreachable=parts.then(section, "unreachable", needed=False),
        served=parts.then(section, "served", needed=False),
    )


def _transfer(parts: StepParts, section: Section, name: str) -> AnyStep:
    to, target, trunk = _target(parts, section, "transfer")
    return model.Transfer(
        name=name,
        place=str(section.place),
        to=to,
        target=target,
        trunk=trunk,
        ring_s=section.seconds("for", 30.0, low=RING_S[0], high=RING_S[1]),
        prompt=parts.prompt(section, "say"),
        music=WAITING_MUSIC,
        failed=parts.then(section, "failed", needed=False),
    )


def _target(parts: StepParts, section: Section, verb: str) -> tuple[str, Target, str]:
    """(to, what it is, trunk)."""
    whom = verb == "ring"
    expected = _RING if whom else _TRANSFER
    node = section.scalar(verb, expected=expected, needed=True)
    trunk = section.scalar("trunk", expected="the name of a trunk")
    if node is None:
        return "", "agent", ""
    names, to = parts.names, clean(node.value)
    if looks_like_one(to):
        number, through = read_number(node, names.outside, parts.problems, trunk=trunk, trunks=names.trunks)
        return number, "number", through
    if trunk is not None:
        parts.problems.add(trunk.place, "a trunk belongs to a number only", hint="delete it")
    teams = (names.teams or ()) if whom else ()
    if whom and to == MANAGER:
        return "", "manager", ""
    if to in teams:
        return to, "team", ""
    if names.agents is not None and names.teams is not None and to not in names.agents:
        among = (*((MANAGER,) if whom else ()), *names.agents, *teams)
        parts.problems.add(
            node.place,
            f"there is no agent{' or team' if whom else ''} '{shown(to)}'",
            expected=", ".join((*among, "a number")),
            wrong=to,
            among=among,
        )
    return to, "agent", ""


_OPTIONS = {"for": Shape.LENGTH, "say": Shape.SAID, "trunk": Shape.WORD}

VERBS = {
    "ring": Verb(
        _ring,
        Shape.WORD,
        {**_OPTIONS, "busy": STEP, "no_answer": STEP, "unreachable": STEP, "served": STEP},
    ),
    "transfer": Verb(_transfer, Shape.WORD, {**_OPTIONS, "failed": STEP}),
}
