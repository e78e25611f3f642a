"""An agent hands the caller on, by a code or by the phone's own transfer (REFER): who is rung, and what becomes of it.

    blind:    the agent is let go, the caller hears music while the target rings; whoever answers has him
    consult:  the caller hears music while the agent talks with the target; the agent hangs up: the target has him
    team:     the caller enters the team's queue, as a contact of its own
    flow:     the caller goes to the flow of one of the office's numbers

The phone's own transfer keeps its leg until the target answers or the phone hangs up, so a target that does not answer
leaves the caller with the agent as if nothing had been tried. If the agent's leg is gone by then, he is rung again, and
if he cannot be had the caller waits for his team: nobody is ever lost. The talk of each agent ends at the second in
which he lets go, and the next one's begins at the second in which the caller hears somebody.

A line that has no free leg for the target: a blind transfer lets the agent go first and takes his; a consultation,
which needs one more, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import Bridge, StopPlay, TellTransfer, Unbridge, Unhear
from gateway.core.facts.talk import Consulted, TransferAsked, TransferFailed
from gateway.core.legs import phones
from gateway.core.talk import handing, recalls, talk, targets
from gateway.core.talk.handing import Transfer

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined
    from gateway.core.facts.talk import TransferHow, TransferReason, TransferVia
    from gateway.core.legs.legs import Leg
    from gateway.core.talk.targets import Target


def ask(call: Call, how: TransferHow, via: TransferVia, target: Target) -> None:
    """The agent who talks wants this. Refused with the reason, or begun."""
    ex, at = call.ex, call.talk
    if at is None or call.transfer is not None or call.state != "bridged" or call.joining is not None:
        _refuse(call, how, via, target, "not_now")
        return
    why = targets.why_not(call, target, at.agent, consult=how == "consult")
    full = ex.is_full(call.leg.line)
    if why is None and how == "consult" and full:
        why = "no_leg"
    if why is not None:
        _refuse(call, how, via, target, why)
        return
    call.note(
        TransferAsked(at=call.now, call=call.id, agent=at.agent, how=how, via=via, target=target.kind, to=target.to)
    )
    transfer = Transfer(call, how, via, target, by=at.agent, team=at.team)
    if target.kind == "flow":
        _let_by_go(call, transfer)
        call.note(transfer.done(call, answered_by=""))
        call.advance("served")
        call.walk.begin(target.to)
        return
    call.transfer = transfer
    if target.kind == "team" and how == "blind":
        _let_by_go(call, transfer)
        transfer.phase = "queued"
        if not recalls.enter_team(call, target.to, 0):
            recalls.recall(call, "off")
        return
    talk.detach(call)
    if how == "blind" and (via == "code" or full):
        _let_by_go(call, transfer)
    elif via == "refer":
        handing.tell_phone(call, 100)
    if full:
        ex.turn.after(handing.AGAIN_S, "transfer", call.id)
    else:
        _ring(call, transfer)


def due(call: Call) -> None:
    """The "transfer" deadline."""
    transfer, ex = call.transfer, call.ex
    if transfer is None:
        return
    if transfer.phase == "recalling":
        recalls.try_again(call, transfer)
    elif transfer.phase != "waiting":
        return
    elif not ex.is_full(call.leg.line):
        why = targets.why_not(call, transfer.target, transfer.by, consult=False)
        if why is None:
            _ring(call, transfer)
        else:
            _failed(call, transfer, why)
    elif call.now >= transfer.until:
        _failed(call, transfer, "no_leg")
    else:
        ex.turn.after(handing.AGAIN_S, "transfer", call.id)


def rings(call: Call, leg: Leg) -> bool:
    """Whether `leg` is rung for a transfer of this call."""
    transfer = call.transfer
    return transfer is not None and transfer.leg is leg and transfer.rings


def is_asked(call: Call) -> bool:
    """Whether whoever is rung is only asked for now, while the caller stays with the agent."""
    return call.transfer is not None and call.transfer.how == "consult" and call.talk is not None


def music(call: Call) -> str:
    """Clip key of what the caller hears while somebody is rung for him."""
    return call.transfer.music if call.transfer is not None else ""


def bridge(call: Call, leg: Leg, *, whisper_s: float) -> None:
    """Whoever is rung on `leg` is there, has accepted, and knows who calls."""
    transfer, ex = call.transfer, call.ex
    if transfer is None:
        return
    if leg.agent in ex.roster.seats:
        ex.roster.answered(leg.agent)
    if not is_asked(call):
        _hand_over(call, transfer, leg, whisper_s=whisper_s)
        return
    transfer.phase, transfer.met_at = "consulting", call.now
    if call.talk is not None:
        call.order(StopPlay(leg=call.talk.leg.id))
        call.order(Bridge(leg=call.talk.leg.id, other=leg.id))


def declined(ex: Exchange, leg: Leg, why: Declined, code: int) -> bool:
    """Whether a ringing that ended without an answer was a transfer's."""
    call = leg.call
    transfer = call.transfer if call is not None else None
    if call is None or transfer is None or not rings(call, leg):
        return False
    recalled = transfer.phase == "recalling"
    handing.stop_ringing(ex, call, transfer, why, code)
    reason = handing.REASONS.get(why, "no_answer")
    if recalled:
        recalls.to_team(call, transfer, reason)
    else:
        _failed(call, transfer, reason)
    return True


