"""A draft: a version that is not published, dialled on a test number while the published one takes the callers.

A draft call runs the draft's own flows, clients and texts to the end. It rings nobody but whom `draft: rings:` of the
running version names, at the telephones that they have now; to everybody else's queues it does not belong: its teams
are called `draft:<team>` and hold those few only. Figures leave such calls out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gateway.core.site.directory import spellings

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.site.site import Site

TEAM = "draft:"
"""With which the id of a draft's team begins; no team in gateway.yaml is called so."""


class Trial(NamedTuple):
    """A draft that can be dialled. `called` is the number of the site for which it is tried."""

    site: Site
    called: str


def trial_of(draft: Site, running: Site, called: str) -> Trial | None:
    """What a call to the running version's test number runs on; None when `draft` has no number `called`."""
    if called not in draft.numbers:
        return None
    rings = running.draft.rings if running.draft is not None else ()
    teams = {
        name: replace(
            team,
            id=TEAM + team.id,
            agents=tuple(agent for agent in team.agents if agent in rings),
            overflow_team=TEAM + team.overflow_team if team.overflow_team else "",
            overflow=tuple(replace(stage, team=TEAM + stage.team if stage.team else "") for stage in team.overflow),
        )
        for name, team in draft.teams.items()
    }
    clients = {
        name: client if client.manager in rings else replace(client, manager="")
        for name, client in draft.clients.items()
    }
    return Trial(replace(draft, teams=teams, clients=clients), called)


def is_test_number(ex: Exchange, called: str) -> bool:
    """Whether the running version's test number was dialled."""
    draft = ex.site.draft
    return draft is not None and draft.number in spellings(called, ex.site.country)
