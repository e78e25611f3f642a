"""A frozen picture of the switchboard for people: who is on which line, who waits, who talks, who is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.hours import calendar, override
from gateway.core.hours import words as calendar_words

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.site.site import Hours


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line process. `legs` counts every leg that the network has not let go of."""

    line: str
    up: bool
    boot: str
    legs: int
    legs_max: int
    callers: int
    callers_max: int
    listening: tuple[str, ...]


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `wait_s` is None when it is not in a queue, `talk_s` when nobody talks."""

    call: str
    line: str
    state: str
    flow: str
    step: str
    caller: str
    called: str
    client: str
    client_name: str
    started_at: float
    team: str = ""
    stage: str = ""
    position: int = 0
    wait_s: float | None = None
    ringing: tuple[str, ...] = ()
    """The agents whose phones ring for this call."""
    agent: str = ""
    """The agent who talks."""
    talk_s: float | None = None
    asked: str = ""
    """Whom that agent asks while the caller waits, or who is the third of a talk."""
    slot: str = ""
    """Where the caller is parked."""
    held: bool = False
    no_leg: bool = False
    """Somebody could answer, but the line has no free leg for it."""


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """One agent. `then` is a command that takes effect when the call is over, `unanswered` how often in a row the
    phone has rung for nothing."""

    agent: str
    name: str
    state: str
    since: float
    reason: str = ""
    then: str = ""
    call: str = ""
    free: bool = False
    unanswered: int = 0
    teams: tuple[str, ...] = ()


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """Those who wait for one team, longest first."""

    team: str
    name: str
    calls: tuple[str, ...]
    longest_wait_s: float | None
    logged_in: int
    free: int
    call_backs: int = 0
    """Clients to be called back who have a place among them, and are not on the telephone."""


class HoursView(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar: open or closed, why (a code of `calendar`), and when that changes (None: not within a year)."""

    calendar: str
    open: bool
    reason: str
    why: str
    """The whole sentence, in English."""
    changes_at: float | None
    override: HoursOverridden | None = None


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at the moment of the last event (`at`)."""

    at: float
    site: str
    site_version: str
    lines: tuple[LineView, ...]
    calls: tuple[CallView, ...]
    agents: tuple[AgentView, ...]
    queues: tuple[QueueView, ...]


def look(ex: Exchange) -> BoardView:
    """Take the picture. Costs in proportion to what is there; it is for people, not for every event."""
    roster, now = ex.roster, ex.turn.now
    queues: list[QueueView] = []
    teams = {call.waiter.team.id: call.waiter.team for call in ex.calls.values() if call.waiter is not None}
    for team in {**teams, **{team.id: team for team in ex.site.teams.values()}}.values():
        everybody = ex.room.waiting(team.id)
        waiting = [waiter for waiter in everybody if waiter.call.out is None]
        queues.append(
            QueueView(
                team=team.id,
                name=team.name,
                calls=tuple(waiter.call.id for waiter in waiting),
                call_backs=len(everybody) - len(waiting),
                longest_wait_s=now - min(waiter.since for waiter in waiting) if waiting else None,
                logged_in=sum(roster.why_not(agent) != "off" for agent in roster.members(team.id)),
                free=sum(roster.is_free(agent) for agent in roster.members(team.id)),
            )
        )
    return BoardView(
        at=now,
        site=ex.site.name,
        site_version=ex.site.version,
        lines=tuple(
            LineView(
                line=line.id,
                up=line.up,
                boot=line.boot,
                legs=len(line.legs),
                legs_max=line.legs_max,
                callers=sum(not leg.agent for leg in line.legs.values()),
                callers_max=line.callers_max,
                listening=line.listening,
            )
            for line in ex.lines.values()
        ),
        calls=tuple(_call(ex, call) for call in ex.calls.values() if call.out is None or call.out.started),
        agents=tuple(
            AgentView(
                agent=seat.agent.id,
                name=seat.agent.name,
                state=seat.state,
                since=seat.since,
                reason=seat.reason,
                then=seat.then,
                call=seat.call,
                free=roster.is_free(seat.agent.id),
                unanswered=seat.unanswered,
                teams=roster.teams_of(seat.agent.id),
            )
            for seat in roster.seats.values()
        ),
        queues=tuple(queues),
    )


def look_at_hours(ex: Exchange, now: float) -> tuple[HoursView, ...]:
    """Every calendar at `now`: hours change without an event."""
    return tuple(_hours(ex, hours, now) for hours in ex.site.hours.values())


def _hours(ex: Exchange, hours: Hours, now: float) -> HoursView:
    forced = override.current(ex, hours.id, now)
    decision = calendar.decide(ex.site, hours, now, forced)
    changes_at = calendar.changes_at(ex.site, hours, now, forced)
    return HoursView(
        calendar=hours.id,
        open=decision.open,
        reason=decision.reason,
        why=calendar_words.sentence(ex.site, decision, changes_at, "en"),
        changes_at=changes_at,
        override=forced,
    )


def _call(ex: Exchange, call: Call) -> CallView:
    waiter, talk, record, now = call.waiter, call.talk, call.story.record, ex.turn.now
    transfer = call.transfer
    rings = transfer if transfer is not None and transfer.rings else call.slot
    looks = waiter or call.ringing
    rung = looks.legs.values() if looks is not None else (rings.leg,) if rings is not None else ()
    return CallView(
        call=call.id,
        line=call.leg.line,
        state=call.state,
        flow=call.walk.flow.id if call.walk.flow is not None else call.flow,
        step=call.walk.step.name if call.walk.step is not None else "",
        caller=record.caller,
        called=record.called,
        client=record.client,
        client_name=call.client.name if call.client is not None else "",
        started_at=record.started_at,
        team=record.team,
        stage=waiter.stage if waiter is not None else record.answered_stage,
        position=ex.room.position(waiter) if waiter is not None else 0,
        wait_s=now - waiter.since if waiter is not None else None,
        ringing=tuple(leg.agent for leg in rung if leg is not None),
        agent=talk.agent if talk is not None else "",
        talk_s=now - talk.started_at if talk is not None else None,
        asked=transfer.leg.agent if transfer is not None and transfer.leg is not None and not transfer.rings else "",
        slot=call.slot.number if call.slot is not None else "",
        held=bool(call.story.holds),
        no_leg=waiter is not None and waiter.blocked,
    )
