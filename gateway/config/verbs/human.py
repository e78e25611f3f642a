"""Verbs that lead to people: queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core import flow_model as model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow_model import AnyStep

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
    return model.Queue(
        name=name,
        place=str(section.place),
        to=target,
        team=default,
        prompt=parts.prompt(section, "say"),
        gave_up=parts.then(section, "gave_up", needed=False),
        no_agents=parts.then(section, "no_agents", needed=False),
        served=parts.then(section, "served", needed=False),
    )


VERBS = {
    "queue": Verb(
        _queue,
        Shape.WORD,
        {"team": Shape.WORD, "say": Shape.SAID, "gave_up": STEP, "no_agents": STEP, "served": STEP},
    ),
}
