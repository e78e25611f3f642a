"""What becomes of one call-back now: into the queue, not yet, or never; after the facts of a turn are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.call.call import Call
from gateway.core.call_back import hours as call_back_hours
from gateway.core.call_back import request as call_back_request
from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.call_back.virtual import Outgoing
from gateway.core.facts.call_back import CallBackGivenUp, CallBackHeld, CallBackQueued
from gateway.core.flow.steps import Queue
from gateway.core.hours import override
from gateway.core.legs.legs import Leg
from gateway.core.queue import leaving, owners, routing, skills
from gateway.core.site import dial_rules

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call_back.hours import Allowed
    from gateway.core.desk.call_backs import Progress
    from gateway.core.facts.call_back import GivenUp, HeldReason
    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.site.call_backs import CallBacks
    from gateway.core.site.site import Client, Team


def look(ex: Exchange, progress: Progress) -> None:
    """Into the queue, or not yet, or never."""
    name, rules, now = progress.requested.call_back, ex.site.call_backs, ex.turn.now
    if rules is None or progress.given_up or progress.by_call:
        return
    client = ex.site.clients.get(progress.requested.client)
    allowed = call_back_hours.look(ex.site, rules, client, now, _override(ex, rules))
    call = ex.virtual.calls.get(name)
    if call is not None:
        waits = call.out is not None and call.out.phase == "waiting" and call.joining is None
        if not waits or allowed.now or not call_back_virtual.withdraw(ex, call, allowed.reason):
            _look_again_at(ex, name, allowed.until)
            return
    if call_back_request.on_the_telephone(ex, progress):
        return
    addressee = addressee_of(ex, progress)
    never = _never(ex, progress, rules, client) or ("nobody_for_it" if addressee is None else "")
    took = ex.virtual.nobody_took.pop(name, "took")
    if never or addressee is None:
        _give_up(ex, progress, never or "nobody_for_it")
    elif took is None:
        _hold(ex, progress, "nobody_took", now + rules.retry_after_s)
    elif progress.again_at > now:
        _look_again_at(ex, name, progress.again_at)
    elif not allowed.now:
        _closed_now(ex, progress, rules, client, allowed)
    elif any(name != other.requested.call_back and other.requested.call_back in ex.virtual.calls
             for other in ex.desk.call_back_book.of_number(progress.requested.number)):  # fmt: skip
        _hold(ex, progress, "same_number", None)
    elif (line := call_back_virtual.pick_line(ex)) is None:
        _hold(ex, progress, "no_line", None)
    elif call_back_request.on_a_line_not_back(ex, progress):
        _look_again_at(ex, name, now + call_back_virtual.AGAIN_S)
    else:
        _enter(ex, progress, addressee, line)
        _look_again_at(ex, name, allowed.until)


def _never(ex: Exchange, progress: Progress, rules: CallBacks, client: Client | None) -> GivenUp | None:
    """Why the box will not dial this."""
    if client is not None and client.do_not_call_back:
        return "do_not_call_back"
    return dial_rules.why_not(progress.requested.number, ex.site, rules.listed) or None


def _closed_now(ex: Exchange, progress: Progress, rules: CallBacks, client: Client | None, allowed: Allowed) -> None:
    until = call_back_hours.next_time(ex.site, rules, client, ex.turn.now, _override(ex, rules))
    if until is None or not allowed.reason:
        _give_up(ex, progress, "never_open")
        return
    _hold(ex, progress, allowed.reason, until)


def _enter(ex: Exchange, progress: Progress, addressee: tuple[Team, str], line: str) -> None:
    """Into the queue with the original time. Where nobody is logged in at all, it is held until somebody is."""
    team, person = addressee
    requested, now = progress.requested, ex.turn.now
    name = requested.call_back
    client = ex.site.clients.get(requested.client)
    call = _virtual(ex, progress, client, line)
    by_client = client is not None and person == client.manager
    first = owners.first_of(ex, call, team, by_client=True) if by_client else owners.NOBODY
    if person and not by_client:
        first = owners.First("", person, reason="manager_free")
    waiter = ex.room.enter(
        call,
        team,
        manager=first.person,
        area=requested.area,
        entered_at=progress.since,
        priority=requested.priority,
    )
    skills.begin(ex, waiter, Queue(name=name, to=team.id))
    waiter.first = first
    waiter.declined = ex.virtual.declined.pop(requested.call_back, {})
    call.waiter = waiter
    if not routing.somebody(ex, waiter):
        leaving.leave(ex, waiter, "overflowed")
        call_back_virtual.end_planned(ex, call, "nobody")
        ex.virtual.put_off(requested.call_back)
        ex.virtual.nobody[requested.call_back] = None
        _hold(ex, progress, "nobody", None)
        return
    ex.turn.note(
        CallBackQueued(
            at=now,
            call=requested.call,
            call_back=requested.call_back,
            team=team.id,
            manager=first.owner,
            position=ex.room.position(waiter),
            waiting_since=progress.since,
            outbound=call.id,
        )
    )
    ex.turn.after(team.max_wait_s, "wait", call.id)
    if not routing.first_stage(ex, waiter):
        routing.give_up(ex, waiter)


def _virtual(ex: Exchange, progress: Progress, client: Client | None, line: str) -> Call:
    """A call without a caller."""
    requested, now = progress.requested, ex.turn.now
    before = progress.outbound.rpartition(".o")[2] or "-1"
    number = max(int(1000 * (now - requested.at)), int(before) + 1)
    name = f"{requested.call_back}.o{number}"  # unique, also where the journal has lost its last moment
    leg = Leg(name, line=line, state="planned", at=now)
    call = Call(ex, leg, flow="", state="queued")
    leg.call = call
    call.out = Outgoing(requested.call_back, requested.number, cut_off=requested.cut_off)
    call.values["caller"] = requested.number
    call.values["call_back_number"] = requested.number
    if requested.area:
        call.values["area"] = requested.area
    if client is not None:
        call.know(client)
    call.values["language"] = (
        requested.language or (client.language if client is not None else "") or next(iter(ex.site.voices), "")
    )
    ex.calls[call.id] = call
    ex.virtual.calls[requested.call_back] = call
    return call


def addressee_of(ex: Exchange, progress: Progress) -> tuple[Team, str] | None:
    """(team, agent to be asked first or "") of the present version; None: there is nobody whom the box could ring."""
    requested, site = progress.requested, ex.site
    client = site.clients.get(requested.client)
    of_client = site.teams.get(client.team) if client is not None else None
    team: Team | None = None
    person = ""
    if requested.whose == "team":
        team = site.teams.get(requested.to)
    elif requested.whose == "agent":
        person = requested.to if requested.to in site.agents else ""
        if client is None or client.manager != person:
            team = next((team for team in site.teams.values() if person in team.agents), None)
        team = team or of_client
    if team is None:
        return None
    within = tuple(stage for stage in team.overflow if not stage.number)  # nobody is connected with a number outside
    return (team if within == team.overflow else replace(team, overflow=within)), person


def _hold(ex: Exchange, progress: Progress, reason: HeldReason, until: float | None) -> None:
    """It does not stand in the queue. Told once for as long as nothing changes."""
    name = progress.requested.call_back
    if (progress.state, progress.reason, progress.next_at) != ("held", reason, until):
        held = CallBackHeld(at=ex.turn.now, call=progress.requested.call, call_back=name, reason=reason, until=until)
        ex.turn.note(held)
    _look_again_at(ex, name, until)


def _look_again_at(ex: Exchange, name: str, at: float | None) -> None:
    if at is None:
        ex.turn.cancel("call_back", name)
    else:
        ex.turn.after(at - ex.turn.now, "call_back", name)


def _give_up(ex: Exchange, progress: Progress, reason: GivenUp) -> None:
    requested = progress.requested
    ex.turn.note(CallBackGivenUp(at=ex.turn.now, call=requested.call, call_back=requested.call_back, reason=reason))


def _override(ex: Exchange, rules: CallBacks) -> HoursOverridden | None:
    return override.current(ex, rules.hours, ex.turn.now) if rules.hours else None
