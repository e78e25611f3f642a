"""Attended transfer by the phone itself: REFER with Replaces (RFC 3891). The phone has two calls with the box, the
caller's and one that it has placed to somebody; the caller gets that somebody, and both of the phone's calls end.

The leg of whoever was called moves from the one call to the other. Only two talks on one line can be joined so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Unbridge
from gateway.core.facts.calls import AgentOffered
from gateway.core.facts.talk import TransferAsked, TransferFailed
from gateway.core.talk import handing, talk
from gateway.core.talk.handing import Transfer
from gateway.core.talk.targets import Target

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.talk import TransferReason
    from gateway.core.legs.legs import Leg


def ask(call: Call, replaced: str) -> None:
    """The agent who talks in `call` wants its caller to have whoever talks on the leg `replaced`."""
    at = call.talk
    if at is None:
        return
    leg = call.ex.legs.get(replaced)
    other = leg.call if leg is not None and not leg.agent else None
    third = other.talk.leg if other is not None and other.talk is not None else None
    target = Target("talk", third.agent if third is not None else "")
    why = _why_not(call, other, third)
    if other is None or third is None or why is not None:
        reason = why or "not_now"
        call.note(
            TransferFailed(
                at=call.now,
                call=call.id,
                agent=at.agent,
                how="consult",
                target="talk",
                to=target.to,
                reason=reason,
                then="stays",
            )
        )
        handing.tell_phone(call, handing.CODES[reason], reason)
        return
    call.note(
        TransferAsked(
            at=call.now, call=call.id, agent=at.agent, how="consult", via="refer", target="talk", to=target.to
        )
    )
    _join(call, other, third, target)


def _why_not(call: Call, other: Call | None, third: Leg | None) -> TransferReason | None:
    if other is None:
        return "other_line"
    busy = call.transfer is not None or other.transfer is not None
    if other is call or third is None or other.talk is None or other.talk.apart or busy or call.state != "bridged":
        return "not_now"
    seat = call.ex.roster.seats.get(third.agent)
    if seat is not None and (seat.removed or seat.then):
        return "off"  # logs out, or has a pause, as soon as that talk is over
    return None if third.line == call.leg.line and other.draft == call.draft else "other_line"


def _join(call: Call, other: Call, third: Leg, target: Target) -> None:
    ex, at = call.ex, call.talk
    if at is None:
        return
    transfer = Transfer(call, "consult", "refer", target, by=at.agent, team=at.team)
    call.order(Unbridge(leg=other.id, other=third.id))
    talk.end(other, by="transfer", keep_leg=True)
    seat = ex.roster.seats.get(third.agent)
    if seat is not None:
        if seat.state == "wrap_up":
            ex.roster.wrap_up_ended(third.agent)
        ex.roster.offer(third.agent, leg=third.id, call=call.id)
        ex.roster.answered(third.agent)
    third.call = call
    other.hang_up(by="agent", reason="transferred")
    if not at.apart:
        call.order(Unbridge(leg=call.id, other=at.leg.id))
    handing.tell_phone(call, 200)
    talk.end(call, by="transfer")
    call.advance("transfer")
    call.note(
        AgentOffered(at=call.now, call=call.id, agent=third.agent, leg=third.id, stage=third.stage, team=third.team)
    )
    call.advance("bridge")
    talk.begin(call, third, stage=third.stage, team=third.team, wait_s=0.0, music=transfer.music, after="transfer")
    call.note(transfer.done(call, answered_by=third.agent))
