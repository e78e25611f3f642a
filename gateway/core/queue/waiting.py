"""Who may wait, and until when: who is not let in, who is left in an empty office, whose time in the step is over, who
leaves by a key. Each of them is a contact that was offered and overflowed, with the reason in its QueueLeft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.alarms import usual
from gateway.core.facts.calls import InputTaken
from gateway.core.queue import ewt, leaving, overflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.queue import LeftReason
    from gateway.core.flow.steps import Queue
    from gateway.core.queue.queue import Waiter

JOINING_PAUSE_S = 1.0
"""While somebody who has answered is being joined to the caller, the end of the step's time waits so long."""


def refusal(ex: Exchange, waiter: Waiter, ewt_s: float | None, *, somebody: bool, was_in: bool) -> LeftReason:
    """Why the caller, who stands at his place but is in no list yet, is not let in; "" when he is. `somebody`: anybody
    is logged in who could answer in any of his stages. `was_in`: he was in this queue a moment ago
    (he has called again, or the program was started anew), so its limits do not apply any more."""
    settings = waiter.team.waiting
    if not somebody and settings.join_empty != "always":
        return "nobody_logged_in"
    if settings.join_empty == "nobody_free_soon" and _all_paused(ex, waiter, _behind(waiter)):
        return "nobody_free_soon"
    if was_in or ex.roster.free_count(waiter.team.id) or ex.roster.is_free(waiter.manager):
        return ""
    if settings.queue_max and len(ex.room.waiting(waiter.team.id)) > settings.queue_max:
        return "full"
    if settings.ewt_max_s and ewt_s is not None and ewt_s > settings.ewt_max_s:
        return "ewt_max"
    return ""


def exit_of(step: Queue, reason: LeftReason) -> str:
    """The step of the flow for one who is not let in, or let go; empty: the goodbye."""
    match reason:
        case "full" | "ewt_max":
            return step.full or step.gave_up
        case "nobody_logged_in" | "nobody_free_soon":
            return step.no_agents or step.gave_up
        case "step_wait":
            return step.waited or step.gave_up
        case _:
            return step.gave_up


def may_stay(ex: Exchange, waiter: Waiter, *, somebody: bool) -> bool:
    """Whether the caller may go on waiting. `somebody`: anybody is logged in who may yet take him."""
    leave = waiter.team.waiting.leave_empty
    if leave == "nobody_free_soon" and not waiter.outside and _all_paused(ex, waiter, ()):
        return False
    return somebody or leave == "never"


def why_empty(ex: Exchange, waiter: Waiter) -> LeftReason:
    """The reason for one for whom there is nobody."""
    return "nobody_free_soon" if _all_paused(ex, waiter, ()) else "nobody_logged_in"


def staffed(ex: Exchange, team: str) -> bool:
    """Whether nobody who waits for this team has lost his last hope, as far as the team's own people are concerned."""
    known = ex.site.teams.get(team)
    if known is None or known.waiting.leave_empty == "nobody_free_soon":
        return any(ex.roster.why_not(agent) in {"", "busy"} for agent in ex.roster.members(team))
    return ex.roster.logged_in(team)


def step_due(ex: Exchange, call: Call) -> None:
    """The longest wait of the caller's step is over."""
    waiter = call.waiter
    if waiter is None or waiter.step is None:
        return
    if call.joining is not None:
        ex.turn.after(JOINING_PAUSE_S, "step_wait", call.id)
        return
    leaving.leave(ex, waiter, "overflowed", "step_wait")
    call.advance("gave_up")
    call.gave_up(exit_of(waiter.step, "step_wait"))


def leave_by_key(call: Call, step: Queue, key: str) -> bool:
    """The caller pressed one of the step's keys. False: he does not wait any more, somebody has answered."""
    waiter = call.waiter
    if waiter is None or call.joining is not None:
        return False
    call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys=key, outcome="match"))
    leaving.leave(call.ex, waiter, "overflowed", "key")
    call.advance("gave_up")
    call.stop_play()
    call.walk.stop_waiting()
    return True


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """What the journal tells of handling times, and of who was in a queue lately."""
    for fact in facts:
        ex.handling.apply(fact)
        usual.handled_before(ex, fact)
        ex.redials.apply(fact)


def music(waiter: Waiter) -> str:
    """Clip key of what the caller hears: his step's music, else his team's."""
    return waiter.step.music if waiter.step is not None and waiter.step.music else waiter.team.music


def estimate_s(ex: Exchange, waiter: Waiter) -> float | None:
    """How long the caller will probably wait from now on, by his place."""
    return ewt.of_team(ex, waiter.team.id, ex.room.position(waiter) - 1)


def _behind(waiter: Waiter) -> tuple[str, ...]:
    """The teams to which the caller may yet come."""
    return tuple(stage.team for stage in overflow.stages_of(waiter.team) if stage.team)


def _all_paused(ex: Exchange, waiter: Waiter, behind: tuple[str, ...]) -> bool:
    """Whether everybody who could take the caller, and is logged in, has a pause: his own person, the teams that are
    rung for him, and those `behind`."""
    roster = ex.roster
    people = {agent for team in (waiter.team.id, waiter.rung_team, *behind) for agent in roster.members(team)}
    if waiter.manager and waiter.manager not in waiter.declined:
        people.add(waiter.manager)
    return {roster.why_not(agent) for agent in people} - {"off"} == {"paused"}
