"""From the answer of a phone that rings for a caller to the moment when both hear each other, for the queue and for
the steps that ring.

    200 OK -> [acceptance by key] -> the call is this agent's -> [a whisper to him, a name to the caller] -> bridge

While several phones are asked to accept, each of them and those that still ring may have the call; the first who takes
it does, and the others are let go without a mark against anybody. Until the bridge the caller still waits: place and
clock are kept, a hang-up is an abandon, and an agent who hangs up has refused, so that the next one is sought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Play, StopPlay
from gateway.core.call_back import dial as call_back_dial
from gateway.core.facts.joining import JoiningBegan
from gateway.core.legs import acceptance, phones, whisper
from gateway.core.queue import leaving, routing
from gateway.core.steps import ringing
from gateway.core.talk import talk, transfers

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined, Stage
    from gateway.core.legs.acceptance import Verdict
    from gateway.core.legs.legs import Leg

GUARD_S = 20.0
"""Whatever is said before the bridge is over by then, reported or not."""


class Joining:
    """The agent who has the call, and what is still being said. `play` is the whisper's, empty when it is over."""

    __slots__ = ("leg", "named", "naming", "overdue", "play", "since")

    def __init__(self, leg: Leg, since: float, *, play: str, named: bool) -> None:
        self.leg = leg
        self.since = since
        self.play = play
        self.named = named
        """The caller hears who it is, in place of the music."""
        self.naming = named
        """The caller still hears it."""
        self.overdue = False
        """The present stage of the queue was over meanwhile."""


def answered(ex: Exchange, leg: Leg) -> bool:
    """Whether the agent who answered on `leg` is rung for a caller who is still there."""
    call = leg.call
    if call is None or not _is_rung(call, leg):
        return False
    ex.turn.cancel("ring", leg.id)
    ex.turn.cancel("proceed", leg.id)
    if acceptance.wanted(ex, leg):
        acceptance.ask(ex, call, leg)
    else:
        _take(ex, call, leg)
    return True


def key(ex: Exchange, call: Call, leg: Leg, pressed: str) -> None:
    """A key on an agent's telephone, before any talk."""
    _judged(ex, call, leg, acceptance.keyed(ex, call, leg, pressed))


def acceptance_due(ex: Exchange, leg: Leg) -> None:
    """The "accept" deadline."""
    if leg.call is not None:
        _judged(ex, leg.call, leg, acceptance.due(ex, leg.call, leg))


def heard(ex: Exchange, leg: Leg, play: str) -> None:
    """What played to the agent is over, or could not be played."""
    joining = leg.call.joining if leg.call is not None else None
    if leg.acceptance is not None:
        acceptance.heard(ex, leg, play)
    elif leg.call is not None and joining is not None and joining.leg is leg and joining.play == play:
        joining.play = ""
        _go_on(ex, leg.call, joining)
    elif play == call_back_dial.farewell(leg):
        ex.hang_up_leg(leg)


def unheard(ex: Exchange, leg: Leg) -> None:
    """The line could not play to the agent."""
    joining = leg.call.joining if leg.call is not None else None
    play = leg.acceptance.play if leg.acceptance is not None else joining.play if joining is not None else ""
    if play:
        heard(ex, leg, play)


def caller_heard(ex: Exchange, call: Call) -> None:
    """The caller knows who it is."""
    if call.joining is not None:
        call.joining.naming = False
        _go_on(ex, call, call.joining)


def due(ex: Exchange, call: Call) -> None:
    """The "join" deadline: nobody may wait for a report that does not come."""
    if call.joining is not None:
        _bridge(ex, call, call.joining.leg)


def stage_due(ex: Exchange, call: Call) -> None:
    """The present stage of the queue is over; who has an agent already is not given up."""
    if call.joining is not None:
        call.joining.overdue = True
    else:
        routing.stage_due(ex, call)


def ended(ex: Exchange, leg: Leg, why: Declined, code: int, *, far: bool) -> None:
    """The leg of an agent is over before any talk: `why` of a phone that rang; who had picked it up has refused."""
    call = leg.call
    joining = call.joining if call is not None else None
    joining = joining if joining is not None and joining.leg is leg else None
    if leg.acceptance is not None or joining is not None:
        why = "refused" if far else "unreachable"
        leg.acceptance = None
    if call is not None and joining is not None:
        if call_back_dial.agent_gone(ex, call, leg):
            return
        stop(ex, call)
        if joining.named:
            call.stop_play()
            call.music()
    ringing.declined(ex, leg, why, code)
    if call is not None and joining is not None and joining.overdue and call.waiter is not None:
        routing.stage_due(ex, call)


