"""The end of a wait: whoever rings is let go, the contact is closed, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core import phones
from gateway.core.facts import QueueLeft

if TYPE_CHECKING:
    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.queue import Waiter


Left = Literal["answered", "abandoned", "overflowed", "lost"]


def leave(ex: Exchange, waiter: Waiter, outcome: Left) -> None:
    """He waits no more: whoever rings for him is let go, and the contact is closed."""
    call = waiter.call
    ex.room.leave(waiter)
    ex.unblock(waiter)
    call.waiter = None
    ex.turn.cancel("wait", call.id)
    ex.turn.cancel("retry", call.id)
    leg, waiter.leg = waiter.leg, None
    if leg is not None and outcome != "answered":
        phones.note_declined(ex, call, leg, "cancelled", 0)
        ex.roster.released(leg.agent, moved_back=False)
        ex.hang_up_leg(leg)
    close_contact(call, outcome)


def close_contact(call: Call, outcome: Left) -> None:
    """QueueLeft for the open QueueEntered."""
    contact = call.story.contact
    if contact is not None:
        call.note(
            QueueLeft(at=call.now, call=call.id, team=contact.team, outcome=outcome, wait_s=call.now - contact.at)
        )
