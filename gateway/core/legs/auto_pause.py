"""Who does not take his calls is paused by the box: after so many offers in a row that his phone rang for nothing.

Counted are a phone that nobody answered (also one that was answered and not accepted by key) and one that could not
be reached: callers lose time with both. Not counted are a refused call and a busy phone, by which a person or the phone
says something, and ringing that ended for another reason (the caller left, somebody else answered, no leg was free).
An answer begins the count anew, and so does logging in or unpausing. The limit is the agent's `auto_pause_after`, else
that of the team for which the phone rang; 0 is never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.agents import AgentAutoPaused

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.calls import Declined
    from gateway.core.legs.legs import Leg
    from gateway.core.site.site import Site

COUNTED: frozenset[Declined] = frozenset({"no_answer", "unreachable"})


def limit_of(site: Site, agent: str, team: str) -> int:
    """After how many unanswered offers in a row the agent is paused; 0: never."""
    own = site.agents[agent].auto_pause_after if agent in site.agents else 0
    if own is not None:
        return own
    return site.teams[team].auto_pause_after if team in site.teams else 0


def count(ex: Exchange, leg: Leg, why: Declined) -> None:
    """The ringing of a phone has ended without an answer, and the agent is about to be released."""
    seat = ex.roster.seats.get(leg.agent)
    if why not in COUNTED or seat is None or seat.leg != leg.id or (leg.call is not None and leg.call.draft):
        return
    limit = limit_of(ex.site, leg.agent, leg.team)
    if ex.roster.unanswered(leg.agent, limit):
        ex.turn.note(
            AgentAutoPaused(
                at=ex.turn.now,
                call=leg.call.id if leg.call is not None else "",
                agent=leg.agent,
                team=leg.team,
                unanswered=seat.unanswered,
                limit=limit,
            )
        )
