"""One target rung without the queue, for a time: the steps `ring` and `transfer`.

Nobody waits here: whoever is not free is not waited for. It is no contact of the figures, which is offered on entering
a queue; the talk and its after-call work count as handled. The reservation of agents, the legs and the talk are those
of the queue. Reports of a leg come here first and go on to the queue when the leg is the queue's.

Of a team those are rung who may serve the caller's matter, in full (no time takes anything off), and in the order of
the team's strategy: one after the other, each as long as the team says, or all at once for the time of the step. The
legs of the line are shared as in the queue; a leg that is about to be free is waited for, for a moment.

Outcomes of RingEnded, and their reasons: answered; busy (busy, paused, refused, no_skill: nobody there has what the
matter needs, no_leg: our own line is full); no_answer; unreachable (unreachable, off, no_manager, absent: the manager
is, and nobody stands in, draft: a trial rings nobody but its own people); abandoned (the caller hung up, or was taken
away).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.facts.flow import RingEnded
from gateway.core.flow.queue_order import NOTHING
from gateway.core.legs import phones
from gateway.core.queue import choosing, owners, routing, sharing, skills
from gateway.core.queue.choosing import Pick
from gateway.core.site import drafts
from gateway.core.talk import talk, transfers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined
    from gateway.core.flow.steps_ring import Ringer
    from gateway.core.legs.legs import Leg
    from gateway.core.site.site import Team

Missed = Literal["busy", "no_answer", "unreachable"]


class Why(NamedTuple):
    """How it failed, and the code of the reason."""

    outcome: Missed
    reason: str


_WHY: dict[Declined, Why] = {
    "busy": Why("busy", "busy"),
    "refused": Why("busy", "refused"),
    "no_answer": Why("no_answer", "no_answer"),
    "unreachable": Why("unreachable", "unreachable"),
    "failed": Why("busy", "no_leg"),
    "cancelled": Why("no_answer", "no_answer"),
    "elsewhere": Why("no_answer", "no_answer"),
}
_RANK: tuple[Missed, ...] = ("unreachable", "busy", "no_answer")
"""Of several people of a team the outcome is that of whoever came nearest to answering."""


RING_MIN_S = 0.5
"""For less than that no further phone is rung."""


class Ringing:
    """What a step has rung so far. `manager` is the client's, who is asked for no skill."""

    __slots__ = ("best", "legs", "manager", "needs", "person", "prefers", "since", "step", "tried")

    def __init__(self, step: Ringer, since: float, *, team: Team | None, area: str, manager: str) -> None:
        self.step = step
        self.since = since
        wish = skills.of_matter(team, area) if team is not None else NOTHING
        self.needs, self.prefers, self.manager = wish.needs, wish.prefers, manager
        self.legs: dict[str, Leg] = {}
        """The legs that ring, by their id, in the order in which they were dialled."""
        self.person = ""
        """Of a step that rings the manager: he, or who stands in for him; empty: there is nobody."""
        self.tried: set[str] = set()
        self.best: Why | None = None


def begin(ex: Exchange, call: Call, step: Ringer) -> Missed | None:
    """Ring the target. None: it rings; else why it does not, which is noted."""
    manager = call.client.manager if call.client is not None else ""
    area = call.values.get("area", "")
    call.ringing = Ringing(step, call.now, team=_team(call, step), area=area, manager=manager)
    if step.target == "manager" and call.client is not None and call.client.manager:
        first = owners.for_owner(ex, call, call.client.manager)
        call.ringing.person = first.person
        if first.told is not None:
            call.note(first.told)
    return _next(ex, call, call.ringing)


def bridge(ex: Exchange, call: Call, leg: Leg, *, whisper_s: float) -> None:
    """Let the caller and whoever was rung on `leg` and has taken the call talk."""
    ringing = call.ringing
    if ringing is None:
        return
    call.advance("bridge")
    if ringing.step.target != "number":
        ex.roster.answered(leg.agent)
    _forget(ex, call)
    team = call.site.teams.get(leg.team)
    music = team.music if team is not None else ringing.step.music
    wait_s = call.now - ringing.since
    _note(call, ringing, "answered", "")
    talk.begin(call, leg, stage=leg.stage, team=leg.team, wait_s=wait_s, whisper_s=whisper_s, music=music)


def declined(ex: Exchange, leg: Leg, why: Declined, code: int) -> None:
    """A ringing ended without an answer: the next of the team, or the step is over."""
    if transfers.declined(ex, leg, why, code):
        return
    call = leg.call
    ringing = call.ringing if call is not None else None
    if call is None or ringing is None or leg.id not in ringing.legs:
        routing.declined(ex, leg, why, code)
        return
    _let_go(ex, call, ringing, leg, why, code)
    _found(ringing, _WHY[why])
    _go_on(ex, call, ringing)


