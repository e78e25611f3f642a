"""A caller whose agent has let go, and whom the target did not take: the agent is rung again, then his team has him.

Nobody is ever lost that way: only when nobody of the team is logged in the office says goodbye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.flow.steps import Queue
from gateway.core.queue import admission
from gateway.core.talk import handing
from gateway.core.talk.handing import Transfer

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.talk import TransferReason
    from gateway.core.talk.targets import Target

RECALL_S = 8.0
"""So long the agent's phone may take to be free again: a hung up leg of a dead phone holds it for 6 s."""


PRIORITY = 9
"""Of a caller who was handed on in vain and waits for the agent's team."""


def gave_up(call: Call) -> bool:
    """Whether the queue that has given the caller up was a transfer's target: then the agent is rung again."""
    if call.transfer is None or call.transfer.phase != "queued":
        return False
    recall(call, "queue_gave_up")
    return True


def recall(call: Call, reason: TransferReason) -> None:
    """The agent has let go already, and the target is not to be had: he is rung again."""
    transfer = call.transfer
    if transfer is None:
        return
    if call.state != "transferring":
        call.advance("transfer")
    call.note(handing.failure(call, transfer, reason, "rings_back"))
    transfer.phase, transfer.until = "recalling", call.now + RECALL_S
    if not call.sounding:
        call.music()
    try_again(call, transfer)


def come_back(call: Call, to: Target, *, team: str, music: str) -> None:
    """Nobody has taken the parked caller: ring whoever parked him."""
    transfer = call.transfer = Transfer(call, "blind", "code", to, by=to.to, team=team)
    transfer.music = music
    call.advance("transfer")
    transfer.phase, transfer.until = "recalling", call.now + RECALL_S
    try_again(call, transfer)


def try_again(call: Call, transfer: Transfer) -> None:
    roster, full = call.ex.roster, call.ex.is_full(call.leg.line)
    seat = roster.seats.get(transfer.by)
    if not full and seat is not None and seat.state == "wrap_up" and seat.call == call.id and not seat.leg:
        roster.wrap_up_ended(transfer.by)
    why = roster.why_not(transfer.by)
    if not why and not full:
        transfer.until = 0.0
        team = handing.team_of(call, transfer.by, transfer.team)
        transfer.leg = handing.ring_agent(call, transfer.by, team, call.site.features.ring_s)
    elif why in {"off", "paused"} or call.now >= transfer.until:
        to_team(call, transfer, why or "no_leg")
    else:
        call.ex.turn.after(handing.AGAIN_S, "transfer", call.id)


def to_team(call: Call, transfer: Transfer, reason: TransferReason) -> None:
    call.transfer = None
    call.ex.turn.cancel("transfer", call.id)
    there = enter_team(call, transfer.team, PRIORITY)
    call.note(handing.failure(call, transfer, reason, "team" if there else "goodbye"))
    if not there:
        call.stop_play()
        if call.state == "transferring":
            call.advance("served")
        call.say_goodbye()


def enter_team(call: Call, team: str, priority: int) -> bool:
    """Whether the caller waits for the team now; music plays."""
    if team not in call.site.teams:
        return False
    step = Queue(name="transfer", to=team, priority=priority or None)
    if admission.enter(call.ex, call, step) is not None:
        return False
    call.music()
    return True
