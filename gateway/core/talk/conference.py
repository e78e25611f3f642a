"""Three hear each other: caller, agent, and whoever the agent has asked. The bridge is that of caller and agent; the
third hears both, and is heard by both, one way each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Hear, Unbridge
from gateway.core.facts.talk import Conferenced
from gateway.core.talk import talk

if TYPE_CHECKING:
    from gateway.core.call.call import Call


def begin(call: Call) -> bool:
    """Take the caller into the consulting call. False: there is none."""
    transfer, at = call.transfer, call.talk
    if transfer is None or at is None or transfer.phase != "consulting" or transfer.leg is None:
        return False
    third = transfer.leg
    transfer.phase = "conference"
    call.order(Unbridge(leg=at.leg.id, other=third.id))
    talk.attach(call)
    for leg in (call.id, at.leg.id):
        call.order(Hear(leg=leg, other=third.id))
        call.order(Hear(leg=third.id, other=leg))
    call.note(Conferenced(at=call.now, call=call.id, agent=at.agent, other=third.agent))
    return True