def elsewhere(ex: Exchange, call: Call, leg: Leg) -> None:
    """Whoever picked up `leg` has the call: no other phone rings for it."""
    ringing = call.ringing
    if ringing is not None:
        for other in [other for other in ringing.legs.values() if other is not leg]:
            _let_go(ex, call, ringing, other, "elsewhere", 0)
            ringing.tried.discard(other.agent)


def stop(ex: Exchange, call: Call) -> None:
    """The caller is gone: nobody is rung any more."""
    ringing = call.ringing
    if ringing is not None:
        for leg in list(ringing.legs.values()):
            _let_go(ex, call, ringing, leg, "cancelled", 0)
        _forget(ex, call)
        _note(call, ringing, "abandoned", "")


def retry_due(ex: Exchange, call: Call) -> None:
    """The "retry" deadline: no leg has become free."""
    if call.ringing is None:
        routing.retry_due(ex, call)
    elif not call.ringing.legs:
        _go_on(ex, call, call.ringing, last=True)


def leg_freed(ex: Exchange, line: str, *, first: bool) -> None:
    """The library has given a leg back: for a step that rings nobody (`first`), or for a further phone of others."""
    for call in list(ex.line(line).wanting.values()):
        if ex.is_full(line):
            return
        ringing = call.ringing
        if ringing is not None and call.joining is None and first is not bool(ringing.legs):
            _go_on(ex, call, ringing)


def music(call: Call) -> str:
    """Clip key of what the caller hears while it rings; empty when nothing does or is going to."""
    ringing = call.ringing
    if ringing is None:
        return ""
    leg = next(iter(ringing.legs.values()), None)
    team = call.site.teams.get(leg.team) if leg is not None else _team(call, ringing.step)
    return team.music if team is not None and team.music else ringing.step.music


def exit_of(step: Ringer, missed: Missed) -> str:
    """The step to go to; empty: the goodbye."""
    name = missed if missed in step.EXITS else step.EXITS[0]
    return getattr(step, name) or (getattr(step, step.ELSE[name]) if name in step.ELSE else "")


def _go_on(ex: Exchange, call: Call, ringing: Ringing, *, last: bool = False) -> None:
    """Whoever is next, or the way on."""
    missed = _next(ex, call, ringing, last=last)
    if missed is not None:
        call.gave_up(exit_of(ringing.step, missed))


def _next(ex: Exchange, call: Call, ringing: Ringing, *, last: bool = False) -> Missed | None:
    """Ring whoever is to be rung now. None: somebody is, or is going to be; else why not. `last`: no leg is waited for
    any more."""
    step, left_s = ringing.step, ringing.since + ringing.step.ring_s - call.now
    ex.line(call.leg.line).wanting.pop(call.id, None)
    while left_s > RING_MIN_S and (not ringing.legs or _rings_all(call, step)):
        picks = _picks(ex, call, ringing)
        if not picks:
            break
        if not sharing.may_ring(ex, call):
            if ringing.legs or (not last and sharing.is_coming(ex, call.leg.line)):
                _wait(ex, call, ringing, left_s)
                return None
            _found(ringing, Why("busy", "no_leg"))
            break
        _ring(ex, call, ringing, picks[0], left_s)
    if ringing.legs:
        ex.turn.cancel("retry", call.id)
        return None
    why = ringing.best or _why_nobody(ex, call, ringing)
    _forget(ex, call)
    _note(call, ringing, why.outcome, why.reason)
    return why.outcome


def _found(ringing: Ringing, why: Why) -> None:
    """One more has not answered."""
    if ringing.best is None or _RANK.index(why.outcome) >= _RANK.index(ringing.best.outcome):
        ringing.best = why


def _ring(ex: Exchange, call: Call, ringing: Ringing, pick: Pick, left_s: float) -> None:
    step, team = ringing.step, _team(call, ringing.step)
    ringing.tried.add(pick.agent)
    if step.target == "number":
        leg = phones.ring_number(ex, call, step.to, uri=step.uri or step.to, trunk=step.trunk, ring_s=left_s)
    else:
        leg = phones.ring_agent(
            ex,
            call,
            pick.agent,
            stage="manager" if pick.agent == ringing.manager else "team",
            team=team.id if team is not None else _team_of(call, pick.agent),
            ring_s=min(left_s, team.agent_ring_s) if team is not None and pick.why != "ring_all" else left_s,
            since=ringing.since,
            why=pick.why,
        )
    if team is not None:
        choosing.rung(ex, team.id, pick)
    ringing.legs[leg.id] = leg


