"""What the network reports of a leg, looked at before anything is changed: late, repeated and unknown reports are no
mistake of anybody and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import HangUp, Refuse, TellTransfer
from gateway.core.call import joining
from gateway.core.call.call import Call
from gateway.core.call_back import call_backs
from gateway.core.call_back import dial as call_back_dial
from gateway.core.facts import media
from gateway.core.facts.calls import CallStarted, CallTurnedAway, LegMeasured
from gateway.core.legs import trunk_legs
from gateway.core.legs.legs import Leg
from gateway.core.site.directory import e164
from gateway.core.site.drafts import is_test_number
from gateway.core.talk import keys as talk_keys
from gateway.core.talk import park, recordings, replacing, supervision, talk, targets, transfers

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.events import (
        ActionFailed,
        CallOffered,
        KeyPressed,
        LegEnded,
        LegMediaChanged,
        PlayEnded,
        TransferRequested,
    )
    from gateway.core.facts.calls import Declined
    from gateway.core.site.site import Site

_BUSY = frozenset({486, 600})
_NO_WAY = frozenset({401, 404, 407, 408, 410, 481, 482, 483, 484, 485, 488, 604, 606})
"""Final answers that tell that the phone cannot be had, rather than that a person does not want to (RFC 3261, 21)."""

_NO_SUCH_LEG = frozenset({410, 481})
"""With which an edge says that the leg, or its line, is not there: nothing more will come from it."""

_ALREADY = 491
"""With which an edge says that a leg is past the state for that: answered a second time after a restart, say."""


NO_TRANSFER = 603
"""Of a REFER for a call that the phone does not talk in."""


def why_declined(code: int) -> Declined:
    """What a final answer to our INVITE says of the person or of the phone."""
    if code in _BUSY:
        return "busy"
    if code in _NO_WAY or code < 400 or 500 <= code < 600:
        return "unreachable"
    return "refused"


def offered(ex: Exchange, event: CallOffered) -> None:
    """An INVITE: found a flow, it is answered at once."""
    if event.leg in ex.legs or park.dialled(ex, event):
        return
    site, now = ex.site, ex.turn.now
    caller = "" if event.withheld else e164(event.caller, site.country)
    found = ex.directory_of(site).dialled(event.called)
    test = found is None and is_test_number(ex, event.called)
    if test and ex.trial is not None:
        site = ex.trial.site
        found = ex.trial.called, site.numbers[ex.trial.called]
    down = not ex.line(event.line).up
    if found is None or down:
        why = "no draft is loaded" if test else "no flow for this number"
        code, reason = (503, "line is down") if down else (404, why)
        ex.turn.order(Refuse(leg=event.leg, code=code, reason=reason, retry_after_s=5 if down else 0))
        ex.turn.note(
            CallTurnedAway(at=now, line=event.line, caller=caller, called=event.called, code=code, reason=reason)
        )
        return
    called, flow = found
    leg = Leg(event.leg, line=event.line, state="offered", at=now, trunk=event.trunk)
    call = add_call(ex, leg, flow=flow, caller=caller, called=called, site=site)
    call.draft = test
    call.note(
        CallStarted(
            at=now,
            call=call.id,
            line=event.line,
            caller=caller,
            caller_name=event.caller_name,
            called=event.called if test else called,
            flow=flow,
            site_version=site.version,
            withheld=event.withheld or not caller,
            diverted_from=event.diverted_from,
            sip_call_id=event.sip_call_id,
            draft=test,
        )
    )
    client = ex.directory_of(site).by_number(caller)
    if client is not None:
        call.identify(client, "caller_id")
    call_backs.calls_in(ex, call)
    if site.flows[flow].answers_itself():
        call.walk.begin(flow)
    else:
        call.answer()


def add_call(ex: Exchange, leg: Leg, *, flow: str, caller: str, called: str, site: Site | None = None) -> Call:
    """A call of this caller's leg, with the values that every flow can read; on the present version unless told
    otherwise."""
    call = Call(ex, leg, flow=flow, site=site)
    leg.call = call
    ex.add_leg(leg)
    ex.calls[call.id] = call
    call.values["called"] = called
    if caller:
        call.values["caller"] = caller
    return call


def answered(ex: Exchange, leg_id: str) -> None:
    """Media can flow on a leg. One that was told to end, or that nobody waits for, is told (again) to end."""
    leg = ex.legs.get(leg_id)
    if leg is None or leg.state == "ending":
        ex.turn.order(HangUp(leg=leg_id))
        return
    if not leg.may("answered"):
        return
    came_in = leg.state == "offered"
    leg.advance("answered")
    ex.turn.cancel("guard", leg.id)
    trunk_legs.answered(ex, leg, "in" if came_in else "out")
    call = leg.call
    if leg.agent:
        if not park.answered(ex, leg) and not joining.answered(ex, leg):
            ex.hang_up_leg(leg)
    elif call is not None and call.out is not None:
        call_back_dial.answered(ex, call)
    elif call is not None and call.state == "offered":
        call.advance("answered")
        if call.walk.flow is None:
            call.walk.begin(call.flow)
        else:
            call.walk.answered()


def proceeded(ex: Exchange, leg_id: str, code: int) -> None:
    """The phone is there; with 180 or 183 it rings."""
    leg = ex.legs.get(leg_id)
    if leg is None or not leg.may("rang"):
        return
    ex.turn.cancel("proceed", leg.id)
    if not leg.agent and leg.call is not None:
        call_back_dial.proceeded(ex, leg.call)
    if code in {180, 183}:
        leg.advance("rang")


def ended(ex: Exchange, event: LegEnded) -> None:
    """The dialogue is over."""
    leg = ex.legs.get(event.leg)
    if leg is not None:
        close(ex, leg, event)


def close(ex: Exchange, leg: Leg, event: LegEnded | None, *, reason: str = "") -> None:
    """The leg is no more. `event` is None when it never reported its end, or when its line died."""
    ex.drop_leg(leg)
    call = leg.call
    if event is not None and event.media is not None:
        measured = LegMeasured(
            at=ex.turn.now,
            call=call.id if call is not None else "",
            leg=leg.id,
            role="agent" if leg.agent else "caller",
            agent=leg.agent,
            media=event.media,
            mos=media.mos(event.media),
        )
        if call is not None:
            call.note(measured)
        else:
            ex.turn.note(measured)
    if not leg.agent:
        if call is not None:
            call.gone(event, reason=reason)
        return
    if transfers.leg_over(ex, leg) or park.leg_over(ex, leg):
        pass
    elif call is not None and call.talk is not None and call.talk.leg is leg:
        far = event is not None and event.by == "far"
        talk.end(call, by="agent" if far else "line")
        if far:
            if not call.served():
                call.hang_up(by="agent", reason="hung_up")
        else:
            call.hang_up(by="line", reason=reason or (event.reason if event else "") or "ended by the line", lost=True)
    elif event is not None:
        joining.ended(ex, leg, why_declined(event.code), event.code, far=event.by == "far")
    else:
        joining.ended(ex, leg, "unreachable", 0, far=False)
    ex.agent_let_go(leg)


def media_changed(ex: Exchange, event: LegMediaChanged) -> None:
    """Codec, hold, resume."""
    leg = ex.legs.get(event.leg)
    if leg is None:
        return
    leg.codec = event.codec or leg.codec
    if leg.held == event.held:
        return
    leg.held = event.held
    call = leg.call
    if call is None or call.talk is None or call.talk.apart or (leg.agent and call.talk.leg is not leg):
        return
    if event.held:
        talk.held(call, leg)
    else:
        talk.resumed(call, leg)


def key(ex: Exchange, event: KeyPressed) -> None:
    """A report of a key: for the flow, or for the other side of a talk if the line has not passed it on."""
    leg = ex.legs.get(event.leg)
    call = leg.call if leg is not None else None
    if leg is None or call is None:
        return
    if not leg.keys.report(event.key, event.source, now=ex.turn.now, duration_ms=event.duration_ms):
        return
    if leg.acceptance is not None:
        joining.key(ex, call, leg, event.key)
    elif call.talk is not None:
        if not talk_keys.key(call, leg, event):
            talk_keys.relay(call, leg, event)
    elif not leg.agent and call.out is not None:
        call_back_dial.key(ex, call, event.key)
    elif not leg.agent and call.state in {"offered", "flow", "queued"} and call.leaving is None:
        call.walk.key(event.key)


def transfer_requested(ex: Exchange, event: TransferRequested) -> None:
    """A phone wants to hand its call on; an agent's may. Somebody outside whom a flow rang may not."""
    leg = ex.legs.get(event.leg)
    call = leg.call if leg is not None else None
    talks = call is not None and call.talk is not None and call.talk.leg is leg
    if leg is None or call is None or not talks or leg.agent not in call.site.agents:
        ex.turn.order(TellTransfer(leg=event.leg, code=NO_TRANSFER, reason="not_now"))
    elif event.replaces:
        replacing.ask(call, event.replaces)
    else:
        transfers.ask(call, "blind", "refer", targets.named(call.site, event.target))


