"""The end of a wait: whoever rings is let go, the contact is closed, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.facts.calls import QueueLeft
from gateway.core.legs import phones

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.queue import LeftReason
    from gateway.core.queue.queue import Waiter


Left = Literal["answered", "abandoned", "overflowed", "lost"]


def leave(ex: Exchange, waiter: Waiter, outcome: Left, reason: LeftReason = "") -> None:
    """He waits no more: whoever rings for him is let go, and the contact is closed."""
    call = waiter.call
    ex.room.leave(waiter)
    ex.unblock(waiter)
    call.waiter = None
    ex.turn.cancel("wait", call.id)
    ex.turn.cancel("retry", call.id)
    ex.turn.cancel("skills", call.id)
    ex.turn.cancel("look", call.id)
    ex.turn.cancel("step_wait", call.id)
    ex.turn.cancel("announce", call.id)
    legs, waiter.legs = waiter.legs, {}
    for leg in legs.values():
        phones.note_declined(ex, call, leg, "elsewhere" if outcome == "answered" else "cancelled", 0)
        ex.roster.released(leg.agent, moved_back=False)
        ex.hang_up_leg(leg, elsewhere=outcome == "answered")
    close_contact(call, outcome, reason)


def close_contact(call: Call, outcome: Left, reason: LeftReason = "") -> None:
    """QueueLeft for the open QueueEntered."""
    contact = call.story.contact
    if contact is not None:
        wait_s = call.now - contact.at
        call.note(
            QueueLeft(at=call.now, call=call.id, team=contact.team, outcome=outcome, wait_s=wait_s, reason=reason)
        )
