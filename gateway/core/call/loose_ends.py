"""What the journal of a call leaves open when the program has stopped in its middle, and the facts that close it.

Every offer, talk, transfer and parking that was begun has an end in the journal, whatever became of the call: who adds
up the facts finds nothing that lasts for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import AgentDeclined, TalkEnded
from gateway.core.facts.talk import TransferDone, TransferFailed, Unparked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.core.call.record import Story
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import CallBridged
    from gateway.core.facts.talk import Afterwards


def offers(story: Story, now: float, rang: Mapping[str, str]) -> Iterator[AnyFact]:
    """The offers of which the journal tells no end; how long those phones rang nobody knows. `rang`: agent -> leg."""
    for agent, how in story.record.offered:
        if not how:
            leg = rang.get(agent, "")
            yield AgentDeclined(
                at=now, call=story.record.call, agent=agent, leg=leg, why="cancelled", code=0, rang_s=0.0
            )


def talk(story: Story, bridged: CallBridged, now: float) -> TalkEnded:
    """The end of a talk, at the time at which it was seen that nobody talks any more."""
    return TalkEnded(
        at=now,
        call=story.record.call,
        agent=bridged.agent,
        talk_s=now - bridged.at,
        hold_s=story.hold_until(now),
        by="line",
    )


def handing(story: Story, now: float, then: Afterwards, *, agent: str = "") -> Iterator[AnyFact]:
    """The ends of a transfer and of a parking. `then`: what becomes of the caller; `agent`: who talks with him now, if
    anybody: the transfer is done when that is not the one who asked for it."""
    asked, parked, call = story.handing, story.parked, story.record.call
    if parked is not None:
        yield Unparked(
            at=now,
            call=call,
            slot=parked.slot,
            how="taken" if agent else "gone" if then == "gone" else "restart",
            agent=agent,
            parked_s=now - parked.at,
        )
    if asked is None:
        return
    if agent and agent != asked.agent:
        yield TransferDone(
            at=now,
            call=call,
            agent=asked.agent,
            how=asked.how,
            target=asked.target,
            to=asked.to,
            answered_by=agent,
            after_s=now - asked.at,
        )
    else:
        yield TransferFailed(
            at=now,
            call=call,
            agent=asked.agent,
            how=asked.how,
            target=asked.target,
            to=asked.to,
            reason="restart",
            then=then,
        )
