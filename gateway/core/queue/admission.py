"""Into the queue: who is let in, for which team, with which place and wait clock.

Whoever comes here is offered; one who is not let in (`waiting.refusal`) overflows at once, so that a full queue is seen
in the service level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import QueueEntered
from gateway.core.facts.queue import PlaceRegained
from gateway.core.queue import announcing, leaving, owners, routing, skills, waiting
from gateway.core.queue.queue import priority_of

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.flow.model import Queue
    from gateway.core.queue.queue import Waiter
    from gateway.core.queue.redial import Left
    from gateway.core.site.site import Team


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
    first = owners.first_of(ex, call, team, by_client=by_client)
    contact = call.story.contact
    if contact is not None and contact.team != team.id:
        leaving.close_contact(call, "overflowed", "moved")
        contact = None
    call.advance("queue")
    call.stop_play()
    call.walk.stop_waiting()
    entered_at = contact.at if contact is not None else call.now
    left = _left_before(ex, call, team) if contact is None else None
    kept = ex.redials.since(call.id) if contact is not None else None
    place_at = left.since if left is not None else kept if kept is not None else entered_at
    place_at = min(place_at, ex.virtual.place_of(call.id, team.id, place_at))
    waiter = ex.room.enter(call, team, manager=first.person, area=call.values.get("area", ""), entered_at=place_at,
                           priority=priority_of(step, call.client))  # fmt: skip
    waiter.since, waiter.step = entered_at, step
    skills.begin(ex, waiter, step)
    waiter.first = first
    waiter.gave_up, waiter.no_agents = step.gave_up, step.no_agents
    call.waiter = waiter
    ewt_s = waiting.estimate_s(ex, waiter)
    if contact is None:
        call.note(
            QueueEntered(
                at=call.now,
                call=call.id,
                team=team.id,
                manager=first.owner,
                area=waiter.area,
                position=ex.room.position(waiter),
                priority=waiter.priority,
                threshold_s=team.threshold_s,
                short_abandon_s=team.short_abandon_s,
                ewt_s=ewt_s,
            )
        )
    if left is not None:
        _regained(ex, waiter, left)
    somebody = routing.somebody(ex, waiter)
    refused = waiting.refusal(ex, waiter, ewt_s, somebody=somebody, was_in=contact is not None or left is not None)
    if refused:
        if first.told is not None:
            call.note(first.told)
        leaving.leave(ex, waiter, "overflowed", refused)
        call.advance("gave_up")
        return waiting.exit_of(step, refused)
    ex.turn.after(entered_at + team.max_wait_s - call.now, "wait", call.id)
    if step.max_wait_s:
        ex.turn.after(entered_at + step.max_wait_s - call.now, "step_wait", call.id)
    if routing.first_stage(ex, waiter):
        announcing.begin(ex, waiter)
        return None
    leaving.leave(ex, waiter, "overflowed", waiting.why_empty(ex, waiter))
    call.advance("gave_up")
    return step.gave_up


def _left_before(ex: Exchange, call: Call, team: Team) -> Left | None:
    """The place that this caller left in the team's queue a moment ago."""
    record = call.story.record
    if record.withheld or call.draft:
        return None
    return ex.redials.take(record.caller, team.id, now=call.now, within_s=team.waiting.redial_s)


def _regained(ex: Exchange, waiter: Waiter, left: Left) -> None:
    call = waiter.call
    call.note(
        PlaceRegained(
            at=call.now,
            call=call.id,
            team=left.team,
            before=left.call,
            reason=left.how,
            since=left.since,
            away_s=call.now - left.at,
            position=ex.room.position(waiter),
        )
    )
