"""Into the queue: who is let in, for which team, with which place and wait clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core import leaving, routing
from gateway.core.facts import QueueEntered

if TYPE_CHECKING:
    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.flow_model import Queue


def enter(ex: Exchange, call: Call, step: Queue) -> str | None:
    """Put the caller into the queue of `step`. None: he waits; else the step to go to at once (may be empty).

    A contact that was open before (adopted after a restart) keeps its place and its wait clock when it comes back
    to the same team, and is not offered a second time.
    """
    by_client = step.to == "by_client"
    client = call.client if by_client else None
    team = call.site.teams.get((client.team if client is not None else step.team) if by_client else step.to)
    if team is None:
        return step.no_agents or step.gave_up
    manager = client.manager if client is not None else ""
    contact = call.story.contact
    if contact is not None and contact.team != team.id:
        leaving.close_contact(call, "overflowed")
        contact = None
    call.advance("queue")
    call.stop_play()
    call.walk.stop_waiting()
    entered_at = contact.at if contact is not None else call.now
    waiter = ex.room.enter(call, team, manager=manager, area=call.values.get("area", ""), entered_at=entered_at)
    waiter.gave_up, waiter.no_agents = step.gave_up, step.no_agents
    call.waiter = waiter
    if contact is None:
        call.note(
            QueueEntered(
                at=call.now,
                call=call.id,
                team=team.id,
                manager=manager,
                area=waiter.area,
                position=ex.room.position(waiter),
                threshold_s=team.threshold_s,
                short_abandon_s=team.short_abandon_s,
            )
        )
    anybody = ex.roster.logged_in(team.id) or ex.roster.logged_in(team.overflow_team)
    if not anybody and ex.roster.why_not(manager) == "off":
        leaving.leave(ex, waiter, "overflowed")
        call.advance("gave_up")
        return step.no_agents or step.gave_up
    left_s = entered_at + team.max_wait_s - call.now
    ex.turn.after(left_s, "wait", call.id)
    if routing.first_stage(ex, waiter):
        return None
    leaving.leave(ex, waiter, "overflowed")
    call.advance("gave_up")
    return step.gave_up
