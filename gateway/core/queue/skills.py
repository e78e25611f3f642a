"""Who may serve a caller, by what his matter needs, and how time lowers what is needed.

Needed levels fall by one after each `relax_every_s` of waiting, down to 1: an agent without a skill never gets a caller
who needs it. A preference chooses among those who are free and may serve; it keeps nobody waiting, and is over after
`prefer_for_s`. The caller's own manager is asked for no skill.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from gateway.core.facts.skills import SkillsRelaxed
from gateway.core.flow.queue_order import NOTHING, Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gateway.core.board.exchange import Exchange
    from gateway.core.flow.steps import Queue
    from gateway.core.queue.queue import Waiter
    from gateway.core.site.site import Team

Levels = dict[str, int]
"""Skill -> level."""


class Asks(Protocol):
    """Whoever is to be served: one who waits, or one for whom a step rings a team."""

    @property
    def needs(self) -> Levels: ...

    @property
    def prefers(self) -> Levels: ...

    @property
    def manager(self) -> str: ...


def wish_of(team: Team, area: str, step: Queue) -> Wish:
    """What the area that the caller chose and the step that he waits in ask together: of the same skill the higher.
    Where only one of them asks it is that very object, which a thousand who wait share (`judge_of`)."""
    of_area, of_step = of_matter(team, area), step.wish
    if of_step is None or of_area is NOTHING:
        return of_step or of_area
    return Wish(needs=_both(of_area.needs, of_step.needs), prefers=_both(of_area.prefers, of_step.prefers))


def of_matter(team: Team, area: str) -> Wish:
    """What the area that the caller chose asks of the team."""
    return team.order.areas.get(area, NOTHING)


def fits(has: Mapping[str, int], needs: Mapping[str, int]) -> bool:
    """Whether every needed level is reached."""
    return all(has.get(skill, 0) >= level for skill, level in needs.items())


def may_serve(ex: Exchange, agent: str, waiter: Waiter) -> bool:
    """Whether the agent has what the caller needs now."""
    return not waiter.needs or agent == waiter.manager or fits(_of(ex, agent), waiter.needs)


def judge_of(ex: Exchange, agent: str) -> Callable[[Waiter], bool]:
    """`may_serve` of one agent, for asking of many callers within one turn: what it has found it finds again by the
    levels themselves, of which callers share a few."""
    has, found = _of(ex, agent), dict[int, bool]()

    def may(waiter: Waiter) -> bool:
        needs = waiter.needs
        if not needs or agent == waiter.manager:
            return True
        known = found.get(id(needs))
        if known is None:
            known = found[id(needs)] = fits(has, needs)
        return known

    return may


def who_may(ex: Exchange, agents: Iterable[str], waiter: Asks) -> list[str]:
    """Those of the agents who have what the caller needs now, in the same order: asked of hundreds at once."""
    if not waiter.needs:
        return list(agents)
    seats, own = ex.roster.seats, waiter.manager
    if len(waiter.needs) == 1:
        ((skill, level),) = waiter.needs.items()
        return [one for one in agents if seats[one].agent.skills.get(skill, 0) >= level or one == own]
    return [one for one in agents if one == own or fits(seats[one].agent.skills, waiter.needs)]


def could_serve(ex: Exchange, agent: str, waiter: Waiter) -> bool:
    """Whether the agent has what the caller needs when time has lowered it as far as it may."""
    if not waiter.needs or agent == waiter.manager:
        return True
    has, relaxes = _of(ex, agent), waiter.team.order.relax_every_s > 0
    return all(skill in has for skill in waiter.needs) if relaxes else fits(has, waiter.needs)


def is_asked_for(ex: Exchange, agent: str) -> bool:
    """Whether anybody waits who needs a skill that the agent has."""
    waiting = (call.waiter for call in ex.calls.values() if call.waiter is not None)
    return any(could_serve(ex, agent, waiter) for waiter in waiting if waiter.needs)


def anybody(ex: Exchange, waiter: Waiter, team: str) -> bool:
    """Whether anybody of the team is logged in who could serve the caller, free or not, now or later."""
    if not waiter.needs:
        return ex.roster.logged_in(team)
    members = ex.roster.members(team)
    return any(could_serve(ex, agent, waiter) and ex.roster.why_not(agent) != "off" for agent in members)


def preferred(ex: Exchange, agents: Sequence[str], waiter: Asks) -> Sequence[str]:
    """Those of the agents who have the most of what is preferred, in the same order."""
    if not waiter.prefers or len(agents) < 2:
        return agents
    has = [sum(_of(ex, agent).get(skill, 0) >= level for skill, level in waiter.prefers.items()) for agent in agents]
    most = max(has)
    return [agent for agent, number in zip(agents, has, strict=True) if number == most]


def begin(ex: Exchange, waiter: Waiter, step: Queue) -> None:
    """The caller enters; one whose clock runs from before is where it has come to."""
    waiter.wish = wish_of(waiter.team, waiter.area, step)
    _relax(ex, waiter)


def due(ex: Exchange, waiter: Waiter) -> None:
    """Time has lowered what is needed, or preferred: said in a fact. Who may serve now is to be looked for then."""
    needed, preferred_ = waiter.needs, waiter.prefers
    _relax(ex, waiter)
    call, team = waiter.call, waiter.team.id
    if waiter.needs != needed:
        call.note(SkillsRelaxed(at=call.now, call=call.id, team=team, reason="step_down", needs=waiter.needs))
    if waiter.prefers != preferred_:
        call.note(SkillsRelaxed(at=call.now, call=call.id, team=team, reason="preference_over", needs=waiter.needs))


def _relax(ex: Exchange, waiter: Waiter) -> None:
    """What is needed and preferred at present, and when that changes."""
    wish, order = waiter.wish, waiter.team.order
    if not wish.needs and not wish.prefers:
        return
    # Deadlines come at the microsecond or a little later, never earlier than the clock can show.
    waited_s = ex.turn.now - waiter.since + 1e-6
    every_s, next_s = order.relax_every_s, list[float]()
    steps = int(waited_s // every_s) if every_s > 0 else 0
    waiter.needs = _lowered(tuple(wish.needs.items()), steps) if steps else wish.needs
    if every_s > 0 and any(level > 1 for level in waiter.needs.values()):
        next_s.append((steps + 1) * every_s)
    over = 0 < order.prefer_for_s <= waited_s
    waiter.prefers = {} if over else wish.prefers
    if waiter.prefers and order.prefer_for_s > 0:
        next_s.append(order.prefer_for_s)
    if next_s:
        ex.turn.after(waiter.since + min(next_s) - ex.turn.now, "skills", waiter.call.id)


@lru_cache(maxsize=1024)
def _lowered(needs: tuple[tuple[str, int], ...], steps: int) -> Levels:
    """The same object for the same levels: a thousand who wait share a few."""
    return {skill: max(1, level - steps) for skill, level in needs}


def _both(one: Levels, other: Levels) -> Levels:
    return {skill: max(one.get(skill, 0), other.get(skill, 0)) for skill in (*one, *other)}


def _of(ex: Exchange, agent: str) -> Levels:
    seat = ex.roster.seats.get(agent)
    return seat.agent.skills if seat is not None else {}
