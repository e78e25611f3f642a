"""Which agents can be rung now: for each team the free ones, longest idle first, kept sorted as they come and go."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.site.site import Site

Place = tuple[float, int]
"""Idle since, and a number that is never given twice: of two who are idle for as long, the one listed first."""


class FreeAgents:
    """Who is of which team, and who of them is free. Coming and going cost O(log n) comparisons a team."""

    __slots__ = ("_count", "_entries", "_members", "_places", "_teams")

    def __init__(self) -> None:
        self._count = 0
        self._entries: dict[str, list[tuple[Place, str]]] = {}
        self._places: dict[str, Place] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._teams: dict[str, tuple[str, ...]] = {}

    def load(self, versions: Iterable[Site]) -> None:
        """The teams of these versions, a later one's in place of an earlier one's. Nobody is free from here on:
        whoever is must be put in again."""
        self._members = {team.id: team.agents for version in versions for team in version.teams.values()}
        teams: dict[str, list[str]] = {}
        for name, members in self._members.items():
            for member in members:
                teams.setdefault(member, []).append(name)
        self._teams = {agent: tuple(names) for agent, names in teams.items()}
        self._entries, self._places = {}, {}

    def __contains__(self, agent: str) -> bool:
        return agent in self._places

    def members(self, team: str) -> tuple[str, ...]:
        """Who is of the team, free or not, as the site lists them; () for a team that is not known."""
        return self._members.get(team, ())

    def teams_of(self, agent: str) -> tuple[str, ...]:
        """The teams that the agent answers for."""
        return self._teams.get(agent, ())

    def put(self, agent: str, idle_since: float) -> None:
        """The agent is free from here on; one who is so already keeps the place."""
        if agent in self._places:
            return
        self._count += 1
        place = self._places[agent] = (idle_since, self._count)
        for team in self.teams_of(agent):
            bisect.insort(self._entries.setdefault(team, []), (place, agent))

    def take(self, agent: str) -> None:
        """The agent is free no more, or was not."""
        place = self._places.pop(agent, None)
        if place is None:
            return
        for team in self.teams_of(agent):
            entries = self._entries[team]
            del entries[bisect.bisect_left(entries, (place, agent))]

    def of_team(self, team: str) -> Iterator[str]:
        """The free agents of a team, longest idle first."""
        return (agent for _, agent in self._entries.get(team, ()))

    def count(self, team: str) -> int:
        """How many of a team are free."""
        return len(self._entries.get(team, ()))
