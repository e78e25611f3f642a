"""One transfer that is going on: how far it has come, and what every part of it does with phones and words.

What leads from one phase to the next stands in `transfers.py`, and in `recalls.py` for callers whose agent has let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import Play, TellTransfer
from gateway.core.facts.talk import TransferDone, TransferFailed
from gateway.core.legs import phones
from gateway.core.speech import saying

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined, Stage
    from gateway.core.facts.talk import Afterwards, TransferHow, TransferReason, TransferVia
    from gateway.core.legs.legs import Leg
    from gateway.core.talk.targets import Target

Phase = Literal[
    "waiting",  # for a free leg on the line
    "ringing",  # the target's phone
    "consulting",  # agent and target talk, the caller hears music
    "conference",  # all three hear each other
    "queued",  # the caller waits for the team that is the target
    "recalling",  # the agent who asked is rung again, or will be
]


AGAIN_S = 0.5
"""How often it is looked whether a leg, or the agent's phone, is free by now."""


REASONS: dict[Declined, TransferReason] = {
    "busy": "busy",
    "refused": "refused",
    "no_answer": "no_answer",
    "unreachable": "unreachable",
    "failed": "no_leg",
}


CODES: dict[TransferReason, int] = {
    "unknown_target": 404,
    "self": 482,
    "emergency": 403,
    "not_allowed": 403,
    "draft": 403,
    "consult_first": 403,
    "busy": 486,
    "paused": 480,
    "off": 480,
    "refused": 603,
    "no_answer": 480,
    "unreachable": 480,
    "no_leg": 503,
    "other_line": 403,
    "not_now": 491,
    "gone": 487,
}
"""What a phone that asked by REFER is told."""


class Transfer:
    """One transfer that is going on. `leg` is the target's, or the asking agent's when he is rung again."""

    __slots__ = ("asked_at", "by", "how", "leg", "met_at", "music", "phase", "target", "team", "until", "via")

    def __init__(self, call: Call, how: TransferHow, via: TransferVia, target: Target, *, by: str, team: str) -> None:
        self.how = how
        self.via = via
        self.target = target
        self.by = by
        self.team = team
        self.music = call.talk.music if call.talk is not None else ""
        self.asked_at = call.now
        self.phase: Phase = "waiting"
        self.leg: Leg | None = None
        self.met_at = 0.0
        """When the target took the consulting call."""
        self.until = call.now + call.site.features.ring_s

    @property
    def rings(self) -> bool:
        """Whether `leg` is a phone that rings."""
        return self.phase in {"ringing", "recalling"}

    def done(self, call: Call, *, answered_by: str) -> TransferDone:
        return TransferDone(
            at=call.now,
            call=call.id,
            agent=self.by,
            how=self.how,
            target=self.target.kind,
            to=self.target.to,
            answered_by=answered_by,
            after_s=call.now - self.asked_at,
        )


def tell(call: Call, leg: Leg, code: str) -> bool:
    """Say to an agent's phone what `code` stands for; False when the office has no words for it."""
    prompt = call.site.features.said.get(code)
    clips = saying.clips_of(prompt, {}, language="", fallback="", site=call.site) if prompt is not None else ()
    if clips:
        call.order(Play(leg=leg.id, play=f"{leg.id}/told", clips=clips, barge_in=False))
    return bool(clips)


def tell_phone(call: Call, code: int, reason: str = "") -> None:
    if call.talk is not None:
        call.order(TellTransfer(leg=call.talk.leg.id, code=code, reason=reason))


def ring_agent(call: Call, agent: str, team: str, ring_s: float) -> Leg:
    manager = call.client is not None and agent == call.client.manager
    stage: Stage = "manager" if manager else "team"
    return phones.ring_agent(call.ex, call, agent, stage=stage, team=team, ring_s=ring_s, since=call.now)


def team_of(call: Call, agent: str, first: str) -> str:
    """The team for which the target's talk is booked: that of the talk so far, if it is his too."""
    teams = call.site.teams
    if first in teams and agent in teams[first].agents:
        return first
    return next((team.id for team in teams.values() if agent in team.agents), first)


def stop_ringing(ex: Exchange, call: Call, transfer: Transfer, why: Declined, code: int) -> None:
    leg, transfer.leg = transfer.leg, None
    if leg is None:
        return
    if call.joining is not None and call.joining.leg is leg:
        call.joining = None
        ex.turn.cancel("join", call.id)
    unanswered(ex, call, leg, why, code)
    ex.hang_up_leg(leg)


def unanswered(ex: Exchange, call: Call, leg: Leg, why: Declined, code: int = 0) -> None:
    """The books of a ringing that came to nothing."""
    phones.note_declined(ex, call, leg, why, code)
    if leg.agent in ex.roster.seats:
        ex.roster.released(leg.agent, moved_back=why not in {"failed", "cancelled"})


def failure(call: Call, transfer: Transfer, reason: TransferReason, then: Afterwards) -> TransferFailed:
    return TransferFailed(
        at=call.now,
        call=call.id,
        agent=transfer.by,
        how=transfer.how,
        target=transfer.target.kind,
        to=transfer.target.to,
        reason=reason,
        then=then,
    )