def leg_over(ex: Exchange, leg: Leg) -> bool:
    """Whether the leg that is no more was one of a transfer in a talk, which goes on without it."""
    call = leg.call
    transfer = call.transfer if call is not None else None
    if call is None or transfer is None:
        return False
    if call.talk is not None and call.talk.leg is leg:
        if transfer.phase in {"consulting", "conference"} and transfer.leg is not None:
            _complete(call, transfer, transfer.leg)
        else:  # rings still, or waits for a leg: blind from here on
            transfer.how = "blind"
            _let_by_go(call, transfer)
        return True
    if transfer.leg is leg and transfer.phase in {"consulting", "conference"}:
        _released(ex, call, transfer, "left")
        return True
    return False


def take_back(call: Call) -> bool:
    """The agent wants the caller back: whoever is asked, rung or in conference is let go. False: nobody is."""
    transfer, ex = call.transfer, call.ex
    if transfer is None or call.talk is None or transfer.leg is None:
        return False
    if transfer.phase == "ringing":
        handing.stop_ringing(ex, call, transfer, "cancelled", 0)
        _consulted(call, transfer, transfer.target.to, 0.0, "back")
        call.transfer = None
        talk.attach(call)
    else:
        if transfer.phase == "consulting":
            call.order(Unbridge(leg=call.talk.leg.id, other=transfer.leg.id))
        ex.hang_up_leg(transfer.leg)
        _released(ex, call, transfer, "back")
    return True


def over(call: Call) -> None:
    """The call ends: whoever is rung or asked for it is let go."""
    transfer, ex = call.transfer, call.ex
    if transfer is None:
        return
    call.note(handing.failure(call, transfer, "gone", "gone"))
    if transfer.via == "refer" and call.talk is not None:
        handing.tell_phone(call, handing.CODES["gone"])
    leg = transfer.leg
    if leg is not None and transfer.rings:
        handing.stop_ringing(ex, call, transfer, "cancelled", 0)
    elif leg is not None:
        _consulted(call, transfer, leg.agent, call.now - transfer.met_at, "gone")
        _let_target_go(ex, leg)
        ex.hang_up_leg(leg)
    ex.turn.cancel("transfer", call.id)
    call.transfer = None


def _refuse(call: Call, how: TransferHow, via: TransferVia, target: Target, why: TransferReason) -> None:
    at = call.talk
    if at is None:
        return
    call.note(
        TransferFailed(
            at=call.now,
            call=call.id,
            agent=at.agent,
            how=how,
            target=target.kind,
            to=target.to,
            reason=why,
            then="stays",
        )
    )
    if via == "refer":
        call.order(TellTransfer(leg=at.leg.id, code=handing.CODES[why], reason=why))
    else:
        handing.tell(call, at.leg, why)