def play_ended(ex: Exchange, event: PlayEnded) -> None:
    """A prompt is over; the end of one that was replaced or stopped by us says nothing new."""
    supervision.play_ended(ex, event.play)
    call = ex.calls.get(event.leg)
    if call is not None and call.playing == event.play:
        call.play_over()
    elif call is None and (leg := ex.legs.get(event.leg)) is not None:
        joining.heard(ex, leg, event.play)


def failed(ex: Exchange, event: ActionFailed) -> None:
    """An edge could not do what it was told."""
    leg = ex.legs.get(event.leg)
    call = leg.call if leg is not None else None
    if leg is None:
        return
    match event.action.lower():
        case "dial":
            no_leg = event.code == 503 and "no free leg" in event.reason
            if not leg.agent and call is not None and leg.state == "dialled":
                call_back_dial.refused(ex, call, event.code, no_leg=no_leg)
                close(ex, leg, None, reason=event.reason)
            elif leg.agent and leg.state == "dialled":
                ex.drop_leg(leg)
                joining.ended(ex, leg, "failed" if no_leg else why_declined(event.code), event.code, far=False)
                ex.agent_let_go(leg)
        case "play":
            if call is not None and leg is call.leg and call.playing:
                call.play_over(failed=True)
            elif leg.agent:
                joining.unheard(ex, leg)
        case "hangup":
            if event.code in _NO_SUCH_LEG:
                close(ex, leg, None, reason=event.reason)
        case "startrecording" | "stoprecording":
            how: Literal["failed", "lost"] = "failed" if event.action.lower() == "startrecording" else "lost"
            recordings.refused(ex, event.leg, how, event.reason, leg_gone=event.code in _NO_SUCH_LEG)
        case "bridge" if call is not None and call.talk is None:
            pass  # the agent had hung up by then, and the flow went on with the caller
        case "bridge" if event.code in _NO_SUCH_LEG:
            pass  # somebody has just hung up; the end of that leg is told, too
        case "bridge" if leg.agent:
            if call is not None:
                transfers.take_back(call)
        case "answer" | "bridge":
            if call is not None and event.code != _ALREADY:
                call.hang_up(by="line", reason=event.reason or f"{event.action} failed", lost=True)
        case _:
            pass


def overdue(ex: Exchange, leg: Leg) -> None:
    """A leg did not report in time: one that was to be answered is ended, one that was to end is given up."""
    if leg.state == "ending":
        close(ex, leg, None, reason="no report of its end")
    elif leg.call is not None and not leg.agent:
        leg.call.hang_up(by="line", reason="answer was not confirmed", lost=True)
