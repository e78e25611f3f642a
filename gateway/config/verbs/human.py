"""Verbs that lead to people: queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import shown
from gateway.config.order import read_priority, read_wish
from gateway.config.verbs.ask import KEYS
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.config.waiting import WaitingReader
from gateway.core.flow import model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep, Exit

BY_CLIENT = "by_client"


def _queue(parts: StepParts, section: Section, name: str) -> AnyStep:
    to = section.scalar("queue", expected="by_client, or the name of a team", needed=True)
    team = section.scalar("team", expected="the name of a team")
    target = parts.team(to, also=(BY_CLIENT,)) if to else ""
    default = parts.team(team) if team else ""
    if target == BY_CLIENT and not section.has("team"):
        teams = parts.names.teams
        if teams is not None and len(teams) == 1:
            default = teams[0]
        elif teams is not None:
            parts.problems.add(
                section.key_place("queue"),
                "'queue: by_client' does not say who serves a caller that is no known client",
                expected="team: and one of " + ", ".join(teams),
            )
    elif target and target != BY_CLIENT and team:
        parts.problems.add(team.place, "'team' belongs to 'queue: by_client' only", hint="delete it")
    reader = WaitingReader(parts.prompts, parts.languages, parts.said, parts.variables)
    music = section.scalar("music", expected="the name of a .wav file")
    clip = parts.prompts.recording(music, music=True) if music else None
    return model.Queue(
        name=name,
        place=str(section.place),
        to=target,
        team=default,
        prompt=parts.prompt(section, "say"),
        prompt_other=parts.prompt(section, "say_other"),
        gave_up=parts.then(section, "gave_up", needed=False),
        no_agents=parts.then(section, "no_agents", needed=False),
        served=parts.then(section, "served", needed=False),
        priority=read_priority(section),
        wish=read_wish(section, parts.names.skills),
        keys=_keys(parts, section),
        full=parts.then(section, "full", needed=False),
        waited=parts.then(section, "waited", needed=False),
        max_wait_s=section.seconds("max_wait", 0.0, low=1.0),
        music=clip.key if clip else "",
        announce=reader.announce(section),
        periodic=reader.periodic(section),
    )


def _keys(parts: StepParts, section: Section) -> dict[str, Exit]:
    """The keys by which a caller leaves the queue, and where they lead."""
    node = section.mapping("keys", expected='keys and where they lead, such as {"1": call_back}')
    keys: dict[str, Exit] = {}
    for key, (key_node, value) in (node.items if node else {}).items():
        if len(key) != 1 or key not in KEYS:
            parts.problems.add(
                key_node.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        keys[key] = parts.exit(value, f"key {shown(key)}", key_node.place)
    if node is not None and not keys:
        parts.problems.add(node.place, "'keys' has no keys in it")
    if section.has("waited") and not section.has("max_wait"):
        parts.problems.add(section.key_place("waited"), "'waited' without 'max_wait' never comes", hint="say how long")
    return keys


VERBS = {
    "queue": Verb(
        _queue,
        Shape.WORD,
        {
            "team": Shape.WORD,
            "say": Shape.SAID,
            "say_other": Shape.SAID,
            "gave_up": STEP,
            "no_agents": STEP,
            "served": STEP,
            "priority": Shape.NUMBER,
            "needs": Shape.VALUES,
            "prefers": Shape.VALUES,
            "keys": Shape.CHOICES,
            "full": STEP,
            "max_wait": Shape.LENGTH,
            "waited": STEP,
            "music": Shape.NAME,
            "announce": Shape.ANNOUNCE,
            "periodic": Shape.PERIODIC,
        },
    ),
}