def _ring(call: Call, transfer: Transfer) -> None:
    ex, target, ring_s = call.ex, transfer.target, call.site.features.ring_s
    transfer.phase = "ringing"
    if target.kind == "number":
        trunk = call.site.features.trunk
        transfer.leg = phones.ring_number(ex, call, target.to, uri=target.to, trunk=trunk, ring_s=ring_s)
    else:
        agent = target.to if target.kind == "agent" else targets.free_of(call, target.to, transfer.by)
        team = target.to if target.kind == "team" else handing.team_of(call, agent, transfer.team)
        transfer.leg = handing.ring_agent(call, agent, team, ring_s)
    if is_asked(call) and call.talk is not None:
        handing.tell(call, call.talk.leg, "ringing")


def _let_by_go(call: Call, transfer: Transfer) -> None:
    """The agent who asked has nothing to do with the caller any more."""
    at = call.talk
    if transfer.via == "refer" and at is not None and at.leg.state == "answered":
        handing.tell_phone(call, 200)
    if at is not None and at.leg.state == "answered" and not at.apart:
        call.order(Unbridge(leg=call.id, other=at.leg.id))
    talk.end(call, by="transfer")
    call.advance("transfer")


def _hand_over(call: Call, transfer: Transfer, leg: Leg, *, whisper_s: float) -> None:
    """The caller and whoever has answered talk."""
    if call.talk is not None:
        _let_by_go(call, transfer)
    wait_s = call.now - transfer.asked_at
    recalled = transfer.phase == "recalling"
    _begin(call, transfer, leg, wait_s=wait_s, whisper_s=whisper_s)
    if not recalled:
        call.note(transfer.done(call, answered_by=leg.agent))


def _complete(call: Call, transfer: Transfer, leg: Leg) -> None:
    """The agent has hung up on the one who was asked: that one has the caller."""
    conference = transfer.phase == "conference"
    talk.end(call, by="transfer")
    call.advance("transfer")
    _begin(call, transfer, leg, wait_s=0.0, whisper_s=0.0)
    if conference:
        call.order(Unhear(leg=call.id, other=leg.id))
        call.order(Unhear(leg=leg.id, other=call.id))
    _consulted(call, transfer, leg.agent, call.now - transfer.met_at, "transferred")
    call.note(transfer.done(call, answered_by=leg.agent))


def _begin(call: Call, transfer: Transfer, leg: Leg, *, wait_s: float, whisper_s: float) -> None:
    call.transfer = None
    call.ex.turn.cancel("transfer", call.id)
    call.advance("bridge")
    team = call.site.teams.get(leg.team)
    music = team.music if team is not None and team.music else transfer.music
    talk.begin(
        call,
        leg,
        stage=leg.stage,
        team=leg.team,
        wait_s=wait_s,
        whisper_s=whisper_s,
        music=music,
        after="transfer",
    )


def _failed(call: Call, transfer: Transfer, reason: TransferReason) -> None:
    at = call.talk
    if at is None:
        recalls.recall(call, reason)
        return
    call.transfer = None
    call.ex.turn.cancel("transfer", call.id)
    call.note(handing.failure(call, transfer, reason, "stays"))
    if transfer.via == "refer":
        handing.tell_phone(call, handing.CODES[reason], reason)
    talk.attach(call)
    if transfer.via == "code":
        handing.tell(call, at.leg, reason)


def _released(ex: Exchange, call: Call, transfer: Transfer, outcome: Literal["back", "left"]) -> None:
    """The one who was asked is gone; caller and agent talk."""
    leg, call.transfer = transfer.leg, None
    if leg is not None:
        _consulted(call, transfer, leg.agent, call.now - transfer.met_at, outcome)
        _let_target_go(ex, leg)
    if transfer.phase == "consulting":
        talk.attach(call)


def _let_target_go(ex: Exchange, leg: Leg) -> None:
    if leg.agent in ex.roster.seats:
        ex.roster.released(leg.agent, moved_back=False)


def _consulted(
    call: Call,
    transfer: Transfer,
    agent: str,
    talk_s: float,
    outcome: Literal["back", "left", "transferred", "gone"],
) -> None:
    call.note(Consulted(at=call.now, call=call.id, agent=agent, by=transfer.by, talk_s=talk_s, outcome=outcome))
