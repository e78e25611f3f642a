"""One target rung without the queue, for a time: the steps `ring` and `transfer`.

Nobody waits here: whoever is not free is not waited for. It is no contact of the figures, which is offered on entering
a queue; the talk and its after-call work count as handled. The reservation of agents, the legs and the talk are those
of the queue. Reports of a leg come here first and go on to the queue when the leg is the queue's.

Outcomes of RingEnded, and their reasons: answered; busy (busy, paused, refused, no_leg: our own line is full);
no_answer; unreachable (unreachable, off, no_manager, absent: the manager is, and nobody stands in, draft: a trial rings
nobody but its own people); abandoned (the caller hung up, or was taken away).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core import drafts, owners, phones, routing, talk, transfers
from gateway.core.facts_flow import RingEnded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.facts import Declined
    from gateway.core.flow_steps_ring import Ringer
    from gateway.core.legs import Leg

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


class Ringing:
    """What a step has rung so far. `leg` rings now."""

    __slots__ = ("best", "leg", "person", "since", "step", "tried")

    def __init__(self, step: Ringer, since: float) -> None:
        self.step = step
        self.since = since
        self.leg: Leg | None = None
        self.person = ""
        """Of a step that rings the manager: he, or who stands in for him; empty: there is nobody."""
        self.tried: set[str] = set()
        self.best: Why | None = None


def begin(ex: Exchange, call: Call, step: Ringer) -> Missed | None:
    """Ring the target. None: it rings; else why it does not, which is noted."""
    call.ringing = Ringing(step, call.now)
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
    call.ringing = None
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
    if call is None or ringing is None or ringing.leg is not leg:
        routing.declined(ex, leg, why, code)
        return
    _let_go(ex, call, ringing, why, code)
    found = _WHY[why]
    if ringing.best is None or _RANK.index(found.outcome) >= _RANK.index(ringing.best.outcome):
        ringing.best = found
    missed = _next(ex, call, ringing)
    if missed is not None:
        call.gave_up(exit_of(ringing.step, missed))


def stop(ex: Exchange, call: Call) -> None:
    """The caller is gone: nobody is rung any more."""
    ringing = call.ringing
    if ringing is not None:
        _let_go(ex, call, ringing, "cancelled", 0)
        call.ringing = None
        _note(call, ringing, "abandoned", "")


def music(call: Call) -> str:
    """Clip key of what the caller hears while it rings; empty when nothing rings."""
    ringing = call.ringing
    if ringing is None or ringing.leg is None:
        return ""
    team = call.site.teams.get(ringing.leg.team)
    return team.music if team is not None and team.music else ringing.step.music


def exit_of(step: Ringer, missed: Missed) -> str:
    """The step to go to; empty: the goodbye."""
    name = missed if missed in step.EXITS else step.EXITS[0]
    return getattr(step, name) or (getattr(step, step.ELSE[name]) if name in step.ELSE else "")


def _next(ex: Exchange, call: Call, ringing: Ringing) -> Missed | None:
    step, left_s = ringing.step, ringing.since + ringing.step.ring_s - call.now
    agent = next(_free(ex, call, ringing), "") if left_s > 0 and step.target != "number" else ""
    number = step.to if step.target == "number" and not ringing.tried and not call.draft else ""
    if (agent or number) and ex.is_full(call.leg.line):
        ringing.best = Why("busy", "no_leg")
    elif agent:
        ringing.tried.add(agent)
        team = call.site.teams.get(step.to) if step.target == "team" else None
        ringing.leg = phones.ring_agent(
            ex,
            call,
            agent,
            stage="manager" if call.client is not None and agent == call.client.manager else "team",
            team=team.id if team is not None else _team_of(call, agent),
            ring_s=min(left_s, team.agent_ring_s) if team is not None else left_s,
            since=ringing.since,
        )
        return None
    elif number:
        ringing.tried.add(number)
        ringing.leg = phones.ring_number(ex, call, number, uri=step.uri or number, trunk=step.trunk, ring_s=left_s)
        return None
    why = ringing.best or _why_nobody(ex, call, step)
    call.ringing = None
    _note(call, ringing, why.outcome, why.reason)
    return why.outcome


def _people(ex: Exchange, call: Call, step: Ringer) -> tuple[str, ...]:
    """Whom the step means; in a trial, those of them who take part in it."""
    manager = (call.ringing.person,) if call.ringing is not None and call.ringing.person else ()
    if step.target == "team":
        team = call.site.teams.get(step.to)
        return team.agents if team is not None else ()
    people = manager if step.target == "manager" else (step.to,)
    rings = ex.site.draft.rings if ex.site.draft is not None else ()
    return tuple(agent for agent in people if not call.draft or agent in rings)


def _free(ex: Exchange, call: Call, ringing: Ringing) -> Iterator[str]:
    """Who can be rung now, the longest idle of a team first."""
    people = _people(ex, call, ringing.step)
    team = call.site.teams.get(ringing.step.to) if ringing.step.target == "team" else None
    order = ex.roster.free_of(team.id) if team is not None else people
    return (agent for agent in order if agent in people and agent not in ringing.tried and ex.roster.is_free(agent))


def _why_nobody(ex: Exchange, call: Call, step: Ringer) -> Why:
    """Why nobody could be rung at all."""
    people = _people(ex, call, step)
    if not people or step.target == "number":
        away = call.client is not None and bool(call.client.manager)
        none = "absent" if away else "no_manager"
        return Why("unreachable", "draft" if call.draft else none if step.target == "manager" else "off")
    found = {ex.roster.why_not(agent) for agent in people}
    if found <= {"off"}:
        return Why("unreachable", "off")
    return Why("busy", "paused" if found <= {"off", "paused"} else "busy")


def _team_of(call: Call, agent: str) -> str:
    """The team for which an agent's talk is booked: the client's, when the agent is of it or the client's manager."""
    teams = call.site.teams
    client = call.client
    if client is not None and client.team in teams and (agent == client.manager or agent in teams[client.team].agents):
        return teams[client.team].id
    own = next((team.id for team in teams.values() if agent in team.agents), "")
    return own or (drafts.TEAM if call.draft else "")


def _let_go(ex: Exchange, call: Call, ringing: Ringing, why: Declined, code: int) -> None:
    """Nobody rings any more on the present leg."""
    leg, ringing.leg = ringing.leg, None
    if leg is None:
        return
    phones.note_declined(ex, call, leg, why, code)
    if ringing.step.target != "number":
        ex.roster.released(leg.agent, moved_back=why not in {"failed", "cancelled"})
    ex.hang_up_leg(leg)


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
