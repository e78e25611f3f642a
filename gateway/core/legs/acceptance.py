"""A phone that was picked up is no answer yet where anybody may have picked it up: a mobile's voicemail box, a child.
Whoever is there is told who calls and presses 1 to take the call, 2 to refuse it; silence refuses it, too.

The time counts from the answer to the last moment in which the key can come; the words are said twice at most in it.
Nothing depends on the report that they were heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import Play, StopPlay
from gateway.core.facts.joining import AcceptanceAsked, AcceptanceEnded
from gateway.core.legs import whisper

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.legs.legs import Leg

TAKE, REFUSE = "1", "2"
REPEAT_S = 2.0
"""From the end of the words until they are said again."""
PLAYS_MAX = 2
_SOON_S = 0.01
"""A deadline that is that near has come."""

Verdict = Literal["", "accepted", "refused", "silent"]


class Acceptance:
    """What was said on one leg so far."""

    __slots__ = ("asked_at", "play", "plays", "until")

    def __init__(self, asked_at: float, within_s: float) -> None:
        self.asked_at = asked_at
        self.until = asked_at + within_s
        self.plays = 0
        self.play = ""
        """Id of the Play of which no end was reported."""


def wanted(ex: Exchange, leg: Leg) -> bool:
    """Whether the agent who is rung on `leg` has to accept by key."""
    seat = ex.roster.seats.get(leg.agent)
    return seat is not None and seat.leg == leg.id and seat.agent.accept == "key"


def ask(ex: Exchange, call: Call, leg: Leg) -> None:
    """The phone was picked up."""
    within_s = ex.roster.seats[leg.agent].agent.accept_within_s
    leg.acceptance = Acceptance(ex.turn.now, within_s)
    call.note(AcceptanceAsked(at=ex.turn.now, call=call.id, agent=leg.agent, leg=leg.id, within_s=within_s))
    _say(ex, call, leg, leg.acceptance)


def heard(ex: Exchange, leg: Leg, play: str) -> None:
    """The words are over, or could not be said."""
    asked = leg.acceptance
    if asked is not None and asked.play == play:
        asked.play = ""
        if asked.plays < PLAYS_MAX:
            ex.turn.after(min(REPEAT_S, asked.until - ex.turn.now), "accept", leg.id)


def keyed(ex: Exchange, call: Call, leg: Leg, key: str) -> Verdict:
    """A key on the agent's telephone; others than the two mean nothing."""
    if leg.acceptance is None or key not in {TAKE, REFUSE}:
        return ""
    return _end(ex, call, leg, leg.acceptance, "accepted" if key == TAKE else "refused")


def due(ex: Exchange, call: Call, leg: Leg) -> Verdict:
    """The "accept" deadline: say it again, or it is over."""
    asked = leg.acceptance
    if asked is None:
        return ""
    if ex.turn.now >= asked.until - _SOON_S:
        return _end(ex, call, leg, asked, "silent")
    _say(ex, call, leg, asked)
    return ""


def _say(ex: Exchange, call: Call, leg: Leg, asked: Acceptance) -> None:
    asked.plays += 1
    clips = whisper.asking(call, leg)
    if clips:
        asked.play = f"{leg.id}/accept-{asked.plays}"
        ex.turn.order(Play(leg=leg.id, play=asked.play, clips=clips))
    ex.turn.after(asked.until - ex.turn.now, "accept", leg.id)


def _end(
    ex: Exchange, call: Call, leg: Leg, asked: Acceptance, how: Literal["accepted", "refused", "silent"]
) -> Verdict:
    leg.acceptance = None
    ex.turn.cancel("accept", leg.id)
    if asked.play:
        ex.turn.order(StopPlay(leg=leg.id))
    took_s = ex.turn.now - asked.asked_at
    call.note(AcceptanceEnded(at=ex.turn.now, call=call.id, agent=leg.agent, leg=leg.id, how=how, took_s=took_s))
    return how
