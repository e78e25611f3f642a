"""A bridged call: who talks, who has put whom on hold, and how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import Bridge, Clip, KeepKeys, Play, StopPlay, Unbridge
from gateway.core.facts.calls import CallBridged, CallHeld, CallResumed, TalkEnded
from gateway.core.talk import recordings

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Stage
    from gateway.core.legs.legs import Leg


class Talk:
    """Two legs that hear each other. How long it was held is in the call's story."""

    __slots__ = ("agent", "apart", "call", "leg", "music", "started_at", "team", "typed", "unsent")

    def __init__(self, call: str, leg: Leg, *, team: str, started_at: float, music: str) -> None:
        self.call = call
        self.leg = leg
        self.agent = leg.agent
        self.team = team
        self.started_at = started_at
        self.music = music
        """Clip key of what the side that is held hears."""
        self.apart = False
        """The caller hears music while the agent does something else."""
        self.typed = ""
        """Keys of the code that the agent has begun."""
        self.unsent = ""
        """Those of them that the other side has not heard."""


def begin(
    call: Call,
    leg: Leg,
    *,
    stage: Stage,
    team: str,
    wait_s: float,
    music: str,
    whisper_s: float = 0.0,
    after: Literal["", "transfer"] = "",
) -> None:
    """Let them talk: what plays to the caller stops first, then both hear each other."""
    ex = call.ex
    call.stop_play()
    ex.turn.cancel("step", call.id)
    if call.site.features.codes and leg.agent in call.site.agents:
        call.order(KeepKeys(leg=leg.id))
    call.order(Bridge(leg=call.id, other=leg.id))
    call.talk = Talk(call.id, leg, team=team, started_at=call.now, music=music)
    call.note(
        CallBridged(
            at=call.now,
            call=call.id,
            agent=leg.agent,
            leg=leg.id,
            stage=stage,
            team=team,
            wait_s=wait_s,
            whisper_s=whisper_s,
            after=after,
        )
    )
    if call.transfer is not None and call.transfer.phase == "queued":
        call.note(call.transfer.done(call, answered_by=leg.agent))
        call.transfer = None
    recordings.start_talk(call)
    for side in (call.leg, leg):
        if side.held:
            held(call, side)


def held(call: Call, by: Leg) -> None:
    """`by` has put the other side on hold, which hears music."""
    talk = call.talk
    side = _side(call, by)
    if talk is None or side in call.story.holds:
        return
    call.note(CallHeld(at=call.now, call=call.id, by=side))
    other = talk.leg if by is call.leg else call.leg
    if talk.music:
        play = f"{call.id}/hold-{side}"
        call.order(Play(leg=other.id, play=play, clips=(Clip(key=talk.music),), loop=True, barge_in=False))


def resumed(call: Call, by: Leg) -> None:
    """`by` has taken the other side back."""
    talk = call.talk
    side = _side(call, by)
    if talk is None or side not in call.story.holds:
        return
    held_s = call.now - call.story.holds[side]
    call.note(CallResumed(at=call.now, call=call.id, by=side, held_s=held_s))
    if talk.music:
        call.order(StopPlay(leg=(talk.leg if by is call.leg else call.leg).id))


def detach(call: Call) -> None:
    """The caller hears music while the agent does something else; the agent has put him on hold, for the books."""
    talk = call.talk
    if talk is None:
        return
    talk.apart = True
    recordings.stop_talk(call)
    call.order(Unbridge(leg=call.id, other=talk.leg.id))
    if "caller" in call.story.holds and talk.music:
        call.order(StopPlay(leg=talk.leg.id))
    if "agent" not in call.story.holds:
        call.note(CallHeld(at=call.now, call=call.id, by="agent"))
    if talk.music:
        call.play((Clip(key=talk.music),), barge_in=False, loop=True)


def attach(call: Call) -> None:
    """Undo `detach`: both hear each other again, but for a hold that lasts."""
    talk = call.talk
    if talk is None:
        return
    talk.apart = False
    call.stop_play()
    call.order(Bridge(leg=call.id, other=talk.leg.id))
    for leg in (talk.leg, call.leg):
        side = _side(call, leg)
        since = call.story.holds.get(side)
        if since is not None:
            call.note(CallResumed(at=call.now, call=call.id, by=side, held_s=call.now - since))
        if leg.held:
            held(call, leg)
    recordings.start_talk(call)


def end(call: Call, *, by: Literal["caller", "agent", "line", "transfer"], keep_leg: bool = False) -> None:
    """The talk is over: the agent goes to after-call work, the phone gets its BYE if it is still up. `keep_leg`: it is
    told something first."""
    talk = call.talk
    if talk is None:
        return
    call.talk = None
    recordings.stop_talk(call)
    talk_s, hold_s = call.now - talk.started_at, call.story.hold_until(call.now)
    call.note(TalkEnded(at=call.now, call=call.id, agent=talk.agent, talk_s=talk_s, hold_s=hold_s, by=by))
    if not keep_leg:
        call.ex.hang_up_leg(talk.leg)
    call.ex.talk_ended(talk, talk_s=talk_s, hold_s=hold_s)


def _side(call: Call, leg: Leg) -> Literal["caller", "agent"]:
    return "caller" if leg is call.leg else "agent"