def stop(ex: Exchange, call: Call) -> None:
    """It does not come to a talk with this agent; whose leg it is lets it go."""
    if call.joining is not None:
        call.joining = None
        ex.turn.cancel("join", call.id)


def _is_rung(call: Call, leg: Leg) -> bool:
    waiter = call.waiter
    if waiter is not None:
        return waiter.legs.get(leg.id) is leg
    return (call.ringing is not None and call.ringing.legs.get(leg.id) is leg) or transfers.rings(call, leg)


def _judged(ex: Exchange, call: Call, leg: Leg, verdict: Verdict) -> None:
    match verdict:
        case "accepted":
            _take(ex, call, leg)
        case "refused":
            ringing.declined(ex, leg, "refused", 0)
        case "silent":
            ringing.declined(ex, leg, "no_answer", 0)
        case _:
            pass


def _take(ex: Exchange, call: Call, leg: Leg) -> None:
    """The call is this agent's: nobody else rings for it."""
    _let_the_others_go(ex, call, leg)
    told = whisper.to_agent(call, leg)
    named = whisper.to_caller(call, leg) if not transfers.is_asked(call) else ()
    if call.out is not None:
        told, named = told._replace(clips=(*told.clips, *call_back_dial.brief(call))), ()
    if not told.clips and not named:
        _bridge(ex, call, leg)
        return
    play = f"{leg.id}/whisper" if told.clips else ""
    call.joining = Joining(leg, ex.turn.now, play=play, named=bool(named))
    call.note(
        JoiningBegan(at=ex.turn.now, call=call.id, agent=leg.agent, leg=leg.id, whisper=told.pieces, named=bool(named))
    )
    if named:
        ex.turn.cancel("step", call.id)
        call.play(named, barge_in=False)
    if play:
        ex.turn.order(Play(leg=leg.id, play=play, clips=told.clips, barge_in=False))
    ex.turn.after(GUARD_S, "join", call.id)


def _let_the_others_go(ex: Exchange, call: Call, leg: Leg) -> None:
    waiter = call.waiter
    if waiter is None:
        ringing.elsewhere(ex, call, leg)
        return
    ex.room.unlist(waiter)
    ex.unblock(waiter)
    ex.turn.cancel("retry", call.id)
    others = [other for other in waiter.legs.values() if other is not leg]
    waiter.legs = {leg.id: leg}
    for other in others:
        phones.note_declined(ex, call, other, "elsewhere", 0)
        ex.roster.released(other.agent, moved_back=False)
        ex.hang_up_leg(other, elsewhere=True)


def bridge(ex: Exchange, call: Call) -> None:
    """The client of a call-back is ready to talk with the agent who is there."""
    if call.joining is not None:
        _bridge(ex, call, call.joining.leg)


def _go_on(ex: Exchange, call: Call, joining: Joining) -> None:
    if not joining.play and not joining.naming:
        _bridge(ex, call, joining.leg)


def _bridge(ex: Exchange, call: Call, leg: Leg) -> None:
    if call.out is not None and call.out.phase != "ready":
        _wait_for_client(ex, call, leg)
        return
    joining, waiter = call.joining, call.waiter
    whisper_s = ex.turn.now - joining.since if joining is not None else 0.0
    if joining is not None and joining.play:
        ex.turn.order(StopPlay(leg=leg.id))
    stop(ex, call)
    if transfers.rings(call, leg):
        transfers.bridge(call, leg, whisper_s=whisper_s)
        return
    if waiter is None:
        ringing.bridge(ex, call, leg, whisper_s=whisper_s)
        return
    del waiter.legs[leg.id]
    if call.out is not None:
        ex.turn.order(StopPlay(leg=leg.id))
    call.advance("bridge")
    ex.roster.answered(leg.agent)
    stage: Stage = "manager" if leg.agent == waiter.manager else waiter.stage
    wait_s = ex.turn.now - waiter.since
    talk.begin(call, leg, stage=stage, team=leg.team, wait_s=wait_s, whisper_s=whisper_s, music=waiter.team.music)
    leaving.leave(ex, waiter, "answered")
    call_back_dial.reached(ex, call, leg.agent)


def _wait_for_client(ex: Exchange, call: Call, leg: Leg) -> None:
    """The agent is ready, and the client of a call-back is not there yet."""
    joining = call.joining or Joining(leg, ex.turn.now, play="", named=False)
    if joining.play:
        ex.turn.order(StopPlay(leg=leg.id))
    joining.play, call.joining = "", joining
    ex.turn.cancel("join", call.id)
    call_back_dial.begin(ex, call, leg)
