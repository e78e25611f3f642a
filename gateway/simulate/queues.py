"""Queues that are full when a simulated call comes to them: `queues: {office: full}` of a scripted call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.config.fields import clean, shown
from gateway.config.source import Scalar

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.core.site.site import Site
    from gateway.simulate.plan import Plan

FULL = "full"
_ROOM_FOR_NOBODY = -1


def read_queues(section: Section, site: Site) -> tuple[str, ...]:
    """The teams whose queue is said to be full."""
    found: list[str] = []
    node = section.mapping(
        "queues", expected=f"teams and {FULL}, such as {{{next(iter(site.teams), 'office')}: {FULL}}}"
    )
    for team, (key, value) in (node.items if node else {}).items():
        word = clean(value.value) if isinstance(value, Scalar) else ""
        known = site.teams.get(team)
        if known is None:
            section.problems.add(
                key.place,
                f"there is no team '{shown(team)}'",
                expected=", ".join(site.teams),
                wrong=team,
                among=site.teams,
            )
        elif word != FULL:
            section.problems.add(value.place, f"'{shown(word)}' is nothing that a queue can be", expected=FULL)
        elif not (known.waiting.queue_max or known.waiting.ewt_max_s):
            hint = "without queue_max or ewt_max a queue is never full"
            section.problems.add(key.place, f"the queue of '{shown(team)}' has no limit", hint=hint)
        else:
            found.append(team)
    return tuple(found)


def with_full(site: Site, plan: Plan) -> Site:
    """The site with no room in the queues that are full. Whom somebody free can take at once is let in all the same."""
    teams = {
        name: replace(team, waiting=replace(team.waiting, queue_max=_ROOM_FOR_NOBODY))
        for name, team in site.teams.items()
        if name in plan.full_queues
    }
    return replace(site, teams={**site.teams, **teams}) if teams else site
