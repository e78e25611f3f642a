"""How long a caller will probably wait: the mean handling time x the callers ahead / the agents who work on them.

The handling times are a fold over facts, the same live as read again from the journal. What the estimate was worth is
published: `ewt_error_s` of the figures.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from gateway.core.facts.calls import WrapUpEnded

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact

NO_HISTORY_S = 90.0
"""The estimate for a team of which no handling time is known."""
REMEMBERED = 50
"""The last contacts of each team from which its mean handling time is made."""


class Handling:
    """The handling times (talk with hold, and after-call work) of each team's last contacts."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[str, deque[float]] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more, in the journal's order."""
        if isinstance(fact, WrapUpEnded) and fact.team:
            last = self._last.get(fact.team)
            if last is None:
                last = self._last[fact.team] = deque(maxlen=REMEMBERED)
            last.append(fact.talk_s + fact.wrap_up_s)

    def aht_s(self, team: str) -> float | None:
        """The mean of the last REMEMBERED contacts; None without any."""
        last = self._last.get(team)
        return sum(last) / len(last) if last else None


_AWAY = frozenset({"off", "paused"})


def estimate_s(aht_s: float | None, ahead: int, agents: float) -> float | None:
    """The formula. `agents` are the active ones times the share of their work that is this team's; None without any:
    nobody knows when one will come. NO_HISTORY_S without a handling time."""
    if agents <= 0:
        return None
    return NO_HISTORY_S if aht_s is None else aht_s * ahead / agents


def active(ex: Exchange, team: str) -> float:
    """The agents of a team who are logged in without a pause, each by the share that the team has of him: one who
    answers for two teams counts half for each."""
    seats, teams_of = ex.roster.seats, ex.roster.teams_of
    there = (seats[agent] for agent in ex.roster.members(team) if agent in seats)
    return sum(1.0 / len(teams_of(seat.agent.id)) for seat in there if seat.state not in _AWAY and not seat.removed)


def of_team(ex: Exchange, team: str, ahead: int) -> float | None:
    """The estimate for one who has `ahead` callers before him; 0 when somebody is free and nobody is ahead."""
    if not ahead and ex.roster.free_count(team):
        return 0.0
    return estimate_s(ex.handling.aht_s(team), ahead, active(ex, team))