def _wait(ex: Exchange, call: Call, ringing: Ringing, left_s: float) -> None:
    """Until the line has a free leg; while no phone rings at all, only for a moment."""
    ex.line(call.leg.line).wanting[call.id] = call
    if not ringing.legs:
        _found(ringing, Why("busy", "no_leg"))
        ex.turn.after(min(sharing.NO_LEG_PAUSE_S, left_s), "retry", call.id)


def _picks(ex: Exchange, call: Call, ringing: Ringing) -> Sequence[Pick]:
    """Who can be rung now, whoever comes first in front: one, or all of a team whose phones are to ring at once."""
    step, team = ringing.step, _team(call, ringing.step)
    if step.target == "number":
        return () if ringing.tried or call.draft else (Pick(step.to, ""),)
    people = _people(ex, call, step)
    if team is None:
        return tuple(Pick(agent, "") for agent in people if agent not in ringing.tried and ex.roster.is_free(agent))
    free = [agent for agent in ex.roster.free_of(team.id) if agent in people and agent not in ringing.tried]
    free = skills.who_may(ex, free, ringing)
    if not free:
        return ()
    if _rings_all(call, step):
        return tuple(Pick(agent, "ring_all") for agent in free)
    return (choosing.chosen(ex, call, team.order, team.id, free, ringing),)


def _team(call: Call, step: Ringer) -> Team | None:
    """The team that the step rings, by the version that the call is on."""
    return call.site.teams.get(step.to) if step.target == "team" else None


def _rings_all(call: Call, step: Ringer) -> bool:
    team = _team(call, step)
    return team is not None and team.order.strategy == "ring_all"


def _people(ex: Exchange, call: Call, step: Ringer) -> tuple[str, ...]:
    """Whom the step means; in a trial, those of them who take part in it."""
    manager = (call.ringing.person,) if call.ringing is not None and call.ringing.person else ()
    if step.target == "team":
        team = call.site.teams.get(step.to)
        return team.agents if team is not None else ()
    people = manager if step.target == "manager" else (step.to,)
    rings = ex.site.draft.rings if ex.site.draft is not None else ()
    return tuple(agent for agent in people if not call.draft or agent in rings)


def _why_nobody(ex: Exchange, call: Call, ringing: Ringing) -> Why:
    """Why nobody could be rung at all."""
    step = ringing.step
    people = _people(ex, call, step)
    if not people or step.target == "number":
        away = call.client is not None and bool(call.client.manager)
        none = "absent" if away else "no_manager"
        return Why("unreachable", "draft" if call.draft else none if step.target == "manager" else "off")
    found = {ex.roster.why_not(agent) for agent in people}
    if found <= {"off"}:
        return Why("unreachable", "off")
    if step.target == "team":
        able = skills.who_may(ex, (agent for agent in people if agent in ex.roster.seats), ringing)
        found = {ex.roster.why_not(agent) for agent in able}
        if found <= {"off"}:
            return Why("busy", "no_skill")
    return Why("busy", "paused" if found <= {"off", "paused"} else "busy")


def _team_of(call: Call, agent: str) -> str:
    """The team for which an agent's talk is booked: the client's, when the agent is of it or the client's manager."""
    teams = call.site.teams
    client = call.client
    if client is not None and client.team in teams and (agent == client.manager or agent in teams[client.team].agents):
        return teams[client.team].id
    own = next((team.id for team in teams.values() if agent in team.agents), "")
    return own or (drafts.TEAM if call.draft else "")


def _let_go(ex: Exchange, call: Call, ringing: Ringing, leg: Leg, why: Declined, code: int) -> None:  # noqa: PLR0917
    """A phone does not ring any more."""
    del ringing.legs[leg.id]
    phones.note_declined(ex, call, leg, why, code)
    if ringing.step.target != "number":
        ex.roster.released(leg.agent, moved_back=why not in {"failed", "cancelled", "elsewhere"})
    ex.hang_up_leg(leg, elsewhere=why == "elsewhere")


def _forget(ex: Exchange, call: Call) -> None:
    """Nothing is rung any more, and no leg waited for."""
    call.ringing = None
    ex.line(call.leg.line).wanting.pop(call.id, None)
    ex.turn.cancel("retry", call.id)


def _note(call: Call, ringing: Ringing, outcome: Literal[Missed, "answered", "abandoned"], reason: str) -> None:
    step = ringing.step
    to = step.to or (call.client.manager if call.client is not None else "")
    rang_s = call.now - ringing.since
    call.note(
        RingEnded(
            at=call.now,
            call=call.id,
            step=step.name,
            target=step.target,
            to=to,
            outcome=outcome,
            reason=reason,
            rang_s=rang_s,
        )
    )
